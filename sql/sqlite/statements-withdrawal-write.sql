-- name: withdrawal_insert
INSERT INTO withdrawal (id, account, amount, group_id, state, created_ms, expires_ms)
VALUES (?1, ?2, ?3, ?4, 'PENDING', ?5, ?6)

-- name: withdrawal_end
UPDATE withdrawal SET state = ?2, ended_ms = ?3 WHERE key = ?1

-- What of an incoming payment is withdrawn, or set aside for it.
-- name: incoming_withdrawn
SELECT coalesce(sum(i.amount), 0) FROM incoming_withdrawal i LEFT JOIN withdrawal w ON w.id = i.id
WHERE i.incoming = ?1 AND (w.id IS NULL OR w.state IN ('PENDING', 'POSTED'))

-- name: incoming_withdrawal_same
SELECT incoming = ?2 AND amount = ?3 FROM incoming_withdrawal WHERE id = ?1

-- name: incoming_withdrawal_insert
INSERT INTO incoming_withdrawal (id, incoming, amount) VALUES (?1, ?2, ?3)
