-- Quotes and outgoing payments of Open Payments clients, and what each attempt at a payment did.

-- Canonical address of the client that asked; '' for the operator.
ALTER TABLE quote ADD COLUMN client TEXT NOT NULL DEFAULT '';
-- Our own rate to the asset of the next hop, kept for the first attempt; 0 / 1: none.
ALTER TABLE quote ADD COLUMN own_rate BLOB NOT NULL CHECK (length(own_rate) = 32)
	DEFAULT x'0000000000000000000000000000000000000000000000000000000000000001';
ALTER TABLE quote ADD COLUMN own_rate_to INTEGER REFERENCES asset;  -- that asset
-- 1: this node had the receiver's incoming payment made, and completes it at the end.
ALTER TABLE quote ADD COLUMN receiver_made INTEGER NOT NULL DEFAULT 0
	CHECK (receiver_made IN (0, 1));

-- Serves the sum of a wallet's unexpired quotes.
CREATE INDEX quote_by_wallet ON quote (wallet, expires_ms);

ALTER TABLE outgoing_payment ADD COLUMN client TEXT NOT NULL DEFAULT '';  -- as of a quote
-- 1: it is to end as soon as nothing is in flight; `error` then says why.
ALTER TABLE outgoing_payment ADD COLUMN cancel_asked INTEGER NOT NULL DEFAULT 0
	CHECK (cancel_asked IN (0, 1));

-- Serve the lists of a wallet's payments, all and one client's, newest first.
CREATE INDEX payment_of_wallet ON outgoing_payment (wallet, created_ms, id);
CREATE INDEX payment_of_client ON outgoing_payment (wallet, client, created_ms, id);

-- One row for each time that a payment was taken up. Totals are the payment's at the end of the
-- attempt; an attempt that never ended was cut off by a stop of the process.
CREATE TABLE payment_attempt (
	payment INTEGER NOT NULL REFERENCES outgoing_payment,
	number INTEGER NOT NULL CHECK (number > 0),
	started_ms INTEGER NOT NULL,
	ended_ms INTEGER,  -- NULL: at work, or cut off
	sent INTEGER NOT NULL DEFAULT 0 CHECK (sent >= 0),
	delivered INTEGER NOT NULL DEFAULT 0 CHECK (delivered >= 0),
	packets INTEGER NOT NULL DEFAULT 0 CHECK (packets >= 0),
	error TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (payment, number)
) STRICT, WITHOUT ROWID;
