-- Incoming payments, changed.

-- name: incoming_last
SELECT coalesce(max(key), 0) FROM incoming_payment

-- name: incoming_insert
INSERT INTO incoming_payment (key, id, wallet, client, grant_key, incoming_amount, excess_max,
	state, metadata, created_ms, expires_ms, fee_fixed, fee_bps, waits)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'PENDING', ?8, ?9, ?10, ?11, ?12, ?13)

-- name: incoming_update
UPDATE incoming_payment SET received = ?2, state = ?3, finished_ms = ?4 WHERE key = ?1

-- name: incoming_set_metadata
UPDATE incoming_payment SET metadata = ?2 WHERE key = ?1
