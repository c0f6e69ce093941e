-- What the account holder's pages list.

-- From a place on, ?2 and ?3; ?5: the same place among the ids of payments, which are in order of time.
-- name: holder_payments_older
SELECT id, created_ms, kind, amount FROM (
	SELECT * FROM (SELECT id, created_ms, 0 AS kind, 0 AS amount FROM outgoing_payment
		WHERE wallet = ?1 AND id < ?5 ORDER BY id DESC LIMIT ?4)
	UNION ALL
	SELECT * FROM (SELECT id, created_ms, 1, 0 FROM incoming_payment
		WHERE wallet = ?1 AND id < ?5 ORDER BY id DESC LIMIT ?4)
	UNION ALL
	SELECT * FROM (SELECT id, created_ms, CASE kind WHEN 'deposit' THEN 2 ELSE 3 END, amount
		FROM movement WHERE account = ?1 AND (created_ms, id) < (?2, ?3)
		ORDER BY created_ms DESC, id DESC LIMIT ?4)
	UNION ALL
	SELECT * FROM (SELECT id, created_ms, 3, amount FROM withdrawal
		WHERE account = ?1 AND state = 'POSTED' AND (created_ms, id) < (?2, ?3)
		ORDER BY created_ms DESC, id DESC LIMIT ?4))
ORDER BY created_ms DESC, id DESC LIMIT ?4

-- name: payment_by_quote
SELECT p.id FROM quote q JOIN outgoing_payment p ON p.account = q.payment WHERE q.id = ?1

-- name: grant_payments_older
SELECT p.id FROM (
	SELECT * FROM (SELECT payment FROM grant_payment
		WHERE grant_key = ?1 AND position = 0 AND payment < ?2 ORDER BY payment DESC LIMIT ?3)
	UNION ALL
	SELECT * FROM (SELECT payment FROM grant_payment
		WHERE grant_key = ?1 AND position = 1 AND payment < ?2 ORDER BY payment DESC LIMIT ?3)
	UNION ALL
	SELECT * FROM (SELECT payment FROM grant_payment
		WHERE grant_key = ?1 AND position = 2 AND payment < ?2 ORDER BY payment DESC LIMIT ?3)
) g JOIN outgoing_payment p ON p.account = g.payment
ORDER BY g.payment DESC LIMIT ?3
