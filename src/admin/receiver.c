/* receiver: what a payment pointer or wallet address URL leads to. */

#include "admin/row.h"
#include "admin/resource.h"
#include "ilp/resolver.h"

struct receiver_resolve {
	struct resolve_call call;
	struct http_request *rq;
};

/* A wallet of this node has no address until it is asked for one; all of them begin like this. */
static const char *ilp_address(struct http_request *rq, const struct resolution *r)
{
	struct admin_wallet wallet;

	if (!r->local_wallet)
		return r->address;
	if (admin_wallet_of_account(rq, r->local_wallet, &wallet))
		return "";
	return arena_printf(&rq->arena, "%s.%s", wallet.node_address, wallet.row.name);
}

static enum http_next resolved(struct http_request *rq)
{
	const struct receiver_resolve *c = rq->state;
	const struct resolution *r = &c->call.r;

	if (result_class(r->result) == RESULT_CLASS_OURS)
		return admin_refuse_by(rq, r->result, NULL);
	if (r->result)
		return admin_refuse(rq, r->result,
		        result_class(r->result) == RESULT_CLASS_THEIRS ? "pointer" : NULL, "%s",
		        *r->why ? r->why : result_name(r->result));
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b}", "pointer", r->receiver, "url",
	                r->url, "kind", "spsp", "publicName", admin_text(r->public_name),
	                "assetCode", admin_text(r->has_document ? r->asset_code : NULL),
	                "assetScale",
	                r->has_document ? json_integer((json_int_t)r->asset_scale) : json_null(),
	                "ilpAddress", admin_text(ilp_address(rq, r)), "local",
	                (int)(r->local_wallet != 0)));
}

static void call_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct receiver_resolve, call.task)->rq);
}

enum http_next admin_receiver_resolve(struct http_request *rq)
{
	const char *pointer = http_query(rq, "pointer");
	struct receiver_resolve *c;

	if (!pointer || !*pointer)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "pointer",
		        "\"pointer\" must be a payment pointer or a wallet address URL");
	c = arena_alloc(&rq->arena, sizeof(*c));
	if (!c)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	c->rq = rq;
	c->call.r.receiver = pointer;
	c->call.r.want_document = true;
	c->call.task.done = call_done;
	rq->state = c;
	http_park(rq, resolved);
	resolver_call(http_app(rq), &c->call);
	return HTTP_PARKED;
}
