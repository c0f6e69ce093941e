-- Passwords and sessions, changed.

-- name: password_put
INSERT INTO user_password (user_id, hash, changed_ms) VALUES (?1, ?2, ?3)
ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_ms = excluded.changed_ms,
	renewed_of = NULL

-- name: password_renew
UPDATE user_password SET hash = ?3, renewed_of = ?2 WHERE user_id = ?1 AND hash = ?2

-- name: password_is
SELECT count(*) FROM user_password WHERE user_id = ?1 AND ?2 IN (hash, renewed_of)

-- name: browser_put
INSERT INTO known_browser (user_id, hash, used_ms) VALUES (?1, ?2, ?3)
ON CONFLICT (user_id, hash) DO UPDATE SET used_ms = excluded.used_ms

-- name: browser_delete_surplus
DELETE FROM known_browser WHERE user_id = ?1 AND hash IN (
	SELECT hash FROM known_browser WHERE user_id = ?1 ORDER BY used_ms DESC, hash LIMIT 100 OFFSET ?2)

-- name: browser_delete_of_user
DELETE FROM known_browser WHERE user_id = ?1

-- name: session_insert
INSERT INTO session (hash, user_id, created_ms, used_ms, idle_ms, ends_ms)
VALUES (?1, ?2, ?3, ?3, ?4, ?5)

-- name: session_touch
UPDATE session SET used_ms = ?2 WHERE hash = ?1 AND used_ms < ?2 AND ends_ms >= ?2

-- name: session_delete
DELETE FROM session WHERE hash = ?1

-- name: session_delete_of_user
DELETE FROM session WHERE user_id = ?1

-- name: session_delete_one
DELETE FROM session WHERE hash = ?1 AND user_id = ?2

-- name: session_delete_others
DELETE FROM session WHERE user_id = ?1 AND hash <> ?2

-- name: session_delete_ended
DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE ends_ms <= ?1 LIMIT ?2)

-- name: session_delete_surplus
DELETE FROM session WHERE hash IN (
	SELECT hash FROM session WHERE user_id = ?1 ORDER BY created_ms DESC, hash LIMIT 100 OFFSET ?2)
