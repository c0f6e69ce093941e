-- Limits of liquidity, for the writer.

-- name: liquidity_get
SELECT low, high, told FROM liquidity_limit WHERE account = ?1

-- name: liquidity_set
INSERT INTO liquidity_limit (account, low, high) VALUES (?1, ?2, ?3)
ON CONFLICT DO UPDATE SET low = excluded.low, high = excluded.high, told = ''

-- name: liquidity_tell
UPDATE liquidity_limit SET told = ?2 WHERE account = ?1

-- name: liquidity_forget
DELETE FROM liquidity_limit WHERE account = ?1

-- Who an account is of.
-- name: peer_of_account
SELECT id, name FROM peer WHERE account = ?1 AND removed_ms IS NULL
