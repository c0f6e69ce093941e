-- Statements of the readers.

-- name: asset_find
SELECT id, code, scale, fee_fixed, fee_bps, receive_fee_fixed, receive_fee_bps, settlement, pool,
	fee, spread, suspense, coalesce(l.low, 0), coalesce(l.high, 0), withdrawal_threshold
FROM asset LEFT JOIN liquidity_limit l ON l.account = pool WHERE code = ?1

-- name: asset_list
SELECT id, code, scale, fee_fixed, fee_bps, receive_fee_fixed, receive_fee_bps, settlement, pool,
	fee, spread, suspense, coalesce(l.low, 0), coalesce(l.high, 0), withdrawal_threshold
FROM asset LEFT JOIN liquidity_limit l ON l.account = pool ORDER BY code

-- name: wallet_get
SELECT w.id, w.account, a.asset, w.state = 'CLOSED', w.name, w.public_name, u.name, w.created_ms,
	coalesce(w.inactive_ms, 0)
FROM wallet w JOIN account a ON a.id = w.account JOIN wallet_user u ON u.id = w.user_id
WHERE w.id = ?1

-- name: wallet_find
SELECT w.id, w.account, a.asset, w.state = 'CLOSED', w.name, w.public_name, u.name, w.created_ms,
	coalesce(w.inactive_ms, 0)
FROM wallet w JOIN account a ON a.id = w.account JOIN wallet_user u ON u.id = w.user_id
WHERE w.name = ?1

-- name: wallet_of_account
SELECT w.id, w.account, a.asset, w.state = 'CLOSED', w.name, w.public_name, u.name, w.created_ms,
	coalesce(w.inactive_ms, 0)
FROM wallet w JOIN account a ON a.id = w.account JOIN wallet_user u ON u.id = w.user_id
WHERE w.account = ?1

-- name: wallet_list
SELECT w.id, w.account, a.asset, w.state = 'CLOSED', w.name, w.public_name, u.name, w.created_ms,
	coalesce(w.inactive_ms, 0)
FROM wallet w JOIN account a ON a.id = w.account JOIN wallet_user u ON u.id = w.user_id
WHERE w.account > coalesce((SELECT account FROM wallet WHERE id = ?1), 0)
ORDER BY w.account LIMIT ?2

-- name: peer_get
SELECT p.id, p.account, a.asset, p.name, p.ilp_address, p.url, p.sealed_token, a.credit_limit,
	p.max_packet, p.spread_bps, p.parent, p.child, p.assigned, p.ccp,
	p.created_ms, coalesce(l.low, 0), coalesce(l.high, 0), p.state, p.packets_per_s, p.in_flight,
	p.amount_per_s, a.debt_limit, p.url_is_foreign, coalesce(p.down_ms, 0)
FROM peer p JOIN account a ON a.id = p.account LEFT JOIN liquidity_limit l ON l.account = a.id
WHERE p.id = ?1 AND p.removed_ms IS NULL

-- name: peer_find
SELECT p.id, p.account, a.asset, p.name, p.ilp_address, p.url, p.sealed_token, a.credit_limit,
	p.max_packet, p.spread_bps, p.parent, p.child, p.assigned, p.ccp,
	p.created_ms, coalesce(l.low, 0), coalesce(l.high, 0), p.state, p.packets_per_s, p.in_flight,
	p.amount_per_s, a.debt_limit, p.url_is_foreign, coalesce(p.down_ms, 0)
FROM peer p JOIN account a ON a.id = p.account LEFT JOIN liquidity_limit l ON l.account = a.id
WHERE p.name = ?1 AND p.removed_ms IS NULL

-- name: peer_list
SELECT p.id, p.account, a.asset, p.name, p.ilp_address, p.url, p.sealed_token, a.credit_limit,
	p.max_packet, p.spread_bps, p.parent, p.child, p.assigned, p.ccp,
	p.created_ms, coalesce(l.low, 0), coalesce(l.high, 0), p.state, p.packets_per_s, p.in_flight,
	p.amount_per_s, a.debt_limit, p.url_is_foreign, coalesce(p.down_ms, 0)
FROM peer p JOIN account a ON a.id = p.account LEFT JOIN liquidity_limit l ON l.account = a.id
WHERE p.removed_ms IS NULL ORDER BY p.name

-- name: token_list
SELECT hash, created_ms FROM peer_token WHERE peer = ?1 ORDER BY created_ms, rowid

-- name: route_list
SELECT prefix, peer FROM route ORDER BY prefix

-- name: wallet_held
SELECT coalesce(sum(a.credits_posted - a.debits_posted), 0)
FROM outgoing_payment p JOIN account a ON a.id = p.account
WHERE p.state = 'SENDING' AND p.waits IN (0, 1, 2) AND p.wallet = ?1

-- Sums over many accounts may pass 63 bits: two halves of each, for query_sum.
-- name: balance_list
SELECT kind, asset, count(*), sum(credits_posted - debits_posted >> 32),
	sum(credits_posted - debits_posted & 4294967295),
	sum(debits_pending >> 32), sum(debits_pending & 4294967295),
	sum(credits_pending >> 32), sum(credits_pending & 4294967295)
FROM account WHERE closed = 0 GROUP BY asset, kind

-- name: payment_list
SELECT account FROM outgoing_payment
WHERE id < coalesce((SELECT id FROM outgoing_payment WHERE id = ?1), x'ffffffffffffffffffffffffffffffff')
ORDER BY id DESC LIMIT ?2

-- name: payment_list_of_wallet
SELECT account FROM outgoing_payment
WHERE id < coalesce((SELECT id FROM outgoing_payment WHERE id = ?1), x'ffffffffffffffffffffffffffffffff')
	AND wallet = ?3
ORDER BY id DESC LIMIT ?2

-- Pages of a wallet's outgoing payments (list.h).
-- name: outgoing_position
SELECT 1 FROM outgoing_payment WHERE id = ?1 AND (?2 = 0 OR wallet = ?2)
	AND (?3 IS NULL OR client = ?3)

-- name: outgoing_older
SELECT id FROM outgoing_payment WHERE wallet = ?1 AND id < ?3 ORDER BY id DESC LIMIT ?4

-- name: outgoing_newer
SELECT id FROM outgoing_payment WHERE wallet = ?1 AND id > ?3 ORDER BY id LIMIT ?4

-- name: outgoing_older_of_client
SELECT id FROM outgoing_payment
WHERE wallet = ?1 AND client = ?2 AND client <> '' AND id < ?3 ORDER BY id DESC LIMIT ?4

-- name: outgoing_newer_of_client
SELECT id FROM outgoing_payment
WHERE wallet = ?1 AND client = ?2 AND client <> '' AND id > ?3 ORDER BY id LIMIT ?4

-- name: attempt_list
SELECT number, started_ms, ended_ms, sent, delivered, packets, error FROM payment_attempt
WHERE payment = ?1 ORDER BY number LIMIT ?2

-- name: payment_transfers
SELECT t.id, t.group_id, t.debit_account, t.credit_account, d.kind, c.kind, d.asset, t.amount,
	t.posted, t.state, t.ref_type, t.created_ms, t.closed_ms
FROM transfer t JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
WHERE t.id IN (
	SELECT id FROM transfer WHERE ref_id = ?1 AND ref_type <> 'credit'
		AND ref_type IN ('funding', 'fee', 'refund', 'local')
	UNION ALL
	SELECT id FROM transfer WHERE ref_type = 'window' AND ref_type <> 'credit' AND ref_id IN
		(SELECT id FROM flight_window WHERE from_account = ?1)
	UNION ALL
	SELECT id FROM transfer WHERE ref_type = 'doubt' AND ref_type <> 'credit' AND ref_id IN
		(SELECT key FROM doubt WHERE payment = ?1))
ORDER BY t.id LIMIT ?2

-- name: doubt_list
SELECT d.id, d.direction, d.peer, p.name, o.id, d.amount, d.asset, d.since_ms, d.ended, d.ended_ms
FROM doubt d JOIN peer p ON p.account = d.peer LEFT JOIN outgoing_payment o ON o.account = d.payment
WHERE d.key > coalesce((SELECT key FROM doubt WHERE id = ?1), 0)
ORDER BY d.key LIMIT ?2

-- name: doubt_list_open
SELECT d.id, d.direction, d.peer, p.name, o.id, d.amount, d.asset, d.since_ms, d.ended, d.ended_ms
FROM doubt d JOIN peer p ON p.account = d.peer LEFT JOIN outgoing_payment o ON o.account = d.payment
WHERE d.key > coalesce((SELECT key FROM doubt WHERE id = ?1), 0) AND d.ended IS NULL
ORDER BY d.key LIMIT ?2

-- name: doubt_get
SELECT d.id, d.direction, d.peer, p.name, o.id, d.amount, d.asset, d.since_ms, d.ended, d.ended_ms
FROM doubt d JOIN peer p ON p.account = d.peer LEFT JOIN outgoing_payment o ON o.account = d.payment
WHERE d.id = ?1

-- name: totals
SELECT t.wallets, (SELECT count(*) FROM peer WHERE removed_ms IS NULL),
	(SELECT count(*) FROM outgoing_payment WHERE state = 'SENDING'),
	t.payments_completed, t.payments_failed, t.packets_credited, t.packets_forwarded,
	(SELECT count(*) FROM doubt WHERE ended IS NULL)
FROM tally t
