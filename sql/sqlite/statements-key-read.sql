-- Keys, for the readers.

-- name: wallet_key_list
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE wallet = ?1 AND id > ?2 ORDER BY id LIMIT ?3

-- Of all wallets, newest first: ?1 the id behind the first, ?2 how many, ?3 whether it is revoked (-1: either),
-- ?4 wallet (0: any), ?5 kid.
-- name: key_list
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE id < ?1 ORDER BY id DESC LIMIT ?2

-- name: key_list_of_state
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE (revoked_ms IS NOT NULL) = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2

-- name: key_list_of_wallet
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE wallet = ?4 AND id < ?1 AND (?3 < 0 OR (revoked_ms IS NOT NULL) = ?3)
ORDER BY id DESC LIMIT ?2

-- name: key_list_of_kid
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE kid = ?5 AND id < ?1 AND (?3 < 0 OR (revoked_ms IS NOT NULL) = ?3) AND (?4 = 0 OR wallet = ?4)
ORDER BY id DESC LIMIT ?2

-- name: key_get
SELECT id, wallet, kid, public_key, created_ms, revoked_ms, last_used_ms FROM wallet_key
WHERE id = ?1

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
