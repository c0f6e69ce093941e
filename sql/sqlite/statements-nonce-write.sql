-- Nonces of signatures, for the writer.

-- Those at the front only: what comes behind one that is kept is kept as well.
-- name: nonce_drop
DELETE FROM signature_nonce WHERE seq IN (SELECT seq FROM
	(SELECT seq, kept_until_ms FROM signature_nonce ORDER BY seq LIMIT ?2)
	WHERE kept_until_ms <= ?1)

-- name: nonce_known
SELECT count(*) FROM signature_nonce WHERE id = ?1

-- name: nonce_count
SELECT coalesce((SELECT max(seq) FROM signature_nonce) - (SELECT min(seq) FROM signature_nonce) + 1, 0)

-- name: nonce_newest_of_client
SELECT coalesce(max(number), 0) FROM signature_nonce WHERE client = ?1

-- name: nonce_oldest_of_client
SELECT coalesce(min(number), 1) FROM signature_nonce WHERE client = ?1

-- name: nonce_insert
INSERT INTO signature_nonce (id, client, number, kept_until_ms) VALUES (?1, ?2, ?3, ?4)
