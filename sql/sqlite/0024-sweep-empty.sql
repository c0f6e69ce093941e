-- What strangers asked for and nobody used goes by itself (store/sweep.h).

-- Serves the search for quotes that nobody used in time.
CREATE INDEX quote_unused_end ON quote (expires_ms) WHERE used = 0;
-- Serves the search for clients' incoming payments that ended without money.
CREATE INDEX incoming_empty ON incoming_payment (finished_ms)
	WHERE received = 0 AND finished_ms IS NOT NULL AND client <> '';

CREATE TRIGGER incoming_payment_stays BEFORE DELETE ON incoming_payment
WHEN OLD.received > 0 OR OLD.client = ''
BEGIN
	SELECT RAISE(ABORT, 'an incoming payment with money, or of the operator, is never deleted');
END;

-- Only the events of such an incoming payment go, and after it.
DROP TRIGGER event_is_never_deleted;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
WHEN OLD.type NOT GLOB 'incoming_payment.*'
	OR EXISTS (SELECT 1 FROM incoming_payment i WHERE i.id = OLD.resource)
BEGIN
	SELECT RAISE(ABORT, 'an event is never deleted');
END;
