-- Operators, their sessions and acts, for readers.

-- name: operator_list
SELECT id, name, created_ms, coalesce(password, ''), totp, totp_step, coalesce(signed_in_ms, 0),
	coalesce(setup_ends_ms, 0)
FROM operator ORDER BY name LIMIT ?1

-- name: operator_session_get
SELECT o.id, o.name, s.created_ms, s.used_ms, s.ends_ms
FROM operator_session s JOIN operator o ON o.id = s.operator_id
WHERE s.hash = ?1 AND s.ends_ms > ?2 AND s.used_ms + s.idle_ms > ?2

-- name: act_list
SELECT id, at_ms, who, act, subject, details FROM operator_act
WHERE key < coalesce((SELECT key FROM operator_act WHERE id = ?1), 9223372036854775807)
ORDER BY key DESC LIMIT ?2

-- name: act_list_of_who
SELECT id, at_ms, who, act, subject, details FROM operator_act
WHERE who = ?3 AND key < coalesce((SELECT key FROM operator_act WHERE id = ?1), 9223372036854775807)
ORDER BY key DESC LIMIT ?2

-- name: act_exists
SELECT count(*) FROM operator_act WHERE id = ?1
