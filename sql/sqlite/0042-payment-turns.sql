-- Payments are taken up by turns over the wallets, first attempts before later ones.

-- What a payment waits for: 1 its first attempt; 2 another one, which is due; 0 nothing, being at work,
-- put off until its lease ends, or not in state SENDING.
ALTER TABLE outgoing_payment ADD COLUMN waits INTEGER NOT NULL DEFAULT 0
	CHECK (waits BETWEEN 0 AND 2 AND (waits = 0 OR state = 'SENDING'));

UPDATE outgoing_payment SET waits = 1 WHERE state = 'SENDING' AND attempts = 0;

DROP INDEX payment_sending;
-- Serves the search for the next wallet with work, the sum of what a wallet has on its way, and the count of
-- all that is.
CREATE INDEX payment_sending ON outgoing_payment (waits, wallet) WHERE state = 'SENDING';
-- Serves the search for those whose lease has ended.
CREATE INDEX payment_leased ON outgoing_payment (lease_holder, lease_until_ms)
	WHERE state = 'SENDING' AND waits = 0;
