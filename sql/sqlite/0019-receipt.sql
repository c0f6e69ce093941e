-- What has arrived on connections whose payers want receipts: counted in the transaction of the credit.

CREATE TABLE receipt_total (
	connection BLOB PRIMARY KEY CHECK (length(connection) = 16),  -- hash of its address token
	total INTEGER NOT NULL CHECK (total > 0),
	updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Serves the search for those that are old enough to go.
CREATE INDEX receipt_total_by_age ON receipt_total (updated_ms);
