-- What goes by itself when its time is over (store/sweep.h).

-- When the sweep looks at the grant next; NULL: it stays for ever, since payments refer to it.
ALTER TABLE gnap_grant ADD COLUMN look_ms INTEGER;
UPDATE gnap_grant SET look_ms = changed_ms;

-- Serves the search for what is due.
CREATE INDEX grant_look ON gnap_grant (look_ms) WHERE look_ms IS NOT NULL;
-- Serves the removal of tokens that have ended.
CREATE INDEX grant_token_ended ON grant_token (ended_ms) WHERE ended <> '';
-- Serve the removal of a grant's tokens: the first all of them, the second the check that no other
-- has it as its successor.
CREATE INDEX grant_token_by_grant ON grant_token (grant_key);
CREATE INDEX grant_token_by_successor ON grant_token (successor) WHERE successor IS NOT NULL;
