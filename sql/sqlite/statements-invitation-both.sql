-- Invitations to be a peer.

-- name: invitation_get
SELECT id, name, asset, credit_limit, max_packet, spread_bps, created_ms, expires_ms,
	coalesce(peer, 0), coalesce(used_hash, x'')
FROM peer_invitation WHERE hash = ?1

-- name: invitation_list
SELECT id, name, asset, credit_limit, max_packet, spread_bps, created_ms, expires_ms,
	coalesce(peer, 0), coalesce(used_hash, x'')
FROM peer_invitation WHERE peer IS NULL AND expires_ms > ?1 ORDER BY created_ms, id LIMIT ?2
