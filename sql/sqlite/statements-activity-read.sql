-- What happened of late, for the overview of the console.

-- name: activity_outgoing
SELECT p.state, a.asset, p.sent, p.created_ms, coalesce(p.finished_ms, 0), p.error
FROM outgoing_payment p JOIN account a ON a.id = p.account
WHERE p.created_ms >= ?1 ORDER BY p.created_ms DESC, p.id DESC LIMIT ?2

-- name: activity_incoming
SELECT a.asset, i.received, i.created_ms
FROM incoming_payment i JOIN account a ON a.id = i.wallet
WHERE i.created_ms >= ?1 AND i.received > 0 ORDER BY i.created_ms DESC, i.id DESC LIMIT ?2

-- name: events_open
SELECT state, count(*), min(created_ms) FROM event WHERE state <> 'DELIVERED' GROUP BY state
