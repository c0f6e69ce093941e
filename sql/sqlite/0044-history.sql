-- What was when, for the charts of the console, and the prices that a source has had.

-- A value for a minute of the last hours and an hour of the last weeks: rows are written when something
-- changes, and go when their time is over, so that there are never more than so many of each thing.
CREATE TABLE history (
	series TEXT NOT NULL,  -- what: history.c
	subject INTEGER NOT NULL,  -- an account or an asset; 0: the node
	step_ms INTEGER NOT NULL CHECK (step_ms IN (60000, 3600000)),
	at_ms INTEGER NOT NULL CHECK (at_ms % step_ms = 0),  -- where the step begins
	value INTEGER NOT NULL,  -- at its end, or of all of it
	PRIMARY KEY (series, subject, step_ms, at_ms)
) STRICT, WITHOUT ROWID;

-- Serves the removal of old ones.
CREATE INDEX history_by_time ON history (step_ms, at_ms);

-- Each price that was in force: of the last day all, of the time before the last of each hour.
CREATE TABLE rate_history (
	source TEXT NOT NULL,  -- 'file', 'url', 'ecb'
	code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 12),
	at_ms INTEGER NOT NULL,  -- the source's time
	base TEXT NOT NULL,  -- of its list
	price BLOB NOT NULL CHECK (length(price) = 32),  -- of 1 base unit; two 128-bit numbers: a / b
	PRIMARY KEY (source, code, at_ms)
) STRICT, WITHOUT ROWID;
