-- Who can be paid back of an incoming payment, and how much.

-- name: refund_ways
SELECT address, asset_code, asset_scale, received FROM way_back WHERE incoming = ?1
ORDER BY key

-- Wallets of this node that paid it, with what arrived of them.
-- name: refund_wallets
SELECT q.wallet, sum(p.delivered) FROM quote q JOIN outgoing_payment p ON p.account = q.payment
WHERE q.local_incoming = ?1 AND p.delivered > 0 GROUP BY q.wallet
ORDER BY 2 DESC LIMIT 100

-- name: refund_given
SELECT coalesce(sum(iif(p.state IN ('FUNDING', 'SENDING'), p.debit_amount, p.sent)), 0)
FROM quote q JOIN outgoing_payment p ON p.account = q.payment WHERE q.refund_of = ?1
