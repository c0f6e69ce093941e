-- Wallets, changed by the operator.

-- name: wallet_set_public_name
UPDATE wallet SET public_name = ?2 WHERE account = ?1

-- name: wallet_set_inactive
UPDATE wallet SET inactive_ms = ?2 WHERE account = ?1

-- Whether it takes new payments.
-- name: wallet_property_forget
DELETE FROM wallet_property WHERE wallet = ?1

-- name: wallet_property_insert
INSERT INTO wallet_property (wallet, key, value, visible) VALUES (?1, ?2, ?3, ?4)

-- name: incoming_set_approval
UPDATE incoming_payment SET waits = ?2, approved_ms = ?3 WHERE key = ?1

-- name: incoming_set_cancelled
UPDATE incoming_payment SET expires_ms = ?2, cancelled_ms = ?2, cancel_reason = ?3 WHERE key = ?1
