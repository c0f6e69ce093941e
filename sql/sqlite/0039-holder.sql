-- What the provider moved in or out of a wallet stands among its holder's payments.

-- Serve that list.
CREATE INDEX movement_by_account ON movement (account, created_ms, id);
CREATE INDEX withdrawal_by_account ON withdrawal (account, created_ms, id);
