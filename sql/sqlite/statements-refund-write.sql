-- Where the money of incoming payments came from.

-- Where all places are taken, the address that brought least makes room for one that brings more at once.
-- name: way_back_make_room
DELETE FROM way_back WHERE ?4 <= (SELECT count(*) FROM way_back WHERE incoming = ?1)
	AND NOT EXISTS (SELECT 1 FROM way_back WHERE incoming = ?1 AND address = ?2)
	AND key = (SELECT key FROM way_back WHERE incoming = ?1 ORDER BY received, key DESC LIMIT 1)
	AND received < ?3

-- At most ?6 addresses for each payment.
-- name: way_back_add
INSERT INTO way_back (incoming, address, asset_code, asset_scale, received)
SELECT ?1, ?2, ?3, ?4, ?5
WHERE (SELECT count(*) FROM way_back WHERE incoming = ?1 AND address <> ?2) < ?6
ON CONFLICT (incoming, address) DO UPDATE SET received = received + excluded.received
