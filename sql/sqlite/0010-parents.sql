-- Parents that give this node its address, and children that get theirs from it.

-- Our address as this parent last said it; '' for none. It is the node's as long as the peer is in use.
ALTER TABLE peer ADD COLUMN assigned TEXT NOT NULL DEFAULT '';
-- 1: we are its parent. Its ilp_address may begin with '.', and so may the route to it: what
-- follows is below our own address, whichever that is.
ALTER TABLE peer ADD COLUMN child INTEGER NOT NULL DEFAULT 0 CHECK (child IN (0, 1));
