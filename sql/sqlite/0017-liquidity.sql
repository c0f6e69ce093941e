-- Limits of liquidity that the host is told of, and since when grants, keys and parked events have
-- events.

CREATE TABLE liquidity_limit (
	account INTEGER PRIMARY KEY REFERENCES account,  -- an asset's pool, or a peer's
	low INTEGER NOT NULL CHECK (low >= 0),  -- told at this and below; 0: never
	high INTEGER NOT NULL CHECK (high >= 0),  -- told at this and above; 0: never
	told TEXT NOT NULL DEFAULT '' CHECK (told IN ('', 'LOW', 'HIGH')),  -- what was said last
	CHECK (low > 0 OR high > 0),
	CHECK (high = 0 OR low < high)
) STRICT;

-- What happened to them until then was not told.
ALTER TABLE meta ADD COLUMN told_after_ms INTEGER NOT NULL DEFAULT 0;
UPDATE meta SET told_after_ms = max(
	(SELECT coalesce(max(changed_ms), 0) FROM gnap_grant),
	(SELECT coalesce(max(since_ms), 0) FROM event),
	(SELECT coalesce(max(max(created_ms, coalesce(revoked_ms, 0))), 0) FROM wallet_key));
