-- Incoming payments: what a wallet asks for, and what came in for it.

CREATE TABLE incoming_payment (
	key INTEGER PRIMARY KEY,  -- names it on the hot path; in order of creation
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	wallet INTEGER NOT NULL REFERENCES wallet,  -- credited
	client TEXT NOT NULL,  -- who made it, canonical; '' for the operator
	grant_key INTEGER NOT NULL,  -- under which grant; 0 for the operator
	incoming_amount INTEGER CHECK (incoming_amount > 0),  -- NULL: any
	excess_max INTEGER NOT NULL CHECK (excess_max >= 0),  -- above it, for exchanged packets
	received INTEGER NOT NULL DEFAULT 0 CHECK (received >= 0),
	state TEXT NOT NULL CHECK (state IN ('PENDING', 'PROCESSING', 'COMPLETED', 'EXPIRED')),
	metadata TEXT NOT NULL,  -- JSON object, '' for none
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,  -- takes nothing from then on
	finished_ms INTEGER,  -- when it was completed, or found to have expired
	CHECK (incoming_amount IS NULL OR received <= incoming_amount + excess_max),
	CHECK (state <> 'PENDING' OR received = 0),
	CHECK ((state IN ('PENDING', 'PROCESSING')) = (finished_ms IS NULL))
) STRICT;

-- Serves the list of a wallet's, newest first.
CREATE INDEX incoming_by_wallet ON incoming_payment (wallet, created_ms, id);
-- Serves the list of one client's.
CREATE INDEX incoming_by_client ON incoming_payment (wallet, client, created_ms, id);
-- Serves the list of all.
CREATE INDEX incoming_by_time ON incoming_payment (created_ms, id);
-- Serves the search for those whose time has passed.
CREATE INDEX incoming_open ON incoming_payment (expires_ms)
	WHERE state IN ('PENDING', 'PROCESSING');

-- Which incoming payment the packets were for; NULL: none, the wallet's own address.
ALTER TABLE credit_batch ADD COLUMN incoming INTEGER REFERENCES incoming_payment;

-- Serves the ledger lines of an incoming payment and the audit.
CREATE INDEX credit_batch_by_incoming ON credit_batch (incoming) WHERE incoming IS NOT NULL;

-- The incoming payment of this node that the quote is for, if it is for one.
ALTER TABLE quote ADD COLUMN local_incoming INTEGER REFERENCES incoming_payment;

-- Serves the same for payments inside the node.
CREATE INDEX quote_by_incoming ON quote (local_incoming) WHERE local_incoming IS NOT NULL;
