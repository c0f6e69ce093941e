#include "web/transactions_export.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/csv.h"
#include "http/reply.h"
#include "web/transactions.h"

#define LOOKS_AT_ONCE 200               /* payments in one go; others have their turn between */
#define LINE_BYTES    (64 * 1024)       /* of one payment's line */
#define ROW_BYTES     (2 * 1024 * 1024) /* one payment with its texts */

/* Lives as long as its request, and until a note to itself has arrived. */
struct export_file {
	struct task task; /* the note: go on in the next turn */
	struct http_request *rq;
	struct holder *holder;
	struct transaction_filter filter;
	struct transaction_walk walk;
	struct arena memory;
	bool json;
	bool begun, ended; /* the head was written; the end */
	bool any;          /* a line was written */
	bool noted, gone;  /* the note is on its way; the request has ended */
	char line[LINE_BYTES];
	size_t n, at; /* of the line: its length, what was sent of it */
};

/* ---- lines ---- */

static const char *const columns[] = {"id", "type", "state", "created", "wallet", "amount",
        "currency", "fee", "arrived", "arrived_currency", "to", "name", "receiver", "description",
        "made_by"};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct cells {
	const char *text[COLUMNS];
	char id[ID_TEXT_SIZE], created[TIME_TEXT_SIZE];
	char amount[AMOUNT_TEXT_SIZE], fee[AMOUNT_TEXT_SIZE], arrived[AMOUNT_TEXT_SIZE];
};

static void set_sent(const struct activity *p, struct cells *c)
{
	const struct quote_row *q = &p->out.quote;

	amount_format_major(p->out.fee, p->asset->scale, c->fee);
	amount_format_major(p->out.delivered, q->receive_scale, c->arrived);
	c->text[9] = q->receive_code;
	c->text[12] = q->receiver;
	c->text[14] = p->out.client;
}

static void set_received(const struct activity *p, struct cells *c)
{
	amount_format_major(incoming_fee(&p->in.terms), p->asset->scale, c->fee);
	amount_format_major(p->in.terms.received, p->asset->scale, c->arrived);
	c->text[9] = p->asset->code;
	c->text[12] = "";
	c->text[14] = p->in.client;
}

static void set_moved(const struct activity *p, struct cells *c)
{
	amount_format_major(0, p->asset->scale, c->fee);
	amount_format_major(p->moved.amount, p->asset->scale, c->arrived);
	c->text[9] = p->asset->code;
	c->text[12] = c->text[14] = "";
}

static void set_cells(const struct activity *p, int64_t now_ms, struct cells *c)
{
	switch (p->kind) {
	case ACTIVITY_SENT:
		set_sent(p, c);
		break;
	case ACTIVITY_RECEIVED:
	case ACTIVITY_REQUESTED:
		set_received(p, c);
		break;
	case ACTIVITY_DEPOSITED:
	case ACTIVITY_WITHDRAWN:
	case ACTIVITY_KINDS:
		set_moved(p, c);
		break;
	}
	id_format(activity_id(p), c->id);
	time_format(activity_created_ms(p), c->created);
	amount_format_major(activity_amount(p), p->asset->scale, c->amount);
	c->text[0] = c->id;
	c->text[1] = activity_kind_name(p->kind);
	c->text[2] = activity_state(p, now_ms);
	c->text[3] = c->created;
	c->text[4] = p->wallet->name;
	c->text[5] = c->amount;
	c->text[6] = p->asset->code;
	c->text[7] = c->fee;
	c->text[8] = c->arrived;
	c->text[10] = p->address;
	c->text[11] = p->name;
	c->text[13] = p->description;
}

static void put_csv(const char *const *texts, struct buf *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		csv_cell(texts[i], i == 0, out);
	csv_end(out);
}

static void put_json(const struct export_file *e, const struct cells *c, struct buf *out)
{
	json_t *object = json_object();
	char *text;

	for (size_t i = 0; i < COLUMNS; i++)
		(void)json_object_set_new(object, columns[i], json_string(c->text[i]));
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	buf_put(out, e->any ? ",\n" : "\n", e->any ? 2 : 1);
	if (text)
		buf_put(out, text, strlen(text));
	else
		out->failed = true;
	free(text);
}

static enum result put_line(struct export_file *e, const struct activity *p)
{
	struct cells c;
	struct buf out;

	buf_init(&out, e->line, sizeof(e->line));
	set_cells(p, http_wall_ms(e->rq), &c);
	if (e->json)
		put_json(e, &c, &out);
	else
		put_csv(c.text, &out);
	e->any = true;
	e->n = out.len;
	e->at = 0;
	return out.failed ? RESULT_OURS_BUG : RESULT_OK;
}

static void put_head(struct export_file *e)
{
	struct buf out;

	buf_init(&out, e->line, sizeof(e->line));
	if (e->json)
		buf_u8(&out, '[');
	else
		put_csv(columns, &out);
	e->begun = true;
	e->n = out.len;
	e->at = 0;
}

static void put_end(struct export_file *e)
{
	struct buf out;

	buf_init(&out, e->line, sizeof(e->line));
	if (e->json)
		buf_put(&out, "\n]\n", 3);
	e->ended = true;
	e->n = out.len;
	e->at = 0;
}

/* ---- the stream ---- */

static void arrived(struct task *t)
{
	struct export_file *e = OWNER_OF(t, struct export_file, task);

	e->noted = false;
	if (e->gone)
		free(e);
	else
		http_stream_wake(e->rq);
}

static void note(struct export_file *e)
{
	const struct node_loop *l = http_app(e->rq);

	if (e->noted)
		return;
	e->noted = true;
	node_send_home(l->home, &e->task, arrived);
}

/* The next piece, or nothing: then a note is on its way. */
static enum result next_piece(struct export_file *e)
{
	size_t looks = LOOKS_AT_ONCE;
	struct activity p;
	bool found;
	enum result r;

	if (!e->begun) {
		put_head(e);
		return RESULT_OK;
	}
	r = transaction_walk_next(e->rq, &e->walk, &looks, &e->memory, &found, &p);
	if (!r && found)
		r = put_line(e, &p);
	else if (!r && e->walk.over)
		put_end(e);
	else if (!r)
		note(e);
	return r;
}

static size_t fill(struct http_request *rq, bool beat, char *out, size_t size)
{
	struct export_file *e = rq->state;
	size_t n;

	(void)beat;
	if (e->at == e->n) {
		enum result r = RESULT_OK;

		if (e->ended)
			return HTTP_STREAM_END;
		e->at = e->n = 0;
		r = next_piece(e);
		if (r) {
			log_error("transactions_export", "result=%s", result_name(r));
			return HTTP_STREAM_CUT;
		}
		if (e->ended && e->n == 0)
			return HTTP_STREAM_END;
	}
	n = e->n - e->at < size ? e->n - e->at : size;
	memcpy(out, e->line + e->at, n);
	e->at += n;
	return n;
}

static void leave(void *p)
{
	struct export_file *e = p;

	arena_clear(&e->memory);
	e->gone = true;
	if (!e->noted)
		free(e);
}

static enum http_next reply(struct http_request *rq, bool json)
{
	struct holder *h = arena_alloc(&rq->arena, sizeof(*h));
	struct holder_place first = HOLDER_PLACE_FIRST;
	struct export_file *e;
	const char *problem;
	enum result r;

	if (!h)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_read(rq, h))
		return HTTP_DONE;
	e = calloc(1, sizeof(*e));
	if (!e)
		return page_fail(rq, RESULT_OURS_MEMORY);
	e->rq = rq;
	e->holder = h;
	e->json = json;
	arena_init(&e->memory, ROW_BYTES);
	r = http_defer(rq, leave, e);
	if (!r)
		r = transaction_filter_read(rq, h, &e->filter, &problem);
	if (!r && *problem)
		r = RESULT_THEIRS_MALFORMED;
	if (r)
		return page_fail(rq, r);
	transaction_walk_init(&e->walk, h, &e->filter, &first);
	rq->state = e;
	http_reply_header(rq, "Content-Disposition",
	        json ? "attachment; filename=\"transactions.json\""
	             : "attachment; filename=\"transactions.csv\"");
	return http_reply_file(rq, json ? "application/json" : "text/csv; charset=utf-8", fill);
}

enum http_next transactions_csv(struct http_request *rq)
{
	return reply(rq, false);
}

enum http_next transactions_json(struct http_request *rq)
{
	return reply(rq, true);
}
