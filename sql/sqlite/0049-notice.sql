-- What happened to account holders' wallets and accounts, for a page of theirs.

-- The newest 200 of each user.
CREATE TABLE notice (
	user_id BLOB NOT NULL REFERENCES wallet_user,
	number INTEGER NOT NULL CHECK (number > 0),  -- of its user, rising
	kind TEXT NOT NULL CHECK (kind <> ''),  -- 'received'
	wallet INTEGER REFERENCES account,  -- that it is about; NULL: none
	subject BLOB CHECK (length(subject) = 16),  -- payment, grant or request; NULL: none
	amount INTEGER NOT NULL CHECK (amount >= 0),  -- of the wallet's asset; 0: none
	text TEXT NOT NULL,  -- what an app or a key is called
	created_ms INTEGER NOT NULL,
	PRIMARY KEY (user_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_choice (
	user_id BLOB PRIMARY KEY REFERENCES wallet_user,
	seen INTEGER NOT NULL DEFAULT 0 CHECK (seen >= 0),  -- number up to which the user has seen them
	muted TEXT NOT NULL DEFAULT ''  -- ' apps  keys ': what the user is told nothing of
) STRICT, WITHOUT ROWID;
