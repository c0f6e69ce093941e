-- What account holders are told of, changed.

-- For a user (?1), else for the holder of a wallet (?2), who has a password and has not muted the topic (?4).
-- name: notice_insert
INSERT INTO notice (user_id, number, kind, wallet, subject, amount, created_ms, text)
SELECT p.user_id, 1 + coalesce((SELECT max(number) FROM notice WHERE user_id = p.user_id), 0),
	?3, nullif(?2, 0), ?5, ?6, ?7, ?8
FROM user_password p WHERE p.user_id = coalesce(?1, (SELECT user_id FROM wallet WHERE account = ?2))
	AND NOT EXISTS (SELECT 1 FROM notice_choice c
		WHERE c.user_id = p.user_id AND instr(c.muted, ?4) > 0)
RETURNING user_id, number

-- One of this kind about the same that is not seen yet has so much more to tell. Parameters as above.
-- name: notice_grow
UPDATE notice SET amount = ?6 + min(amount, 9223372036854775807 - ?6), created_ms = ?7
WHERE user_id = coalesce(?1, (SELECT user_id FROM wallet WHERE account = ?2)) AND kind = ?3
	AND subject = ?5
	AND number > coalesce((SELECT c.seen FROM notice_choice c WHERE c.user_id = notice.user_id), 0)
	AND NOT EXISTS (SELECT 1 FROM notice_choice c
		WHERE c.user_id = notice.user_id AND instr(c.muted, ?4) > 0)
RETURNING number

-- name: notice_payment
SELECT id FROM outgoing_payment WHERE account = ?1

-- The newest payment of a wallet (?2) that paid an incoming payment of this node (?1).
-- name: notice_paid
SELECT p.id FROM quote q JOIN outgoing_payment p ON p.account = q.payment
WHERE q.local_incoming = ?1 AND q.wallet = ?2 AND p.delivered > 0
ORDER BY p.account DESC LIMIT 1

-- name: notice_trim
DELETE FROM notice WHERE user_id = ?1 AND number <= ?2

-- name: notice_seen
INSERT INTO notice_choice (user_id, seen)
SELECT ?1, min(?2, coalesce((SELECT max(number) FROM notice WHERE user_id = ?1), 0)) WHERE true
ON CONFLICT (user_id) DO UPDATE SET seen = max(seen, excluded.seen)

-- name: notice_choose
INSERT INTO notice_choice (user_id, muted) VALUES (?1, ?2)
ON CONFLICT (user_id) DO UPDATE SET muted = excluded.muted
