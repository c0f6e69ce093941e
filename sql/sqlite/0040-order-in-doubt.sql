-- Orders that an engine may have taken without our hearing of it.

-- Of an order: an attempt may have arrived and was not answered, or not by the engine. A refusal that
-- comes then, perhaps from something in between, proves nothing.
ALTER TABLE engine_call ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0
	CHECK (unanswered IN (0, 1));

-- What was tried and not refused before is as uncertain.
UPDATE engine_call SET unanswered = 1
WHERE kind = 'SETTLE' AND state = 'QUEUED' AND attempts > 0
	AND (lease_holder <> 0 OR status = 0 OR status >= 500);
