-- Notes of one payment, oldest first. Columns in the order of row_note.

-- name: note_list_outgoing
SELECT received, text, created_ms, coalesce(delivered_ms, 0) FROM note WHERE outgoing = ?1
ORDER BY key LIMIT ?2

-- name: note_list_incoming
SELECT received, text, created_ms, coalesce(delivered_ms, 0) FROM note WHERE incoming = ?1
ORDER BY key LIMIT ?2
