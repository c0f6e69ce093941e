/* statement: what a peer and we owe each other over some days, in lines that are the same from
 * either side's books; and the doubts with a peer, ended by what its books say. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "admin/answer.h"
#include "admin/change.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/words.h"
#include "store/statement.h"

#define STATEMENT_BYTES (4 * 1024 * 1024) /* of its rows */
#define LINE_BYTES      256               /* of one line besides the addresses */
#define DATE_SIZE       sizeof("2026-11-26")
#define MAJOR_SIZE      (AMOUNT_TEXT_SIZE + 1)

/* The thread's while it runs, the loop's before and after. */
struct statement_call {
	struct task task;
	struct http_request *rq; /* loop thread only */
	const struct node *node;
	account_id peer;
	const char *ours, *theirs; /* how the two sides are called */
	struct asset_row asset;
	int64_t from_ms, to_ms;
	bool whole; /* since the first day */
	bool csv;
	struct arena memory;
	struct peer_statement statement;
	enum result result;
};

/* One at a time: each reads every transfer. */
static atomic_bool running;

/* ---- lines ---- */

/* Gives one line to whoever writes. amount: in smallest units, below zero too. */
typedef bool line_fn(void *arg, const char *date, const char *item, const char *from,
        const char *to, int64_t amount);

static void date_text(int64_t day_ms, char out[DATE_SIZE])
{
	char text[TIME_TEXT_SIZE];

	time_format(day_ms, text);
	text_copy_cut(out, DATE_SIZE, text);
}

static const char *item_of(enum statement_sort s)
{
	return s == STATEMENT_PACKETS_OUT || s == STATEMENT_PACKETS_IN ? "packets" : "settlements";
}

/* The two directions of one item on one day: the side that comes first by name goes first, so that
 * both sides write the same. */
static bool write_pair(const struct statement_call *c, const char *date, const char *item,
        int64_t out, int64_t in, bool always, line_fn *line, void *arg)
{
	bool first = strcmp(c->ours, c->theirs) <= 0;

	for (int i = 0; i < 2; i++) {
		bool ours = first == (i == 0);
		int64_t amount = ours ? out : in;

		if ((amount || always) && !line(arg, date, item, ours ? c->ours : c->theirs,
		                                  ours ? c->theirs : c->ours, amount))
			return false;
	}
	return true;
}

/* Who owes whom. */
static bool write_balance(const struct statement_call *c, const char *date, const char *item,
        int64_t balance, line_fn *line, void *arg)
{
	bool ours = balance > 0 || (balance == 0 && strcmp(c->ours, c->theirs) <= 0);

	return line(arg, date, item, ours ? c->ours : c->theirs, ours ? c->theirs : c->ours,
	        balance < 0 ? -balance : balance);
}

/* The rows of one day from *i on; they are sorted. */
static bool write_day(const struct statement_call *c, size_t *i, line_fn *line, void *arg)
{
	const struct peer_statement *s = &c->statement;
	int64_t day = s->rows[*i].day_ms, sums[STATEMENT_SORTS] = {0};
	char date[DATE_SIZE];

	for (; *i < s->count && s->rows[*i].day_ms == day; (*i)++)
		sums[s->rows[*i].sort] += s->rows[*i].amount;
	if (day == STATEMENT_FIRST)
		return true;
	date_text(day, date);
	return write_pair(c, date, item_of(STATEMENT_PACKETS_OUT), sums[STATEMENT_PACKETS_OUT],
	               sums[STATEMENT_PACKETS_IN], false, line, arg) &&
	       write_pair(c, date, item_of(STATEMENT_SETTLEMENTS_OUT),
	               sums[STATEMENT_SETTLEMENTS_OUT], sums[STATEMENT_SETTLEMENTS_IN], false, line,
	               arg);
}

struct totals {
	int64_t period[STATEMENT_SORTS], ever[STATEMENT_SORTS];
};

static void sum_up(const struct peer_statement *s, struct totals *t)
{
	*t = (struct totals){0};
	for (size_t i = 0; i < s->count; i++) {
		t->ever[s->rows[i].sort] += s->rows[i].amount;
		if (s->rows[i].day_ms != STATEMENT_FIRST)
			t->period[s->rows[i].sort] += s->rows[i].amount;
	}
}

/* What only our own books have: not to be looked for in the other side's. */
static bool write_open(const struct statement_call *c, const char *date, line_fn *line, void *arg)
{
	const struct peer_statement *s = &c->statement;

	if (s->ordered &&
	        !line(arg, date, "settlements_ordered", c->ours, c->theirs, (int64_t)s->ordered))
		return false;
	return write_pair(c, date, "in_doubt", (int64_t)s->we_may_owe, (int64_t)s->they_may_owe,
	        false, line, arg);
}

static bool write_lines(const struct statement_call *c, line_fn *line, void *arg)
{
	const struct peer_statement *s = &c->statement;
	char from[DATE_SIZE] = "", to[DATE_SIZE];
	struct totals t;
	size_t i = 0;

	if (!c->whole)
		date_text(c->from_ms, from);
	date_text(c->to_ms - STATEMENT_DAY_MS, to);
	sum_up(s, &t);
	if (!write_balance(c, from, "opening", s->opening, line, arg))
		return false;
	while (i < s->count)
		if (!write_day(c, &i, line, arg))
			return false;
	return write_pair(c, to, "packets_total", t.period[STATEMENT_PACKETS_OUT],
	               t.period[STATEMENT_PACKETS_IN], true, line, arg) &&
	       write_pair(c, to, "settlements_total", t.period[STATEMENT_SETTLEMENTS_OUT],
	               t.period[STATEMENT_SETTLEMENTS_IN], true, line, arg) &&
	       write_balance(c, to, "closing", s->closing, line, arg) &&
	       write_pair(c, to, "packets_ever", t.ever[STATEMENT_PACKETS_OUT],
	               t.ever[STATEMENT_PACKETS_IN], true, line, arg) &&
	       write_open(c, to, line, arg);
}

/* ---- as JSON and as CSV ---- */

struct json_lines {
	json_t *items;
	const struct asset_row *asset;
};

static bool json_line(void *arg, const char *date, const char *item, const char *from,
        const char *to, int64_t amount)
{
	struct json_lines *j = arg;

	return json_array_append_new(
	               j->items, json_pack("{s:o, s:s, s:s, s:s, s:o}", "date", admin_text(date),
	                                 "item", item, "from", from, "to", to, "amount",
	                                 admin_amount_signed(amount, j->asset))) == 0;
}

static enum http_next reply_json(struct http_request *rq, const struct statement_call *c)
{
	struct json_lines j = {json_array(), &c->asset};

	if (!j.items || !write_lines(c, json_line, &j)) {
		json_decref(j.items);
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	}
	return http_reply_json(rq, 200, json_pack("{s:o}", "lines", j.items));
}

struct csv_lines {
	struct buf b;
	const struct asset_row *asset;
};

static bool csv_line(void *arg, const char *date, const char *item, const char *from,
        const char *to, int64_t amount)
{
	struct csv_lines *v = arg;
	char major[MAJOR_SIZE];
	const char *const cells[] = {date, item, from, to, major, v->asset->code};

	major[0] = '-';
	amount_format_major(amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount, v->asset->scale,
	        amount < 0 ? major + 1 : major);
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		if (i > 0)
			buf_u8(&v->b, ',');
		buf_bytes(&v->b, bytes_str(cells[i]));
	}
	buf_put(&v->b, "\r\n", 2);
	return !v->b.failed;
}

static enum http_next reply_csv(struct http_request *rq, const struct statement_call *c)
{
	static const char head[] = "date,item,from,to,amount,asset\r\n";
	size_t line = LINE_BYTES + strlen(c->ours) + strlen(c->theirs);
	size_t size = (c->statement.count * 2 + 16) * line;
	struct csv_lines v = {.asset = &c->asset};
	uint8_t *text = malloc(size);

	if (!text)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	buf_init(&v.b, text, size);
	buf_put(&v.b, head, sizeof(head) - 1);
	if (!write_lines(c, csv_line, &v)) {
		free(text);
		return admin_refuse_by(rq, RESULT_OURS_BUG, NULL);
	}
	return http_reply_take(rq, 200, "text/csv; charset=utf-8", buf_view(&v.b));
}

/* ---- the call ---- */

static void done(struct task *t)
{
	http_resume(OWNER_OF(t, struct statement_call, task)->rq);
}

static void *run(void *arg)
{
	struct statement_call *c = arg;
	char why[STORE_WHY_SIZE];
	struct reader *reader;

	c->result = reader_open(c->node->store_options, why, &reader);
	if (!c->result) {
		c->result = store_statement(
		        reader, &c->memory, c->peer, c->from_ms, c->to_ms, &c->statement);
		reader_close(reader);
	}
	atomic_store(&running, false);
	node_send_home(c->task.home, &c->task, done);
	return NULL;
}

static enum http_next answer(struct http_request *rq)
{
	const struct statement_call *c = rq->state;

	if (c->result == RESULT_THEIRS_TOO_BIG)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "from",
		        WORDS("that is too many days for one statement"));
	if (c->result)
		return admin_refuse_by(rq, c->result, NULL);
	return c->csv ? reply_csv(rq, c) : reply_json(rq, c);
}

static bool read_days(struct http_request *rq, struct statement_call *c)
{
	const char *from = http_query(rq, "from"), *to = http_query(rq, "to");
	int64_t today = http_wall_ms(rq) / STATEMENT_DAY_MS * STATEMENT_DAY_MS;

	c->whole = !from;
	c->to_ms = today;
	if ((from && !admin_day(from, &c->from_ms)) || (to && !admin_day(to, &c->to_ms)) ||
	        c->from_ms > c->to_ms) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, from ? "from" : "to",
		        WORDS("\"from\" and \"to\" are days as 2026-11-26, and none before the "
		              "other"));
		return false;
	}
	c->to_ms += STATEMENT_DAY_MS; /* that day is part of it */
	return true;
}

/* The ILP addresses, which both sides know; where a parent's is not known its name. */
static bool name_sides(struct http_request *rq, const struct peer *peer, struct statement_call *c)
{
	const char *own = admin_own_address(rq);

	if (peer->row.relation == PEER_RELATION_PARENT && *peer->row.assigned)
		own = peer->row.assigned;
	c->ours = arena_strdup(&rq->arena, own);
	c->theirs = peer->ilp_address.n
	                    ? arena_strndup(&rq->arena, (const char *)peer->ilp_address.p,
	                              peer->ilp_address.n)
	                    : arena_strdup(&rq->arena, peer->row.name);
	return c->ours && c->theirs;
}

static void clear_memory(void *p)
{
	arena_clear(p);
}

enum http_next admin_peer_statement(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const struct peer *peer = admin_peer_of_path(rq);
	const char *accept = http_header(rq, "Accept");
	struct statement_call *c;

	if (!peer)
		return HTTP_DONE;
	c = arena_alloc(&rq->arena, sizeof(*c));
	if (!c || !name_sides(rq, peer, c))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	if (!read_days(rq, c))
		return HTTP_DONE;
	arena_init(&c->memory, STATEMENT_BYTES);
	if (http_defer(rq, clear_memory, &c->memory))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	if (atomic_exchange(&running, true))
		return admin_refuse(rq, RESULT_RETRY_BUSY, NULL,
		        WORDS("another statement is being made; try again"));
	c->rq = rq;
	c->node = loop->node;
	c->peer = peer->row.account;
	c->asset = peer->asset;
	c->csv = accept && strstr(accept, "text/csv");
	c->task.home = loop->home;
	rq->state = c;
	http_park(rq, answer);
	if (admin_run_apart(run, c))
		return HTTP_PARKED;
	/* Comes home like one that ran. */
	atomic_store(&running, false);
	c->result = RESULT_OURS_MEMORY;
	node_send_home(loop->home, &c->task, done);
	return HTTP_PARKED;
}

/* ---- reconciling ---- */

struct reconciling {
	struct admin_change change;
	struct reconcile wanted;
	uint64_t sent;
	struct asset_row asset;
	char peer[NAME_MAX_CHARS + 1];
};

static enum result reconcile_apply(struct admin_change *c, struct batch *b, json_t **out)
{
	const struct reconciling *k = OWNER_OF(c, struct reconciling, change);
	struct reconciled did;
	struct account account;
	enum result r = batch_reconcile(b, &k->wanted, &did);

	if (!r)
		r = batch_account_get(b, k->wanted.peer, &account);
	if (!r)
		*out = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "peer", k->peer, "admitted",
		        admin_amount(did.admitted, &k->asset), "denied",
		        admin_amount(did.denied, &k->asset), "kept",
		        admin_amount(did.kept, &k->asset), "open",
		        admin_amount(did.open, &k->asset), "balance",
		        admin_amount_signed(ledger_balance(&account), &k->asset));
	return r;
}

enum http_next admin_peer_reconcile(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_EXPIRED, NULL,
	                WORDS("the figures are older than our books, or another peer's")},
	        {RESULT_THEIRS_BAD_AMOUNT, "received",
	                WORDS("the peer's books have more than ours with all that is in doubt")},
	        {RESULT_THEIRS_STATE, NULL, WORDS("a payment with an amount in doubt is not over")},
	        {RESULT_THEIRS_INSUFFICIENT, NULL, WORDS("a pool has too little to exchange it")},
	        {RESULT_OK, NULL, NULL},
	};
	const struct peer *peer = admin_peer_of_path(rq);
	json_t *received = NULL, *sent = NULL;
	const struct json_member members[] = {
	        {"received", JSON_TO_OBJECT, &received, .required = true},
	        {"sent", JSON_TO_OBJECT, &sent, .required = false},
	};
	struct reconciling *k;

	if (!peer || http_json_read(rq, false, members, 2, JSON_SPEC_STRICT))
		return HTTP_DONE;
	k = admin_change_new(rq, sizeof(*k), ADMIN_KEY_REQUIRED);
	if (!k || admin_amount_read(rq, received, "received", &peer->asset, &k->wanted.received) ||
	        admin_amount_read(rq, sent, "sent", &peer->asset, &k->sent))
		return HTTP_DONE;
	k->wanted.peer = peer->row.account;
	k->wanted.sent = sent ? &k->sent : NULL;
	k->asset = peer->asset;
	text_copy_cut(k->peer, sizeof(k->peer), peer->row.name);
	k->change.status = 200;
	k->change.apply = reconcile_apply;
	k->change.refusals = refusals;
	return admin_change_submit(&k->change);
}
