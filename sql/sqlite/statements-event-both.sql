-- An event, with what became of telling endpoint ?2 of it; what it was not given yet is to be delivered.
-- name: event_read
SELECT e.id, e.type, e.resource, e.sequence, e.data, e.created_ms,
	coalesce(d.since_ms, e.created_ms), coalesce(d.state, 'PENDING'), coalesce(d.attempts, 0),
	coalesce(d.next_ms, 0), coalesce(d.status, 0), coalesce(d.error, ''), d.delivered_ms
FROM event e LEFT JOIN delivery d ON d.endpoint = ?2 AND d.event = e.key WHERE e.key = ?1

-- name: endpoint_get
SELECT key, id, url, types, enabled, given, created_ms, changed_ms, coalesce(sealed_secret, x'')
FROM webhook_endpoint WHERE id = ?1 AND removed_ms IS NULL

-- name: endpoint_list
SELECT key, id, url, types, enabled, given, created_ms, changed_ms, coalesce(sealed_secret, x'')
FROM webhook_endpoint WHERE removed_ms IS NULL ORDER BY key LIMIT ?1
