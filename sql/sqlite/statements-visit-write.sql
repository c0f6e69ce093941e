-- Visits, written.

-- name: visit_drop
DELETE FROM visit WHERE key IN (SELECT key FROM visit WHERE expires_ms <= ?1 ORDER BY expires_ms LIMIT ?2)

-- name: visit_count
SELECT count(*) FROM visit

-- name: visit_make_room
DELETE FROM visit WHERE key = (SELECT key FROM visit WHERE state IN ('ASKED', 'ENDED') ORDER BY expires_ms LIMIT 1)

-- name: visit_insert
INSERT INTO visit (id, browser, incoming, state, facts, sealed, created_ms, expires_ms)
VALUES (?1, ?2, ?3, 'ASKED', ?4, ?5, ?6, ?7)

-- name: visit_step
UPDATE visit SET state = ?2, facts = ?3, sealed = ?4 WHERE id = ?1
