-- Incoming payments, read by the writer and by readers. Columns in the order of row_incoming.

-- name: incoming_get
SELECT key, id, wallet, client, grant_key, coalesce(incoming_amount, 0), excess_max, received,
	state, metadata, created_ms, expires_ms, finished_ms, fee_fixed, fee_bps
FROM incoming_payment WHERE id = ?1

-- name: incoming_of_key
SELECT key, id, wallet, client, grant_key, coalesce(incoming_amount, 0), excess_max, received,
	state, metadata, created_ms, expires_ms, finished_ms, fee_fixed, fee_bps
FROM incoming_payment WHERE key = ?1

-- The open one whose time comes next after a position.
-- name: incoming_due
SELECT key, expires_ms FROM incoming_payment
WHERE state IN ('PENDING', 'PROCESSING') AND (expires_ms, key) > (?1, ?2)
ORDER BY expires_ms, key LIMIT 1
