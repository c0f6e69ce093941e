-- The fees of assets, changed.

-- name: asset_fee_insert
INSERT INTO asset_fee (asset, side, fixed, bps, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: asset_fee_newest
SELECT version, side, fixed, bps, created_ms FROM asset_fee
WHERE asset = ?1 AND side = ?2 ORDER BY version DESC LIMIT 1
