-- Settlements, read by the writer and by readers.

-- name: settlement_terms_get
SELECT pay_at IS NOT NULL, pay_at, pay_to, claim_at, told, engine, token_hash IS NOT NULL,
	leftover, leftover_scale, order_after_ms
FROM settlement_terms WHERE account = ?1

-- name: settlement_token_get
SELECT sealed_token FROM settlement_terms WHERE account = ?1 AND sealed_token IS NOT NULL

-- name: settlement_token_hash
SELECT token_hash FROM settlement_terms WHERE account = ?1 AND token_hash IS NOT NULL
	AND engine <> ''

-- name: settlement_get
SELECT s.id, s.direction = 'received', s.by_engine, s.state, s.amount, s.reference,
	coalesce(s.engine_key, ''), coalesce(s.quantity, ''), coalesce(s.quantity_scale, 0),
	coalesce(s.leftover, ''), coalesce(s.leftover_scale, 0), s.created_ms,
	coalesce(s.ended_ms, 0), coalesce(c.attempts, 0), coalesce(c.next_ms, 0),
	coalesce(c.status, 0), coalesce(c.error, '')
FROM settlement s LEFT JOIN engine_call c ON c.settlement = s.id WHERE s.key = ?1
