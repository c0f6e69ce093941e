-- Grants: statements of the readers.

-- name: grant_token_find
SELECT t.key, t.id, t.expires_ms, t.ended, t.hash, g.key, g.id, g.client, g.jwk, g.client_name,
	g.state, g.reason, g.subject, g.subject_wallet, g.wallet, g.ends_ms, g.poll_after_ms,
	g.created_ms, g.changed_ms, g.continue_hash
FROM grant_token t JOIN gnap_grant g ON g.key = t.grant_key WHERE t.hash = ?1

-- name: grant_list
SELECT g.key, g.id, g.client, g.jwk, g.client_name, g.state, g.reason, g.subject, g.subject_wallet,
	g.wallet, g.ends_ms, g.poll_after_ms, g.created_ms, g.changed_ms, g.continue_hash
FROM gnap_grant g
WHERE g.key < coalesce((SELECT key FROM gnap_grant WHERE id = ?1), 9223372036854775807)
	AND (?2 = '' OR g.client = ?2) AND (?3 = 0 OR g.wallet = ?3)
	AND (?4 = '' OR g.state = ?4) AND (?5 = '' OR g.reason = ?5)
ORDER BY g.key DESC LIMIT ?6

-- name: grant_list_of_client
SELECT g.key, g.id, g.client, g.jwk, g.client_name, g.state, g.reason, g.subject, g.subject_wallet,
	g.wallet, g.ends_ms, g.poll_after_ms, g.created_ms, g.changed_ms, g.continue_hash
FROM gnap_grant g
WHERE g.key < coalesce((SELECT key FROM gnap_grant WHERE id = ?1), 9223372036854775807)
	AND g.client = ?2 AND (?3 = 0 OR +g.wallet = ?3)
	AND (?4 = '' OR g.state = ?4) AND (?5 = '' OR g.reason = ?5)
ORDER BY g.key DESC LIMIT ?6

-- name: grant_list_of_wallet
SELECT g.key, g.id, g.client, g.jwk, g.client_name, g.state, g.reason, g.subject, g.subject_wallet,
	g.wallet, g.ends_ms, g.poll_after_ms, g.created_ms, g.changed_ms, g.continue_hash
FROM gnap_grant g
WHERE g.key < coalesce((SELECT key FROM gnap_grant WHERE id = ?1), 9223372036854775807)
	AND (?2 = '' OR g.client = ?2) AND g.wallet = ?3
	AND (?4 = '' OR g.state = ?4) AND (?5 = '' OR g.reason = ?5)
ORDER BY g.key DESC LIMIT ?6

-- The newest payment under an item says which asset its receive sum is of.
-- name: grant_newest_payment
SELECT p.receive_code, p.receive_scale, a.asset
FROM grant_payment p JOIN account a ON a.id = p.payment
WHERE p.grant_key = ?1 AND p.position = ?2 ORDER BY p.payment DESC LIMIT 1
