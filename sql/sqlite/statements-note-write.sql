-- Notes, written.

-- name: note_insert
INSERT OR IGNORE INTO note (outgoing, incoming, received, stream, text, created_ms, delivered_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: note_count_incoming
SELECT count(*) FROM note WHERE incoming = ?1 AND received = 1
	AND NOT EXISTS (SELECT 1 FROM note WHERE incoming = ?1 AND received = 1 AND stream = ?2
		AND text = ?3)

-- name: note_delivered
UPDATE note SET delivered_ms = ?2 WHERE outgoing = ?1 AND received = 0 AND delivered_ms IS NULL

-- name: wallet_reply_set
INSERT INTO wallet_reply (wallet, text) VALUES (?1, ?2)
ON CONFLICT (wallet) DO UPDATE SET text = excluded.text

-- name: wallet_reply_drop
DELETE FROM wallet_reply WHERE wallet = ?1
