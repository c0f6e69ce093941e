-- Schema 6: the outbox. What happened, for the host of the node, written in the transaction of its
-- cause and never deleted.

CREATE TABLE event (
	key INTEGER PRIMARY KEY,  -- in order of the commits: the order of the feed
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	type TEXT NOT NULL CHECK (length(type) > 0),  -- e.g. 'outgoing_payment.created'
	resource BLOB NOT NULL CHECK (length(resource) = 16),  -- the object that it is about
	sequence INTEGER NOT NULL CHECK (sequence > 0),  -- of its resource, from 1, without gaps
	data TEXT NOT NULL CHECK (substr(data, 1, 1) = '{'),  -- JSON object
	created_ms INTEGER NOT NULL,
	-- WAITING: one before it of its resource is not through; PENDING: to be delivered; DELIVERED;
	-- PARKED: given up, until the operator asks for it
	state TEXT NOT NULL CHECK (state IN ('WAITING', 'PENDING', 'DELIVERED', 'PARKED')),
	attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	next_ms INTEGER NOT NULL,  -- of a PENDING one: not tried before
	since_ms INTEGER NOT NULL,  -- made, or asked for again: what parking counts from
	lease_holder INTEGER NOT NULL DEFAULT 0,  -- generation that delivers it now; 0: none
	status INTEGER NOT NULL DEFAULT 0,  -- HTTP status of the last attempt; 0: no answer
	error TEXT NOT NULL DEFAULT '',  -- why the last attempt failed
	delivered_ms INTEGER,  -- first time that the host took it
	CHECK (state <> 'DELIVERED' OR delivered_ms IS NOT NULL)
) STRICT;

-- The next number of a resource, and who waits for whom.
CREATE UNIQUE INDEX event_by_resource ON event (resource, sequence);
-- One at a time of each resource is under way.
CREATE UNIQUE INDEX event_head ON event (resource) WHERE state = 'PENDING';
-- Serves the search for the next of a resource.
CREATE INDEX event_waiting ON event (resource, sequence) WHERE state = 'WAITING';
-- Serves the search for work.
CREATE INDEX event_due ON event (next_ms, key) WHERE state = 'PENDING';
-- Serves the lists of what is not through.
CREATE INDEX event_open ON event (key) WHERE state <> 'DELIVERED';

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN
	SELECT RAISE(ABORT, 'an event is never deleted');
END;

CREATE TRIGGER event_says_the_same BEFORE UPDATE ON event
WHEN NEW.key <> OLD.key OR NEW.id <> OLD.id OR NEW.type <> OLD.type OR NEW.resource <> OLD.resource
	OR NEW.sequence <> OLD.sequence OR NEW.data <> OLD.data OR NEW.created_ms <> OLD.created_ms
BEGIN
	SELECT RAISE(ABORT, 'what an event says never changes');
END;

-- The payments up to this account are older than the outbox.
ALTER TABLE meta ADD COLUMN events_after INTEGER NOT NULL DEFAULT 0;
UPDATE meta SET events_after = (SELECT coalesce(max(account), 0) FROM outgoing_payment);
