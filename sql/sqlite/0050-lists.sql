-- Lists of the operator: the keys of all wallets, and the events of one type.

-- Serves the keys that are published, and those that are revoked, newest first.
CREATE INDEX wallet_key_by_state ON wallet_key (revoked_ms IS NOT NULL, id);
-- Serves the keys of one kid, newest first.
CREATE INDEX wallet_key_by_kid ON wallet_key (kid, id);

-- Serves the events of a type. Those that each payment makes are near wherever one looks, and an index of them
-- would be another page that each payment's commit writes.
CREATE INDEX event_of_rare_type ON event (type, key)
	WHERE type NOT IN ('outgoing_payment.created', 'outgoing_payment.completed',
		'incoming_payment.created', 'incoming_payment.completed');
