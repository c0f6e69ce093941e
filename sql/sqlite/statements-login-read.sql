-- Users, for their login.

-- name: user_of_wallet
SELECT u.id, u.name, coalesce(p.hash, '')
FROM wallet w JOIN wallet_user u ON u.id = w.user_id LEFT JOIN user_password p ON p.user_id = u.id
WHERE w.name = ?1

-- name: user_password
SELECT u.id, u.name, coalesce(p.hash, '')
FROM wallet_user u LEFT JOIN user_password p ON p.user_id = u.id WHERE u.id = ?1

-- name: wallet_list_of_user
SELECT w.id, w.account, a.asset, w.state = 'CLOSED', w.name, w.public_name, u.name, w.created_ms,
	coalesce(w.inactive_ms, 0)
FROM wallet w JOIN account a ON a.id = w.account JOIN wallet_user u ON u.id = w.user_id
WHERE w.user_id = ?1 AND w.state = 'OPEN' ORDER BY w.account LIMIT ?2

-- name: session_list
SELECT hash, created_ms, used_ms, ends_ms FROM session
WHERE user_id = ?1 AND ends_ms > ?2 AND used_ms + idle_ms > ?2
ORDER BY created_ms DESC, hash LIMIT ?3

-- name: user_list
SELECT u.id, u.name, u.created_ms,
	EXISTS (SELECT 1 FROM user_password p WHERE p.user_id = u.id),
	(SELECT count(*) FROM session s WHERE s.user_id = u.id AND s.ends_ms > ?2 AND s.used_ms + s.idle_ms > ?2),
	(SELECT coalesce(max(s.used_ms), 0) FROM session s WHERE s.user_id = u.id),
	(SELECT coalesce(group_concat(name, ' '), '')
		FROM (SELECT w.name FROM wallet w WHERE w.user_id = u.id ORDER BY w.account LIMIT 100))
FROM wallet_user u WHERE u.name > ?1 ORDER BY u.name LIMIT ?3
