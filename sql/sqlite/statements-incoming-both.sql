-- Incoming payments, read by the writer and by readers. Columns in the order of row_incoming. One whose
-- wallet is inactive ends with it.

-- name: incoming_get
SELECT i.key, i.id, i.wallet, i.client, i.grant_key, coalesce(i.incoming_amount, 0), i.excess_max,
	i.received, i.state, i.metadata, i.created_ms,
	min(i.expires_ms, coalesce(w.inactive_ms, i.expires_ms)), i.finished_ms, i.fee_fixed,
	i.fee_bps, i.waits, i.approved_ms, i.cancelled_ms, i.cancel_reason
FROM incoming_payment i JOIN wallet w ON w.account = i.wallet WHERE i.id = ?1

-- name: incoming_of_key
SELECT i.key, i.id, i.wallet, i.client, i.grant_key, coalesce(i.incoming_amount, 0), i.excess_max,
	i.received, i.state, i.metadata, i.created_ms,
	min(i.expires_ms, coalesce(w.inactive_ms, i.expires_ms)), i.finished_ms, i.fee_fixed,
	i.fee_bps, i.waits, i.approved_ms, i.cancelled_ms, i.cancel_reason
FROM incoming_payment i JOIN wallet w ON w.account = i.wallet WHERE i.key = ?1

-- The open one whose time comes next after a position.
-- name: incoming_due
SELECT key, expires_ms FROM incoming_payment
WHERE state IN ('PENDING', 'PROCESSING') AND (expires_ms, key) > (?1, ?2)
ORDER BY expires_ms, key LIMIT 1
