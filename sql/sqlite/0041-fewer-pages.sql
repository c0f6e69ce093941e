-- Each index of rows that are made all the time is a page that each commit writes. What two indexes did one
-- does, lists follow the ids, which begin with their time, and a quote says which payment used it, so that no
-- index of payments by quote is needed.

-- In the order of its ids; found by nothing else.
CREATE TABLE quote_new (
	id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	wallet INTEGER NOT NULL REFERENCES wallet,
	kind TEXT NOT NULL CHECK (kind IN ('fixed_send', 'fixed_delivery')),
	receiver TEXT NOT NULL,  -- pointer or URL as given
	local_receiver INTEGER REFERENCES wallet,  -- NULL: by packets
	local_incoming INTEGER REFERENCES incoming_payment,  -- of this node, that it is for; NULL: none
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
	expires_ms INTEGER NOT NULL,
	client TEXT NOT NULL DEFAULT '',  -- canonical address of who asked; '' for the operator
	-- our own rate to the asset of the next hop, kept for the first attempt; 0 / 1: none
	own_rate BLOB NOT NULL CHECK (length(own_rate) = 32)
		DEFAULT x'0000000000000000000000000000000000000000000000000000000000000001',
	own_rate_to INTEGER REFERENCES asset,  -- that asset
	-- 1: this node had the receiver's incoming payment made, and completes it at the end
	receiver_made INTEGER NOT NULL DEFAULT 0 CHECK (receiver_made IN (0, 1)),
	payment INTEGER REFERENCES outgoing_payment,  -- that used it; NULL: none
	refund_of INTEGER REFERENCES incoming_payment,  -- that it gives back of; NULL: none
	pace_ms INTEGER CHECK (pace_ms > 0)  -- the money leaves over that time; NULL: at once
) STRICT, WITHOUT ROWID;

INSERT INTO quote_new (id, wallet, kind, receiver, local_receiver, local_incoming, debit_amount, fee,
	receive_amount, receive_code, receive_scale, min_rate, path_lower, path_upper, max_packet,
	created_ms, expires_ms, client, own_rate, own_rate_to, receiver_made, payment, refund_of, pace_ms)
SELECT id, wallet, kind, receiver, local_receiver, local_incoming, debit_amount, fee, receive_amount,
	receive_code, receive_scale, min_rate, path_lower, path_upper, max_packet, created_ms,
	expires_ms, client, own_rate, own_rate_to, receiver_made,
	(SELECT p.account FROM outgoing_payment p WHERE p.quote = quote.id), refund_of, pace_ms
FROM quote ORDER BY id;

DROP TABLE quote;
ALTER TABLE quote_new RENAME TO quote;

-- Serves the ledger lines of an incoming payment, and the check that no quote is for it.
CREATE INDEX quote_by_incoming ON quote (local_incoming) WHERE local_incoming IS NOT NULL;
-- Serves the sum of what was given back.
CREATE INDEX quote_by_refund ON quote (refund_of) WHERE refund_of IS NOT NULL;
-- Serves the sums of a wallet's open quotes, and of one client's, without a look at their rows.
CREATE INDEX quote_unused ON quote (wallet, client, expires_ms, created_ms, debit_amount)
	WHERE payment IS NULL;
-- Serves the search for quotes that nobody used in time.
CREATE INDEX quote_unused_end ON quote (expires_ms) WHERE payment IS NULL;

-- A quote that goes is looked for where something refers to it: so nothing does, but for the quote itself.
CREATE TABLE outgoing_payment_new (
	account INTEGER PRIMARY KEY REFERENCES account,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	quote BLOB NOT NULL CHECK (length(quote) = 16),  -- which says the same of this payment (audit)
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
	client TEXT NOT NULL DEFAULT '',  -- as of a quote
	-- 1: it is to end as soon as nothing is in flight; `error` then says why
	cancel_asked INTEGER NOT NULL DEFAULT 0 CHECK (cancel_asked IN (0, 1)),
	-- 1: its money comes from the host, and goes back there
	by_host INTEGER NOT NULL DEFAULT 0 CHECK (by_host IN (0, 1)),
	funded_ms INTEGER,  -- by the host; NULL: not, or not yet
	CHECK ((state IN ('FUNDING', 'SENDING')) = (finished_ms IS NULL))
) STRICT;

INSERT INTO outgoing_payment_new (account, id, quote, wallet, state, debit_amount, receive_amount, fee,
	sent, delivered, refunded, in_doubt, packets, attempts, error, metadata, lease_holder,
	lease_until_ms, created_ms, finished_ms, client, cancel_asked, by_host, funded_ms)
SELECT account, id, quote, wallet, state, debit_amount, receive_amount, fee, sent, delivered, refunded,
	in_doubt, packets, attempts, error, metadata, lease_holder, lease_until_ms, created_ms,
	finished_ms, client, cancel_asked, by_host, funded_ms
FROM outgoing_payment ORDER BY account;

DROP TABLE outgoing_payment;
ALTER TABLE outgoing_payment_new RENAME TO outgoing_payment;

-- Serves the search for work.
CREATE INDEX payment_sending ON outgoing_payment (account) WHERE state = 'SENDING';
-- Serves the search for those that the host left without money.
CREATE INDEX payment_funding ON outgoing_payment (account) WHERE state = 'FUNDING';
-- Serve the lists of a wallet's payments, all and one client's.
CREATE INDEX payment_of_wallet ON outgoing_payment (wallet, id);
CREATE INDEX payment_of_client ON outgoing_payment (wallet, client, id) WHERE client <> '';

-- The same for incoming payments; the list of all follows the ids.
DROP INDEX incoming_by_wallet;
DROP INDEX incoming_by_client;
DROP INDEX incoming_by_time;
CREATE INDEX incoming_of_wallet ON incoming_payment (wallet, id);
CREATE INDEX incoming_of_client ON incoming_payment (wallet, client, id) WHERE client <> '';

-- All of one payment beside each other.
DROP INDEX transfer_by_ref;
CREATE INDEX transfer_by_ref ON transfer (ref_id, ref_type) WHERE ref_type <> 'credit';

-- The oldest are the first of the table.
DROP INDEX idempotency_age;
