-- Whose quotes are held against a wallet's balance: the operator's when one is made, a client's own when it
-- uses one. Nobody's sum reads what others asked for.

DROP INDEX quote_unused;
-- Serves both sums without a look at the quotes' rows.
CREATE INDEX quote_unused ON quote (wallet, client, expires_ms, created_ms, id, debit_amount)
	WHERE used = 0;
