-- Browsers that a user has signed in with, and what a password's text was before it was renewed.

-- The text that this one was made from, of the same password in older parameters: what is checked against
-- it while it is renewed holds. NULL: none.
ALTER TABLE user_password ADD COLUMN renewed_of TEXT;
ALTER TABLE operator ADD COLUMN renewed_of TEXT;

-- Their wrong tries are counted apart from everybody's. At most ten of a user.
CREATE TABLE known_browser (
	user_id BLOB NOT NULL REFERENCES wallet_user,
	hash BLOB NOT NULL CHECK (length(hash) = 32),  -- SHA-256 of the cookie's token
	used_ms INTEGER NOT NULL,  -- of the newest login
	PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;
