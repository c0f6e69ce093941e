-- Prices, spreads and revenue, changed.

-- name: rate_price_kept
SELECT code, base, price, as_of_ms, listed, next, next_ms FROM rate_price
WHERE source = ?1 ORDER BY code

-- name: rate_price_put
INSERT INTO rate_price (source, code, base, price, as_of_ms, listed, next, next_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (source, code) DO UPDATE SET base = ?3, price = ?4, as_of_ms = ?5, listed = ?6,
	next = ?7, next_ms = ?8

-- name: rate_price_drop
DELETE FROM rate_price WHERE source = ?1 AND code = ?2

-- name: rate_stale_get
SELECT since_ms FROM rate_stale WHERE source = ?1

-- name: rate_stale_put
INSERT INTO rate_stale (source, since_ms) VALUES (?1, ?2) ON CONFLICT (source) DO NOTHING

-- name: rate_stale_drop
DELETE FROM rate_stale WHERE source = ?1

-- name: spread_newest
SELECT version, bps IS NULL, coalesce(bps, 0), who, created_ms FROM spread
WHERE peer IS ?1 AND direction = ?2 AND from_asset IS ?3 AND to_asset IS ?4
ORDER BY version DESC LIMIT 1

-- name: spread_count
SELECT count(*) FROM spread WHERE version IN (
	SELECT max(version) FROM spread GROUP BY peer, direction, from_asset, to_asset)
	AND bps IS NOT NULL

-- name: spread_insert
INSERT INTO spread (peer, direction, from_asset, to_asset, bps, who, created_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: peer_set_spread
UPDATE peer SET spread_bps = ?2 WHERE account = ?1

-- name: revenue_add
INSERT INTO revenue (day, kind, from_asset, to_asset, packets, amount, remainder)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (day, kind, from_asset, to_asset) DO UPDATE SET packets = packets + ?5,
	amount = amount + ?6, remainder = remainder + ?7
