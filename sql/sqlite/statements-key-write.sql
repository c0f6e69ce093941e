-- Keys, for the writer.

-- name: wallet_key_insert
INSERT INTO wallet_key (id, wallet, kid, public_key, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: wallet_key_count
SELECT count(*) FROM wallet_key WHERE wallet = ?1 AND revoked_ms IS NULL

-- name: wallet_key_revoke
UPDATE wallet_key SET revoked_ms = ?2 WHERE id = ?1 AND revoked_ms IS NULL

-- name: wallet_key_used
UPDATE wallet_key SET last_used_ms = ?2 WHERE id = ?1 AND last_used_ms < ?2

-- name: node_key_count
SELECT count(*) FROM node_key

-- name: node_key_replace
UPDATE node_key SET published_until_ms = ?1 WHERE published_until_ms IS NULL

-- name: node_key_insert
INSERT INTO node_key (id, public_key, sealed_seed, created_ms, signs_from_ms)
VALUES (?1, ?2, ?3, ?4, ?5)

-- name: node_key_last_created
SELECT max(created_ms) FROM node_key
