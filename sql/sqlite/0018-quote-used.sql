-- A quote says itself whether it was used: the sum of a wallet's open quotes then reads those alone.

ALTER TABLE quote ADD COLUMN used INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1));
UPDATE quote SET used = 1 WHERE id IN (SELECT quote FROM outgoing_payment);

DROP INDEX quote_by_wallet;
-- Serves the sum of a wallet's open quotes without a look at their rows.
CREATE INDEX quote_unused ON quote (wallet, expires_ms, debit_amount) WHERE used = 0;
