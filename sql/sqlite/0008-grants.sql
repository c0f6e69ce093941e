-- Grants, their tokens and interactions, and what was spent under them.
--
-- Access tokens, continuation tokens, interaction references and nonces are kept as SHA-256 only.
-- A grant's state is its state and, once FINALIZED, the reason (model/grant.h).

CREATE TABLE gnap_grant (
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
	continue_hash BLOB NOT NULL UNIQUE CHECK (length(continue_hash) = 32),
	poll_after_ms INTEGER NOT NULL,  -- an earlier poll is too fast
	wallet INTEGER REFERENCES wallet,  -- whose holder agreed; NULL: nobody was asked, or not yet
	ends_ms INTEGER,  -- set by the holder: nothing is allowed from then on; NULL: no such end
	created_ms INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL,  -- of the state
	CHECK ((state = 'FINALIZED') = (reason <> ''))
) STRICT;

-- Serves the cap of a client's pending grants.
CREATE INDEX grant_pending ON gnap_grant (client) WHERE state = 'PENDING';
-- Serves the lists of one client's and one wallet's grants, newest first.
CREATE INDEX grant_by_client ON gnap_grant (client, key);
CREATE INDEX grant_by_wallet ON gnap_grant (wallet, key) WHERE wallet IS NOT NULL;

-- What a grant allows, in the order that the client gave.
CREATE TABLE grant_access (
	grant_key INTEGER NOT NULL REFERENCES gnap_grant,
	position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 2),
	type TEXT NOT NULL CHECK (type IN ('incoming-payment', 'quote', 'outgoing-payment')),
	actions INTEGER NOT NULL CHECK (actions BETWEEN 1 AND 63),  -- bits, model/access.h
	identifier TEXT NOT NULL,  -- wallet address; '': any of this node
	wallet INTEGER REFERENCES wallet,  -- that it names
	limited INTEGER NOT NULL CHECK (limited IN (0, 1)),  -- it has a limits object
	receiver TEXT NOT NULL,  -- the one incoming payment that may be paid; '': any
	interval TEXT NOT NULL,  -- ISO 8601; '': the cap holds for ever
	cap TEXT NOT NULL CHECK (cap IN ('', 'debit', 'receive')),
	cap_amount INTEGER NOT NULL CHECK (cap_amount >= 0),  -- for each window
	cap_code TEXT NOT NULL,
	cap_scale INTEGER NOT NULL CHECK (cap_scale BETWEEN 0 AND 255),
	PRIMARY KEY (grant_key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE grant_token (
	key INTEGER PRIMARY KEY,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),  -- of the access token
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),  -- the last segment of its management URL
	grant_key INTEGER NOT NULL REFERENCES gnap_grant,
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	ended TEXT NOT NULL DEFAULT '' CHECK (ended IN ('', 'ROTATED', 'REVOKED')),
	ended_ms INTEGER,
	successor INTEGER REFERENCES grant_token,  -- of a rotated one
	-- Signature of the request that rotated it, hashed: the same request may ask again
	rotated_by BLOB CHECK (length(rotated_by) = 32),
	CHECK ((ended = '') = (ended_ms IS NULL)),
	CHECK ((ended = 'ROTATED') = (successor IS NOT NULL))
) STRICT;

-- Serves the end of a grant's tokens.
CREATE INDEX grant_token_live ON grant_token (grant_key) WHERE ended = '';

CREATE TABLE grant_interaction (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	grant_key INTEGER NOT NULL UNIQUE REFERENCES gnap_grant,
	nonce_hash BLOB NOT NULL CHECK (length(nonce_hash) = 32),  -- of the one in its URL
	state TEXT NOT NULL CHECK (state IN ('PENDING', 'ACCEPTED', 'REJECTED')),
	finish_uri TEXT NOT NULL,  -- '': the client polls
	client_nonce TEXT NOT NULL,  -- of the finish object
	server_nonce TEXT NOT NULL,  -- interact.finish of our answer
	session BLOB CHECK (length(session) = 32),  -- hash of the browser session that it is bound to
	ref_hash BLOB UNIQUE CHECK (length(ref_hash) = 32),  -- of the interaction reference
	used_ms INTEGER,  -- the reference was given back: once
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	decided_ms INTEGER,
	CHECK ((state = 'PENDING') = (decided_ms IS NULL)),
	CHECK ((state = 'ACCEPTED') = (ref_hash IS NOT NULL))
) STRICT;

-- What counts against an item in one window: the reservations of payments on their way, and what
-- those that ended have kept.
CREATE TABLE grant_spent (
	grant_key INTEGER NOT NULL,
	position INTEGER NOT NULL,
	start_ms INTEGER NOT NULL,  -- of the window; 0 without an interval
	receive_code TEXT NOT NULL,  -- one row for each asset that payments went to
	receive_scale INTEGER NOT NULL CHECK (receive_scale BETWEEN 0 AND 255),
	debit INTEGER NOT NULL CHECK (debit >= 0),
	receive INTEGER NOT NULL CHECK (receive >= 0),
	PRIMARY KEY (grant_key, position, start_ms, receive_code, receive_scale),
	FOREIGN KEY (grant_key, position) REFERENCES grant_access
) STRICT, WITHOUT ROWID;

-- The part of one payment in it.
CREATE TABLE grant_payment (
	payment INTEGER PRIMARY KEY REFERENCES outgoing_payment DEFERRABLE INITIALLY DEFERRED,
	grant_key INTEGER NOT NULL,
	position INTEGER NOT NULL,
	start_ms INTEGER NOT NULL,  -- of the window that it was created in
	receive_code TEXT NOT NULL,
	receive_scale INTEGER NOT NULL CHECK (receive_scale BETWEEN 0 AND 255),
	debit INTEGER NOT NULL CHECK (debit >= 0),
	receive INTEGER NOT NULL CHECK (receive >= 0),
	settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),  -- the payment has ended
	created_ms INTEGER NOT NULL,
	FOREIGN KEY (grant_key, position) REFERENCES grant_access
) STRICT;

-- Serves the newest payment under an item, and the audit.
CREATE INDEX grant_payment_by_item ON grant_payment (grant_key, position, payment);
