-- Newest first, those older than ?1: all, and those that wait for an answer.
-- name: cash_list
SELECT c.key, c.id, c.account, a.asset, c.kind, c.amount, c.note, c.state, c.answer, c.created_ms,
	c.expires_ms, coalesce(c.ended_ms, 0)
FROM cash_request c JOIN account a ON a.id = c.account
WHERE c.key < coalesce((SELECT key FROM cash_request WHERE id = ?1), 9223372036854775807)
ORDER BY c.key DESC LIMIT ?2

-- name: cash_list_open
SELECT c.key, c.id, c.account, a.asset, c.kind, c.amount, c.note, c.state, c.answer, c.created_ms,
	c.expires_ms, coalesce(c.ended_ms, 0)
FROM cash_request c JOIN account a ON a.id = c.account
WHERE c.state = 'PENDING'
	AND c.key < coalesce((SELECT key FROM cash_request WHERE id = ?1), 9223372036854775807)
ORDER BY c.key DESC LIMIT ?2

-- name: cash_of_wallet
SELECT c.key, c.id, c.account, a.asset, c.kind, c.amount, c.note, c.state, c.answer, c.created_ms,
	c.expires_ms, coalesce(c.ended_ms, 0)
FROM cash_request c JOIN account a ON a.id = c.account
WHERE c.account = ?1 ORDER BY c.key DESC LIMIT ?2
