-- Newest first.
-- name: withdrawal_list
SELECT w.key, w.id, w.account, a.kind, a.asset, w.amount, w.group_id, w.state, w.created_ms, w.expires_ms,
	coalesce(w.ended_ms, 0)
FROM withdrawal w JOIN account a ON a.id = w.account
WHERE w.key < coalesce((SELECT key FROM withdrawal WHERE id = ?1), 9223372036854775807)
ORDER BY w.key DESC LIMIT ?2
