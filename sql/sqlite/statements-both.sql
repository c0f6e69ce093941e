-- Statements that the writer and the readers prepare. Parameters count in order of appearance in
-- the verb; columns are read in this order (rows.c).

-- name: account_get
SELECT id, kind, asset, may_go_negative, closed, credit_limit, debits_posted, debits_pending,
	credits_posted, credits_pending, debt_limit,
	coalesce((SELECT w.inactive_ms FROM wallet w WHERE w.account = account.id), 0)
FROM account WHERE id = ?1

-- name: asset_get
SELECT id, code, scale, fee_fixed, fee_bps, receive_fee_fixed, receive_fee_bps, settlement, pool,
	fee, spread, suspense, coalesce(l.low, 0), coalesce(l.high, 0), withdrawal_threshold
FROM asset LEFT JOIN liquidity_limit l ON l.account = pool WHERE id = ?1

-- name: quote_get
SELECT id, wallet, kind, receiver, local_receiver, local_incoming, debit_amount, fee,
	receive_amount, receive_code, receive_scale, min_rate, path_lower, path_upper, max_packet,
	created_ms, expires_ms, client, own_rate, own_rate_to, receiver_made, refund_of, pace_ms, payment
FROM quote WHERE id = ?1

-- name: payment_read
SELECT p.id, p.account, p.state, p.sent, p.delivered, p.refunded, p.in_doubt, p.packets, p.attempts,
	p.error, p.metadata, p.created_ms, p.finished_ms, p.client, p.cancel_asked, p.lease_until_ms,
	q.id, q.wallet, q.kind, q.receiver, q.local_receiver, q.local_incoming, q.debit_amount, q.fee,
	q.receive_amount, q.receive_code, q.receive_scale, q.min_rate, q.path_lower, q.path_upper,
	q.max_packet, q.created_ms, q.expires_ms, q.client, q.own_rate,
	q.own_rate_to, q.receiver_made, q.refund_of, q.pace_ms, q.payment,
	(SELECT coalesce(sum(c.amount_out), 0) FROM credit_batch c WHERE c.outgoing = p.account),
	CASE WHEN p.fee > 0 AND p.state IN ('FAILED', 'CANCELLED') THEN (SELECT coalesce(sum(t.posted), 0)
		FROM transfer t WHERE t.ref_id = p.account AND t.ref_type = 'fee' AND t.ref_type <> 'credit')
	ELSE p.fee END
FROM outgoing_payment p JOIN quote q ON q.id = p.quote WHERE p.account = ?1

-- name: payment_account
SELECT account FROM outgoing_payment WHERE id = ?1

-- name: meta_get
SELECT generation, clock_ms, master_check FROM meta
