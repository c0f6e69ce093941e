-- The outbox, as the feed shows it: ?1 the key before the first, ?2 how many.

-- name: event_key
SELECT key FROM event WHERE id = ?1

-- name: event_newest
SELECT id FROM event ORDER BY key DESC LIMIT 1

-- name: event_list
SELECT key FROM event WHERE key > ?1 ORDER BY key LIMIT ?2

-- name: event_list_open
SELECT key FROM event WHERE key > ?1 AND state <> 'DELIVERED' AND state = ?3 ORDER BY key LIMIT ?2

-- name: event_list_of_resource
SELECT key FROM event WHERE resource = ?3 AND key > ?1 ORDER BY key LIMIT ?2
