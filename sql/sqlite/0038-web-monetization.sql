-- Money that came to a wallet address without an incoming payment, as Web Monetization once did.

-- The host is told when so much has come since it was told; 0: never.
ALTER TABLE asset ADD COLUMN withdrawal_threshold INTEGER NOT NULL DEFAULT 0
	CHECK (withdrawal_threshold >= 0);

CREATE TABLE wallet_monetized (
	wallet INTEGER PRIMARY KEY REFERENCES account,
	received INTEGER NOT NULL CHECK (received >= 0),  -- while there was a threshold
	told INTEGER NOT NULL DEFAULT 0 CHECK (told BETWEEN 0 AND received)
) STRICT;
