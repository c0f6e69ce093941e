-- Prices, spreads and revenue, read.

-- name: rate_price_list
SELECT code, base, price, as_of_ms, listed, next, next_ms FROM rate_price
WHERE source = ?1 ORDER BY code

-- Those in force, of any peer and of peers that are there.
-- name: spread_rules
SELECT coalesce(s.peer, 0), s.direction, coalesce(s.from_asset, 0), coalesce(s.to_asset, 0), s.bps
FROM spread s LEFT JOIN peer p ON p.account = s.peer
WHERE s.version IN (
	SELECT max(version) FROM spread GROUP BY peer, direction, from_asset, to_asset)
	AND s.bps IS NOT NULL AND (s.peer IS NULL OR p.removed_ms IS NULL)

-- Newest first, from below a version; ?3: only those in force.
-- name: spread_list
SELECT s.version, coalesce(s.peer, 0), coalesce(p.name, ''), s.direction,
	coalesce(s.from_asset, 0), coalesce(s.to_asset, 0), s.bps IS NULL, coalesce(s.bps, 0),
	s.who, s.created_ms,
	s.bps IS NOT NULL AND (s.peer IS NULL OR p.removed_ms IS NULL)
		AND NOT EXISTS (SELECT 1 FROM spread n WHERE n.peer IS s.peer
			AND n.direction = s.direction AND n.from_asset IS s.from_asset
			AND n.to_asset IS s.to_asset AND n.version > s.version) AS in_force
FROM spread s LEFT JOIN peer p ON p.account = s.peer
WHERE s.version < ?1 AND (?3 = 0 OR in_force = 1) ORDER BY s.version DESC LIMIT ?2

-- What was said of one subject, newest first.
-- name: spread_versions
SELECT created_ms, bps IS NOT NULL, coalesce(bps, 0) FROM spread
WHERE peer IS ?1 AND direction = ?2 AND from_asset IS ?3 AND to_asset IS ?4
ORDER BY version DESC LIMIT ?5

-- By day.
-- name: revenue_of_pair
SELECT day, sum(amount), sum(remainder) FROM revenue
WHERE day >= ?1 AND day < ?2 AND kind = 'spread' AND from_asset = ?3 AND to_asset = ?4
GROUP BY day

-- From a day on, until before another.
-- name: revenue_list
SELECT kind, from_asset, to_asset, sum(packets), sum(amount), sum(remainder) FROM revenue
WHERE day >= ?1 AND day < ?2 GROUP BY kind, from_asset, to_asset
ORDER BY to_asset, kind DESC, from_asset
