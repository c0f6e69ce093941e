-- The sweep: statements of the writer.

-- name: grant_set_look
UPDATE gnap_grant SET look_ms = ?2 WHERE key = ?1

-- name: grant_to_look
SELECT key FROM gnap_grant WHERE look_ms <= ?1 ORDER BY look_ms LIMIT 1

-- Whether it is the newest, whether payments refer to it, when a person has or had to answer, and what became of its tokens.
-- name: grant_age
SELECT g.key = (SELECT max(key) FROM gnap_grant),
	EXISTS (SELECT 1 FROM grant_payment p WHERE p.grant_key = g.key),
	coalesce((SELECT i.expires_ms FROM grant_interaction i WHERE i.grant_key = g.key), 0),
	(SELECT count(*) FROM grant_token t WHERE t.grant_key = g.key AND t.ended = ''),
	coalesce((SELECT max(coalesce(t.ended_ms, t.expires_ms)) FROM grant_token t
		WHERE t.grant_key = g.key), 0)
FROM gnap_grant g WHERE g.key = ?1

-- name: grant_token_remove_of_grant
DELETE FROM grant_token WHERE key IN (
	SELECT key FROM grant_token WHERE grant_key = ?1 ORDER BY key LIMIT ?2)

-- name: grant_token_count
SELECT count(*) FROM (SELECT 1 FROM grant_token WHERE grant_key = ?1 LIMIT ?2)

-- name: grant_interaction_remove
DELETE FROM grant_interaction WHERE grant_key = ?1

-- name: grant_access_remove
DELETE FROM grant_access WHERE grant_key = ?1

-- name: grant_remove
DELETE FROM gnap_grant WHERE key = ?1

-- One that was rotated goes before its successor.
-- name: grant_token_remove_ended
DELETE FROM grant_token WHERE key IN (
	SELECT t.key FROM grant_token t WHERE t.ended <> '' AND t.ended_ms <= ?1
		AND NOT EXISTS (SELECT 1 FROM grant_token p WHERE p.successor = t.key AND p.ended_ms > ?1)
	ORDER BY t.ended_ms, t.key LIMIT ?2)

-- name: quote_remove_unused
DELETE FROM quote WHERE id IN (
	SELECT id FROM quote WHERE payment IS NULL AND expires_ms <= ?1 ORDER BY expires_ms LIMIT ?2)

-- Of payments that ended without a unit for it: their receiver's URL stays.
-- name: incoming_remove_quotes
UPDATE quote SET local_incoming = NULL WHERE local_incoming = ?1

-- name: incoming_remove
DELETE FROM incoming_payment WHERE key = ?1

-- name: incoming_remove_deliveries
DELETE FROM delivery WHERE (endpoint, event) IN
	(SELECT w.key, e.key FROM event e JOIN webhook_endpoint w WHERE e.resource = ?1)

-- name: incoming_remove_events
DELETE FROM event WHERE resource = ?1
