-- Operators, as readers and the writer look them up.

-- name: operator_named
SELECT id, name, created_ms, coalesce(password, ''), totp, totp_step, coalesce(signed_in_ms, 0),
	coalesce(setup_ends_ms, 0)
FROM operator WHERE name = ?1

-- name: operator_of_setup
SELECT id, name, created_ms, coalesce(password, ''), totp, totp_step, coalesce(signed_in_ms, 0),
	coalesce(setup_ends_ms, 0)
FROM operator WHERE setup_hash = ?1 AND setup_ends_ms > ?2
