-- Keys, read by the writer and by readers. Columns in the order of row_wallet_key.

-- name: wallet_key_of_kid
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE wallet = ?1 AND kid = ?2 AND revoked_ms IS NULL

-- name: wallet_key_get
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE wallet = ?1 AND id = ?2
