-- The outbox, as the writer changes it.

-- name: event_last
SELECT coalesce(max(key), 0) FROM event

-- name: event_lane
SELECT (SELECT coalesce(max(sequence), 0) FROM event WHERE resource = ?1),
	EXISTS (SELECT 1 FROM event WHERE resource = ?1 AND state = 'PENDING')

-- name: event_insert
INSERT INTO event (key, id, type, resource, sequence, data, created_ms, state, next_ms,
	since_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?7, ?7)

-- What a process that died was delivering.
-- name: event_orphans_free
UPDATE event SET lease_holder = 0, next_ms = ?2
WHERE state = 'PENDING' AND lease_holder <> 0 AND lease_holder <> ?1

-- name: event_due_next
SELECT key FROM event WHERE state = 'PENDING' AND next_ms <= ?1 ORDER BY next_ms, key LIMIT 1

-- name: event_due_when
SELECT next_ms FROM event WHERE state = 'PENDING' ORDER BY next_ms LIMIT 1

-- name: event_claim
UPDATE event SET lease_holder = ?2, next_ms = ?3, attempts = attempts + 1 WHERE key = ?1

-- name: event_load
SELECT key, resource, state, lease_holder FROM event WHERE id = ?1

-- name: event_end
UPDATE event SET state = ?2, next_ms = ?3, status = ?4, error = ?5, lease_holder = 0,
	delivered_ms = coalesce(delivered_ms, ?6) WHERE key = ?1

-- name: event_lane_next
SELECT key FROM event WHERE resource = ?1 AND state = 'WAITING' ORDER BY sequence LIMIT 1

-- name: event_advance
UPDATE event SET state = 'PENDING', next_ms = ?2 WHERE key = ?1

-- name: event_again
UPDATE event SET state = ?2, next_ms = ?3, since_ms = ?3, attempts = 0 WHERE key = ?1

-- Those that were given no answer, or one that says that nobody was there.
-- name: event_hasten
UPDATE event SET next_ms = ?1
WHERE state = 'PENDING' AND next_ms > ?1 AND lease_holder = 0 AND status IN (0, 502, 503, 504)

-- name: event_wallet
SELECT id FROM wallet WHERE account = ?1

-- name: event_grant
SELECT g.id FROM grant_payment p JOIN gnap_grant g ON g.key = p.grant_key WHERE p.payment = ?1
