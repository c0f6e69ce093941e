#include "http/api_incoming_payment.h"

#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "http/access.h"
#include "http/html_pages.h"
#include "http/incoming_json.h"
#include "http/json_body.h"
#include "http/negotiate.h"
#include "http/op_list.h"
#include "http/reply.h"

/* What a request is about, from one step to the next; in its arena. */
struct about {
	struct op op;
	struct http_request *rq;
	struct arena memory; /* the writer's thread while the op is there */
	struct incoming_new wanted;
	struct incoming_row row;
	struct wallet_row wallet;
	struct list_query list;
	int64_t token; /* checked once more where something is changed */
	bool token_refused;
};

static void clear_memory(void *p)
{
	arena_clear(p);
}

/* NULL: the reply is set. */
static struct about *about_new(struct http_request *rq)
{
	struct about *a = arena_alloc(&rq->arena, sizeof(*a));

	if (!a) {
		(void)http_reply_empty(rq, 500);
		return NULL;
	}
	a->rq = rq;
	arena_init(&a->memory, 4 * LIMIT_METADATA_BYTES + 4 * URL_MAX_CHARS);
	rq->state = a;
	return a;
}

static enum http_next refuse_store(struct http_request *rq, enum result r)
{
	if (r == RESULT_THEIRS_NOT_FOUND)
		return op_error(rq, OP_ERROR_UNKNOWN_INCOMING_PAYMENT);
	if (r == RESULT_THEIRS_STATE)
		return op_error(rq, OP_ERROR_WRONG_STATE);
	if (r == RESULT_THEIRS_BAD_AMOUNT)
		return op_error(rq, OP_ERROR_INVALID_AMOUNT);
	return http_reply_result(rq, r, "the incoming payment can't be read or written now");
}

static enum http_next reply_payment(
        struct http_request *rq, unsigned status, const struct about *a, bool with_methods)
{
	struct json_text body;
	enum result r;

	json_text_init(&body);
	r = incoming_json(rq, &a->row, &a->wallet, with_methods, &body);
	if (!r)
		return http_reply_json_text(rq, status, &body);
	json_text_clear(&body);
	return refuse_store(rq, r);
}

/* ---- one that exists ---- */

/* The payment of the path and its wallet. Errors: THEIRS_NOT_FOUND, and those of reads. */
static enum result find(struct http_request *rq, struct about *a)
{
	const struct node_loop *l = http_app(rq);
	enum result r = RESULT_THEIRS_NOT_FOUND;
	struct id id;

	if (op_id_of_path(rq, &id))
		r = store_incoming_get(l->reader, &rq->arena, &id, &a->row);
	if (!r)
		r = store_wallet_of_account(l->reader, &rq->arena, a->row.wallet, &a->wallet);
	return r;
}

/* Runs `then` for who may do this with the payment of the path. Where there is no such payment the
 * token is checked all the same: only then is the answer 404. */
static enum http_next with_access(
        struct http_request *rq, struct about *a, enum access_action action, http_handler *then)
{
	enum result r = find(rq, a);

	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return refuse_store(rq, r);
	return access_require(
	        rq, ACCESS_INCOMING_PAYMENT, action, r ? NULL : op_wallet_id(rq, &a->wallet), then);
}

static bool is_theirs(const struct http_request *rq, const struct about *a)
{
	const struct caller *caller = access_caller(rq);

	return a->row.key && (caller->all || strcmp(caller->client, a->row.client) == 0);
}

static enum http_next reply_full(struct http_request *rq)
{
	const struct about *a = rq->state;

	if (!is_theirs(rq, a))
		return op_error(rq, OP_ERROR_UNKNOWN_INCOMING_PAYMENT);
	return reply_payment(rq, 200, a, true);
}

static enum http_next reply_public(struct http_request *rq, struct about *a)
{
	enum result r = find(rq, a);
	json_t *body;

	if (!r)
		r = incoming_json_public(rq, &a->row, &a->wallet, &body);
	return r ? refuse_store(rq, r) : http_reply_json(rq, 200, body);
}

/* A browser that opens it: whatever does not ask for a page first gets JSON as ever. */
static bool wants_page(const struct http_request *rq)
{
	static const char *const offers[] = {"application/json", "text/html"};
	const struct node_loop *l = http_app(rq);

	return l->node->html && !http_header(rq, "Authorization") &&
	       negotiate(http_header(rq, "Accept"), offers, 2) == 1;
}

enum http_next api_incoming_payment_get(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct about *a;

	http_reply_header(rq, "Vary", "Accept");
	if (wants_page(rq))
		return l->node->html->incoming(rq);
	a = about_new(rq);
	if (!a)
		return HTTP_DONE;
	if (!http_header(rq, "Authorization"))
		return op_accepts_json(rq) ? reply_public(rq, a) : HTTP_DONE;
	return with_access(rq, a, ACTION_READ, reply_full);
}

/* ---- completing ---- */

/* It was revoked, or ended, while the request was on its way. */
static enum http_next refuse_token(struct http_request *rq, const struct about *a)
{
	if (result_class(a->op.result) == RESULT_CLASS_THEIRS)
		return access_refused(rq, a->op.result);
	return refuse_store(rq, a->op.result);
}

static void op_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct about, op.task)->rq);
}

static enum http_next submit(struct http_request *rq, struct about *a,
        enum result (*apply)(struct op *op, struct batch *b), http_handler *then)
{
	enum result r = http_defer(rq, clear_memory, &a->memory);

	if (r)
		return http_reply_empty(rq, 500);
	a->token = access_caller(rq)->token;
	a->op.apply = apply;
	a->op.task.done = op_done;
	http_park(rq, then);
	node_submit(http_app(rq), &a->op);
	return HTTP_PARKED;
}

static enum result complete_apply(struct op *op, struct batch *b)
{
	struct about *a = OWNER_OF(op, struct about, op);
	struct id id = a->row.id;
	enum result r = batch_token_check(b, a->token);

	a->token_refused = r != RESULT_OK;
	arena_clear(&a->memory);
	return r ? r : batch_incoming_complete(b, &id, &a->memory, &a->row);
}

static enum http_next completed(struct http_request *rq)
{
	const struct about *a = rq->state;

	if (a->token_refused)
		return refuse_token(rq, a);
	if (a->op.result)
		return refuse_store(rq, a->op.result);
	(void)FAILPOINT("incoming.completed");
	return reply_payment(rq, 200, a, false);
}

static enum http_next complete(struct http_request *rq)
{
	struct about *a = rq->state;

	/* Anybody may have `complete` without a person's consent, and there is no complete-all. */
	if (!is_theirs(rq, a))
		return op_error(rq, OP_ERROR_UNKNOWN_INCOMING_PAYMENT);
	return submit(rq, a, complete_apply, completed);
}

enum http_next api_incoming_payment_complete(struct http_request *rq)
{
	struct about *a = about_new(rq);

	return a ? with_access(rq, a, ACTION_COMPLETE, complete) : HTTP_DONE;
}

/* ---- creating ---- */

static enum result create_apply(struct op *op, struct batch *b)
{
	struct about *a = OWNER_OF(op, struct about, op);
	enum result r = batch_token_check(b, a->token);

	a->token_refused = r != RESULT_OK;
	return r ? r : batch_incoming_add(b, &a->wanted, &a->row);
}

static enum http_next created(struct http_request *rq)
{
	const struct about *a = rq->state;

	if (a->token_refused)
		return refuse_token(rq, a);
	if (a->op.result == RESULT_THEIRS_STATE)
		return op_error(rq, OP_ERROR_INACTIVE_WALLET_ADDRESS);
	if (a->op.result)
		return refuse_store(rq, a->op.result);
	(void)FAILPOINT("incoming.created");
	return reply_payment(rq, 201, a, true);
}

/* false: the reply is set. */
static bool read_expiry(struct http_request *rq, const char *text, int64_t *out)
{
	const struct node_loop *l = http_app(rq);
	int64_t asked_ms;
	enum result r = RESULT_OK;

	if (text)
		r = time_parse(text, strlen(text), &asked_ms);
	if (!r)
		r = incoming_expiry(&l->node->options.incoming_life, text ? &asked_ms : NULL,
		        http_wall_ms(rq), out);
	if (r)
		(void)op_error(rq, OP_ERROR_INVALID_EXPIRES_AT);
	return r == RESULT_OK;
}

static enum http_next create(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct caller *caller = access_caller(rq);
	struct about *a = rq->state;
	const char *address = NULL, *expires = NULL;
	json_t *amount = NULL, *metadata = NULL;
	const struct json_member members[] = {
	        {"walletAddress", JSON_TO_STRING, &address, .required = true, .max = URL_MAX_CHARS},
	        {"incomingAmount", JSON_TO_OBJECT, &amount, .required = false},
	        {"expiresAt", JSON_TO_STRING, &expires, .required = false},
	        {"metadata", JSON_TO_OBJECT, &metadata, .required = false},
	};
	const struct asset_row *asset;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT) ||
	        !access_wallet(rq, address, &a->wallet))
		return HTTP_DONE;
	if (!wallet_is_active(&a->wallet))
		return op_error(rq, OP_ERROR_INACTIVE_WALLET_ADDRESS);
	asset = snapshot_asset(node_snapshot(http_app(rq)), a->wallet.asset);
	if (!asset)
		return http_reply_empty(rq, 500);
	if (!op_amount_read_of(rq, amount, "incomingAmount", asset, &a->wanted.amount) ||
	        !read_expiry(rq, expires, &a->wanted.expires_ms) ||
	        !op_metadata_read(rq, metadata, &a->wanted.metadata))
		return HTTP_DONE;
	a->wanted.wallet = a->wallet.account;
	a->wanted.client = caller->client;
	a->wanted.grant = caller->grant;
	a->wanted.slack_bps = l->node->options.incoming_slack_bps;
	return submit(rq, a, create_apply, created);
}

enum http_next api_incoming_payment_create(struct http_request *rq)
{
	if (!about_new(rq))
		return HTTP_DONE;
	return access_require(rq, ACCESS_INCOMING_PAYMENT, ACTION_CREATE, NULL, create);
}

/* ---- listing ---- */

static enum http_next reply_list(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct caller *caller = access_caller(rq);
	struct about *a = rq->state;
	struct list_edges edges;
	struct incoming_row *rows;
	struct json_text items;
	size_t count;
	enum result r;

	if (!access_wallet_of_query(rq, &a->wallet) || !op_list_read(rq, &a->list))
		return HTTP_DONE;
	a->list.wallet = a->wallet.account;
	a->list.client = caller->all ? NULL : caller->client;
	r = store_incoming_list(l->reader, &rq->arena, &a->list, &rows, &count, &edges);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return op_error(rq, OP_ERROR_UNKNOWN_CURSOR);
	if (r)
		return refuse_store(rq, r);
	json_text_init(&items);
	json_text_array(&items, NULL);
	for (size_t i = 0; !r && i < count; i++)
		r = incoming_json(rq, &rows[i], &a->wallet, false, &items);
	json_text_end_array(&items);
	if (r) {
		json_text_clear(&items);
		return refuse_store(rq, r);
	}
	return op_list_reply(
	        rq, &items, &edges, count ? &rows[0].id : NULL, count ? &rows[count - 1].id : NULL);
}

enum http_next api_incoming_payment_list(struct http_request *rq)
{
	if (!about_new(rq))
		return HTTP_DONE;
	return access_require(rq, ACCESS_INCOMING_PAYMENT, ACTION_LIST, NULL, reply_list);
}
