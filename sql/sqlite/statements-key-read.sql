-- Keys, for the readers.

-- name: wallet_key_list
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE wallet = ?1 AND id > ?2 ORDER BY id LIMIT ?3

-- name: wallet_key_published
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE wallet = ?1 AND revoked_ms IS NULL ORDER BY id LIMIT ?2

-- name: node_key_published
SELECT id, public_key, created_ms, signs_from_ms, published_until_ms FROM node_key
WHERE published_until_ms IS NULL OR published_until_ms > ?1 ORDER BY id DESC LIMIT ?2

-- name: node_key_signing
SELECT id, public_key, sealed_seed FROM node_key
WHERE signs_from_ms <= ?1 AND (published_until_ms IS NULL OR published_until_ms > ?1)
ORDER BY id DESC LIMIT 1
