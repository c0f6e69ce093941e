-- Pages of incoming payments (list.h). Each takes wallet, client, id and limit, and uses what it is about.

-- name: incoming_position
SELECT 1 FROM incoming_payment WHERE id = ?1 AND (?2 = 0 OR wallet = ?2)
	AND (?3 IS NULL OR client = ?3)

-- name: incoming_older
SELECT id FROM incoming_payment WHERE wallet = ?1 AND id < ?3 ORDER BY id DESC LIMIT ?4

-- name: incoming_newer
SELECT id FROM incoming_payment WHERE wallet = ?1 AND id > ?3 ORDER BY id LIMIT ?4

-- name: incoming_older_of_client
SELECT id FROM incoming_payment
WHERE wallet = ?1 AND client = ?2 AND client <> '' AND id < ?3 ORDER BY id DESC LIMIT ?4

-- name: incoming_newer_of_client
SELECT id FROM incoming_payment
WHERE wallet = ?1 AND client = ?2 AND client <> '' AND id > ?3 ORDER BY id LIMIT ?4

-- name: incoming_older_of_all
SELECT id FROM incoming_payment WHERE id < ?3 ORDER BY id DESC LIMIT ?4

-- name: incoming_newer_of_all
SELECT id FROM incoming_payment WHERE id > ?3 ORDER BY id LIMIT ?4

-- name: incoming_transfers
SELECT t.id, t.group_id, t.debit_account, t.credit_account, d.kind, c.kind, d.asset, t.amount,
	t.posted, t.state, t.ref_type, t.created_ms, t.closed_ms
FROM transfer t JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
WHERE t.id IN (
	SELECT s.id FROM credit_batch b JOIN transfer s
		ON s.id BETWEEN b.group_id AND b.group_id + 2 AND s.group_id = b.group_id
	WHERE b.incoming = ?1
	UNION ALL
	SELECT s.id FROM quote q JOIN transfer s ON s.ref_id = q.payment AND s.ref_type = 'local'
		AND s.ref_type <> 'credit'
	WHERE q.local_incoming = ?1
	UNION ALL
	SELECT s.id FROM transfer s
	WHERE s.ref_id = -?1 AND s.ref_type = 'fee' AND s.ref_type <> 'credit')
ORDER BY t.id LIMIT ?2

-- Payments of both directions.

-- name: payments_position
SELECT 1 FROM outgoing_payment WHERE id = ?1 AND (?2 = 0 OR wallet = ?2) AND ?3 IS NULL
UNION ALL
SELECT 1 FROM incoming_payment WHERE id = ?1 AND (?2 = 0 OR wallet = ?2) AND ?3 IS NULL

-- name: payments_older
SELECT id FROM (
	SELECT * FROM (SELECT id FROM outgoing_payment
		WHERE wallet = ?1 AND ?2 IS NULL AND id < ?3 ORDER BY id DESC LIMIT ?4)
	UNION ALL
	SELECT * FROM (SELECT id FROM incoming_payment
		WHERE wallet = ?1 AND id < ?3 ORDER BY id DESC LIMIT ?4))
ORDER BY id DESC LIMIT ?4

-- name: payments_newer
SELECT id FROM (
	SELECT * FROM (SELECT id FROM outgoing_payment
		WHERE wallet = ?1 AND ?2 IS NULL AND id > ?3 ORDER BY id LIMIT ?4)
	UNION ALL
	SELECT * FROM (SELECT id FROM incoming_payment
		WHERE wallet = ?1 AND id > ?3 ORDER BY id LIMIT ?4))
ORDER BY id LIMIT ?4

-- name: payments_older_of_all
SELECT id FROM (
	SELECT * FROM (SELECT id FROM outgoing_payment
		WHERE ?2 IS NULL AND id < ?3 ORDER BY id DESC LIMIT ?4)
	UNION ALL
	SELECT * FROM (SELECT id FROM incoming_payment WHERE id < ?3 ORDER BY id DESC LIMIT ?4))
ORDER BY id DESC LIMIT ?4

-- name: payments_newer_of_all
SELECT id FROM (
	SELECT * FROM (SELECT id FROM outgoing_payment WHERE ?2 IS NULL AND id > ?3 ORDER BY id LIMIT ?4)
	UNION ALL
	SELECT * FROM (SELECT id FROM incoming_payment WHERE id > ?3 ORDER BY id LIMIT ?4))
ORDER BY id LIMIT ?4
