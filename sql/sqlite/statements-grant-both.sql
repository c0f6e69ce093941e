-- Grants: statements that the writer and the readers prepare.

-- name: grant_get
SELECT g.key, g.id, g.client, g.jwk, g.client_name, g.state, g.reason, g.subject, g.subject_wallet,
	g.wallet, g.ends_ms, g.poll_after_ms, g.created_ms, g.changed_ms, g.continue_hash
FROM gnap_grant g WHERE g.id = ?1

-- name: grant_of_key
SELECT g.key, g.id, g.client, g.jwk, g.client_name, g.state, g.reason, g.subject, g.subject_wallet,
	g.wallet, g.ends_ms, g.poll_after_ms, g.created_ms, g.changed_ms, g.continue_hash
FROM gnap_grant g WHERE g.key = ?1

-- name: grant_access_list
SELECT position, type, actions, identifier, wallet, limited, receiver, interval, cap, cap_amount,
	cap_code, cap_scale
FROM grant_access WHERE grant_key = ?1 ORDER BY position

-- name: grant_token_get
SELECT t.key, t.id, t.expires_ms, t.ended, t.hash, g.key, g.id, g.client, g.jwk, g.client_name,
	g.state, g.reason, g.subject, g.subject_wallet, g.wallet, g.ends_ms, g.poll_after_ms,
	g.created_ms, g.changed_ms, g.continue_hash
FROM grant_token t JOIN gnap_grant g ON g.key = t.grant_key WHERE t.id = ?1

-- name: grant_token_of_key
SELECT t.key, t.id, t.expires_ms, t.ended, t.hash, g.key, g.id, g.client, g.jwk, g.client_name,
	g.state, g.reason, g.subject, g.subject_wallet, g.wallet, g.ends_ms, g.poll_after_ms,
	g.created_ms, g.changed_ms, g.continue_hash
FROM grant_token t JOIN gnap_grant g ON g.key = t.grant_key WHERE t.key = ?1

-- name: interaction_get
SELECT i.id, i.state, i.finish_uri, i.client_nonce, i.server_nonce, i.session, i.created_ms,
	i.expires_ms, i.nonce_hash, i.ref_hash, i.used_ms, g.key, g.id, g.client, g.jwk,
	g.client_name, g.state, g.reason, g.subject, g.subject_wallet, g.wallet, g.ends_ms,
	g.poll_after_ms, g.created_ms, g.changed_ms, g.continue_hash
FROM grant_interaction i JOIN gnap_grant g ON g.key = i.grant_key WHERE i.id = ?1

-- What counts in one window: of all assets, and of the one asked about.
-- name: grant_spent_sum
SELECT coalesce(sum(debit), 0),
	coalesce(sum(iif(receive_code = ?4 AND receive_scale = ?5, receive, 0)), 0)
FROM grant_spent WHERE grant_key = ?1 AND position = ?2 AND start_ms = ?3
