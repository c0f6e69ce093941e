-- Data of payments, read by the writer and by readers.

-- name: quote_data_get
SELECT size, delivered, coalesce(delivered_ms, 0) FROM quote_data WHERE quote = ?1
