PRAGMA application_id = 1181512302;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_step ( number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL, applied_ms INTEGER NOT NULL) STRICT;
INSERT INTO schema_step VALUES(1,'0001-foundation',X'e8ef938a3795899b8e47449fd028c39850ed367f488c0a25074f9e7003535e40',1700000000000);
CREATE TABLE meta (
	one INTEGER PRIMARY KEY CHECK (one = 1),  -- a single row
	generation INTEGER NOT NULL CHECK (generation >= 0),  -- counted up by each start
	clock_ms INTEGER NOT NULL,  -- highest wall clock that was seen
	master_check BLOB NOT NULL CHECK (length(master_check) = 32)  -- a keyed mark of the master key
) STRICT;
INSERT INTO meta VALUES(1,2,1700000000000,X'cf1b4f552b87cfdd54e7e5bcbbfa300a5d461b300f08fba0c48cb3c6621c8f7f');
CREATE TABLE tally (
	one INTEGER PRIMARY KEY CHECK (one = 1),  -- a single row
	wallets INTEGER NOT NULL CHECK (wallets >= 0),  -- open ones
	payments_completed INTEGER NOT NULL CHECK (payments_completed >= 0),
	payments_failed INTEGER NOT NULL CHECK (payments_failed >= 0),
	packets_credited INTEGER NOT NULL CHECK (packets_credited >= 0),  -- for our wallets
	packets_forwarded INTEGER NOT NULL CHECK (packets_forwarded >= 0)  -- fulfilled ones
) STRICT;
INSERT INTO tally VALUES(1,2,1,1,10,2);
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
INSERT INTO asset VALUES(1,'USD',2,0,0,1,2,3,4,5);
INSERT INTO asset VALUES(2,'EUR',2,0,0,6,7,8,9,10);
INSERT INTO asset VALUES(3,'GBP',2,0,0,11,12,13,14,15);
INSERT INTO asset VALUES(4,'XRP',9,0,0,16,17,18,19,20);
INSERT INTO asset VALUES(5,'BTC',8,0,0,21,22,23,24,25);
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
INSERT INTO account VALUES(1,'settlement',1,1,0,0,1100000,0,0,0);
INSERT INTO account VALUES(2,'asset_pool',1,0,0,0,0,0,1004000,2000);
INSERT INTO account VALUES(3,'fee',1,0,0,0,0,0,100,0);
INSERT INTO account VALUES(4,'spread',1,0,0,0,0,0,45,5);
INSERT INTO account VALUES(5,'suspense',1,1,0,0,100,0,1000,0);
INSERT INTO account VALUES(6,'settlement',2,1,0,0,1100000,0,0,0);
INSERT INTO account VALUES(7,'asset_pool',2,0,0,0,3628,1810,1000000,0);
INSERT INTO account VALUES(8,'fee',2,0,0,0,0,0,0,0);
INSERT INTO account VALUES(9,'spread',2,0,0,0,0,0,18,10);
INSERT INTO account VALUES(10,'suspense',2,1,0,0,900,0,0,0);
INSERT INTO account VALUES(11,'settlement',3,1,0,0,0,0,0,0);
INSERT INTO account VALUES(12,'asset_pool',3,0,0,0,0,0,0,0);
INSERT INTO account VALUES(13,'fee',3,0,0,0,0,0,0,0);
INSERT INTO account VALUES(14,'spread',3,0,0,0,0,0,0,0);
INSERT INTO account VALUES(15,'suspense',3,1,0,0,0,0,0,0);
INSERT INTO account VALUES(16,'settlement',4,1,0,0,0,0,0,0);
INSERT INTO account VALUES(17,'asset_pool',4,0,0,0,0,0,0,0);
INSERT INTO account VALUES(18,'fee',4,0,0,0,0,0,0,0);
INSERT INTO account VALUES(19,'spread',4,0,0,0,0,0,0,0);
INSERT INTO account VALUES(20,'suspense',4,1,0,0,0,0,0,0);
INSERT INTO account VALUES(21,'settlement',5,1,0,0,0,0,0,0);
INSERT INTO account VALUES(22,'asset_pool',5,0,0,0,0,0,0,0);
INSERT INTO account VALUES(23,'fee',5,0,0,0,0,0,0,0);
INSERT INTO account VALUES(24,'spread',5,0,0,0,0,0,0,0);
INSERT INTO account VALUES(25,'suspense',5,1,0,0,0,0,0,0);
INSERT INTO account VALUES(26,'wallet',1,0,0,0,30000,0,118660,0);
INSERT INTO account VALUES(27,'wallet',2,0,0,0,0,0,101810,0);
INSERT INTO account VALUES(28,'peer',1,0,0,1000000,4800,2000,100,0);
INSERT INTO account VALUES(29,'peer',2,0,0,1000000,0,0,2700,1800);
INSERT INTO account VALUES(30,'peer',1,0,0,1000000,0,0,995,995);
INSERT INTO account VALUES(31,'outgoing_payment',1,0,1,0,10000,0,10000,0);
INSERT INTO account VALUES(32,'outgoing_payment',1,0,1,0,10000,0,10000,0);
INSERT INTO account VALUES(33,'outgoing_payment',1,0,0,0,0,1000,10000,0);
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
INSERT INTO transfer VALUES(1,1,1,26,100000,100000,'POSTED','movement',26,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(2,2,6,27,100000,100000,'POSTED','movement',27,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(3,3,1,2,1000000,1000000,'POSTED','movement',2,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(4,4,6,7,1000000,1000000,'POSTED','movement',7,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(5,5,28,26,380,380,'POSTED','credit',1,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(6,5,28,4,20,20,'POSTED','credit',1,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(7,7,28,2,1000,1000,'POSTED','credit',2,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(8,7,7,27,905,905,'POSTED','credit',2,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(9,7,7,9,4,4,'POSTED','credit',2,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(10,10,28,2,3000,1000,'POSTED','window',1,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(11,10,7,29,2700,900,'POSTED','window',1,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(12,10,7,9,15,5,'POSTED','window',1,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(13,13,28,2,1000,0,'PENDING','window',1,1700000000000,1700000025000,NULL);
INSERT INTO transfer VALUES(14,13,7,29,900,0,'PENDING','window',1,1700000000000,1700000025000,NULL);
INSERT INTO transfer VALUES(15,13,7,9,5,0,'PENDING','window',1,1700000000000,1700000025000,NULL);
INSERT INTO transfer VALUES(16,16,26,31,10000,10000,'POSTED','funding',31,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(17,17,31,30,995,995,'POSTED','window',2,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(18,17,31,4,5,5,'POSTED','window',2,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(19,19,31,3,100,100,'POSTED','fee',31,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(20,19,31,26,8900,8900,'POSTED','refund',31,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(21,21,26,32,10000,10000,'POSTED','funding',32,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(22,22,32,30,995,0,'VOID','window',3,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(23,22,32,4,5,0,'VOID','window',3,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(24,24,32,5,1000,1000,'POSTED','doubt',3,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(25,25,32,26,9000,9000,'POSTED','refund',32,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(26,26,26,33,10000,10000,'POSTED','funding',33,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(27,27,33,30,995,0,'PENDING','window',4,1700000000000,1700000025000,NULL);
INSERT INTO transfer VALUES(28,27,33,4,5,0,'PENDING','window',4,1700000000000,1700000025000,NULL);
INSERT INTO transfer VALUES(29,29,28,26,380,380,'POSTED','credit',4,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(30,29,28,4,20,20,'POSTED','credit',4,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(31,31,28,2,1000,1000,'POSTED','credit',5,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(32,31,7,27,905,905,'POSTED','credit',5,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(33,31,7,9,4,4,'POSTED','credit',5,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(34,34,28,2,3000,1000,'POSTED','window',5,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(35,34,7,29,2700,900,'POSTED','window',5,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(36,34,7,9,15,5,'POSTED','window',5,1700000000000,1700000025000,1700000000000);
INSERT INTO transfer VALUES(37,37,28,2,1000,0,'PENDING','window',5,1700000000000,1700000025000,NULL);
INSERT INTO transfer VALUES(38,37,7,29,900,0,'PENDING','window',5,1700000000000,1700000025000,NULL);
INSERT INTO transfer VALUES(39,37,7,9,5,0,'PENDING','window',5,1700000000000,1700000025000,NULL);
INSERT INTO transfer VALUES(40,40,5,28,100,100,'POSTED','doubt',1,1700000000000,NULL,1700000000000);
INSERT INTO transfer VALUES(41,41,10,29,900,900,'POSTED','doubt',2,1700000000000,NULL,1700000000000);
CREATE TABLE wallet_user (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	name TEXT NOT NULL UNIQUE,
	created_ms INTEGER NOT NULL
) STRICT;
INSERT INTO wallet_user VALUES(X'018bcfe5680072ce9109eb298a697ef0','alice',1700000000000);
INSERT INTO wallet_user VALUES(X'018bcfe5680077bab83e1bb4a48eb3c6','bob',1700000000000);
CREATE TABLE wallet (
	account INTEGER PRIMARY KEY REFERENCES account,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	name TEXT NOT NULL UNIQUE,  -- path segment of its address; never used again
	public_name TEXT NOT NULL,  -- '' for none
	user_id BLOB NOT NULL REFERENCES wallet_user,
	state TEXT NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
	created_ms INTEGER NOT NULL
) STRICT;
INSERT INTO wallet VALUES(26,X'018bcfe568007a79b9e46b0133e1a1fa','alice','A wallet',X'018bcfe5680072ce9109eb298a697ef0','OPEN',1700000000000);
INSERT INTO wallet VALUES(27,X'018bcfe568007f3fa1add0a15fa74a62','bob','A wallet',X'018bcfe5680077bab83e1bb4a48eb3c6','OPEN',1700000000000);
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
INSERT INTO peer VALUES(28,X'018bcfe56800731e8e85e8622720efe7','west','test.west','http://127.0.0.1:1/ilp',X'01461075fda7305a747e531c3d9953ff6e0c30340e23eaa7aec5a92f2eac76077525436d80101926',0,0,0,1700000000000,NULL);
INSERT INTO peer VALUES(29,X'018bcfe568007db6ac0fb1ca0834da3a','east','test.east','http://127.0.0.1:1/ilp',X'01461075fd498965a2cd6a6d0e9b6fe5ad8bf724e72d27cfa289da6b50d2aed69e9fe66a9d73dc91',0,0,0,1700000000000,NULL);
INSERT INTO peer VALUES(30,X'018bcfe568007079831a2c75fe0cf1ea','south','test.south','http://127.0.0.1:1/ilp',X'01461075fd37c9f30ce76f5b25e4d120817d7d1fe1d0e353d6a1ffeb79708a6868c3c223eb383174',0,0,0,1700000000000,NULL);
CREATE TABLE peer_token (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),  -- SHA-256 of an accepted incoming token
	peer INTEGER NOT NULL REFERENCES peer,
	created_ms INTEGER NOT NULL
) STRICT;
INSERT INTO peer_token VALUES(X'15e0679b67a2efc6fcf9586aee9e6e33e10a03e230dffbdd801204f429f2dc41',28,1700000000000);
INSERT INTO peer_token VALUES(X'165cd77ed4afca1d5587b5aa07646bd87c62f9ac4410f5e127e66949a1a83913',29,1700000000000);
INSERT INTO peer_token VALUES(X'c4931ae9939e4d565e53fab69b7f62c814176da2aeaacb1b7b110a34dab2d90a',30,1700000000000);
CREATE TABLE route (
	prefix TEXT PRIMARY KEY,  -- '' is the default route
	peer INTEGER NOT NULL REFERENCES peer
) STRICT;
INSERT INTO route VALUES('test.west',28);
INSERT INTO route VALUES('test.east',29);
INSERT INTO route VALUES('test.south',30);
CREATE TABLE movement (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	kind TEXT NOT NULL CHECK (kind IN ('deposit', 'withdrawal', 'liquidity', 'settle_in',
		'settle_out')),
	account INTEGER NOT NULL REFERENCES account,
	amount INTEGER NOT NULL CHECK (amount > 0),
	group_id INTEGER NOT NULL,  -- of its transfer
	created_ms INTEGER NOT NULL
) STRICT;
INSERT INTO movement VALUES(X'018bcfe568007e3fbd077b149aed4391','deposit',26,100000,1,1700000000000);
INSERT INTO movement VALUES(X'018bcfe568007f6d9b595c318818e72a','deposit',27,100000,2,1700000000000);
INSERT INTO movement VALUES(X'018bcfe568007459bb647a9480ad4484','liquidity',2,1000000,3,1700000000000);
INSERT INTO movement VALUES(X'018bcfe568007ef397668218e4d06cdb','liquidity',7,1000000,4,1700000000000);
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
INSERT INTO quote VALUES(X'018bcfe56800757db1f8d8552626a58f',26,'fixed_send','$elsewhere.example/carol',NULL,10000,100,9000,'EUR',2,X'000000000000000000000000000000090000000000000000000000000000000a',X'0000000000000000000000000000000000000000000000000000000000000001',X'0000000000000000000000000000000000000000000000000000000000000001',0,1700000000000,1700000030000);
INSERT INTO quote VALUES(X'018bcfe568007298827f68321ffcfb49',26,'fixed_send','$elsewhere.example/carol',NULL,10000,100,9000,'EUR',2,X'000000000000000000000000000000090000000000000000000000000000000a',X'0000000000000000000000000000000000000000000000000000000000000001',X'0000000000000000000000000000000000000000000000000000000000000001',0,1700000000000,1700000030000);
INSERT INTO quote VALUES(X'018bcfe5680073998cbd20339ed8a06f',26,'fixed_send','$elsewhere.example/carol',NULL,10000,100,9000,'EUR',2,X'000000000000000000000000000000090000000000000000000000000000000a',X'0000000000000000000000000000000000000000000000000000000000000001',X'0000000000000000000000000000000000000000000000000000000000000001',0,1700000000000,1700000030000);
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
INSERT INTO outgoing_payment VALUES(31,X'018bcfe56800702d82292e80ae98600e',X'018bcfe56800757db1f8d8552626a58f',26,'COMPLETED',10000,9000,100,1100,900,8900,0,1,0,'','{}',0,0,1700000000000,1700000000000);
INSERT INTO outgoing_payment VALUES(32,X'018bcfe568007e8f90d3b255a70a4307',X'018bcfe568007298827f68321ffcfb49',26,'FAILED',10000,9000,100,1000,0,9000,1000,0,0,'x','{}',0,0,1700000000000,1700000000000);
INSERT INTO outgoing_payment VALUES(33,X'018bcfe568007a1996829d074236eaac',X'018bcfe5680073998cbd20339ed8a06f',26,'SENDING',10000,9000,100,0,0,0,0,0,0,'','{}',0,0,1700000000000,NULL);
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
INSERT INTO credit_batch VALUES(1,1,28,26,5,4,400,380,1,100,3,300,1700000000000);
INSERT INTO credit_batch VALUES(2,1,28,27,7,1,1000,905,0,0,1,1000,1700000000000);
INSERT INTO credit_batch VALUES(3,1,28,29,10,1,1000,900,1,1000,0,0,1700000000000);
INSERT INTO credit_batch VALUES(4,2,28,26,29,4,400,380,1,100,1,100,1700000000000);
INSERT INTO credit_batch VALUES(5,2,28,27,31,1,1000,905,0,0,0,0,1700000000000);
INSERT INTO credit_batch VALUES(6,2,28,29,34,1,1000,900,1,1000,0,0,1700000000000);
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
INSERT INTO flight_window VALUES(1,28,29,1,'OPEN',13,1000,900,5,1000,900,5,1000,1,1700000020000,1700000000000,NULL);
INSERT INTO flight_window VALUES(2,31,30,1,'CLOSED',NULL,0,0,0,1000,995,5,0,1,0,1700000000000,1700000000000);
INSERT INTO flight_window VALUES(3,32,30,1,'CLOSED',NULL,0,0,0,0,0,0,1000,0,0,1700000000000,1700000000000);
INSERT INTO flight_window VALUES(4,33,30,1,'OPEN',27,1000,995,5,0,0,0,0,0,1700000020000,1700000000000,NULL);
INSERT INTO flight_window VALUES(5,28,29,2,'OPEN',37,1000,900,5,1000,900,5,1000,1,1700000020000,1700000000000,NULL);
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
INSERT INTO doubt VALUES(1,X'018bcfe568007bf5aa479df2e02bb9c7','they_may_owe',28,NULL,'credit',1,1,100,100,1700000000000,'peer',1700000000000);
INSERT INTO doubt VALUES(2,X'018bcfe568007662b08ea687306f53c0','we_may_owe',29,NULL,'window',1,2,900,900,1700000000000,'peer',1700000000000);
INSERT INTO doubt VALUES(3,X'018bcfe568007881b4850772a2082715','we_may_owe',30,32,'window',3,1,1000,995,1700000000000,NULL,NULL);
INSERT INTO doubt VALUES(4,X'018bcfe568007fb6931e165d8076e7cc','they_may_owe',28,NULL,'credit',1,1,200,200,1700000000000,NULL,NULL);
INSERT INTO doubt VALUES(5,X'018bcfe56800713f96e03327657ce1ae','they_may_owe',28,NULL,'credit',2,1,1000,1000,1700000000000,NULL,NULL);
INSERT INTO doubt VALUES(6,X'018bcfe5680079b4889e20340c7dcf4a','they_may_owe',28,NULL,'credit',4,1,100,100,1700000000000,NULL,NULL);
INSERT INTO doubt VALUES(7,X'018bcfe568007d9b858af1b631f12c71','we_may_owe',29,NULL,'window',5,2,900,900,1700000000000,NULL,NULL);
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
CREATE INDEX account_open ON account (asset, kind) WHERE closed = 0;
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
CREATE UNIQUE INDEX peer_name ON peer (name) WHERE removed_ms IS NULL;
CREATE UNIQUE INDEX peer_parent ON peer (parent) WHERE parent = 1 AND removed_ms IS NULL;
CREATE INDEX peer_token_by_peer ON peer_token (peer, created_ms);
CREATE UNIQUE INDEX payment_quote ON outgoing_payment (quote);
CREATE INDEX payment_sending ON outgoing_payment (account) WHERE state = 'SENDING';
CREATE INDEX payment_by_wallet ON outgoing_payment (wallet, account);
CREATE INDEX credit_batch_open ON credit_batch (id) WHERE answered + doubted < packets;
CREATE UNIQUE INDEX window_open ON flight_window (from_account, to_account, holder)
	WHERE state = 'OPEN';
CREATE INDEX window_by_owner ON flight_window (from_account);
CREATE INDEX doubt_open ON doubt (key) WHERE ended IS NULL;
CREATE INDEX doubt_by_source ON doubt (source, source_id);
CREATE INDEX idempotency_age ON idempotency (created_ms);
COMMIT;
