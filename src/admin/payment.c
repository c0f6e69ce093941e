/* payment: payments of both directions with their lines of the ledger. */
#include <string.h>

#include "admin/incoming_json.h"
#include "admin/page.h"
#include "admin/payment_json.h"
#include "admin/resource.h"
#include "admin/row.h"

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

enum http_next admin_payment_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct list_query query = {.wallet = 0};
	const struct id *last;
	struct id ids[LIMIT_PAGE_SIZE];
	struct list_edges edges;
	struct either payment;
	json_t *items, *item;
	size_t count;
	enum result r;

	if (admin_list_query(rq, &query))
		return HTTP_DONE;
	r = store_payments_list(loop->reader, &query, ids, &count, &edges);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return admin_page_refuse_cursor(rq);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++) {
		r = find(rq, &ids[admin_list_at(&query, i, count)], &payment);
		if (!r)
			r = to_json(rq, &payment, &item);
		if (!r)
			r = admin_page_add(items, item);
	}
	last = count ? &ids[admin_list_at(&query, count - 1, count)] : NULL;
	return admin_page_ids(rq, r, items, query.newer ? edges.newer : edges.older, last);
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
	        {RESULT_THEIRS_NOT_FOUND, NULL, "there is no such payment"},
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
		r = admin_attempts_json(rq, &payment.out, &lines);
	if (!r && !payment.incoming && json_object_set_new(answer, "attemptLog", lines))
		r = RESULT_OURS_MEMORY;
	if (r) {
		json_decref(answer);
		return admin_refuse_by(rq, r, NULL);
	}
	return http_reply_json(rq, 200, answer);
}
