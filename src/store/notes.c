/* Notes of payments: reading and writing them. */
#include "store/note.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "store/batch_core.h"

/* ---- reading ---- */

static enum result note_rows(struct query *q, struct arena *a, struct note_row **out, size_t *count)
{
	*count = 0;
	*out = arena_alloc(a, LIMIT_PAGE_SIZE * sizeof(**out));
	if (!*out)
		q->failed = RESULT_OURS_MEMORY;
	while (query_row(q)) {
		struct note_row *row = &(*out)[(*count)++];

		row->received = query_int(q) != 0;
		row->text = query_text(q, a);
		row->created_ms = query_int(q);
		row->delivered_ms = query_int(q);
	}
	return query_end(q);
}

enum result store_note_list_outgoing(
        struct reader *r, struct arena *a, account_id payment, struct note_row **out, size_t *count)
{
	struct query q;

	query_start(&q, r->db, STMT_NOTE_LIST_OUTGOING);
	query_put_int(&q, payment);
	query_put_int(&q, LIMIT_PAGE_SIZE);
	return note_rows(&q, a, out, count);
}

enum result store_note_list_incoming(
        struct reader *r, struct arena *a, int64_t incoming, struct note_row **out, size_t *count)
{
	struct query q;

	query_start(&q, r->db, STMT_NOTE_LIST_INCOMING);
	query_put_int(&q, incoming);
	query_put_int(&q, LIMIT_PAGE_SIZE);
	return note_rows(&q, a, out, count);
}

static enum result one_text(struct query *q, struct arena *a, const char **out)
{
	*out = query_row(q) ? query_text(q, a) : NULL;
	return query_end(q);
}

enum result store_note_to_send(
        struct reader *r, struct arena *a, account_id payment, const char **out)
{
	struct query q;

	query_start(&q, r->db, STMT_NOTE_TO_SEND);
	query_put_int(&q, payment);
	return one_text(&q, a, out);
}

enum result store_wallet_reply_get(
        struct reader *r, struct arena *a, account_id wallet, const char **out)
{
	struct query q;

	query_start(&q, r->db, STMT_WALLET_REPLY_GET);
	query_put_int(&q, wallet);
	return one_text(&q, a, out);
}

/* ---- writing ---- */

static enum result text_check(struct bytes text)
{
	if (text.n > NOTE_BYTES_MAX)
		return RESULT_THEIRS_TOO_BIG;
	return text.n && text_is_clean_utf8((const char *)text.p, text.n) ? RESULT_OK
	                                                                  : RESULT_THEIRS_MALFORMED;
}

/* One of outgoing and incoming is 0. delivered_ms 0: not known. */
struct note_new {
	account_id outgoing;
	int64_t incoming;
	bool received;
	uint64_t stream;
	struct bytes text;
	int64_t delivered_ms;
};

static enum result note_insert(struct batch *b, const struct note_new *n)
{
	char text[NOTE_BYTES_MAX + 1];
	struct query q;

	memcpy(text, n->text.p, n->text.n);
	text[n->text.n] = '\0';
	batch_query(b, &q, STMT_NOTE_INSERT);
	if (n->outgoing)
		query_put_int(&q, n->outgoing);
	else
		query_put_null(&q);
	if (n->incoming)
		query_put_int(&q, n->incoming);
	else
		query_put_null(&q);
	query_put_int(&q, n->received);
	query_put_u64(&q, n->stream);
	query_put_text(&q, text);
	query_put_int(&q, b->now_ms);
	if (n->delivered_ms)
		query_put_int(&q, n->delivered_ms);
	else
		query_put_null(&q);
	b->changes++;
	return query_run(&q);
}

enum result batch_note_write(struct batch *b, account_id payment, const char *text)
{
	const struct note_new n = {.outgoing = payment, .text = bytes_str(text)};
	enum result r = text_check(n.text);

	return r ? r : note_insert(b, &n);
}

enum result batch_note_delivered(struct batch *b, account_id payment, struct bytes reply)
{
	const struct note_new n = {
	        .outgoing = payment, .received = true, .text = reply, .delivered_ms = b->now_ms};
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_NOTE_DELIVERED);
	query_put_int(&q, payment);
	query_put_int(&q, b->now_ms);
	b->changes++;
	r = query_run(&q);
	return r || text_check(reply) ? r : note_insert(b, &n);
}

/* Others that are there already. */
static enum result notes_count(struct batch *b, const struct note_arrived *n, int64_t *out)
{
	char text[NOTE_BYTES_MAX + 1];
	struct query q;

	memcpy(text, n->text.p, n->text.n);
	text[n->text.n] = '\0';
	batch_query(b, &q, STMT_NOTE_COUNT_INCOMING);
	query_put_int(&q, n->incoming);
	query_put_u64(&q, n->stream);
	query_put_text(&q, text);
	return query_one_int(&q, out);
}

enum result batch_note_arrived(struct batch *b, const struct note_arrived *n)
{
	struct note_new note = {.incoming = n->incoming,
	        .received = true,
	        .stream = n->stream,
	        .text = n->text,
	        .delivered_ms = b->now_ms};
	struct work_incoming *w;
	int64_t others;
	enum result r = n->stream > INT64_MAX ? RESULT_THEIRS_TOO_BIG : text_check(n->text);

	if (!r)
		r = batch_incoming(b, n->incoming, &w);
	if (!r)
		r = incoming_takes_note(&w->row.terms, w->row.finished_ms, b->now_ms);
	if (!r)
		r = notes_count(b, n, &others);
	if (!r && others >= NOTES_PER_PAYMENT_MAX)
		r = RESULT_THEIRS_TOO_BIG;
	if (!r)
		r = note_insert(b, &note);
	if (r || !n->reply)
		return r;
	note.received = false;
	note.text = bytes_str(n->reply);
	note.delivered_ms = 0;
	return note_insert(b, &note);
}

static enum result text_of(struct batch *b, enum statement s, int64_t key, const char **out)
{
	struct query q;

	batch_query(b, &q, s);
	query_put_int(&q, key);
	return one_text(&q, &b->arena, out);
}

enum result batch_note_local(
        struct batch *b, account_id payment, int64_t incoming, account_id receiver)
{
	struct note_arrived n = {.incoming = incoming};
	const char *text;
	enum result r = text_of(b, STMT_NOTE_TO_SEND, payment, &text);

	if (r || !text || !incoming)
		return r;
	n.text = bytes_str(text);
	r = text_of(b, STMT_WALLET_REPLY_GET, receiver, &n.reply);
	if (!r)
		r = batch_note_arrived(b, &n);
	/* One too many is not a reason against the money. */
	if (r)
		return result_class(r) == RESULT_CLASS_THEIRS ? RESULT_OK : r;
	return batch_note_delivered(b, payment, bytes_str(n.reply ? n.reply : ""));
}

enum result batch_wallet_reply_set(struct batch *b, account_id wallet, const char *text)
{
	struct query q;
	enum result r = *text ? text_check(bytes_str(text)) : RESULT_OK;

	if (r)
		return r;
	batch_query(b, &q, *text ? STMT_WALLET_REPLY_SET : STMT_WALLET_REPLY_DROP);
	query_put_int(&q, wallet);
	if (*text)
		query_put_text(&q, text);
	b->changes++;
	return query_run(&q);
}
