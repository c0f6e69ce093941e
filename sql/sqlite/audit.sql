-- Invariants: each query returns no row where the store is sound; its first column says what is
-- broken. ?1 is the wall clock. The names are those of docs/ledger.md.

-- check: S1 the file is damaged
SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'
UNION ALL
SELECT 'row ' || rowid || ' of ' || "table" || ' refers to nothing in ' || parent
FROM pragma_foreign_key_check

-- check: M1 an account's balance differs from its transfers
WITH side (account, debits_posted, debits_pending, credits_posted, credits_pending) AS (
	SELECT debit_account, posted, iif(state = 'PENDING', amount, 0), 0, 0 FROM transfer
	UNION ALL
	SELECT credit_account, 0, 0, posted, iif(state = 'PENDING', amount, 0) FROM transfer),
journal AS (
	SELECT account, sum(debits_posted) AS dp, sum(debits_pending) AS dq,
		sum(credits_posted) AS cp, sum(credits_pending) AS cq
	FROM side GROUP BY account)
SELECT 'account ' || a.id FROM account a LEFT JOIN journal j ON j.account = a.id
WHERE a.debits_posted <> coalesce(j.dp, 0) OR a.debits_pending <> coalesce(j.dq, 0)
	OR a.credits_posted <> coalesce(j.cp, 0) OR a.credits_pending <> coalesce(j.cq, 0)

-- Halves are summed, which stay within 63 bits where turnover has passed them.
-- check: M2 an asset's debits differ from its credits
SELECT 'asset ' || asset FROM (
	SELECT asset, sum(credits_posted - debits_posted >> 32) AS high,
		sum(credits_posted - debits_posted & 4294967295) AS low,
		sum(credits_pending - debits_pending >> 32) AS pending_high,
		sum(credits_pending - debits_pending & 4294967295) AS pending_low
	FROM account GROUP BY asset)
WHERE high + (low >> 32) <> 0 OR low & 4294967295 <> 0
	OR pending_high + (pending_low >> 32) <> 0 OR pending_low & 4294967295 <> 0

-- check: M3 a transfer joins two assets
SELECT 'transfer ' || t.id FROM transfer t JOIN account d ON d.id = t.debit_account
	JOIN account c ON c.id = t.credit_account WHERE d.asset <> c.asset

-- check: M4 an account is overdrawn
SELECT 'account ' || id FROM account
WHERE may_go_negative = 0 AND credits_posted + credit_limit < debits_posted + debits_pending

-- check: M6 a group is neither all pending, all posted nor all void
SELECT 'group ' || group_id FROM transfer GROUP BY group_id HAVING min(state) <> max(state)

-- check: M9 a movement and its transfer differ
SELECT 'movement of account ' || m.account FROM movement m LEFT JOIN transfer t ON t.id = m.group_id
WHERE t.id IS NULL OR t.ref_type <> 'movement' OR t.posted <> m.amount
	OR m.account NOT IN (t.debit_account, t.credit_account)
UNION ALL
SELECT 'transfer ' || t.id FROM transfer t
WHERE t.ref_type = 'movement' AND t.id NOT IN (SELECT group_id FROM movement)
	AND t.id NOT IN (SELECT group_id FROM withdrawal)

-- check: M10 a withdrawal and its transfer differ
SELECT 'withdrawal of account ' || w.account FROM withdrawal w
	LEFT JOIN transfer t ON t.id = w.group_id
WHERE t.id IS NULL OR t.ref_type <> 'movement' OR t.amount <> w.amount
	OR t.debit_account <> w.account
	OR t.state <> iif(w.state = 'EXPIRED', 'VOID', w.state)
	OR t.posted <> iif(w.state = 'POSTED', w.amount, 0)
UNION ALL
SELECT 'withdrawal of account ' || account FROM withdrawal
WHERE (state IN ('POSTED', 'VOID') AND ended_ms >= expires_ms)
	OR (state = 'EXPIRED' AND ended_ms < expires_ms)

-- check: M12 a deposit or withdrawal that a holder asked for and what it moved or holds differ
SELECT 'request ' || c.key FROM cash_request c LEFT JOIN movement m ON m.id = c.id
WHERE c.kind = 'deposit' AND (c.state = 'APPROVED') <> (m.id IS NOT NULL AND m.kind = 'deposit'
	AND m.account = c.account AND m.amount = c.amount)
UNION ALL
SELECT 'request ' || c.key FROM cash_request c LEFT JOIN movement m ON m.id = c.id
	LEFT JOIN withdrawal w ON w.id = c.id
WHERE c.state <> 'APPROVED' AND m.id IS NOT NULL
	OR c.kind = 'deposit' AND w.id IS NOT NULL
UNION ALL
SELECT 'request ' || c.key FROM cash_request c LEFT JOIN withdrawal w ON w.id = c.id
WHERE c.kind = 'withdrawal' AND (w.id IS NULL OR w.account <> c.account OR w.amount <> c.amount
	OR w.expires_ms <> c.expires_ms
	OR w.state <> CASE c.state WHEN 'PENDING' THEN 'PENDING' WHEN 'APPROVED' THEN 'POSTED'
		WHEN 'EXPIRED' THEN 'EXPIRED' ELSE 'VOID' END)
UNION ALL
SELECT 'request ' || key FROM cash_request
WHERE state = 'EXPIRED' AND ended_ms < expires_ms
	OR state IN ('APPROVED', 'REFUSED', 'CANCELLED') AND ended_ms >= expires_ms

-- check: G1 what moved between peers and its settlement differ
SELECT 'movement of account ' || m.account FROM movement m
WHERE m.kind IN ('settle_in', 'settle_out')
	AND (SELECT count(*) FROM settlement s WHERE s.movement = m.id)
		+ (SELECT count(*) FROM settlement s WHERE s.refund = m.id) <> 1
UNION ALL
SELECT 'settlement ' || s.key FROM settlement s LEFT JOIN movement m ON m.id = s.movement
WHERE s.amount > 0 AND (m.id IS NULL OR m.id <> s.id OR m.account <> s.peer
	OR m.amount <> s.amount
	OR m.kind <> iif(s.direction = 'received', 'settle_in', 'settle_out'))
UNION ALL
SELECT 'settlement ' || s.key FROM settlement s LEFT JOIN movement m ON m.id = s.refund
WHERE s.state = 'REFUSED' AND (m.id IS NULL OR m.account <> s.peer OR m.amount <> s.amount
	OR m.kind <> 'settle_in')
UNION ALL
SELECT 'withdrawal of account ' || w.account FROM withdrawal w JOIN account a ON a.id = w.account
	LEFT JOIN settlement s ON s.id = w.id
WHERE a.kind = 'peer' AND (s.key IS NOT NULL) <> (w.state = 'POSTED')

-- check: G2 an order and its call to the engine differ
SELECT 'settlement ' || s.key FROM settlement s LEFT JOIN engine_call c ON c.settlement = s.id
WHERE s.by_engine = 1 AND s.direction = 'sent' AND (c.key IS NULL OR c.peer <> s.peer
	OR c.state <> CASE s.state WHEN 'ORDERED' THEN 'QUEUED' ELSE s.state END)
UNION ALL
SELECT 'call ' || c.key FROM engine_call c LEFT JOIN settlement s ON s.id = c.settlement
WHERE c.kind = 'SETTLE' AND (s.key IS NULL OR s.by_engine = 0 OR s.direction <> 'sent')
UNION ALL
SELECT 'call ' || c.key FROM engine_call c, meta m WHERE c.lease_holder > m.generation

-- check: G3 a leftover is not what the last settlement of an engine left
SELECT 'terms of account ' || t.account FROM settlement_terms t
	LEFT JOIN settlement s ON s.key = (SELECT max(key) FROM settlement
		WHERE peer = t.account AND engine_key IS NOT NULL)
WHERE t.leftover <> coalesce(s.leftover, '0')
	OR t.leftover_scale <> coalesce(s.leftover_scale, 0)

-- check: O1 a payment does not account for every unit
SELECT 'payment of account ' || account FROM outgoing_payment
WHERE sent < 0 OR sent > debit_amount OR sent + refunded > debit_amount OR (
	state IN ('COMPLETED', 'FAILED', 'CANCELLED')
		AND sent + refunded <> iif(by_host = 1 AND funded_ms IS NULL, 0, debit_amount))

-- check: O2 what a payment sent differs from its transfers
WITH out_of_it (account, amount) AS (
	SELECT t.ref_id, t.posted FROM transfer t
	WHERE t.ref_type IN ('fee', 'local') AND t.debit_account = t.ref_id
	UNION ALL
	SELECT w.from_account, t.posted FROM transfer t JOIN flight_window w ON w.id = t.ref_id
	WHERE t.ref_type = 'window' AND t.debit_account = w.from_account
	UNION ALL
	SELECT d.payment, t.posted FROM transfer t JOIN doubt d ON d.key = t.ref_id
	WHERE t.ref_type = 'doubt' AND t.debit_account = d.payment
	UNION ALL
	SELECT d.payment, -d.amount FROM doubt d WHERE d.payment IS NOT NULL AND d.ended = 'payer'),
sums AS (SELECT account, sum(amount) AS amount FROM out_of_it GROUP BY account)
SELECT 'payment of account ' || p.account FROM outgoing_payment p
	LEFT JOIN sums s ON s.account = p.account
WHERE p.sent <> coalesce(s.amount, 0)

-- check: O3 a quote was used twice, or does not say so
SELECT 'payment of account ' || p.account FROM outgoing_payment p JOIN quote q ON q.id = p.quote
WHERE q.payment IS NOT p.account

-- check: O4 a payment is not what was quoted
SELECT 'payment of account ' || p.account FROM outgoing_payment p LEFT JOIN quote q ON q.id = p.quote
WHERE q.id IS NULL OR p.debit_amount <> q.debit_amount OR p.receive_amount <> q.receive_amount
	OR p.fee <> q.fee OR p.wallet <> q.wallet OR p.created_ms > q.expires_ms
UNION ALL
SELECT 'quote ' || hex(q.id) FROM quote q
WHERE q.payment IS NOT NULL AND NOT EXISTS (
	SELECT 1 FROM outgoing_payment p WHERE p.account = q.payment AND p.quote = q.id)

-- check: O5 a finished payment has something in flight or left
SELECT 'payment of account ' || p.account FROM outgoing_payment p JOIN account a ON a.id = p.account
WHERE p.state IN ('COMPLETED', 'FAILED', 'CANCELLED')
	AND (a.debits_pending <> 0 OR a.credits_posted <> a.debits_posted OR a.closed = 0)
UNION ALL
SELECT 'payment of account ' || p.account FROM outgoing_payment p
	JOIN flight_window w ON w.from_account = p.account
WHERE p.state IN ('COMPLETED', 'FAILED', 'CANCELLED') AND w.state = 'OPEN'

-- check: O6 a payment paid another fee than it owes
SELECT 'payment of account ' || p.account FROM outgoing_payment p LEFT JOIN (
	SELECT ref_id, sum(posted) AS amount FROM transfer WHERE ref_type = 'fee' AND ref_id > 0
	GROUP BY ref_id) t ON t.ref_id = p.account
WHERE coalesce(t.amount, 0) > p.fee
	OR (p.state = 'COMPLETED' AND coalesce(t.amount, 0) <> p.fee)
	OR (p.state IN ('FUNDING', 'SENDING') AND t.amount IS NOT NULL)
	OR t.amount > p.sent

-- check: O7 a payment's doubts differ from what it lists as in doubt
SELECT 'payment of account ' || p.account FROM outgoing_payment p
WHERE p.in_doubt <> coalesce((SELECT sum(d.amount) FROM doubt d
	WHERE d.payment = p.account AND d.ended IS NULL), 0)

-- check: P1 a credit batch and its posted transfers differ
WITH moved AS (
	SELECT t.group_id, b.id, sum(iif(t.debit_account = b.peer, t.posted, 0)) AS taken,
		sum(iif(t.credit_account = b.target, t.posted, 0)) AS given, min(t.state) AS state
	FROM credit_batch b JOIN transfer t
		ON t.id BETWEEN b.group_id AND b.group_id + 2 AND t.group_id = b.group_id
	GROUP BY b.id)
SELECT 'credit batch ' || b.id FROM credit_batch b LEFT JOIN moved m ON m.id = b.id
WHERE m.id IS NULL OR m.state <> 'POSTED' OR m.given <> b.amount_out OR (
	m.taken <> b.amount_in AND NOT EXISTS (
		SELECT 1 FROM transfer t WHERE t.id = b.group_id AND t.ref_type = 'window'))

-- check: P2 a transfer of packets was posted without its credit batch or window
SELECT 'transfer ' || t.id FROM transfer t
WHERE t.ref_type = 'credit' AND NOT EXISTS (
	SELECT 1 FROM credit_batch b WHERE b.id = t.ref_id AND b.group_id = t.group_id)
UNION ALL
SELECT 'transfer ' || t.id FROM transfer t
WHERE t.ref_type = 'window' AND NOT EXISTS (SELECT 1 FROM flight_window w WHERE w.id = t.ref_id)

-- check: P3 a window's fulfilled amounts differ from its posted transfers
WITH moved AS (
	SELECT w.id, sum(iif(t.debit_account = w.from_account, t.posted, 0)) AS taken,
		sum(iif(t.credit_account = w.to_account, t.posted, 0)) AS given
	FROM flight_window w JOIN transfer t ON t.ref_id = w.id AND t.ref_type = 'window'
		AND t.ref_type <> 'credit'
	GROUP BY w.id)
SELECT 'window ' || w.id FROM flight_window w LEFT JOIN moved m ON m.id = w.id
WHERE w.posted_in <> coalesce(m.taken, 0) OR w.posted_out <> coalesce(m.given, 0)

-- check: P4 a hold outlived its end, or does not outlive its packets
SELECT 'transfer ' || id FROM transfer WHERE state = 'PENDING' AND hold_until_ms < ?1 - 30000
	AND id NOT IN (SELECT group_id FROM withdrawal)
UNION ALL
SELECT 'window ' || w.id FROM flight_window w JOIN transfer t ON t.id = w.group_id
WHERE t.hold_until_ms < w.last_expiry_ms + 5000

-- check: P5 a forwarded packet became nothing
SELECT 'credit batch ' || id FROM credit_batch WHERE amount_in > 0 AND amount_out = 0

-- check: P6 an unanswered credit is not listed as in doubt
SELECT 'credit batch ' || b.id FROM credit_batch b, meta m
WHERE b.holder < m.generation AND b.answered + b.doubted < b.packets
UNION ALL
SELECT 'credit batch ' || b.id FROM credit_batch b
WHERE b.doubted_amount <> coalesce((SELECT sum(d.amount) FROM doubt d
	WHERE d.source = 'credit' AND d.source_id = b.id), 0)
UNION ALL
SELECT 'window ' || w.id FROM flight_window w JOIN outgoing_payment p ON p.account = w.from_account
WHERE w.doubt_in <> coalesce((SELECT sum(d.amount) FROM doubt d
	WHERE d.source = 'window' AND d.source_id = w.id), 0)

-- check: P7 a window's pending transfers differ from what is in flight
SELECT 'window ' || w.id FROM flight_window w
WHERE w.reserved_in > 0 AND (
	NOT EXISTS (SELECT 1 FROM transfer t WHERE t.id = w.group_id AND t.state = 'PENDING'
		AND t.ref_type = 'window' AND t.ref_id = w.id)
	OR w.reserved_in <> (SELECT coalesce(sum(t.amount), 0) FROM transfer t
		WHERE t.id BETWEEN w.group_id AND w.group_id + 2 AND t.group_id = w.group_id
		AND t.debit_account = w.from_account))
UNION ALL
SELECT 'transfer ' || t.id FROM transfer t WHERE t.state = 'PENDING' AND NOT EXISTS (
	SELECT 1 FROM flight_window w WHERE w.group_id = t.group_id)
	AND t.id NOT IN (SELECT group_id FROM withdrawal)

-- check: T1 a tally differs from what it counts
SELECT 'wallets' FROM tally
WHERE wallets <> (SELECT count(*) FROM wallet WHERE state = 'OPEN')
UNION ALL
SELECT 'payments' FROM tally
WHERE payments_completed <> (SELECT count(*) FROM outgoing_payment WHERE state = 'COMPLETED')
	OR payments_failed <> (SELECT count(*) FROM outgoing_payment WHERE state = 'FAILED')
UNION ALL
SELECT 'packets' FROM tally
WHERE packets_credited <> (SELECT coalesce(sum(packets), 0) FROM credit_batch
		WHERE target IN (SELECT account FROM wallet))
	OR packets_forwarded <> (SELECT coalesce(sum(packets), 0) FROM credit_batch
		WHERE target IN (SELECT account FROM peer))

-- check: D1 a doubt's transfers differ from how it ended
SELECT 'doubt ' || d.key FROM doubt d
WHERE d.ended = 'peer' AND d.peer_amount <> coalesce((SELECT sum(t.posted) FROM transfer t
	WHERE t.ref_id = d.key AND t.ref_type = 'doubt' AND t.ref_type <> 'credit'
		AND t.credit_account = d.peer), 0)
UNION ALL
SELECT 'doubt ' || d.key FROM doubt d JOIN outgoing_payment p ON p.account = d.payment
WHERE d.ended = 'payer' AND d.amount <> coalesce((SELECT sum(t.posted) FROM transfer t
	WHERE t.ref_id = d.key AND t.ref_type = 'doubt' AND t.ref_type <> 'credit'
		AND t.credit_account = iif(p.by_host = 1,
		(SELECT settlement FROM asset WHERE id = d.asset), p.wallet)), 0)

-- check: R1 an incoming payment took more than it may, or its state is another than what it took
SELECT 'incoming payment ' || key FROM incoming_payment
WHERE received > incoming_amount + excess_max
	OR (state IN ('PENDING', 'PROCESSING') AND received >= incoming_amount)
	OR (state IN ('PENDING', 'PROCESSING') AND (state = 'PENDING') <> (received = 0))

-- check: R2 what an incoming payment received differs from its transfers
WITH came (key, amount) AS (
	SELECT b.incoming, t.posted FROM credit_batch b JOIN incoming_payment i ON i.key = b.incoming
		JOIN transfer t ON t.id BETWEEN b.group_id AND b.group_id + 2
			AND t.group_id = b.group_id AND t.credit_account = i.wallet
	UNION ALL
	SELECT q.local_incoming, t.posted FROM quote q
		JOIN incoming_payment i ON i.key = q.local_incoming
		JOIN outgoing_payment p ON p.account = q.payment
		JOIN transfer t ON t.ref_id = p.account AND t.ref_type = 'local'
			AND t.ref_type <> 'credit'
			AND t.credit_account = i.wallet),
sums AS (SELECT key, sum(amount) AS amount FROM came GROUP BY key)
SELECT 'incoming payment ' || i.key FROM incoming_payment i LEFT JOIN sums s ON s.key = i.key
WHERE i.received <> coalesce(s.amount, 0)

-- check: R3 something was credited to an incoming payment after its end
SELECT 'incoming payment ' || i.key FROM credit_batch b JOIN incoming_payment i ON i.key = b.incoming
WHERE b.created_ms >= i.expires_ms OR (i.state = 'COMPLETED' AND b.created_ms > i.finished_ms)
UNION ALL
SELECT 'incoming payment ' || i.key FROM quote q JOIN incoming_payment i ON i.key = q.local_incoming
	JOIN outgoing_payment p ON p.account = q.payment
WHERE p.created_ms >= i.expires_ms OR (i.state = 'COMPLETED' AND p.created_ms > i.finished_ms)

-- check: R4 the fee of an incoming payment is not what its terms say, or is not the node's
SELECT 'incoming payment ' || i.key FROM incoming_payment i
	JOIN account w ON w.id = i.wallet JOIN asset a ON a.id = w.asset
WHERE min(i.received, i.fee_fixed + i.received / 10000 * i.fee_bps
		+ (i.received % 10000 * i.fee_bps + 9999) / 10000)
	<> coalesce((SELECT sum(t.posted) FROM transfer t
		WHERE t.ref_id = -i.key AND t.ref_type = 'fee' AND t.ref_type <> 'credit'
			AND t.debit_account = i.wallet
			AND t.credit_account = a.fee), 0)
UNION ALL
SELECT 'transfer ' || t.id FROM transfer t
WHERE t.ref_type = 'fee' AND t.ref_id < 0
	AND NOT EXISTS (SELECT 1 FROM incoming_payment i
		WHERE i.key = -t.ref_id AND i.wallet = t.debit_account)

-- check: R5 an incoming payment has another state than what the host decided
SELECT 'incoming payment ' || key FROM incoming_payment
WHERE (waits = 1 AND (received > 0 OR approved_ms IS NOT NULL))
	OR (cancelled_ms IS NOT NULL AND (state <> 'EXPIRED' OR received > 0))

-- check: R6 more was given back than came, or came with an address than came at all
SELECT 'incoming payment ' || i.key FROM incoming_payment i
	JOIN (SELECT incoming, sum(received) AS told FROM way_back GROUP BY incoming) w ON w.incoming = i.key
WHERE w.told > i.received
UNION ALL
SELECT 'incoming payment ' || q.refund_of FROM quote q JOIN outgoing_payment p ON p.account = q.payment
	JOIN incoming_payment i ON i.key = q.refund_of
WHERE q.refund_of IS NOT NULL GROUP BY q.refund_of
HAVING sum(iif(p.state IN ('FUNDING', 'SENDING'), p.debit_amount, p.sent)) > i.received
	OR max(q.wallet <> i.wallet)

-- check: R7 what came back for a payment is not its payer's
SELECT 'payment of account ' || p.account FROM credit_batch b
	JOIN outgoing_payment p ON p.account = b.outgoing
WHERE b.target <> p.wallet OR b.incoming IS NOT NULL

-- check: F1 an asset's fees are not the newest that it has had
WITH newest AS (
	SELECT asset, side, fixed, bps FROM asset_fee
	WHERE version IN (SELECT max(version) FROM asset_fee GROUP BY asset, side))
SELECT 'asset ' || a.id FROM asset a
	LEFT JOIN newest s ON s.asset = a.id AND s.side = 'sending'
	LEFT JOIN newest r ON r.asset = a.id AND r.side = 'receiving'
WHERE a.fee_fixed <> coalesce(s.fixed, 0) OR a.fee_bps <> coalesce(s.bps, 0)
	OR a.receive_fee_fixed <> coalesce(r.fixed, 0) OR a.receive_fee_bps <> coalesce(r.bps, 0)

-- check: F2 what a peer's row says of its spread is not the newest that was said
WITH newest AS (
	SELECT peer, bps FROM spread WHERE version IN (SELECT max(version) FROM spread
		WHERE peer IS NOT NULL AND direction = 'in' AND from_asset IS NULL GROUP BY peer))
SELECT 'peer of account ' || p.account FROM peer p LEFT JOIN newest n ON n.peer = p.account
WHERE p.removed_ms IS NULL AND p.spread_bps <> coalesce(n.bps, 0)

-- check: V1 what was earned is not what the spread and fee accounts hold
WITH earned (asset, spread, fee) AS (
	SELECT to_asset, sum(iif(kind = 'spread', amount + remainder, 0)),
		sum(iif(kind = 'spread', 0, amount + remainder)) FROM revenue GROUP BY to_asset)
SELECT 'asset ' || a.id FROM asset a JOIN account s ON s.id = a.spread
	JOIN account f ON f.id = a.fee LEFT JOIN earned e ON e.asset = a.id
WHERE s.credits_posted - s.debits_posted <> coalesce(e.spread, 0)
	OR f.credits_posted - f.debits_posted <> coalesce(e.fee, 0)

-- check: S3 two processes held the store at once
SELECT 'generation of window ' || w.id FROM flight_window w, meta m WHERE w.holder > m.generation
UNION ALL
SELECT 'generation of credit batch ' || b.id FROM credit_batch b, meta m
WHERE b.holder > m.generation
UNION ALL
SELECT 'generation of the delivery of event ' || d.event FROM delivery d, meta m
WHERE d.lease_holder > m.generation

-- check: M11 more of an incoming payment was withdrawn than it brought
SELECT 'incoming payment ' || i.key FROM incoming_payment i
	JOIN incoming_withdrawal x ON x.incoming = i.key LEFT JOIN withdrawal w ON w.id = x.id
WHERE w.id IS NULL OR w.state IN ('PENDING', 'POSTED')
GROUP BY i.key HAVING sum(x.amount) > i.received

-- check: W1 what happened and its events differ
SELECT 'payment of account ' || p.account || ' has not one event ' || e.type
FROM outgoing_payment p, meta m JOIN (
	SELECT 'outgoing_payment.created' AS type, NULL AS state
	UNION ALL SELECT 'outgoing_payment.completed', 'COMPLETED'
	UNION ALL SELECT 'outgoing_payment.failed', 'FAILED'
	UNION ALL SELECT 'outgoing_payment.cancelled', 'CANCELLED') e
WHERE p.account > m.events_after
	AND (SELECT count(*) FROM event x WHERE x.resource = p.id AND x.type = e.type)
		<> (e.state IS NULL OR e.state = p.state)
UNION ALL
SELECT 'incoming payment ' || i.key || ' has not one event ' || e.type
FROM incoming_payment i JOIN (
	SELECT 'incoming_payment.created' AS type, NULL AS state
	UNION ALL SELECT 'incoming_payment.completed', 'COMPLETED'
	UNION ALL SELECT 'incoming_payment.expired', 'EXPIRED') e
WHERE (SELECT count(*) FROM event x WHERE x.resource = i.id AND x.type = e.type)
	<> (e.state IS NULL OR (e.state = i.state AND (e.state = 'COMPLETED' OR i.received > 0)))

UNION ALL
SELECT 'grant ' || g.key || ' has not one event ' || iif(g.reason = 'REVOKED', 'grant.revoked',
	'grant.finalized')
FROM gnap_grant g, meta m
WHERE g.state = 'FINALIZED' AND g.changed_ms > m.told_after_ms
	AND (g.reason = 'REVOKED' OR EXISTS (
		SELECT 1 FROM grant_interaction i WHERE i.grant_key = g.key))
	AND (SELECT count(*) FROM event x WHERE x.resource = g.id AND x.type = iif(
		g.reason = 'REVOKED', 'grant.revoked', 'grant.finalized')) <> 1
UNION ALL
SELECT 'key of wallet ' || k.wallet || ' has not one event ' || e.type
FROM wallet_key k, meta m JOIN (
	SELECT 'key.added' AS type UNION ALL SELECT 'key.revoked') e
WHERE iif(e.type = 'key.added', k.created_ms, k.revoked_ms) > m.told_after_ms
	AND (SELECT count(*) FROM event x WHERE x.resource = k.id AND x.type = e.type) <> 1

UNION ALL
SELECT 'settlement ' || s.key || ' has not one event settlement.received' FROM settlement s, meta m
WHERE s.direction = 'received' AND s.amount > 0 AND s.created_ms > m.told_after_ms
	AND (SELECT count(*) FROM event x
		WHERE x.resource = s.id AND x.type = 'settlement.received') <> 1

UNION ALL
SELECT 'event ' || e.key || ' was parked without a word'
FROM delivery d JOIN event e ON e.key = d.event, meta m
WHERE d.state = 'PARKED' AND e.type <> 'webhook.dead_letter' AND d.since_ms > m.told_after_ms
	AND NOT EXISTS (SELECT 1 FROM event x
		WHERE x.resource = e.id AND x.type = 'webhook.dead_letter')

-- check: W2 the events of a resource are not in order
SELECT 'resource of event ' || min(key) FROM event GROUP BY resource
HAVING max(sequence) <> count(*)
UNION ALL
SELECT 'delivery of event ' || min(event) FROM delivery GROUP BY endpoint, resource
HAVING sum(state = 'WAITING') > 0 AND sum(state = 'PENDING') = 0
UNION ALL
SELECT 'delivery of event ' || d.event FROM delivery d
	LEFT JOIN event e ON e.key = d.event AND e.resource = d.resource
	LEFT JOIN webhook_endpoint w ON w.key = d.endpoint
WHERE e.key IS NULL OR w.key IS NULL OR d.event > w.given
UNION ALL
SELECT 'event ' || n.key FROM event n JOIN event o ON o.resource = n.resource
WHERE o.sequence = n.sequence - 1 AND o.key > n.key

-- check: H1 a payment's money is not of who funds it
SELECT 'payment of account ' || p.account FROM outgoing_payment p
WHERE (p.by_host = 0 AND (p.state = 'FUNDING' OR p.funded_ms IS NOT NULL))
	OR (p.by_host = 1 AND (p.funded_ms IS NULL) <> (p.state = 'FUNDING')
		AND NOT (p.funded_ms IS NULL AND p.state = 'CANCELLED'))
	OR (p.by_host = 1 AND p.funded_ms IS NULL AND EXISTS (SELECT 1 FROM transfer t
		WHERE t.ref_id = p.account AND t.ref_type <> 'credit'
			AND t.ref_type IN ('funding', 'fee', 'refund', 'local')))
UNION ALL
SELECT 'funding of account ' || p.account FROM transfer t
	JOIN outgoing_payment p ON p.account = t.ref_id JOIN account d ON d.id = t.debit_account
WHERE t.ref_type = 'funding' AND (t.posted <> p.debit_amount
	OR (p.by_host = 1 AND d.kind <> 'settlement')
	OR (p.by_host = 0 AND t.debit_account <> p.wallet))

-- check: A1 more was spent under a grant than its limit
SELECT 'grant ' || s.grant_key FROM grant_spent s
	JOIN grant_access a ON a.grant_key = s.grant_key AND a.position = s.position
GROUP BY s.grant_key, s.position, s.start_ms
HAVING (a.cap = 'debit' AND sum(s.debit) > a.cap_amount)
	OR (a.cap = 'receive' AND sum(s.receive) > a.cap_amount)

-- check: A2 what counts as spent differs from the payments
WITH sums AS (
	SELECT grant_key, position, start_ms, receive_code, receive_scale, sum(debit) AS debit,
		sum(receive) AS receive
	FROM grant_payment GROUP BY 1, 2, 3, 4, 5)
SELECT 'grant ' || s.grant_key FROM grant_spent s LEFT JOIN sums p
	USING (grant_key, position, start_ms, receive_code, receive_scale)
WHERE s.debit <> coalesce(p.debit, 0) OR s.receive <> coalesce(p.receive, 0)
UNION ALL
SELECT 'grant ' || p.grant_key FROM sums p LEFT JOIN grant_spent s
	USING (grant_key, position, start_ms, receive_code, receive_scale)
WHERE s.debit IS NULL
UNION ALL
SELECT 'payment of account ' || p.account FROM grant_payment g
	JOIN outgoing_payment p ON p.account = g.payment
WHERE (p.finished_ms IS NOT NULL) <> g.settled
	OR (g.debit <> p.debit_amount AND (g.settled = 0 OR p.state = 'COMPLETED'))
	OR (g.settled = 1 AND p.state <> 'COMPLETED' AND g.debit <> p.sent)

-- check: A3 something was allowed by what had ended
SELECT 'grant ' || g.key FROM grant_payment p JOIN gnap_grant g ON g.key = p.grant_key
WHERE g.state <> 'FINALIZED' OR g.reason NOT IN ('ISSUED', 'REVOKED')
	OR (g.reason = 'REVOKED' AND p.created_ms > g.changed_ms)
	OR (g.ends_ms IS NOT NULL AND p.created_ms >= g.ends_ms)
UNION ALL
SELECT 'grant ' || g.key FROM grant_token t JOIN gnap_grant g ON g.key = t.grant_key
WHERE t.ended = '' AND NOT (g.state = 'FINALIZED' AND g.reason = 'ISSUED')
UNION ALL
SELECT 'grant ' || grant_key FROM grant_token WHERE ended = '' GROUP BY grant_key
HAVING count(*) > 1
UNION ALL
SELECT 'grant ' || t.grant_key FROM grant_token t JOIN grant_token s ON s.key = t.successor
WHERE s.grant_key <> t.grant_key OR s.key <= t.key

-- check: A4 a wallet's money went without a cause
SELECT 'transfer ' || t.id FROM transfer t JOIN wallet w ON w.account = t.debit_account
WHERE t.posted > 0 AND t.ref_type <> 'movement'
	AND NOT (t.ref_type = 'fee' AND t.ref_id < 0)  -- of an incoming payment: R4
	AND NOT EXISTS (
	SELECT 1 FROM outgoing_payment p
	WHERE t.ref_type = 'funding' AND p.account = t.ref_id AND p.wallet = w.account)
UNION ALL
SELECT 'payment of account ' || p.account || ' is not of its grant''s client'
FROM outgoing_payment p JOIN grant_payment s ON s.payment = p.account
	JOIN gnap_grant g ON g.key = s.grant_key
WHERE p.client <> g.client

-- check: A5 a grant and its interaction disagree
SELECT 'grant ' || g.key FROM gnap_grant g JOIN grant_interaction i ON i.grant_key = g.key
WHERE CASE i.state
	WHEN 'PENDING' THEN g.state <> 'PENDING' AND g.reason NOT IN ('REVOKED', 'EXPIRED')
	WHEN 'ACCEPTED' THEN g.state = 'PENDING' OR g.reason = 'REJECTED'
		OR (g.reason = 'ISSUED' AND i.used_ms IS NULL)
	ELSE g.reason <> 'REJECTED' END
UNION ALL
SELECT 'grant ' || g.key FROM gnap_grant g
WHERE NOT EXISTS (SELECT 1 FROM grant_interaction i WHERE i.grant_key = g.key)
	AND (g.subject <> '' OR EXISTS (SELECT 1 FROM grant_access a
		WHERE a.grant_key = g.key AND (a.type = 'outgoing-payment' OR a.actions & 16)))

-- check: A6 a payment is not of the wallet that its grant names
SELECT 'payment of account ' || p.account FROM grant_payment g
	JOIN outgoing_payment p ON p.account = g.payment
	JOIN grant_access a ON a.grant_key = g.grant_key AND a.position = g.position
WHERE a.wallet IS NOT p.wallet OR a.type <> 'outgoing-payment'

-- check: A7 nonces of a client are not counted right
SELECT 'client ' || hex(client) FROM signature_nonce
GROUP BY client HAVING count(*) <> max(number) - min(number) + 1

-- check: A8 a secret is kept otherwise than as its hash
-- The tables' checks say the same, but integrity_check passes over them where it may only read.
SELECT 'grant ' || key FROM gnap_grant WHERE length(continue_hash) <> 32
UNION ALL
SELECT 'token of grant ' || grant_key FROM grant_token
WHERE length(hash) <> 32 OR length(rotated_by) <> 32
UNION ALL
SELECT 'interaction of grant ' || grant_key FROM grant_interaction
WHERE length(nonce_hash) <> 32 OR length(ref_hash) <> 32 OR length(session) <> 32
UNION ALL
SELECT 'session of user ' || hex(user_id) FROM session WHERE length(hash) <> 32
UNION ALL
SELECT 'token of peer ' || peer FROM peer_token WHERE length(hash) <> 32
UNION ALL
SELECT 'token of the engine of peer ' || account FROM settlement_terms
WHERE length(token_hash) <> 32
UNION ALL
SELECT 'password of user ' || hex(user_id) FROM user_password WHERE hash NOT LIKE '$argon2id$%'

-- check: K1 a key is not what it must be
SELECT 'key of wallet ' || wallet FROM wallet_key
WHERE revoked_ms < created_ms OR (last_used_ms > 0 AND last_used_ms < created_ms - 60000)
UNION ALL
SELECT 'wallet ' || wallet || ' publishes more than 64 keys' FROM wallet_key
WHERE revoked_ms IS NULL GROUP BY wallet HAVING count(*) > 64
UNION ALL
SELECT 'the node has no key'
WHERE NOT EXISTS (SELECT 1 FROM node_key WHERE published_until_ms IS NULL)
UNION ALL
SELECT 'node key ' || hex(id) FROM node_key
WHERE length(sealed_seed) <= 32 OR published_until_ms < created_ms
	OR (published_until_ms IS NOT NULL
		AND id > (SELECT id FROM node_key WHERE published_until_ms IS NULL))

-- check: L1 a limit of liquidity was passed in silence
SELECT 'account ' || l.account FROM liquidity_limit l JOIN account a ON a.id = l.account
WHERE a.kind NOT IN ('asset_pool', 'peer') OR a.closed = 1
	OR (l.low > 0 AND a.credits_posted + a.credit_limit - a.debits_posted <= l.low
		AND l.told <> 'LOW')
	OR (l.high > 0 AND a.credits_posted + a.credit_limit - a.debits_posted >= l.high
		AND l.told <> 'HIGH')
	OR (l.told = 'LOW' AND l.low = 0) OR (l.told = 'HIGH' AND l.high = 0)
