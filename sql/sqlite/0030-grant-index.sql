-- A grant is found by its id, and its continuation token then compared: the index of the tokens' hashes
-- served nothing, and each new grant changed another page of it. A column that is UNIQUE takes
-- another table.
CREATE TABLE gnap_grant_new (
	key INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),  -- the last segment of its continuation URL
	client TEXT NOT NULL,  -- canonical wallet address, or jwk:THUMBPRINT
	jwk TEXT NOT NULL DEFAULT '',  -- the key that such a client sent; '' for the others
	client_name TEXT NOT NULL DEFAULT '',  -- its publicName, of interactive grants
	state TEXT NOT NULL CHECK (state IN ('PROCESSING', 'PENDING', 'APPROVED', 'FINALIZED')),
	reason TEXT NOT NULL DEFAULT '' CHECK (reason IN ('', 'ISSUED', 'REJECTED', 'REVOKED',
		'EXPIRED')),
	subject TEXT NOT NULL DEFAULT '',  -- wallet address that it asked for; '' for none
	subject_wallet INTEGER REFERENCES wallet,
	continue_hash BLOB NOT NULL CHECK (length(continue_hash) = 32),
	poll_after_ms INTEGER NOT NULL,  -- an earlier poll is too fast
	wallet INTEGER REFERENCES wallet,  -- whose holder agreed; NULL: nobody was asked, or not yet
	ends_ms INTEGER,  -- set by the holder: nothing is allowed from then on; NULL: no such end
	created_ms INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL,  -- of the state
	-- When the sweep looks at the grant next; NULL: it stays for ever, since payments refer to it.
	look_ms INTEGER,
	CHECK ((state = 'FINALIZED') = (reason <> ''))
) STRICT;

INSERT INTO gnap_grant_new (key, id, client, jwk, client_name, state, reason, subject,
	subject_wallet, continue_hash, poll_after_ms, wallet, ends_ms, created_ms, changed_ms, look_ms)
SELECT key, id, client, jwk, client_name, state, reason, subject, subject_wallet, continue_hash,
	poll_after_ms, wallet, ends_ms, created_ms, changed_ms, look_ms FROM gnap_grant;

DROP TABLE gnap_grant;
ALTER TABLE gnap_grant_new RENAME TO gnap_grant;

-- Serves the cap of a client's pending grants.
CREATE INDEX grant_pending ON gnap_grant (client) WHERE state = 'PENDING';
-- Serves the lists of one client's and one wallet's grants, newest first.
CREATE INDEX grant_by_client ON gnap_grant (client, key);
CREATE INDEX grant_by_wallet ON gnap_grant (wallet, key) WHERE wallet IS NOT NULL;
-- Serves the search for what is due.
CREATE INDEX grant_look ON gnap_grant (look_ms) WHERE look_ms IS NOT NULL;

-- The index of all of a grant's tokens serves the end of those that are live as well.
DROP INDEX grant_token_live;
