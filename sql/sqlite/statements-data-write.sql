-- Data of payments, written.

-- name: quote_data_size
INSERT INTO quote_data (quote, size) VALUES (?1, ?2)
ON CONFLICT (quote) DO UPDATE SET size = excluded.size

-- name: quote_piece_add
INSERT INTO quote_piece (quote, at, bytes) VALUES (?1, ?2, ?3)

-- name: quote_data_told
UPDATE quote_data SET delivered = ?2, delivered_ms = ?3 WHERE quote = ?1

-- name: quote_piece_drop
DELETE FROM quote_piece WHERE quote = (SELECT quote FROM outgoing_payment WHERE account = ?1)

-- name: quote_takes_data
SELECT payment IS NULL, expires_ms, local_receiver IS NULL AND refund_of IS NULL FROM quote WHERE id = ?1

-- name: payment_watch_add
INSERT INTO payment_watch (account, watch_ms) VALUES (?1, ?2)
