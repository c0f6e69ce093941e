-- Reconciling the doubts with a peer.

-- What of the account's credits and debits was no packet: settlements that came or were taken back, claims
-- that were given up; settlements that went.
-- name: reconcile_others
SELECT coalesce((SELECT sum(amount) FROM settlement
		WHERE peer = ?1 AND (direction = 'received' OR state = 'REFUSED')), 0),
	coalesce((SELECT sum(amount) FROM settlement WHERE peer = ?1 AND direction = 'sent'), 0),
	coalesce((SELECT sum(peer_amount) FROM doubt
		WHERE peer = ?1 AND direction = 'they_may_owe' AND ended = 'peer'), 0)

-- name: reconcile_doubts
SELECT d.key, d.id, d.direction, d.payment, d.source, d.source_id, d.asset, d.amount, d.peer_amount,
	coalesce(p.state IN ('FUNDING', 'SENDING'), 0)
FROM doubt d LEFT JOIN outgoing_payment p ON p.account = d.payment
WHERE d.peer = ?1 AND d.ended IS NULL ORDER BY d.key LIMIT ?2

-- name: doubt_divide
UPDATE doubt SET amount = ?2, peer_amount = ?3 WHERE key = ?1 AND ended IS NULL

-- name: doubt_id
SELECT id FROM doubt WHERE key = ?1
