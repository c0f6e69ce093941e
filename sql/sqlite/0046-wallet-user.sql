-- The wallets of one user are found without looking at all the others.

-- Serves each page of an account holder, and the list of users.
CREATE INDEX wallet_by_user ON wallet (user_id, account);
