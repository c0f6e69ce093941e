-- Invitations to be a peer.

-- name: invitation_get
SELECT id, name, asset, credit_limit, max_packet, spread_bps, created_ms, expires_ms,
	coalesce(peer, 0), coalesce(used_hash, x'')
FROM peer_invitation WHERE hash = ?1
