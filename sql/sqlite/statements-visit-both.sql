-- Visits, as readers and the writer look them up.

-- name: visit_get
SELECT id, browser, incoming, state, facts, sealed, created_ms, expires_ms FROM visit
WHERE id = ?1 AND expires_ms > ?2
