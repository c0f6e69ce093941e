-- Payers who pay one of our wallets from the page of its address, out of a wallet of theirs on another
-- server. A row lives for a day at most.

CREATE TABLE visit (
	key INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	browser BLOB NOT NULL CHECK (length(browser) = 32),  -- SHA-256 of its mark: nobody else sees the visit
	incoming BLOB NOT NULL CHECK (length(incoming) = 16),  -- the incoming payment that is to be paid
	state TEXT NOT NULL CHECK (state IN ('ASKED', 'GOING', 'SENDING', 'ENDED')),
	facts TEXT NOT NULL,  -- JSON: where the payer's servers are, and what they said
	sealed BLOB NOT NULL,  -- tokens and nonces of the grant
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL
) STRICT;

-- what is over goes first
CREATE INDEX visit_expires ON visit (expires_ms);
