-- Grants: statements of the writer.

-- name: grant_last
SELECT coalesce(max(key), 0) FROM gnap_grant

-- name: grant_insert
INSERT INTO gnap_grant (key, id, client, jwk, client_name, state, reason, subject, subject_wallet,
	continue_hash, poll_after_ms, created_ms, changed_ms, look_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)

-- name: grant_access_insert
INSERT INTO grant_access (grant_key, position, type, actions, identifier, wallet, limited, receiver,
	interval, cap, cap_amount, cap_code, cap_scale)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)

-- name: grant_access_lower
UPDATE grant_access SET cap_amount = ?3 WHERE grant_key = ?1 AND position = ?2

-- name: grant_set_state
UPDATE gnap_grant SET state = ?2, reason = ?3, changed_ms = ?4, look_ms = ?5 WHERE key = ?1

-- name: grant_set_holder
UPDATE gnap_grant SET wallet = ?2, ends_ms = ?3 WHERE key = ?1

-- name: grant_set_poll
UPDATE gnap_grant SET poll_after_ms = ?2 WHERE key = ?1

-- name: grant_pending_count
SELECT count(*) FROM gnap_grant INDEXED BY grant_pending
WHERE client = ?1 AND state = 'PENDING'

-- name: grant_expired_of_client
SELECT g.key FROM gnap_grant g INDEXED BY grant_pending
	JOIN grant_interaction i ON i.grant_key = g.key
WHERE g.client = ?1 AND g.state = 'PENDING' AND i.expires_ms <= ?2 LIMIT 1

-- name: interaction_insert
INSERT INTO grant_interaction (id, grant_key, nonce_hash, state, finish_uri, client_nonce,
	server_nonce, created_ms, expires_ms)
VALUES (?1, ?2, ?3, 'PENDING', ?4, ?5, ?6, ?7, ?8)

-- name: interaction_of_grant
SELECT id FROM grant_interaction WHERE grant_key = ?1

-- name: interaction_bind
UPDATE grant_interaction SET session = ?2 WHERE id = ?1

-- name: interaction_decide
UPDATE grant_interaction SET state = ?2, ref_hash = ?3, decided_ms = ?4 WHERE id = ?1

-- name: interaction_use
UPDATE grant_interaction SET used_ms = ?2 WHERE id = ?1 AND used_ms IS NULL

-- name: grant_token_last
SELECT coalesce(max(key), 0) FROM grant_token

-- name: grant_token_insert
INSERT INTO grant_token (key, hash, id, grant_key, created_ms, expires_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: grant_token_rotate
UPDATE grant_token SET ended = 'ROTATED', ended_ms = ?2, successor = ?3, rotated_by = ?4
WHERE key = ?1 AND ended = ''

-- name: grant_token_successor
SELECT s.id, s.expires_ms, s.ended FROM grant_token t JOIN grant_token s ON s.key = t.successor
WHERE t.key = ?1 AND t.rotated_by = ?2 AND t.ended_ms >= ?3

-- name: grant_token_revoke
UPDATE grant_token SET ended = 'REVOKED', ended_ms = ?2 WHERE key = ?1 AND ended = ''

-- name: grant_token_revoke_all
UPDATE grant_token SET ended = 'REVOKED', ended_ms = ?2 WHERE grant_key = ?1 AND ended = ''

-- name: wallet_user_of
SELECT user_id FROM wallet WHERE account = ?1

-- name: grant_spent_add
INSERT INTO grant_spent (grant_key, position, start_ms, receive_code, receive_scale, debit, receive)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, receive = receive + excluded.receive

-- name: grant_spent_release
UPDATE grant_spent SET debit = debit - ?6, receive = receive - ?7
WHERE grant_key = ?1 AND position = ?2 AND start_ms = ?3 AND receive_code = ?4
	AND receive_scale = ?5

-- name: grant_payment_insert
INSERT INTO grant_payment (payment, grant_key, position, start_ms, receive_code, receive_scale,
	debit, receive, created_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- name: grant_payment_get
SELECT grant_key, position, start_ms, receive_code, receive_scale, debit, receive, settled
FROM grant_payment WHERE payment = ?1

-- name: grant_payment_settle
UPDATE grant_payment SET debit = ?2, receive = ?3, settled = 1 WHERE payment = ?1
