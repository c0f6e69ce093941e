-- Settlement with peers (RFC 32, RFC 38): when it is due, what was paid, and what settlement engines
-- are still to be told.

CREATE TABLE settlement_terms (
	account INTEGER PRIMARY KEY REFERENCES peer,
	-- Of the peer's balance, which is what we owe it; below zero it owes us.
	pay_at INTEGER,  -- at this and above we settle; NULL: never
	pay_to INTEGER,  -- down to this
	claim_at INTEGER NOT NULL DEFAULT 0 CHECK (claim_at >= 0),  -- told when it owes this; 0: never
	told TEXT NOT NULL DEFAULT '' CHECK (told IN ('', 'PAY', 'CLAIM')),  -- what was said last
	order_after_ms INTEGER NOT NULL DEFAULT 0,  -- the engine refused: no order of itself before this
	engine TEXT NOT NULL DEFAULT '',  -- base URL of its settlement engine; '' for none
	token_hash BLOB CHECK (length(token_hash) = 32),  -- SHA-256 of what the engine shows us
	sealed_token BLOB,  -- the same, for calls to the engine (seal.h)
	-- What the engine received and made no whole unit yet.
	leftover TEXT NOT NULL DEFAULT '0',
	leftover_scale INTEGER NOT NULL DEFAULT 0 CHECK (leftover_scale BETWEEN 0 AND 255),
	CHECK ((pay_at IS NULL) = (pay_to IS NULL)),
	CHECK (pay_at IS NULL OR pay_to < pay_at),
	CHECK ((token_hash IS NULL) = (sealed_token IS NULL))
) STRICT;

-- Serves the search for what is to be ordered.
CREATE INDEX settlement_due ON settlement_terms (account) WHERE told = 'PAY';

-- Money that moved between peers outside Interledger: recorded by the operator, ordered at an engine,
-- or received by one.
CREATE TABLE settlement (
	key INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),  -- to an engine: the Idempotency-Key
	peer INTEGER NOT NULL REFERENCES peer,
	direction TEXT NOT NULL CHECK (direction IN ('sent', 'received')),
	by_engine INTEGER NOT NULL CHECK (by_engine IN (0, 1)),
	state TEXT NOT NULL CHECK (state IN ('ORDERED', 'DONE', 'REFUSED')),
	amount INTEGER NOT NULL CHECK (amount >= 0),  -- in the peer's asset
	movement BLOB REFERENCES movement,  -- that booked it; NULL: less than a unit was received
	refund BLOB REFERENCES movement,  -- that took it back
	reference TEXT NOT NULL DEFAULT '',
	-- Of one that an engine received: its call, and what it said.
	engine_key TEXT CHECK (length(engine_key) > 0),
	request_hash BLOB CHECK (length(request_hash) = 32),
	quantity TEXT,
	quantity_scale INTEGER,
	leftover TEXT,  -- after it
	leftover_scale INTEGER,
	created_ms INTEGER NOT NULL,
	ended_ms INTEGER,
	CHECK ((state = 'ORDERED') = (ended_ms IS NULL)),
	CHECK ((state = 'REFUSED') = (refund IS NOT NULL)),
	CHECK ((movement IS NULL) = (amount = 0)),
	CHECK ((engine_key IS NOT NULL) = (by_engine = 1 AND direction = 'received')),
	CHECK (state = 'DONE' OR (by_engine = 1 AND direction = 'sent'))
) STRICT;

-- Each settlement of an engine is booked once, however late it is repeated.
CREATE UNIQUE INDEX settlement_of_engine ON settlement (peer, engine_key)
	WHERE engine_key IS NOT NULL;
-- Serves the list of one peer.
CREATE INDEX settlement_by_peer ON settlement (peer, key);
-- Serve the audit.
CREATE INDEX settlement_movement ON settlement (movement);
CREATE INDEX settlement_refund ON settlement (refund) WHERE refund IS NOT NULL;

CREATE TRIGGER settlement_is_never_deleted BEFORE DELETE ON settlement
BEGIN
	SELECT RAISE(ABORT, 'a settlement is never deleted');
END;

-- What was recorded before.
INSERT INTO settlement (id, peer, direction, by_engine, state, amount, movement, created_ms, ended_ms)
SELECT m.id, m.account, iif(m.kind = 'settle_in', 'received', 'sent'), 0, 'DONE', m.amount, m.id,
	m.created_ms, m.created_ms
FROM movement m WHERE m.kind IN ('settle_in', 'settle_out') ORDER BY m.group_id;

-- Calls to engines, each repeated with growing gaps until it is answered.
CREATE TABLE engine_call (
	key INTEGER PRIMARY KEY,
	peer INTEGER NOT NULL REFERENCES peer,
	engine TEXT NOT NULL CHECK (length(engine) > 0),
	kind TEXT NOT NULL CHECK (kind IN ('OPEN', 'SETTLE', 'CLOSE')),  -- its account there, an order
	settlement BLOB REFERENCES settlement (id),  -- of an order
	state TEXT NOT NULL CHECK (state IN ('QUEUED', 'DONE', 'REFUSED')),
	attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	next_ms INTEGER NOT NULL,  -- not tried before
	lease_holder INTEGER NOT NULL DEFAULT 0,  -- generation that makes it now; 0: none
	status INTEGER NOT NULL DEFAULT 0,  -- HTTP status of the last attempt; 0: no answer
	error TEXT NOT NULL DEFAULT '',  -- why the last attempt did not end it
	created_ms INTEGER NOT NULL,
	ended_ms INTEGER,
	CHECK ((kind = 'SETTLE') = (settlement IS NOT NULL)),
	CHECK ((state = 'QUEUED') = (ended_ms IS NULL))
) STRICT;

-- Serves the search for work: one at a time for a peer at an engine, in order.
CREATE INDEX engine_call_queued ON engine_call (peer, engine, key) WHERE state = 'QUEUED';
CREATE UNIQUE INDEX engine_call_order ON engine_call (settlement) WHERE settlement IS NOT NULL;
