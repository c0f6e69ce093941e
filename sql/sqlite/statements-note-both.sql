-- Notes, read by the writer and by readers.

-- name: wallet_reply_get
SELECT text FROM wallet_reply WHERE wallet = ?1

-- name: note_to_send
SELECT text FROM note WHERE outgoing = ?1 AND received = 0 AND delivered_ms IS NULL
