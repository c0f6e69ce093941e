-- Settlement engines that a peer had before, and what left for a peer in two phases.

-- Sealed. What was shown to the engine as long as it was the peer's, for the calls that it still gets:
-- what its successor is shown is not its business. NULL: it is the peer's engine, or was shown nothing.
ALTER TABLE engine_call ADD COLUMN sealed_token BLOB;

-- It is a settlement, as what left at once is.
INSERT INTO movement (id, kind, account, amount, group_id, created_ms)
SELECT w.id, 'settle_out', w.account, w.amount, w.group_id, w.ended_ms
FROM withdrawal w JOIN account a ON a.id = w.account
WHERE a.kind = 'peer' AND w.state = 'POSTED' ORDER BY w.key;

INSERT INTO settlement (id, peer, direction, by_engine, state, amount, movement, created_ms, ended_ms)
SELECT w.id, w.account, 'sent', 0, 'DONE', w.amount, w.id, w.ended_ms, w.ended_ms
FROM withdrawal w JOIN account a ON a.id = w.account
WHERE a.kind = 'peer' AND w.state = 'POSTED' ORDER BY w.key;
