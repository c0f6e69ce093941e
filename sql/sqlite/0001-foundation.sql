-- Schema 1: the books, the node's wallets and peers, and outgoing payments.
--
-- Released steps are never edited: their checksum is kept in schema_step, and a store that was made
-- by another text is refused. Amounts are smallest units, times wall milliseconds. Rows that own an
-- account use its number as their key, so that one integer names a wallet, a peer or a payment on
-- the hot path; `id` is the UUID (version 7) that the outside sees.

CREATE TABLE meta (
	one INTEGER PRIMARY KEY CHECK (one = 1),  -- a single row
	generation INTEGER NOT NULL CHECK (generation >= 0),  -- counted up by each start
	clock_ms INTEGER NOT NULL,  -- highest wall clock that was seen
	master_check BLOB NOT NULL CHECK (length(master_check) = 32)  -- a keyed mark of the master key
) STRICT;

-- What would be slow to count, kept by the transactions that change it; for metrics.
CREATE TABLE tally (
	one INTEGER PRIMARY KEY CHECK (one = 1),  -- a single row
	wallets INTEGER NOT NULL CHECK (wallets >= 0),  -- open ones
	payments_completed INTEGER NOT NULL CHECK (payments_completed >= 0),
	payments_failed INTEGER NOT NULL CHECK (payments_failed >= 0),
	packets_credited INTEGER NOT NULL CHECK (packets_credited >= 0),  -- for our wallets
	packets_forwarded INTEGER NOT NULL CHECK (packets_forwarded >= 0)  -- fulfilled ones
) STRICT;

-- ---- the books ----

CREATE TABLE asset (
	id INTEGER PRIMARY KEY,
	code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 12),
	scale INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 18),
	fee_fixed INTEGER NOT NULL DEFAULT 0 CHECK (fee_fixed >= 0),  -- per outgoing payment
	fee_bps INTEGER NOT NULL DEFAULT 0 CHECK (fee_bps BETWEEN 0 AND 10000),
	-- the asset's own accounts
	settlement INTEGER NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED,
	pool INTEGER NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED,
	fee INTEGER NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED,
	spread INTEGER NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED,
	suspense INTEGER NOT NULL REFERENCES account DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- What we owe to somebody: balance = credits - debits. The CHECK is the second net below
-- model/ledger.c.
CREATE TABLE account (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('wallet', 'outgoing_payment', 'peer', 'settlement',
		'asset_pool', 'fee', 'spread', 'suspense')),
	asset INTEGER NOT NULL REFERENCES asset DEFERRABLE INITIALLY DEFERRED,
	may_go_negative INTEGER NOT NULL CHECK (may_go_negative IN (0, 1)),
	closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),  -- no new transfers
	credit_limit INTEGER NOT NULL DEFAULT 0 CHECK (credit_limit >= 0),
	debits_posted INTEGER NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
	debits_pending INTEGER NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
	credits_posted INTEGER NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
	credits_pending INTEGER NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
	CHECK (may_go_negative = 1 OR
		credits_posted + credit_limit >= debits_posted + debits_pending)
) STRICT;

-- Serves the sums by kind and asset; closed accounts hold nothing.
CREATE INDEX account_open ON account (asset, kind) WHERE closed = 0;

-- The journal. Append-only: a row changes once, from PENDING to POSTED or VOID. The legs of a group
-- have consecutive ids, and the group's number is its first leg's id.
CREATE TABLE transfer (
	id INTEGER PRIMARY KEY,
	group_id INTEGER NOT NULL,
	debit_account INTEGER NOT NULL REFERENCES account,
	credit_account INTEGER NOT NULL REFERENCES account,
	amount INTEGER NOT NULL CHECK (amount >= 0),
	posted INTEGER NOT NULL CHECK (posted BETWEEN 0 AND amount),  -- what moved
	state TEXT NOT NULL CHECK (state IN ('PENDING', 'POSTED', 'VOID')),
	-- what it belongs to, and that thing's key: credit_batch, flight_window, doubt, else account
	ref_type TEXT NOT NULL CHECK (ref_type IN ('credit', 'window', 'doubt', 'funding', 'fee',
		'refund', 'local', 'movement')),
	ref_id INTEGER NOT NULL,
	created_ms INTEGER NOT NULL,
	hold_until_ms INTEGER,  -- of one that was pending: it ends by then
	closed_ms INTEGER,  -- NULL while pending
	CHECK (debit_account <> credit_account),
	CHECK (group_id <= id),
	CHECK ((state = 'PENDING') = (closed_ms IS NULL)),
	CHECK (state <> 'PENDING' OR hold_until_ms IS NOT NULL),
	CHECK (state = 'POSTED' OR posted = 0)
) STRICT;

-- Serves the ledger lines of a payment and the audit; credits, the many, stay out of it.
CREATE INDEX transfer_by_ref ON transfer (ref_type, ref_id) WHERE ref_type <> 'credit';

CREATE TRIGGER transfer_is_never_deleted BEFORE DELETE ON transfer
BEGIN
	SELECT RAISE(ABORT, 'a transfer is never deleted');
END;

CREATE TRIGGER transfer_is_not_born_void BEFORE INSERT ON transfer WHEN NEW.state = 'VOID'
BEGIN
	SELECT RAISE(ABORT, 'a transfer begins pending or posted');
END;

CREATE TRIGGER transfer_ends_once BEFORE UPDATE ON transfer
WHEN OLD.state <> 'PENDING' OR NEW.state = 'PENDING' OR NEW.id <> OLD.id
	OR NEW.group_id <> OLD.group_id OR NEW.debit_account <> OLD.debit_account
	OR NEW.credit_account <> OLD.credit_account OR NEW.amount <> OLD.amount
	OR NEW.ref_type <> OLD.ref_type OR NEW.ref_id <> OLD.ref_id
	OR NEW.created_ms <> OLD.created_ms OR NEW.hold_until_ms <> OLD.hold_until_ms
BEGIN
	SELECT RAISE(ABORT, 'a transfer changes once, from pending to posted or void');
END;

-- ---- wallets and peers ----

CREATE TABLE wallet_user (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	name TEXT NOT NULL UNIQUE,
	created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE wallet (
	account INTEGER PRIMARY KEY REFERENCES account,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	name TEXT NOT NULL UNIQUE,  -- path segment of its address; never used again
	public_name TEXT NOT NULL,  -- '' for none
	user_id BLOB NOT NULL REFERENCES wallet_user,
	state TEXT NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
	created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE peer (
	account INTEGER PRIMARY KEY REFERENCES account,  -- its credit_limit is the peer's
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	name TEXT NOT NULL,
	ilp_address TEXT NOT NULL,
	url TEXT NOT NULL,  -- where its Prepares go
	sealed_token BLOB NOT NULL,  -- outgoing token, sealed with the master key (seal.h)
	max_packet INTEGER NOT NULL CHECK (max_packet >= 0),  -- 0: no cap
	spread_bps INTEGER NOT NULL CHECK (spread_bps BETWEEN 0 AND 10000),
	parent INTEGER NOT NULL CHECK (parent IN (0, 1)),
	created_ms INTEGER NOT NULL,
	removed_ms INTEGER  -- NULL: in use
) STRICT;

-- Names are free again after a removal.
CREATE UNIQUE INDEX peer_name ON peer (name) WHERE removed_ms IS NULL;
-- One upstream at most.
CREATE UNIQUE INDEX peer_parent ON peer (parent) WHERE parent = 1 AND removed_ms IS NULL;

CREATE TABLE peer_token (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),  -- SHA-256 of an accepted incoming token
	peer INTEGER NOT NULL REFERENCES peer,
	created_ms INTEGER NOT NULL
) STRICT;

-- Serves the tokens of one peer, oldest first.
CREATE INDEX peer_token_by_peer ON peer_token (peer, created_ms);

CREATE TABLE route (
	prefix TEXT PRIMARY KEY,  -- '' is the default route
	peer INTEGER NOT NULL REFERENCES peer
) STRICT;

-- Money that the operator moved in or out; the caller's id makes it happen once.
CREATE TABLE movement (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	kind TEXT NOT NULL CHECK (kind IN ('deposit', 'withdrawal', 'liquidity', 'settle_in',
		'settle_out')),
	account INTEGER NOT NULL REFERENCES account,
	amount INTEGER NOT NULL CHECK (amount > 0),
	group_id INTEGER NOT NULL,  -- of its transfer
	created_ms INTEGER NOT NULL
) STRICT;

-- ---- quotes and outgoing payments ----

CREATE TABLE quote (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	wallet INTEGER NOT NULL REFERENCES wallet,
	kind TEXT NOT NULL CHECK (kind IN ('fixed_send', 'fixed_delivery')),
	receiver TEXT NOT NULL,  -- pointer or URL as given
	local_receiver INTEGER REFERENCES wallet,  -- NULL: by packets
	debit_amount INTEGER NOT NULL CHECK (debit_amount > 0),  -- with the fee
	fee INTEGER NOT NULL CHECK (fee >= 0 AND fee < debit_amount),
	receive_amount INTEGER NOT NULL CHECK (receive_amount >= 0),  -- least that arrives
	receive_code TEXT NOT NULL,
	receive_scale INTEGER NOT NULL CHECK (receive_scale BETWEEN 0 AND 255),
	min_rate BLOB NOT NULL CHECK (length(min_rate) = 32),  -- two big-endian 128-bit numbers: a / b
	path_lower BLOB NOT NULL CHECK (length(path_lower) = 32),  -- the path's rate lies between
	path_upper BLOB NOT NULL CHECK (length(path_upper) = 32),  -- these two; 0 / 1 twice: unknown
	max_packet INTEGER NOT NULL CHECK (max_packet >= 0),  -- discovered; 0: none
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE outgoing_payment (
	account INTEGER PRIMARY KEY REFERENCES account,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	quote BLOB NOT NULL REFERENCES quote,
	wallet INTEGER NOT NULL REFERENCES wallet,
	state TEXT NOT NULL CHECK (state IN ('FUNDING', 'SENDING', 'COMPLETED', 'FAILED', 'CANCELLED')),
	debit_amount INTEGER NOT NULL CHECK (debit_amount > 0),
	receive_amount INTEGER NOT NULL CHECK (receive_amount >= 0),
	fee INTEGER NOT NULL CHECK (fee >= 0),
	sent INTEGER NOT NULL DEFAULT 0 CHECK (sent BETWEEN 0 AND debit_amount),
	delivered INTEGER NOT NULL DEFAULT 0 CHECK (delivered >= 0),
	refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND debit_amount),
	in_doubt INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt BETWEEN 0 AND sent),
	packets INTEGER NOT NULL DEFAULT 0 CHECK (packets >= 0),
	attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	error TEXT NOT NULL DEFAULT '',
	metadata TEXT NOT NULL DEFAULT '',
	lease_holder INTEGER NOT NULL DEFAULT 0,  -- generation that works on it
	lease_until_ms INTEGER NOT NULL DEFAULT 0,  -- nobody else takes it before
	created_ms INTEGER NOT NULL,
	finished_ms INTEGER,
	CHECK ((state IN ('FUNDING', 'SENDING')) = (finished_ms IS NULL))
) STRICT;

-- A quote is used once.
CREATE UNIQUE INDEX payment_quote ON outgoing_payment (quote);
-- Serves the search for work.
CREATE INDEX payment_sending ON outgoing_payment (account) WHERE state = 'SENDING';
-- Serves the list of one wallet's payments, newest first.
CREATE INDEX payment_by_wallet ON outgoing_payment (wallet, account);

-- ---- packets: no row for each ----

-- What one commit credited for one pair: the Prepares of `peer` that were fulfilled by a wallet of
-- ours or, forwarded, by the next peer. Replies that were not seen to leave become doubts.
CREATE TABLE credit_batch (
	id INTEGER PRIMARY KEY,
	holder INTEGER NOT NULL,  -- generation that answers it
	peer INTEGER NOT NULL REFERENCES account,  -- debited
	target INTEGER NOT NULL REFERENCES account,  -- credited
	group_id INTEGER NOT NULL,  -- of its transfers
	packets INTEGER NOT NULL CHECK (packets > 0),
	amount_in INTEGER NOT NULL CHECK (amount_in > 0),
	amount_out INTEGER NOT NULL CHECK (amount_out > 0),
	answered INTEGER NOT NULL DEFAULT 0 CHECK (answered >= 0),  -- packets whose reply was written
	answered_amount INTEGER NOT NULL DEFAULT 0 CHECK (answered_amount >= 0),
	doubted INTEGER NOT NULL DEFAULT 0 CHECK (doubted >= 0),  -- packets listed in doubt
	doubted_amount INTEGER NOT NULL DEFAULT 0 CHECK (doubted_amount >= 0),
	created_ms INTEGER NOT NULL,
	CHECK (answered + doubted <= packets),
	CHECK (answered_amount + doubted_amount <= amount_in)
) STRICT;

-- Serves the search for unanswered batches after a start.
CREATE INDEX credit_batch_open ON credit_batch (id) WHERE answered + doubted < packets;

-- What may be in flight: its pending group holds exactly `reserved`.
CREATE TABLE flight_window (
	id INTEGER PRIMARY KEY,
	from_account INTEGER NOT NULL REFERENCES account,  -- outgoing payment or peer
	to_account INTEGER NOT NULL REFERENCES account,  -- the next peer
	holder INTEGER NOT NULL,  -- generation whose packets these are
	state TEXT NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
	group_id INTEGER,  -- pending transfers; NULL when nothing is in flight
	reserved_in INTEGER NOT NULL CHECK (reserved_in >= 0),
	reserved_out INTEGER NOT NULL CHECK (reserved_out >= 0),
	reserved_spread INTEGER NOT NULL CHECK (reserved_spread >= 0),
	posted_in INTEGER NOT NULL CHECK (posted_in >= 0),  -- fulfilled so far
	posted_out INTEGER NOT NULL CHECK (posted_out >= 0),
	posted_spread INTEGER NOT NULL CHECK (posted_spread >= 0),
	doubt_in INTEGER NOT NULL CHECK (doubt_in >= 0),  -- outcome unknown
	packets INTEGER NOT NULL CHECK (packets >= 0),  -- fulfilled
	last_expiry_ms INTEGER NOT NULL,  -- of all that is in flight
	opened_ms INTEGER NOT NULL,
	closed_ms INTEGER,
	CHECK ((state = 'OPEN') = (closed_ms IS NULL)),
	CHECK ((reserved_in > 0) = (group_id IS NOT NULL)),
	CHECK (state = 'OPEN' OR reserved_in = 0)
) STRICT;

-- Finds the window of a packet; one per pair and holder.
CREATE UNIQUE INDEX window_open ON flight_window (from_account, to_account, holder)
	WHERE state = 'OPEN';
-- Serves the ledger lines of a payment and the audit.
CREATE INDEX window_by_owner ON flight_window (from_account);

-- What a lost reply or a crash leaves for a person to decide.
CREATE TABLE doubt (
	key INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	direction TEXT NOT NULL CHECK (direction IN ('they_may_owe', 'we_may_owe')),
	peer INTEGER NOT NULL REFERENCES account,
	payment INTEGER REFERENCES outgoing_payment,
	source TEXT NOT NULL CHECK (source IN ('credit', 'window')),
	source_id INTEGER NOT NULL,  -- credit_batch or flight_window
	asset INTEGER NOT NULL REFERENCES asset,  -- of amount: the payment's, else the peer's
	amount INTEGER NOT NULL CHECK (amount > 0),
	peer_amount INTEGER NOT NULL CHECK (peer_amount >= 0),  -- the same for the peer, in its asset
	since_ms INTEGER NOT NULL,
	ended TEXT CHECK (ended IN ('payer', 'peer')),  -- NULL: open
	ended_ms INTEGER,
	CHECK ((ended IS NULL) = (ended_ms IS NULL))
) STRICT;

-- Serves the list of open doubts and the audit.
CREATE INDEX doubt_open ON doubt (key) WHERE ended IS NULL;
CREATE INDEX doubt_by_source ON doubt (source, source_id);

-- ---- repeated requests ----

CREATE TABLE idempotency (
	principal TEXT NOT NULL,
	route TEXT NOT NULL,
	key TEXT NOT NULL,
	request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
	status INTEGER NOT NULL,
	body TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	PRIMARY KEY (principal, route, key)
) STRICT;

-- Serves the removal of old ones.
CREATE INDEX idempotency_age ON idempotency (created_ms);
