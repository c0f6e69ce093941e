-- What happened of late, for the overview of the console. ?1: the first id of the time it begins at.

-- name: activity_outgoing
SELECT p.state, a.asset, p.sent, p.created_ms, coalesce(p.finished_ms, 0), p.error
FROM outgoing_payment p JOIN account a ON a.id = p.account
WHERE p.id >= ?1 ORDER BY p.id DESC LIMIT ?2

-- name: activity_incoming
SELECT a.asset, i.received, i.created_ms
FROM incoming_payment i JOIN account a ON a.id = i.wallet
WHERE i.id >= ?1 ORDER BY i.id DESC LIMIT ?2

-- Of all endpoints, with what they were not given yet.
-- name: events_open
SELECT state, sum(n), min(oldest) FROM (
	SELECT d.state AS state, count(*) AS n, min(d.since_ms) AS oldest FROM webhook_endpoint w
		JOIN delivery d ON d.endpoint = w.key AND d.state <> 'DELIVERED'
		WHERE w.removed_ms IS NULL GROUP BY d.state
	UNION ALL
	SELECT 'PENDING', (SELECT coalesce(max(key), 0) FROM event) - w.given,
		(SELECT created_ms FROM event WHERE key > w.given ORDER BY key LIMIT 1)
		FROM webhook_endpoint w
		WHERE w.removed_ms IS NULL AND w.given < (SELECT max(key) FROM event))
GROUP BY state
