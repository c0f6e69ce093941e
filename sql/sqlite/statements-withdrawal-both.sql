-- Withdrawals in two phases. Columns in the order of row_withdrawal.

-- name: withdrawal_get
SELECT w.key, w.id, w.account, a.kind, a.asset, w.amount, w.group_id, w.state, w.created_ms, w.expires_ms,
	coalesce(w.ended_ms, 0)
FROM withdrawal w JOIN account a ON a.id = w.account WHERE w.id = ?1

-- The one whose time comes next.
-- name: withdrawal_due
SELECT id, expires_ms FROM withdrawal WHERE state = 'PENDING' ORDER BY expires_ms LIMIT 1
