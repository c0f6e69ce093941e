/* payment: payments of both directions with their lines of the ledger. */
#include <stdint.h>
#include <string.h>

#include "admin/incoming_json.h"
#include "admin/page.h"
#include "admin/payment_json.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/words.h"

/* A payment of either direction. */
struct either {
	bool incoming;
	struct incoming_row in;
	struct payment_row out;
};

/* Errors: THEIRS_NOT_FOUND, and those of a read. */
static enum result find(struct http_request *rq, const struct id *id, struct either *p)
{
	const struct node_loop *loop = http_app(rq);
	enum result r = store_incoming_get(loop->reader, &rq->arena, id, &p->in);

	p->incoming = r == RESULT_OK;
	return r == RESULT_THEIRS_NOT_FOUND
	               ? store_payment_get(loop->reader, &rq->arena, id, &p->out)
	               : r;
}

static enum result to_json(struct http_request *rq, const struct either *p, json_t **out)
{
	const struct node_loop *loop = http_app(rq);
	struct admin_wallet wallet;
	enum result r;

	if (!p->incoming)
		return admin_payment_json(rq, &p->out, "outgoing", out);
	r = admin_wallet_of_account(rq, p->in.wallet, &wallet);
	if (r)
		return r;
	*out = admin_incoming_json(loop, &p->in, &wallet, http_wall_ms(rq));
	if (!json_object_set_new(*out, "direction", json_string("incoming")))
		return RESULT_OK;
	json_decref(*out);
	return RESULT_OURS_MEMORY;
}

/* ---- the list ---- */

#define DAY_MS        (24 * 3600 * 1000)
#define LOOKED_AT_MAX 1000 /* payments of one page, where few of many match */

struct payment_filter {
	const char *direction, *state; /* NULL: any */
	int64_t from_ms, to_ms;        /* made from then on, until before then */
};

/* On an error the reply is set. */
static enum result read_filter(struct http_request *rq, struct payment_filter *f)
{
	const char *from = http_query(rq, "from"), *to = http_query(rq, "to");

	f->direction = http_query(rq, "direction");
	f->state = http_query(rq, "state");
	f->from_ms = 0;
	f->to_ms = INT64_MAX;
	if (f->direction && strcmp(f->direction, "incoming") != 0 &&
	        strcmp(f->direction, "outgoing") != 0) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "direction",
		        WORDS("\"direction\" must be incoming or outgoing"));
		return RESULT_THEIRS_MALFORMED;
	}
	if ((from && !admin_day(from, &f->from_ms)) || (to && !admin_day(to, &f->to_ms))) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED,
		        from && !admin_day(from, &f->from_ms) ? "from" : "to",
		        WORDS("a day, as 2026-11-26"));
		return RESULT_THEIRS_MALFORMED;
	}
	if (to)
		f->to_ms += DAY_MS; /* that day is part of it */
	return RESULT_OK;
}

static int64_t created_of(const struct either *p)
{
	return p->incoming ? p->in.created_ms : p->out.created_ms;
}

static bool is_filtered(const struct payment_filter *f)
{
	return f->direction || f->state || f->from_ms > 0 || f->to_ms < INT64_MAX;
}

/* What has a state that its time alone brings is shown with that: so the JSON is asked. */
static bool is_wanted(const struct payment_filter *f, const struct either *p, const json_t *shown)
{
	const char *state = json_string_value(json_object_get(shown, "state"));

	if (created_of(p) < f->from_ms || created_of(p) >= f->to_ms)
		return false;
	if (f->direction && p->incoming != (strcmp(f->direction, "incoming") == 0))
		return false;
	return !f->state || (state && strcmp(f->state, state) == 0);
}

/* Looks on from q->cursor, in either direction. *more: there may be some behind it. */
static enum result collect(struct http_request *rq, const struct payment_filter *f,
        struct list_query *q, json_t *items, bool *more)
{
	const struct node_loop *loop = http_app(rq);
	const size_t limit = q->limit;
	struct id ids[LIMIT_PAGE_SIZE];
	struct list_edges edges;
	struct either payment;
	size_t looked = 0, count = 1;
	json_t *item;
	bool rest;
	enum result r = RESULT_OK;

	http_allow_rows(rq, limit + (is_filtered(f) ? LOOKED_AT_MAX : 0));
	*more = true;
	while (!r && count > 0 && *more && json_array_size(items) < limit &&
	        looked < LOOKED_AT_MAX) {
		r = store_payments_list(loop->reader, q, ids, &count, &edges);
		rest = q->newer ? edges.newer : edges.older;
		*more = rest;
		for (size_t i = 0; !r && i < count && json_array_size(items) < limit; i++) {
			q->cursor = ids[admin_list_at(q, i, count)];
			*more = rest || i + 1 < count;
			looked++;
			r = find(rq, &q->cursor, &payment);
			if (r == RESULT_THEIRS_NOT_FOUND) { /* swept meanwhile */
				r = RESULT_OK;
				continue;
			}
			if (!r && !q->newer && created_of(&payment) < f->from_ms) {
				*more = false; /* the rest is older still */
				break;
			}
			if (!r)
				r = to_json(rq, &payment, &item);
			if (r)
				break;
			if (is_wanted(f, &payment, item))
				r = admin_page_add(items, item);
			else
				json_decref(item);
		}
	}
	return r;
}

enum http_next admin_payment_list(struct http_request *rq)
{
	struct list_query query = {.wallet = 0};
	struct payment_filter filter;
	json_t *items;
	bool more;
	enum result r;

	if (admin_list_query(rq, &query) || read_filter(rq, &filter))
		return HTTP_DONE;
	items = json_array();
	r = collect(rq, &filter, &query, items, &more);
	if (r == RESULT_THEIRS_NOT_FOUND) {
		json_decref(items);
		return admin_page_refuse_cursor(rq);
	}
	return admin_page_ids(rq, r, items, more, &query.cursor);
}

static enum result lines_json(struct http_request *rq, const struct either *p, json_t **out)
{
	const struct node_loop *loop = http_app(rq);
	struct transfer_row *rows;
	size_t count;
	enum result r = p->incoming ? store_incoming_transfers(
	                                      loop->reader, &rq->arena, p->in.key, &rows, &count)
	                            : store_payment_transfers(loop->reader, &rq->arena,
	                                      p->out.account, &rows, &count);

	if (r)
		return r;
	*out = json_array();
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(*out, admin_transfer_json(rq, &rows[i]))) {
			json_decref(*out);
			return RESULT_OURS_MEMORY;
		}
	}
	return RESULT_OK;
}

static enum result find_of_path(struct http_request *rq, struct either *out)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such payment")},
	        {RESULT_OK, NULL, NULL},
	};
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = find(rq, &id, out);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	return r;
}

enum http_next admin_payment_get(struct http_request *rq)
{
	struct either payment;
	json_t *answer, *lines;
	enum result r;

	if (find_of_path(rq, &payment))
		return HTTP_DONE;
	r = to_json(rq, &payment, &answer);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	r = lines_json(rq, &payment, &lines);
	if (r) {
		json_decref(answer);
		return admin_refuse_by(rq, r, NULL);
	}
	if (json_object_set_new(answer, "transfers", lines))
		r = RESULT_OURS_MEMORY;
	if (!r)
		r = admin_notes_json(rq, payment.incoming ? 0 : payment.out.account,
		        payment.incoming ? payment.in.key : 0, &lines);
	if (!r && json_object_set_new(answer, "messages", lines))
		r = RESULT_OURS_MEMORY;
	if (!r && !payment.incoming)
		r = admin_data_json(rq, &payment.out.quote_id, &lines);
	if (!r && !payment.incoming && json_object_set_new(answer, "data", lines))
		r = RESULT_OURS_MEMORY;
	if (!r && !payment.incoming)
		r = admin_attempts_json(rq, &payment.out, &lines);
	if (!r && !payment.incoming && json_object_set_new(answer, "attemptLog", lines))
		r = RESULT_OURS_MEMORY;
	if (r) {
		json_decref(answer);
		return admin_refuse_by(rq, r, NULL);
	}
	return http_reply_json(rq, 200, answer);
}
