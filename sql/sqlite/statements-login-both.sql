-- Sessions, as readers and the writer look them up.

-- name: session_get
SELECT u.id, u.name, s.created_ms, s.used_ms, s.ends_ms
FROM session s JOIN wallet_user u ON u.id = s.user_id
WHERE s.hash = ?1 AND s.ends_ms > ?2 AND s.used_ms + s.idle_ms > ?2

-- name: browser_used
SELECT used_ms FROM known_browser WHERE user_id = ?1 AND hash = ?2
