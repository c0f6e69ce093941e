-- Payments that end when nobody looks at them any more.

CREATE TABLE payment_watch (
	account INTEGER PRIMARY KEY REFERENCES outgoing_payment,
	watch_ms INTEGER NOT NULL CHECK (watch_ms > 0)  -- so long may pass between two looks
) STRICT;
