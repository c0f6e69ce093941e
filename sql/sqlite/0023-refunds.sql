-- Where those who paid an incoming payment can be paid back, what was given back, and what came back to us.

CREATE TABLE way_back (
	key INTEGER PRIMARY KEY,
	incoming INTEGER NOT NULL REFERENCES incoming_payment,
	address TEXT NOT NULL CHECK (length(address) > 0),  -- its payer's, told with the money
	asset_code TEXT NOT NULL,  -- its payer's, as told; '' for not told
	asset_scale INTEGER NOT NULL CHECK (asset_scale BETWEEN 0 AND 255),
	received INTEGER NOT NULL CHECK (received > 0),  -- that came with this address
	UNIQUE (incoming, address)
) STRICT;

-- The incoming payment that a quote gives back of.
ALTER TABLE quote ADD COLUMN refund_of INTEGER REFERENCES incoming_payment;

-- Serves the sum of what was given back.
CREATE INDEX quote_by_refund ON quote (refund_of) WHERE refund_of IS NOT NULL;

-- The payment of ours whose receiver sent the packets back.
ALTER TABLE credit_batch ADD COLUMN outgoing INTEGER REFERENCES outgoing_payment;

-- Serves the sum of what came back for a payment.
CREATE INDEX credit_batch_by_outgoing ON credit_batch (outgoing) WHERE outgoing IS NOT NULL;
