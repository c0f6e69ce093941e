-- name: passkey_count
SELECT count(*) FROM passkey WHERE user_id = ?1

-- name: passkey_known
SELECT count(*) FROM passkey WHERE credential = ?1

-- name: passkey_insert
INSERT INTO passkey (user_id, credential, algorithm, public_key, counter, name, created_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: passkey_counter
SELECT counter, used_ms FROM passkey WHERE key = ?1 AND user_id = ?2

-- name: passkey_used
UPDATE passkey SET counter = ?2, used_ms = ?3 WHERE key = ?1

-- name: passkey_delete
DELETE FROM passkey WHERE key = ?1 AND user_id = ?2
RETURNING name

-- name: passkey_delete_of_user
DELETE FROM passkey WHERE user_id = ?1
