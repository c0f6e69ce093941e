-- Headless mode: the host of the node keeps its users' balances, and funds each payment or cancels it.

ALTER TABLE outgoing_payment ADD COLUMN by_host INTEGER NOT NULL DEFAULT 0
	CHECK (by_host IN (0, 1));  -- 1: its money comes from the host, and goes back there
ALTER TABLE outgoing_payment ADD COLUMN funded_ms INTEGER;  -- by the host; NULL: not, or not yet

-- Serves the search for those that the host left without money.
CREATE INDEX payment_funding ON outgoing_payment (account) WHERE state = 'FUNDING';
