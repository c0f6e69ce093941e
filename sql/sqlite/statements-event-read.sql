-- The outbox, as the feed shows it: ?1 the key before the first, ?2 how many. Lists give the key and the type.

-- name: event_key
SELECT key FROM event WHERE id = ?1

-- name: event_id
SELECT id FROM event WHERE key = ?1

-- name: event_newest
SELECT id FROM event ORDER BY key DESC LIMIT 1

-- name: event_list
SELECT key, type FROM event WHERE key > ?1 ORDER BY key LIMIT ?2

-- Of endpoint ?3, with those that it was not given yet.
-- name: event_list_open
SELECT event, (SELECT type FROM event e WHERE e.key = delivery.event) FROM delivery
WHERE endpoint = ?3 AND event > ?1 AND state <> 'DELIVERED' AND state = ?4
UNION ALL
SELECT key, type FROM event WHERE ?4 = 'PENDING'
	AND key > max(?1, (SELECT given FROM webhook_endpoint WHERE key = ?3))
ORDER BY 1 LIMIT ?2

-- Of a type that is not made by each payment: ?3.
-- name: event_list_of_type
SELECT key, type FROM event
WHERE type = ?3 AND type NOT IN ('outgoing_payment.created', 'outgoing_payment.completed',
	'incoming_payment.created', 'incoming_payment.completed') AND key > ?1
ORDER BY key LIMIT ?2

-- name: event_list_of_resource
SELECT key, type FROM event WHERE resource = ?3 AND key > ?1 ORDER BY key LIMIT ?2

-- What an endpoint was given.
-- name: delivery_list
SELECT event, (SELECT type FROM event e WHERE e.key = delivery.event) FROM delivery
WHERE endpoint = ?3 AND event > ?1 ORDER BY event LIMIT ?2

-- name: delivery_list_open
SELECT event, (SELECT type FROM event e WHERE e.key = delivery.event) FROM delivery
WHERE endpoint = ?3 AND event > ?1 AND state <> 'DELIVERED' AND state = ?4
ORDER BY event LIMIT ?2

-- name: delivery_known
SELECT count(*) FROM delivery d JOIN event e ON e.key = d.event
WHERE e.id = ?2 AND d.endpoint = ?1

-- The same, the newest first: ?1 is the key behind the first.

-- name: event_list_desc
SELECT key, type FROM event WHERE key < ?1 ORDER BY key DESC LIMIT ?2

-- name: event_list_open_desc
SELECT event, (SELECT type FROM event e WHERE e.key = delivery.event) FROM delivery
WHERE endpoint = ?3 AND event < ?1 AND state <> 'DELIVERED' AND state = ?4
UNION ALL
SELECT key, type FROM event WHERE ?4 = 'PENDING' AND key < ?1
	AND key > (SELECT given FROM webhook_endpoint WHERE key = ?3)
ORDER BY 1 DESC LIMIT ?2

-- name: event_list_of_type_desc
SELECT key, type FROM event
WHERE type = ?3 AND type NOT IN ('outgoing_payment.created', 'outgoing_payment.completed',
	'incoming_payment.created', 'incoming_payment.completed') AND key < ?1
ORDER BY key DESC LIMIT ?2

-- name: event_list_of_resource_desc
SELECT key, type FROM event WHERE resource = ?3 AND key < ?1 ORDER BY key DESC LIMIT ?2

-- name: delivery_list_desc
SELECT event, (SELECT type FROM event e WHERE e.key = delivery.event) FROM delivery
WHERE endpoint = ?3 AND event < ?1 ORDER BY event DESC LIMIT ?2

-- name: delivery_list_open_desc
SELECT event, (SELECT type FROM event e WHERE e.key = delivery.event) FROM delivery
WHERE endpoint = ?3 AND event < ?1 AND state <> 'DELIVERED' AND state = ?4
ORDER BY event DESC LIMIT ?2
