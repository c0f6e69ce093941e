-- What a node's operator, or its host, decides about wallet addresses and incoming payments.

-- Its payments take nothing from then on, and it is not shown; new ones are refused at once. NULL:
-- active.
ALTER TABLE wallet ADD COLUMN inactive_ms INTEGER;

CREATE TABLE wallet_property (
	wallet INTEGER NOT NULL REFERENCES wallet,
	key TEXT NOT NULL CHECK (length(key) > 0),
	value TEXT NOT NULL,
	visible INTEGER NOT NULL CHECK (visible IN (0, 1)),  -- in the wallet address document
	PRIMARY KEY (wallet, key)
) STRICT, WITHOUT ROWID;

-- It takes nothing before the host has approved it.
ALTER TABLE incoming_payment ADD COLUMN waits INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1));
ALTER TABLE incoming_payment ADD COLUMN approved_ms INTEGER;
-- By the host, before anything came: its time ended then.
ALTER TABLE incoming_payment ADD COLUMN cancelled_ms INTEGER;
ALTER TABLE incoming_payment ADD COLUMN cancel_reason TEXT NOT NULL DEFAULT '';
