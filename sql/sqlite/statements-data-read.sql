-- Data of payments.

-- The piece in which a byte lies.
-- name: quote_piece_get
SELECT at, bytes FROM quote_piece WHERE quote = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1
