-- The fees of assets, read.

-- Newest first, from below a version.
-- name: asset_fee_list
SELECT version, side, fixed, bps, created_ms FROM asset_fee
WHERE asset = ?1 AND version < ?2 ORDER BY version DESC LIMIT ?3
