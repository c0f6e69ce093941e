-- name: event_read
SELECT id, type, resource, sequence, data, created_ms, since_ms, state, attempts, next_ms,
	status, error, delivered_ms FROM event WHERE key = ?1
