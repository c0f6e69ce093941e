-- Payments that the host funds.

-- name: payment_by_host
SELECT by_host FROM outgoing_payment WHERE account = ?1

-- name: payment_funded
UPDATE outgoing_payment SET state = 'SENDING', funded_ms = ?2, waits = 1
WHERE account = ?1 AND state = 'FUNDING'

-- name: payment_end_reason
SELECT error FROM outgoing_payment WHERE account = ?1

-- name: payment_unfunded
SELECT p.id FROM outgoing_payment p JOIN quote q ON q.id = p.quote
WHERE p.state = 'FUNDING' AND q.expires_ms < ?1 ORDER BY p.account LIMIT 1

-- name: payment_quote
SELECT quote FROM outgoing_payment WHERE account = ?1
