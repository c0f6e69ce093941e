-- Those who asked for grants, each once, in order of their names.
-- name: client_list
SELECT c.client, count(*), max(g.created_ms), sum(g.state = 'FINALIZED' AND g.reason = 'ISSUED'),
	(SELECT n.client_name FROM gnap_grant n WHERE n.client = c.client AND n.client_name <> ''
		ORDER BY n.key DESC LIMIT 1)
FROM (SELECT DISTINCT client FROM gnap_grant WHERE client > ?1 ORDER BY client LIMIT ?2) c
	JOIN gnap_grant g ON g.client = c.client
GROUP BY c.client ORDER BY c.client
