-- Totals of connections with receipts.

-- name: receipt_total_get
SELECT total FROM receipt_total WHERE connection = ?1

-- name: receipt_total_set
INSERT INTO receipt_total (connection, total, updated_ms) VALUES (?1, ?2, ?3)
ON CONFLICT (connection) DO UPDATE SET total = excluded.total, updated_ms = excluded.updated_ms

-- name: receipt_total_drop
DELETE FROM receipt_total WHERE connection IN
	(SELECT connection FROM receipt_total WHERE updated_ms < ?1 ORDER BY updated_ms LIMIT ?2)
