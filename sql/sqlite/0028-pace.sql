-- Payments whose money leaves little by little.

ALTER TABLE quote ADD COLUMN pace_ms INTEGER CHECK (pace_ms > 0);  -- over that time; NULL: at once
