-- What was when: looked at on the way, and shown. Sums of many payments may pass 63 bits: two halves
-- of each, for query_sum.

-- name: history_totals
SELECT payments_completed, payments_failed, packets_credited, packets_forwarded FROM tally

-- Balances that are followed: those of pools and peers.
-- name: history_balances
SELECT a.id, a.credits_posted - a.debits_posted
FROM asset s CROSS JOIN account a INDEXED BY account_open ON a.asset = s.id
WHERE a.closed = 0 AND a.kind IN ('asset_pool', 'peer') LIMIT ?1

-- What payments of the newest minutes sent. ?1: the first id of that time; ?2: how many are looked at.
-- name: history_sent
SELECT p.created_ms / 60000, a.asset, sum(p.sent >> 32), sum(p.sent & 4294967295), sum(p.packets)
FROM (SELECT account, created_ms, sent, packets FROM outgoing_payment
	WHERE id >= ?1 ORDER BY id DESC LIMIT ?2) p JOIN account a ON a.id = p.account
GROUP BY 1, 2 LIMIT ?3

-- What wallets were credited, by packets and by payments within the node. ?1: how many lines of the
-- journal are looked at; ?2: since when.
-- name: history_received
SELECT t.created_ms / 60000, a.asset, sum(t.posted >> 32), sum(t.posted & 4294967295)
FROM transfer t JOIN account a ON a.id = t.credit_account
WHERE t.id > (SELECT max(id) FROM transfer) - ?1 AND t.created_ms >= ?2 AND t.state = 'POSTED'
	AND t.ref_type IN ('credit', 'local') AND a.kind = 'wallet'
GROUP BY 1, 2 LIMIT ?3

-- How long payments of the newest minutes took.
-- name: history_took
SELECT created_ms / 60000, finished_ms - created_ms
FROM (SELECT created_ms, finished_ms, state FROM outgoing_payment
	WHERE id >= ?1 ORDER BY id DESC LIMIT ?2)
WHERE state = 'COMPLETED' ORDER BY 1, 2

-- name: history_list
SELECT at_ms, value FROM history
WHERE series = ?1 AND subject = ?2 AND step_ms = ?3 AND at_ms BETWEEN ?4 AND ?5 ORDER BY at_ms

-- name: history_before
SELECT value FROM history
WHERE series = ?1 AND subject = ?2 AND step_ms = ?3 AND at_ms < ?4 ORDER BY at_ms DESC LIMIT 1

-- name: rate_history_list
SELECT at_ms, base, price FROM rate_history
WHERE source = ?1 AND code = ?2 AND at_ms < ?3 ORDER BY at_ms DESC LIMIT ?4
