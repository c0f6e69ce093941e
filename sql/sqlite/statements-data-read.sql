-- Data of payments.

-- The piece in which a byte lies.
-- name: quote_piece_get
SELECT at, bytes FROM quote_piece WHERE quote = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1

-- name: payment_watch_get
SELECT watch_ms FROM payment_watch WHERE account = ?1
