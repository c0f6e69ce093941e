-- name: passkey_find
SELECT p.key, u.id, p.credential, p.algorithm, p.public_key, p.counter, p.name, p.created_ms,
	coalesce(p.used_ms, 0)
FROM passkey p JOIN wallet_user u ON u.id = p.user_id WHERE p.credential = ?1

-- name: passkey_list
SELECT key, user_id, credential, algorithm, public_key, counter, name, created_ms,
	coalesce(used_ms, 0)
FROM passkey WHERE user_id = ?1 ORDER BY key LIMIT ?2
