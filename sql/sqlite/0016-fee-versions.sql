-- The fees that an asset has had: append-only. The newest of each side is the asset's own.

CREATE TABLE asset_fee (
	version INTEGER PRIMARY KEY,
	asset INTEGER NOT NULL REFERENCES asset,
	side TEXT NOT NULL CHECK (side IN ('sending', 'receiving')),
	fixed INTEGER NOT NULL CHECK (fixed >= 0),
	bps INTEGER NOT NULL CHECK (bps BETWEEN 0 AND 10000),
	created_ms INTEGER NOT NULL  -- in force from then on
) STRICT;

-- Serves an asset's list, newest first, and the search for the newest of a side.
CREATE INDEX asset_fee_by_asset ON asset_fee (asset, version);

INSERT INTO asset_fee (asset, side, fixed, bps, created_ms)
SELECT a.id, 'sending', a.fee_fixed, a.fee_bps, m.clock_ms FROM asset a, meta m
WHERE a.fee_fixed > 0 OR a.fee_bps > 0
UNION ALL
SELECT a.id, 'receiving', a.receive_fee_fixed, a.receive_fee_bps, m.clock_ms FROM asset a, meta m
WHERE a.receive_fee_fixed > 0 OR a.receive_fee_bps > 0;

CREATE TRIGGER asset_fee_is_never_deleted BEFORE DELETE ON asset_fee
BEGIN
	SELECT RAISE(ABORT, 'a fee is never deleted');
END;
