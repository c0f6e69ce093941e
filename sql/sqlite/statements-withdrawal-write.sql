-- name: withdrawal_insert
INSERT INTO withdrawal (id, account, amount, group_id, state, created_ms, expires_ms)
VALUES (?1, ?2, ?3, ?4, 'PENDING', ?5, ?6)

-- name: withdrawal_end
UPDATE withdrawal SET state = ?2, ended_ms = ?3 WHERE key = ?1
