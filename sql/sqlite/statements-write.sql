-- Statements of the writer.

-- name: meta_insert
INSERT INTO meta (one, generation, clock_ms, master_check) VALUES (1, 0, ?1, ?2)

-- name: tally_insert
INSERT INTO tally VALUES (1, 0, 0, 0, 0, 0)

-- name: tally_add
UPDATE tally SET wallets = wallets + ?1, payments_completed = payments_completed + ?2,
	payments_failed = payments_failed + ?3, packets_credited = packets_credited + ?4,
	packets_forwarded = packets_forwarded + ?5

-- name: meta_generation
UPDATE meta SET generation = ?2 WHERE generation = ?1 RETURNING generation

-- name: meta_clock
UPDATE meta SET clock_ms = ?1 WHERE clock_ms < ?1

-- name: account_last
SELECT coalesce(max(id), 0) FROM account

-- name: account_insert
INSERT INTO account (id, kind, asset, may_go_negative, credit_limit, closed, debits_posted,
	credits_posted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- name: account_update
UPDATE account SET closed = ?2, credit_limit = ?3, debits_posted = ?4, debits_pending = ?5,
	credits_posted = ?6, credits_pending = ?7, debt_limit = ?8 WHERE id = ?1

-- name: transfer_last
SELECT coalesce(max(id), 0) FROM transfer

-- name: transfer_post
INSERT INTO transfer (id, group_id, debit_account, credit_account, amount, posted, state, ref_type,
	ref_id, created_ms, closed_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?5, 'POSTED', ?6, ?7, ?8, ?8)

-- name: transfer_pend
INSERT INTO transfer (id, group_id, debit_account, credit_account, amount, posted, state, ref_type,
	ref_id, created_ms, hold_until_ms)
VALUES (?1, ?2, ?3, ?4, ?5, 0, 'PENDING', ?6, ?7, ?8, ?9)

-- name: transfer_end
UPDATE transfer SET state = ?2, posted = ?3, closed_ms = ?4 WHERE id = ?1

-- name: credit_batch_last
SELECT coalesce(max(id), 0) FROM credit_batch

-- name: credit_batch_insert
INSERT INTO credit_batch (id, holder, peer, target, group_id, packets, amount_in, amount_out,
	created_ms, incoming, outgoing) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)

-- name: credit_batch_get
SELECT peer, packets, amount_in, answered, answered_amount, doubted, doubted_amount
FROM credit_batch WHERE id = ?1

-- name: credit_batch_answer
UPDATE credit_batch SET answered = ?2, answered_amount = ?3, doubted = ?4, doubted_amount = ?5
WHERE id = ?1

-- name: credit_batch_open_after
SELECT id FROM credit_batch WHERE answered + doubted < packets AND id > ?1 AND holder < ?2
ORDER BY id LIMIT 1

-- name: window_last
SELECT coalesce(max(id), 0) FROM flight_window

-- name: window_find
SELECT id, from_account, to_account, group_id, reserved_in, reserved_out, reserved_spread,
	last_expiry_ms FROM flight_window
WHERE from_account = ?1 AND to_account = ?2 AND holder = ?3 AND state = 'OPEN'

-- name: window_insert
INSERT INTO flight_window (id, from_account, to_account, holder, state, group_id, reserved_in,
	reserved_out, reserved_spread, posted_in, posted_out, posted_spread, doubt_in, packets,
	last_expiry_ms, opened_ms)
VALUES (?1, ?2, ?3, ?4, 'OPEN', NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, ?5)

-- name: window_update
UPDATE flight_window SET group_id = ?2, reserved_in = ?3, reserved_out = ?4, reserved_spread = ?5,
	posted_in = posted_in + ?6, posted_out = posted_out + ?7,
	posted_spread = posted_spread + ?8, doubt_in = doubt_in + ?9, packets = packets + ?10,
	last_expiry_ms = ?11, state = ?12, closed_ms = ?13 WHERE id = ?1

-- name: window_of_owner_after
SELECT to_account FROM flight_window
WHERE from_account = ?1 AND to_account > ?2 AND holder = ?3 AND state = 'OPEN'
ORDER BY to_account LIMIT 1

-- name: window_orphan_after
SELECT id, from_account, to_account, group_id, reserved_in, reserved_out, reserved_spread,
	last_expiry_ms FROM flight_window
WHERE state = 'OPEN' AND id > ?1 AND holder < ?2 ORDER BY id LIMIT 1

-- name: doubt_last
SELECT coalesce(max(key), 0) FROM doubt

-- name: doubt_insert
INSERT INTO doubt (key, id, direction, peer, payment, source, source_id, asset, amount, peer_amount,
	since_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)

-- name: doubt_load
SELECT key, direction, peer, payment, asset, amount, peer_amount, ended IS NULL
FROM doubt WHERE id = ?1

-- name: doubt_end
UPDATE doubt SET ended = ?2, ended_ms = ?3 WHERE key = ?1

-- name: asset_by_code
SELECT id FROM asset WHERE code = ?1

-- name: asset_last
SELECT coalesce(max(id), 0) FROM asset

-- name: asset_insert
INSERT INTO asset (id, code, scale, settlement, pool, fee, spread, suspense)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- name: asset_set_withdrawal
UPDATE asset SET withdrawal_threshold = ?2 WHERE id = ?1

-- What came to a wallet without an incoming payment, and was not told.
-- name: monetized_add
INSERT INTO wallet_monetized (wallet, received) VALUES (?1, ?2)
ON CONFLICT (wallet) DO UPDATE SET received = received + ?2 RETURNING received - told

-- name: monetized_told
UPDATE wallet_monetized SET told = received WHERE wallet = ?1

-- name: monetized_wallet
SELECT id, created_ms FROM wallet WHERE account = ?1

-- name: asset_set_fee
UPDATE asset SET fee_fixed = ?2, fee_bps = ?3 WHERE id = ?1

-- name: asset_set_receive_fee
UPDATE asset SET receive_fee_fixed = ?2, receive_fee_bps = ?3 WHERE id = ?1

-- name: user_by_name
SELECT id FROM wallet_user WHERE name = ?1

-- name: user_insert
INSERT INTO wallet_user (id, name, created_ms) VALUES (?1, ?2, ?3)

-- name: wallet_by_name
SELECT account FROM wallet WHERE name = ?1

-- name: wallet_by_id
SELECT account FROM wallet WHERE id = ?1

-- name: wallet_count_of_user
SELECT count(*) FROM wallet WHERE user_id = ?1

-- name: wallet_insert
INSERT INTO wallet (account, id, name, public_name, user_id, state, created_ms)
VALUES (?1, ?2, ?3, ?4, ?5, 'OPEN', ?6)

-- name: wallet_busy
SELECT count(*) FROM outgoing_payment
WHERE wallet = ?1 AND (state IN ('FUNDING', 'SENDING') OR in_doubt > 0)

-- name: wallet_close
UPDATE wallet SET state = 'CLOSED' WHERE account = ?1

-- name: peer_by_id
SELECT account FROM peer WHERE id = ?1 AND removed_ms IS NULL

-- name: peer_count
SELECT count(*) FROM peer WHERE removed_ms IS NULL

-- name: peer_taken
SELECT count(*) FROM peer WHERE removed_ms IS NULL AND (name = ?1 OR (parent = 1 AND ?2 = 1))

-- name: child_of_name
SELECT count(*) FROM peer WHERE removed_ms IS NULL AND (ilp_address = '.' || ?1 OR
	substr(ilp_address, 1, length(?1) + 2) = '.' || ?1 || '.')

-- name: peer_insert
INSERT INTO peer (account, id, name, ilp_address, url, sealed_token, max_packet, spread_bps, parent,
	child, created_ms, ccp, packets_per_s, in_flight, amount_per_s, url_is_foreign)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)

-- name: peer_set
UPDATE peer SET url = coalesce(?2, url), max_packet = coalesce(?3, max_packet),
	spread_bps = coalesce(?4, spread_bps), ccp = coalesce(?5, ccp),
	packets_per_s = coalesce(?6, packets_per_s), in_flight = coalesce(?7, in_flight),
	amount_per_s = coalesce(?8, amount_per_s), state = coalesce(?9, state),
	url_is_foreign = CASE WHEN ?2 IS NULL THEN url_is_foreign ELSE 0 END WHERE account = ?1

-- name: peer_down
UPDATE peer SET down_ms = ?2 WHERE account = ?1

-- name: peer_watch
SELECT account, name, coalesce(down_ms, 0) FROM peer WHERE id = ?1 AND removed_ms IS NULL

-- name: peer_assign
UPDATE peer SET assigned = ?2 WHERE account = ?1

-- name: peer_parent
SELECT account FROM peer WHERE id = ?1 AND parent = 1 AND removed_ms IS NULL

-- name: peer_set_token
UPDATE peer SET sealed_token = ?2 WHERE account = ?1

-- name: peer_forget_token
UPDATE peer SET sealed_token = x'' WHERE account = ?1

-- name: peer_remove
UPDATE peer SET removed_ms = ?2 WHERE account = ?1

-- name: peer_doubts
SELECT count(*) FROM doubt WHERE peer = ?1 AND ended IS NULL

-- name: token_owner
SELECT peer FROM peer_token WHERE hash = ?1

-- name: token_insert
INSERT INTO peer_token (hash, peer, created_ms) VALUES (?1, ?2, ?3)

-- name: token_keep_newest
DELETE FROM peer_token WHERE peer = ?1 AND hash NOT IN
	(SELECT hash FROM peer_token WHERE peer = ?1 ORDER BY created_ms DESC, rowid DESC LIMIT ?2)

-- name: token_count
SELECT count(*) FROM peer_token WHERE peer = ?1

-- name: token_delete
DELETE FROM peer_token WHERE peer = ?1 AND hash = ?2

-- name: token_delete_all
DELETE FROM peer_token WHERE peer = ?1

-- name: route_owner
SELECT peer FROM route WHERE prefix = ?1

-- name: route_count
SELECT count(*) FROM route WHERE peer = ?1

-- name: route_insert
INSERT INTO route (prefix, peer) VALUES (?1, ?2)

-- name: route_delete
DELETE FROM route WHERE prefix = ?1 AND peer = ?2

-- name: route_delete_all
DELETE FROM route WHERE peer = ?1

-- name: movement_get
SELECT kind, account, amount FROM movement WHERE id = ?1

-- name: movement_insert
INSERT INTO movement (id, kind, account, amount, group_id, created_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: quote_insert
INSERT INTO quote (id, wallet, kind, receiver, local_receiver, local_incoming, debit_amount, fee,
	receive_amount, receive_code, receive_scale, min_rate, path_lower, path_upper, max_packet,
	created_ms, expires_ms, client, own_rate, own_rate_to, receiver_made, refund_of,
	pace_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
	?21, ?22, ?23)

-- What a wallet's quotes that may still be used would take from it.
-- name: quote_open_sum
SELECT coalesce(sum(debit_amount), 0) FROM quote
WHERE wallet = ?1 AND expires_ms >= ?2 AND payment IS NULL AND client = ''

-- Not as a sum, which may be more than an amount can be: a client's quotes are not held against anything.
-- name: quote_newer
SELECT debit_amount FROM quote
WHERE wallet = ?1 AND expires_ms >= ?2 AND payment IS NULL AND client = ?3
	AND (created_ms, id) >= (?4, ?5)

-- name: quote_use
UPDATE quote SET payment = ?2 WHERE id = ?1

-- name: payment_insert
INSERT INTO outgoing_payment (account, id, quote, wallet, state, debit_amount, receive_amount, fee,
	sent, delivered, metadata, created_ms, finished_ms, client, by_host, waits)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?5 = 'SENDING')

-- name: payment_load
SELECT id, wallet, state, debit_amount, fee, sent, delivered, refunded, in_doubt, packets,
	cancel_asked, lease_until_ms FROM outgoing_payment WHERE account = ?1

-- name: payment_update
UPDATE outgoing_payment SET sent = ?2, delivered = ?3, refunded = ?4, in_doubt = ?5, packets = ?6
WHERE account = ?1

-- Those whose attempt is due: of a process that died (its holder is another generation), once nothing of its
-- windows can still be fulfilled, and of this one.
-- name: payment_due
SELECT p.account FROM outgoing_payment p INDEXED BY payment_leased
WHERE p.state = 'SENDING' AND p.waits = 0 AND p.lease_holder < ?2
	AND NOT EXISTS (SELECT 1 FROM flight_window w WHERE w.from_account = p.account
		AND w.state = 'OPEN' AND w.holder <> ?2)
UNION ALL
SELECT account FROM outgoing_payment INDEXED BY payment_leased
WHERE state = 'SENDING' AND waits = 0 AND lease_holder = ?2 AND lease_until_ms <= ?1
LIMIT ?3

-- name: payment_wait
UPDATE outgoing_payment SET waits = 2 WHERE account = ?1

-- The next wallet's oldest.
-- name: payment_next
SELECT wallet, account FROM outgoing_payment WHERE state = 'SENDING' AND waits = ?1 AND wallet > ?2
ORDER BY wallet, account LIMIT 1

-- name: payment_claim
UPDATE outgoing_payment SET lease_holder = ?2, lease_until_ms = ?3, attempts = attempts + 1, waits = 0,
	error = iif(cancel_asked = 1, error, '') WHERE account = ?1

-- name: payment_lease
UPDATE outgoing_payment SET lease_holder = ?2, lease_until_ms = ?3,
	error = iif(cancel_asked = 1, error, ?4) WHERE account = ?1

-- name: payment_cancel_ask
UPDATE outgoing_payment SET cancel_asked = 1, error = ?2 WHERE account = ?1

-- Somebody works on it, or did when the process died.
-- name: payment_at_work
SELECT count(*) FROM payment_attempt WHERE payment = ?1 AND ended_ms IS NULL
	AND number = (SELECT attempts FROM outgoing_payment WHERE account = ?1)

-- name: payment_error
SELECT error FROM outgoing_payment WHERE account = ?1

-- name: attempt_begin
INSERT INTO payment_attempt (payment, number, started_ms)
SELECT account, attempts, ?2 FROM outgoing_payment WHERE account = ?1

-- name: attempt_end
UPDATE payment_attempt SET ended_ms = ?2, error = ?3, sent = ?4, delivered = ?5, packets = ?6
WHERE payment = ?1 AND ended_ms IS NULL
	AND number = (SELECT attempts FROM outgoing_payment WHERE account = ?1)

-- name: payment_finish
UPDATE outgoing_payment SET state = ?2, error = ?3, finished_ms = ?4, waits = 0 WHERE account = ?1

-- name: idempotency_get
SELECT request_hash, status, body FROM idempotency
WHERE principal = ?1 AND route = ?2 AND key = ?3 AND created_ms >= ?4

-- Each new one is the last of the table.
-- name: idempotency_forget
DELETE FROM idempotency WHERE rowid IN (
	SELECT o.rowid FROM (SELECT rowid, created_ms FROM idempotency ORDER BY rowid LIMIT ?2) o
	WHERE o.created_ms < ?1)

-- Only one that is too old to count can be there.
-- name: idempotency_put
INSERT OR REPLACE INTO idempotency (principal, route, key, request_hash, status, body, created_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
