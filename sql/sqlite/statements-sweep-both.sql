-- The sweep: statements that the writer and the readers prepare.

-- name: sweep_due
SELECT EXISTS (SELECT 1 FROM gnap_grant WHERE look_ms <= ?1)
	OR EXISTS (SELECT 1 FROM grant_token WHERE ended <> '' AND ended_ms <= ?2)
	OR EXISTS (SELECT 1 FROM session WHERE ends_ms <= ?1)
	OR EXISTS (SELECT 1 FROM (SELECT kept_until_ms FROM signature_nonce ORDER BY seq LIMIT 1)
		WHERE kept_until_ms <= ?1)
	OR EXISTS (SELECT 1 FROM quote WHERE payment IS NULL AND expires_ms <= ?3)

-- The next incoming payment that goes: a client's that ended without money, to which nothing refers. A new one's key is one more
-- than the highest, and addresses of connections hold the key: so the highest stays, until there is a higher one.
-- name: incoming_empty_next
SELECT i.key, i.id FROM incoming_payment i
WHERE i.received = 0 AND i.finished_ms IS NOT NULL AND i.client <> '' AND i.finished_ms <= ?1
	AND i.key < (SELECT max(key) FROM incoming_payment)
	AND NOT EXISTS (SELECT 1 FROM quote q LEFT JOIN outgoing_payment p ON p.account = q.payment
		WHERE q.local_incoming = i.key AND (p.account IS NULL OR p.delivered > 0
			OR p.state NOT IN ('CANCELLED', 'FAILED')))
	AND NOT EXISTS (SELECT 1 FROM credit_batch c WHERE c.incoming = i.key)
	AND NOT EXISTS (SELECT 1 FROM note n WHERE n.incoming = i.key)
	AND NOT EXISTS (SELECT 1 FROM event e CROSS JOIN webhook_endpoint w CROSS JOIN delivery d
		ON d.endpoint = w.key AND d.event = e.key
		WHERE e.resource = i.id AND d.lease_holder <> 0)
ORDER BY i.finished_ms LIMIT 1
