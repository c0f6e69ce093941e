-- The books as they are, for the operator.

-- Open accounts by asset and kind, behind a position.
-- name: journal_accounts
SELECT id, kind, asset, may_go_negative, closed, credit_limit, debits_posted, debits_pending, credits_posted,
	credits_pending, debt_limit,
	coalesce((SELECT w.inactive_ms FROM wallet w WHERE w.account = account.id), 0)
FROM account
WHERE closed = 0 AND (asset, kind, id) > (?1, ?2, ?3) AND (?4 = 0 OR asset = ?4)
	AND (?5 IS NULL OR kind = ?5)
ORDER BY asset, kind, id LIMIT ?6

-- Transfers with numbers in a range, oldest first; ?3 0, or one account's.
-- name: journal_transfers
SELECT t.id, t.group_id, t.debit_account, t.credit_account, d.kind, c.kind, d.asset, t.amount,
	t.posted, t.state, t.ref_type, t.created_ms, t.closed_ms
FROM transfer t JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
WHERE t.id BETWEEN ?1 AND ?2 AND (?3 = 0 OR t.debit_account = ?3 OR t.credit_account = ?3)
ORDER BY t.id LIMIT ?4

-- The same, newest first.
-- name: journal_transfers_back
SELECT t.id, t.group_id, t.debit_account, t.credit_account, d.kind, c.kind, d.asset, t.amount,
	t.posted, t.state, t.ref_type, t.created_ms, t.closed_ms
FROM transfer t JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
WHERE t.id BETWEEN ?1 AND ?2 AND (?3 = 0 OR t.debit_account = ?3 OR t.credit_account = ?3)
ORDER BY t.id DESC LIMIT ?4

-- name: journal_end
SELECT coalesce(max(id), 0) FROM transfer
