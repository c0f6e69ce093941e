-- The sweep: statements that the writer and the readers prepare.

-- name: sweep_due
SELECT EXISTS (SELECT 1 FROM gnap_grant WHERE look_ms <= ?1)
	OR EXISTS (SELECT 1 FROM grant_token WHERE ended <> '' AND ended_ms <= ?2)
	OR EXISTS (SELECT 1 FROM session WHERE ends_ms <= ?1)
	OR EXISTS (SELECT 1 FROM (SELECT kept_until_ms FROM signature_nonce ORDER BY seq LIMIT 1)
		WHERE kept_until_ms <= ?1)
