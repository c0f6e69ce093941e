-- Settlements, listed.

-- name: settlement_list
SELECT key FROM settlement
WHERE peer = ?1 AND key < coalesce((SELECT key FROM settlement WHERE id = ?2 AND peer = ?1),
	9223372036854775807)
ORDER BY key DESC LIMIT ?3
