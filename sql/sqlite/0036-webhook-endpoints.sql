-- Several endpoints are told of events, each in its own order and with its own secret.

CREATE TABLE webhook_endpoint (
	key INTEGER PRIMARY KEY,  -- 1: the one of the configuration, which holds its URL and secret
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	url TEXT NOT NULL,
	sealed_secret BLOB,  -- one or two secrets, with a blank between
	types TEXT NOT NULL DEFAULT '',  -- ' a.b c.d ': the events that it gets; '': all
	enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
	given INTEGER NOT NULL,  -- key of the last event that was given to it, or passed over
	created_ms INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL,
	removed_ms INTEGER,
	CHECK ((key = 1) = (sealed_secret IS NULL))
) STRICT;

INSERT INTO webhook_endpoint (key, id, url, enabled, given, created_ms, changed_ms)
SELECT 1, x'00000000000070008000000000000001', '', 1, coalesce(max(key), 0), 0, 0 FROM event;

-- What became of telling an endpoint of an event. There is a row from when the endpoint was given
-- the event: one that does not exist or is switched off costs nothing, and gets all of them later.
CREATE TABLE delivery (
	endpoint INTEGER NOT NULL REFERENCES webhook_endpoint,
	event INTEGER NOT NULL,
	resource BLOB NOT NULL CHECK (length(resource) = 16),  -- of the event
	-- WAITING: one before it of its resource is not through; PENDING: to be delivered; DELIVERED;
	-- PARKED: given up, until the operator asks for it
	state TEXT NOT NULL CHECK (state IN ('WAITING', 'PENDING', 'DELIVERED', 'PARKED')),
	attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	next_ms INTEGER NOT NULL,  -- of a PENDING one: not tried before
	since_ms INTEGER NOT NULL,  -- when the event was made, or asked for again: parking counts from it
	lease_holder INTEGER NOT NULL DEFAULT 0,  -- generation that delivers it now; 0: none
	status INTEGER NOT NULL DEFAULT 0,  -- HTTP status of the last attempt; 0: no answer
	error TEXT NOT NULL DEFAULT '',  -- why the last attempt failed
	delivered_ms INTEGER,  -- first time that the host took it
	PRIMARY KEY (endpoint, event),
	CHECK (state <> 'DELIVERED' OR delivered_ms IS NOT NULL)
) STRICT, WITHOUT ROWID;

INSERT INTO delivery (endpoint, event, resource, state, attempts, next_ms, since_ms, lease_holder,
	status, error, delivered_ms)
SELECT 1, key, resource, state, attempts, next_ms, since_ms, lease_holder, status, error,
	delivered_ms FROM event ORDER BY key;

-- One at a time of each resource is under way.
CREATE UNIQUE INDEX delivery_head ON delivery (endpoint, resource) WHERE state = 'PENDING';
-- Serves the search for the next of a resource.
CREATE INDEX delivery_waiting ON delivery (endpoint, resource, event) WHERE state = 'WAITING';
-- Serves the search for work.
CREATE INDEX delivery_due ON delivery (endpoint, next_ms, event) WHERE state = 'PENDING';
-- Serves the lists of what is not through.
CREATE INDEX delivery_open ON delivery (endpoint, event) WHERE state <> 'DELIVERED';

-- An event is what happened and nothing else.
CREATE TABLE event_alone (
	key INTEGER PRIMARY KEY,  -- in order of the commits: the order of the feed
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	type TEXT NOT NULL CHECK (length(type) > 0),  -- e.g. 'outgoing_payment.created'
	resource BLOB NOT NULL CHECK (length(resource) = 16),  -- the object that it is about
	sequence INTEGER NOT NULL CHECK (sequence > 0),  -- of its resource, from 1, without gaps
	data TEXT NOT NULL CHECK (substr(data, 1, 1) = '{'),  -- JSON object
	created_ms INTEGER NOT NULL
) STRICT;

INSERT INTO event_alone SELECT key, id, type, resource, sequence, data, created_ms FROM event
	ORDER BY key;
DROP TABLE event;
ALTER TABLE event_alone RENAME TO event;

-- The next number of a resource, and its list.
CREATE UNIQUE INDEX event_by_resource ON event (resource, sequence);

-- Only those of an incoming payment go that nobody paid, and after it.
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
WHEN OLD.type NOT GLOB 'incoming_payment.*'
	OR EXISTS (SELECT 1 FROM incoming_payment i WHERE i.id = OLD.resource)
BEGIN
	SELECT RAISE(ABORT, 'an event is never deleted');
END;

CREATE TRIGGER event_says_the_same BEFORE UPDATE ON event
BEGIN
	SELECT RAISE(ABORT, 'what an event says never changes');
END;
