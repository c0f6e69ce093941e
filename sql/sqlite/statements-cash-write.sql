-- name: cash_insert
INSERT INTO cash_request (id, account, kind, amount, note, state, created_ms, expires_ms)
VALUES (?1, ?2, ?3, ?4, ?5, 'PENDING', ?6, ?7)

-- name: cash_open_count
SELECT count(*) FROM cash_request WHERE account = ?1 AND state = 'PENDING'

-- Those made after ?3, of a wallet's newest ?2.
-- name: cash_recent_count
SELECT count(*) FROM (SELECT created_ms FROM cash_request WHERE account = ?1 ORDER BY key DESC LIMIT ?2)
WHERE created_ms > ?3

-- name: cash_is
SELECT count(*) FROM cash_request WHERE id = ?1

-- name: cash_end
UPDATE cash_request SET state = ?2, answer = ?3, ended_ms = ?4 WHERE id = ?1 AND state = 'PENDING'
