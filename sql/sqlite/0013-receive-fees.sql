-- Fees on the receiving side: what a wallet pays for what arrives for its incoming payments.

ALTER TABLE asset ADD COLUMN receive_fee_fixed INTEGER NOT NULL DEFAULT 0
	CHECK (receive_fee_fixed >= 0);  -- per incoming payment
ALTER TABLE asset ADD COLUMN receive_fee_bps INTEGER NOT NULL DEFAULT 0
	CHECK (receive_fee_bps BETWEEN 0 AND 10000);

-- As they were when the payment was made. What was taken of it are the transfers of type 'fee' whose
-- ref_id is the payment's key with a minus.
ALTER TABLE incoming_payment ADD COLUMN fee_fixed INTEGER NOT NULL DEFAULT 0
	CHECK (fee_fixed >= 0);
ALTER TABLE incoming_payment ADD COLUMN fee_bps INTEGER NOT NULL DEFAULT 0
	CHECK (fee_bps BETWEEN 0 AND 10000);
