-- Peers that are changed while they work.

-- DRAINING: nothing new is taken from it or given to it. DISABLED: nor does its token open anything;
-- its balance stays until it is settled.
ALTER TABLE peer ADD COLUMN state TEXT NOT NULL DEFAULT 'ACTIVE'
	CHECK (state IN ('ACTIVE', 'DRAINING', 'DISABLED'));
-- Packets a second, and at a time, that it may send; 0: the node's own limit.
ALTER TABLE peer ADD COLUMN packets_per_s INTEGER NOT NULL DEFAULT 0 CHECK (packets_per_s >= 0);
ALTER TABLE peer ADD COLUMN in_flight INTEGER NOT NULL DEFAULT 0 CHECK (in_flight >= 0);
-- Smallest units a second that it may send; 0: as much as it has.
ALTER TABLE peer ADD COLUMN amount_per_s INTEGER NOT NULL DEFAULT 0 CHECK (amount_per_s >= 0);
-- 1: the other side chose the URL, so that it may lead to public addresses only.
ALTER TABLE peer ADD COLUMN url_is_foreign INTEGER NOT NULL DEFAULT 0
	CHECK (url_is_foreign IN (0, 1));
-- Since when it gives no answers; NULL: it does.
ALTER TABLE peer ADD COLUMN down_ms INTEGER;
-- Of a peer: how much we may come to owe it by packets; 0: any amount.
ALTER TABLE account ADD COLUMN debt_limit INTEGER NOT NULL DEFAULT 0 CHECK (debt_limit >= 0);
