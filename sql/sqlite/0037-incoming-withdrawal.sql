-- What of an incoming payment's money its host has withdrawn.

CREATE TABLE incoming_withdrawal (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),  -- of the movement, or of the withdrawal in two phases
	incoming INTEGER NOT NULL REFERENCES incoming_payment,
	amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT;

-- Serves the sum of a payment's.
CREATE INDEX incoming_withdrawal_of ON incoming_withdrawal (incoming);
