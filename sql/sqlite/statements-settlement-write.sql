-- Settlements, written.

-- name: settlement_terms_set
INSERT INTO settlement_terms (account, pay_at, pay_to, claim_at, engine)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET pay_at = excluded.pay_at, pay_to = excluded.pay_to,
	claim_at = excluded.claim_at, engine = excluded.engine, told = '', order_after_ms = 0

-- name: settlement_token_set
UPDATE settlement_terms SET token_hash = ?2, sealed_token = ?3 WHERE account = ?1

-- name: settlement_tell
UPDATE settlement_terms SET told = ?2 WHERE account = ?1

-- name: settlement_leftover_set
INSERT INTO settlement_terms (account, leftover, leftover_scale) VALUES (?1, ?2, ?3)
ON CONFLICT DO UPDATE SET leftover = excluded.leftover, leftover_scale = excluded.leftover_scale

-- name: settlement_pause
UPDATE settlement_terms SET order_after_ms = ?2 WHERE account = ?1

-- Where an engine is to pay, and may be asked now.
-- name: settlement_due
SELECT account FROM settlement_terms
WHERE told = 'PAY' AND engine <> '' AND order_after_ms <= ?2 ORDER BY order_after_ms, account LIMIT ?1

-- When the next one may be asked.
-- name: settlement_due_next
SELECT coalesce(min(order_after_ms), 0) FROM settlement_terms
WHERE told = 'PAY' AND engine <> '' AND order_after_ms > ?1

-- name: settlement_insert
INSERT INTO settlement (id, peer, direction, by_engine, state, amount, movement, reference,
	engine_key, request_hash, quantity, quantity_scale, leftover, leftover_scale, created_ms,
	ended_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)

-- name: settlement_by_engine_key
SELECT key, request_hash FROM settlement WHERE peer = ?1 AND engine_key = ?2

-- name: settlement_load
SELECT peer, amount, by_engine = 1 AND direction = 'sent' FROM settlement WHERE id = ?1

-- name: settlement_end
UPDATE settlement SET state = ?2, refund = ?3, ended_ms = ?4 WHERE id = ?1 AND state = 'ORDERED'

-- name: settlement_call
SELECT c.key, c.lease_holder, s.state = 'ORDERED' FROM settlement s
	JOIN engine_call c ON c.settlement = s.id WHERE s.id = ?1 AND s.peer = ?2

-- name: settlement_open_count
SELECT count(*) FROM settlement WHERE peer = ?1 AND state = 'ORDERED'

-- name: engine_call_add
INSERT INTO engine_call (peer, engine, kind, settlement, state, next_ms, created_ms)
VALUES (?1, ?2, ?3, ?4, 'QUEUED', ?5, ?5)

-- A call to the peer's engine shows what that is shown now.
-- name: engine_call_claim
SELECT c.key, c.peer, p.id, c.engine, c.kind, c.settlement, coalesce(s.amount, 0), a.asset,
	c.attempts, iif(t.engine = c.engine, t.sealed_token, c.sealed_token)
FROM engine_call c JOIN peer p ON p.account = c.peer JOIN account a ON a.id = c.peer
	LEFT JOIN settlement s ON s.id = c.settlement LEFT JOIN settlement_terms t ON t.account = c.peer
WHERE c.state = 'QUEUED' AND c.lease_holder = 0 AND c.next_ms <= ?1
	AND NOT EXISTS (SELECT 1 FROM engine_call e
		WHERE e.state = 'QUEUED' AND e.peer = c.peer AND e.engine = c.engine AND e.key < c.key)
ORDER BY c.next_ms, c.key LIMIT 1

-- For an engine that the peer leaves, before its successor's token is set.
-- name: engine_call_keep_token
UPDATE engine_call SET sealed_token = (SELECT sealed_token FROM settlement_terms WHERE account = ?1)
WHERE peer = ?1 AND engine = ?2 AND state = 'QUEUED'

-- name: engine_call_hold
UPDATE engine_call SET lease_holder = ?2, attempts = attempts + 1 WHERE key = ?1

-- name: engine_call_next
SELECT min(c.next_ms) FROM engine_call c
WHERE c.state = 'QUEUED' AND c.lease_holder = 0 AND NOT EXISTS (SELECT 1 FROM engine_call e
	WHERE e.state = 'QUEUED' AND e.peer = c.peer AND e.engine = c.engine AND e.key < c.key)

-- name: engine_call_take_over
UPDATE engine_call SET lease_holder = 0, unanswered = iif(kind = 'SETTLE', 1, unanswered)
WHERE lease_holder <> 0 AND lease_holder <> ?1

-- name: engine_call_held
SELECT peer, kind = 'SETTLE', unanswered, settlement FROM engine_call
WHERE key = ?1 AND state = 'QUEUED' AND lease_holder = ?2

-- name: engine_call_end
UPDATE engine_call SET state = ?2, next_ms = ?3, status = ?4, error = ?5, lease_holder = 0,
	ended_ms = ?6, sealed_token = iif(?2 = 'QUEUED', sealed_token, NULL),
	unanswered = max(unanswered, ?7)
WHERE key = ?1
