-- Prices that were taken from sources, what the node keeps of exchanges, and what it earned.

-- The prices that count, and those that jumped and wait for the operator: what the next list of a
-- source is compared with, over restarts too. A list that says the same is not written again.
CREATE TABLE rate_price (
	source TEXT NOT NULL,  -- 'url', 'ecb'
	code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 12),
	base TEXT NOT NULL,  -- of the list
	price BLOB NOT NULL CHECK (length(price) = 32),  -- of 1 base unit; two 128-bit numbers: a / b
	as_of_ms INTEGER NOT NULL,
	listed INTEGER NOT NULL CHECK (listed IN (0, 1)),  -- 0: its source no longer names it
	next BLOB CHECK (length(next) = 32),  -- NULL: nothing is held
	next_ms INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (source, code)
) STRICT, WITHOUT ROWID;

-- Which sources the host was told are stale.
CREATE TABLE rate_stale (
	source TEXT PRIMARY KEY,
	since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is kept of what is exchanged or forwarded, in basis points: append-only. The newest of each
-- (peer, direction, pair) is in force.
CREATE TABLE spread (
	version INTEGER PRIMARY KEY,
	peer INTEGER REFERENCES peer,  -- NULL: any
	direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
	from_asset INTEGER REFERENCES asset,  -- NULL: any pair
	to_asset INTEGER REFERENCES asset,
	bps INTEGER CHECK (bps BETWEEN 0 AND 10000),  -- NULL: nothing is said any more
	who TEXT NOT NULL,
	created_ms INTEGER NOT NULL,  -- in force from then on
	CHECK ((from_asset IS NULL) = (to_asset IS NULL)),
	CHECK (peer IS NOT NULL OR (from_asset IS NOT NULL AND direction = 'in'))
) STRICT;

-- Serves the search for the newest of each.
CREATE INDEX spread_by_subject ON spread (peer, direction, from_asset, to_asset, version);

INSERT INTO spread (peer, direction, bps, who, created_ms)
SELECT account, 'in', spread_bps, 'peer', created_ms FROM peer
WHERE spread_bps > 0 AND removed_ms IS NULL ORDER BY account;

CREATE TRIGGER spread_is_never_deleted BEFORE DELETE ON spread
BEGIN
	SELECT RAISE(ABORT, 'a spread is never deleted');
END;

CREATE TRIGGER spread_says_the_same BEFORE UPDATE ON spread
BEGIN
	SELECT RAISE(ABORT, 'what a spread says never changes');
END;

-- What was earned, by day and pair: the sums of what went to the assets' spread and fee accounts.
CREATE TABLE revenue (
	day INTEGER NOT NULL,  -- since 1970, UTC
	kind TEXT NOT NULL CHECK (kind IN ('spread', 'sending_fee', 'receiving_fee')),
	from_asset INTEGER NOT NULL REFERENCES asset,  -- what came in
	to_asset INTEGER NOT NULL REFERENCES asset,  -- what it was earned in
	packets INTEGER NOT NULL CHECK (packets >= 0),  -- of fees: payments, or packets with a fee
	amount INTEGER NOT NULL CHECK (amount >= 0),  -- fees; of a spread what the basis points give
	remainder INTEGER NOT NULL CHECK (remainder >= 0),  -- and what rounding added to it
	PRIMARY KEY (day, kind, from_asset, to_asset)
) STRICT, WITHOUT ROWID;

-- Of the time before, on the day that it was booked.
INSERT INTO revenue (day, kind, from_asset, to_asset, packets, amount, remainder)
SELECT t.closed_ms / 86400000, 'spread',
	coalesce((SELECT a.asset FROM credit_batch c JOIN account a ON a.id = c.peer
			WHERE t.ref_type = 'credit' AND c.id = t.ref_id),
		(SELECT a.asset FROM flight_window w JOIN account a ON a.id = w.from_account
			WHERE t.ref_type = 'window' AND w.id = t.ref_id),
		(SELECT a.asset FROM account a WHERE t.ref_type = 'local' AND a.id = t.ref_id),
		s.id) AS source,
	s.id, 0, sum(t.posted), 0
FROM transfer t JOIN asset s ON s.spread = t.credit_account
WHERE t.posted > 0 GROUP BY 1, source, s.id
UNION ALL
SELECT t.closed_ms / 86400000, iif(t.ref_id < 0, 'receiving_fee', 'sending_fee') AS side, s.id, s.id,
	0, sum(t.posted), 0
FROM transfer t JOIN asset s ON s.fee = t.credit_account
WHERE t.posted > 0 GROUP BY 1, side, s.id;
