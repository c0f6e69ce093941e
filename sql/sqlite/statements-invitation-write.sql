-- Invitations to be a peer: changes.

-- name: invitation_count
SELECT count(*) FROM peer_invitation WHERE peer IS NULL AND expires_ms > ?1

-- name: invitation_insert
INSERT INTO peer_invitation (hash, id, name, asset, credit_limit, max_packet, spread_bps, created_ms,
	expires_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- name: invitation_use
UPDATE peer_invitation SET peer = ?2, used_hash = ?3 WHERE hash = ?1

-- name: invitation_revoke
DELETE FROM peer_invitation WHERE id = ?1 AND peer IS NULL RETURNING id

-- name: invitation_drop
DELETE FROM peer_invitation WHERE expires_ms < ?1

-- name: peer_named
SELECT count(*) FROM peer WHERE removed_ms IS NULL AND name = ?1
