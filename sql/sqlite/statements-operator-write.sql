-- Operators, their sessions and acts, changed.

-- name: operator_count
SELECT count(*) FROM operator

-- name: operator_insert
INSERT INTO operator (id, name, created_ms) VALUES (?1, ?2, ?3)

-- name: operator_invite
UPDATE operator SET setup_hash = ?2, setup_ends_ms = ?3 WHERE id = ?1

-- name: operator_set_up
UPDATE operator SET password = ?2, renewed_of = NULL, totp = ?3, totp_step = ?4, setup_hash = NULL,
	setup_ends_ms = NULL
WHERE id = ?1

-- name: operator_use_code
UPDATE operator SET totp_step = ?3, signed_in_ms = ?4
WHERE id = ?1 AND ?2 IN (password, renewed_of) AND totp_step < ?3 RETURNING id

-- name: operator_renew
UPDATE operator SET password = ?3, renewed_of = ?2 WHERE id = ?1 AND password = ?2

-- name: operator_delete
DELETE FROM operator WHERE id = ?1 RETURNING id

-- name: operator_session_insert
INSERT INTO operator_session (hash, operator_id, created_ms, used_ms, idle_ms, ends_ms)
VALUES (?1, ?2, ?3, ?3, ?4, ?5)

-- name: operator_session_touch
UPDATE operator_session SET used_ms = ?2
WHERE hash = ?1 AND used_ms < ?2 AND ends_ms >= ?2 AND used_ms + idle_ms > ?2

-- name: operator_session_delete
DELETE FROM operator_session WHERE hash = ?1

-- name: operator_session_delete_all
DELETE FROM operator_session WHERE operator_id = ?1

-- name: operator_session_delete_ended
DELETE FROM operator_session WHERE ends_ms <= ?1 OR used_ms + idle_ms <= ?1

-- name: operator_session_delete_surplus
DELETE FROM operator_session WHERE hash IN (
	SELECT hash FROM operator_session WHERE operator_id = ?1
	ORDER BY created_ms DESC, hash LIMIT 100 OFFSET ?2)

-- name: act_insert
INSERT INTO operator_act (id, at_ms, who, act, subject, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
