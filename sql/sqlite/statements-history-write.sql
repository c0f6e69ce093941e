-- What was when: written down.

-- name: history_newest
SELECT at_ms, value FROM history
WHERE series = ?1 AND subject = ?2 AND step_ms = 60000 AND at_ms <= ?3 ORDER BY at_ms DESC LIMIT 1

-- name: history_put
INSERT INTO history (series, subject, step_ms, at_ms, value) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET value = excluded.value

-- The hour of which ?3 is the beginning, from its minutes: its sum in two halves, for query_sum.
-- name: history_hour_sum
SELECT coalesce(sum(value >> 32), 0), coalesce(sum(value & 4294967295), 0) FROM history
WHERE series = ?1 AND subject = ?2 AND step_ms = 60000 AND at_ms >= ?3 AND at_ms < ?3 + 3600000

-- name: history_hour_most
INSERT INTO history (series, subject, step_ms, at_ms, value)
SELECT series, subject, 3600000, ?3, max(value) FROM history
WHERE series = ?1 AND subject = ?2 AND step_ms = 60000 AND at_ms >= ?3 AND at_ms < ?3 + 3600000
GROUP BY series, subject ON CONFLICT DO UPDATE SET value = excluded.value

-- name: history_drop
DELETE FROM history WHERE (series, subject, step_ms, at_ms) IN (
	SELECT series, subject, step_ms, at_ms FROM history INDEXED BY history_by_time
	WHERE step_ms = ?1 AND at_ms < ?2 LIMIT ?3)

-- name: rate_history_newest
SELECT at_ms, base, price FROM rate_history
WHERE source = ?1 AND code = ?2 ORDER BY at_ms DESC LIMIT 1

-- name: rate_history_put
INSERT INTO rate_history (source, code, at_ms, base, price) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET base = excluded.base, price = excluded.price

-- Before ?3 the last of each hour stays.
-- name: rate_history_thin
DELETE FROM rate_history AS old WHERE source = ?1 AND code = ?2 AND at_ms < ?3 AND EXISTS (
	SELECT 1 FROM rate_history later WHERE later.source = ?1 AND later.code = ?2
		AND later.at_ms > old.at_ms AND later.at_ms < (old.at_ms / 3600000 + 1) * 3600000)

-- And before ?3 none, but what is still in force.
-- name: rate_history_drop
DELETE FROM rate_history WHERE source = ?1 AND code = ?2 AND at_ms < ?3
	AND at_ms < (SELECT max(at_ms) FROM rate_history WHERE source = ?1 AND code = ?2)
