-- Data that goes to a payment's receiver when all the money has arrived. It is written to the quote, before this
-- is used.

CREATE TABLE quote_data (
	quote BLOB NOT NULL PRIMARY KEY REFERENCES quote ON DELETE CASCADE,
	size INTEGER NOT NULL CHECK (size BETWEEN 1 AND 1048576),
	delivered INTEGER NOT NULL DEFAULT 0 CHECK (delivered BETWEEN 0 AND size),  -- so much, from the first byte
	delivered_ms INTEGER CHECK (delivered_ms IS NULL OR delivered = size)  -- all of it; NULL: not yet
) STRICT, WITHOUT ROWID;

-- Its pieces, in order and without a gap; gone when the payment has ended.
CREATE TABLE quote_piece (
	quote BLOB NOT NULL REFERENCES quote_data ON DELETE CASCADE,
	at INTEGER NOT NULL CHECK (at >= 0),
	bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 24576),
	PRIMARY KEY (quote, at)
) STRICT, WITHOUT ROWID;
