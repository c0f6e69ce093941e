-- The statement of a peer: sorts as enum statement_sort. What a person decided about doubts counts where
-- the packets would have.

-- name: statement_days
WITH moved (at_ms, sort, amount) AS (
	SELECT closed_ms, debit_account = ?1, posted FROM transfer
	WHERE state = 'POSTED' AND ref_type IN ('credit', 'window') AND closed_ms < ?3
		AND (debit_account = ?1 OR credit_account = ?1)
	UNION ALL
	SELECT t.closed_ms, d.direction = 'they_may_owe',
		iif(d.direction = 'they_may_owe', -t.posted, t.posted)
	FROM transfer t JOIN doubt d ON d.key = t.ref_id
	WHERE t.ref_type = 'doubt' AND t.credit_account = ?1 AND t.closed_ms < ?3
	UNION ALL
	SELECT created_ms, iif(direction = 'sent', 2, 3), amount FROM settlement
	WHERE peer = ?1 AND amount > 0 AND created_ms < ?3
	UNION ALL
	SELECT ended_ms, 2, -amount FROM settlement
	WHERE peer = ?1 AND state = 'REFUSED' AND ended_ms < ?3)
SELECT iif(at_ms < ?2, -1, at_ms / 86400000), sort, sum(amount) FROM moved
GROUP BY 1, 2 ORDER BY 1, 2

-- name: statement_open
SELECT coalesce((SELECT sum(peer_amount) FROM doubt WHERE peer = ?1 AND ended IS NULL
		AND direction = 'they_may_owe' AND since_ms < ?2), 0),
	coalesce((SELECT sum(peer_amount) FROM doubt WHERE peer = ?1 AND ended IS NULL
		AND direction = 'we_may_owe' AND since_ms < ?2), 0),
	coalesce((SELECT sum(amount) FROM settlement WHERE peer = ?1 AND state = 'ORDERED'
		AND created_ms < ?2), 0)
