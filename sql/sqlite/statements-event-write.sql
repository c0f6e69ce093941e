-- The outbox, as the writer changes it.

-- name: event_last
SELECT coalesce(max(key), 0) FROM event

-- name: event_lane
SELECT coalesce(max(sequence), 0) FROM event WHERE resource = ?1

-- name: event_insert
INSERT INTO event (key, id, type, resource, sequence, data, created_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: event_told
SELECT created_ms FROM event WHERE resource = ?1 ORDER BY sequence DESC LIMIT 1

-- name: event_wallet
SELECT id FROM wallet WHERE account = ?1

-- name: event_grant
SELECT g.id FROM grant_payment p JOIN gnap_grant g ON g.key = p.grant_key WHERE p.payment = ?1

-- Delivery to an endpoint.

-- name: event_behind
SELECT key, type, resource, created_ms FROM event WHERE key > ?1 ORDER BY key LIMIT ?2

-- name: delivery_lane
SELECT EXISTS (SELECT 1 FROM delivery WHERE endpoint = ?1 AND resource = ?2 AND state = 'PENDING')

-- name: delivery_insert
INSERT INTO delivery (endpoint, event, resource, state, next_ms, since_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- What a process that died was delivering.
-- name: delivery_orphans_free
UPDATE delivery SET lease_holder = 0, next_ms = ?2
WHERE state = 'PENDING' AND lease_holder <> 0 AND lease_holder <> ?1

-- name: delivery_due_next
SELECT event FROM delivery WHERE endpoint = ?1 AND state = 'PENDING' AND next_ms <= ?2
ORDER BY next_ms, event LIMIT 1

-- name: delivery_due_when
SELECT next_ms FROM delivery WHERE endpoint = ?1 AND state = 'PENDING' ORDER BY next_ms LIMIT 1

-- name: delivery_claim
UPDATE delivery SET lease_holder = ?3, next_ms = ?4, attempts = attempts + 1
WHERE endpoint = ?1 AND event = ?2

-- name: delivery_load
SELECT d.event, d.resource, d.state, d.lease_holder FROM delivery d JOIN event e ON e.key = d.event
WHERE e.id = ?2 AND d.endpoint = ?1

-- name: delivery_end
UPDATE delivery SET state = ?3, next_ms = ?4, status = ?5, error = ?6, lease_holder = 0,
	delivered_ms = coalesce(delivered_ms, ?7) WHERE endpoint = ?1 AND event = ?2

-- name: delivery_lane_next
SELECT event FROM delivery WHERE endpoint = ?1 AND resource = ?2 AND state = 'WAITING'
ORDER BY event LIMIT 1

-- name: delivery_advance
UPDATE delivery SET state = 'PENDING', next_ms = ?3 WHERE endpoint = ?1 AND event = ?2

-- name: delivery_again
UPDATE delivery SET state = ?3, next_ms = ?4, since_ms = ?4, attempts = 0
WHERE endpoint = ?1 AND event = ?2

-- Those that were given no answer, or one that says that nobody was there.
-- name: delivery_hasten
UPDATE delivery SET next_ms = ?2
WHERE endpoint = ?1 AND state = 'PENDING' AND next_ms > ?2 AND lease_holder = 0
	AND status IN (0, 502, 503, 504)

-- Endpoints.

-- name: endpoint_last
SELECT max(key) FROM webhook_endpoint

-- name: endpoint_id
SELECT id FROM webhook_endpoint WHERE key = ?1

-- name: endpoint_insert
INSERT INTO webhook_endpoint (key, id, url, sealed_secret, types, enabled, given, created_ms,
	changed_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT coalesce(max(key), 0) FROM event), ?7, ?7)

-- name: endpoint_set
UPDATE webhook_endpoint SET url = ?2, sealed_secret = ?3, types = ?4, enabled = ?5, changed_ms = ?6
WHERE key = ?1

-- name: endpoint_given
UPDATE webhook_endpoint SET given = ?2 WHERE key = ?1

-- name: endpoint_remove
UPDATE webhook_endpoint SET removed_ms = ?2 WHERE key = ?1
