-- Where the money of incoming payments came from.

-- At most ?6 addresses for each payment.
-- name: way_back_add
INSERT INTO way_back (incoming, address, asset_code, asset_scale, received)
SELECT ?1, ?2, ?3, ?4, ?5
WHERE (SELECT count(*) FROM way_back WHERE incoming = ?1 AND address <> ?2) < ?6
ON CONFLICT (incoming, address) DO UPDATE SET received = received + excluded.received
