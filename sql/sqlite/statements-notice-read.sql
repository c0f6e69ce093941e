-- What account holders are told of, read.

-- Newest first, below ?2. Columns in the order of row_notice.
-- name: notice_list
SELECT number, kind, coalesce(wallet, 0), coalesce(subject, x''), amount, text, created_ms
FROM notice WHERE user_id = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3

-- name: notice_state
SELECT coalesce((SELECT max(number) FROM notice WHERE user_id = ?1), 0), coalesce(max(c.seen), 0),
	(SELECT count(*) FROM notice n WHERE n.user_id = ?1
		AND n.number > coalesce((SELECT seen FROM notice_choice WHERE user_id = ?1), 0)),
	coalesce(max(c.muted), ''),
	coalesce((SELECT max(created_ms) FROM notice WHERE user_id = ?1), 0)
FROM notice_choice c WHERE c.user_id = ?1
