-- Deposits and withdrawals that holders ask for. Columns in the order of row_cash.

-- name: cash_get
SELECT c.key, c.id, c.account, a.asset, c.kind, c.amount, c.note, c.state, c.answer, c.created_ms,
	c.expires_ms, coalesce(c.ended_ms, 0)
FROM cash_request c JOIN account a ON a.id = c.account WHERE c.id = ?1

-- The deposit whose time comes next; a withdrawal's hold ends it.
-- name: cash_due
SELECT id, expires_ms FROM cash_request WHERE state = 'PENDING' AND kind = 'deposit'
ORDER BY expires_ms LIMIT 1
