/* partial: the host's decision about one packet of money (ilp/partial.h). A confirmation is
 * answered when the money is there, or can't be. */
#include "ilp/partial.h"

#include <string.h>

#include "admin/change.h"
#include "admin/incoming_json.h"
#include "admin/resource.h"
#include "base/text.h"

struct partial_call {
	struct admin_change change;
	struct partial_decision decision;
	struct incoming_row row;
	struct admin_wallet wallet;
	struct asset_row asset; /* what wallet.asset points to */
};

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL,
                "no such packet waits for a decision: it was decided, or its time is over"},
        {RESULT_OK, NULL, NULL},
};

/* Why a packet that was confirmed was not credited after all; its sender was told as well. */
static const char *why_not(enum result r)
{
	static const struct {
		enum result result;
		const char *why;
	} known[] = {
	        {RESULT_THEIRS_TOO_BIG, "it is more than the payment still takes"},
	        {RESULT_THEIRS_STATE, "the payment is over, or its wallet is closed"},
	        {RESULT_THEIRS_FORBIDDEN, "the payment waits for its approval"},
	        {RESULT_THEIRS_EXPIRED, "the packet has expired"},
	        {RESULT_THEIRS_INSUFFICIENT, "the peer's credit or the pool does not allow it"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].result == r)
			return known[i].why;
	return result_name(r);
}

static enum result answer_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	struct partial_call *c = OWNER_OF(change, struct partial_call, change);

	*answer = admin_incoming_json(change->loop, &c->row, &c->wallet, batch_now(b));
	return *answer ? RESULT_OK : RESULT_OURS_MEMORY;
}

static enum http_next decided(struct http_request *rq)
{
	struct partial_call *c = OWNER_OF(rq->state, struct partial_call, change);
	const struct node_loop *loop = http_app(rq);
	enum result r = c->decision.result;

	if (r && c->decision.found && result_class(r) == RESULT_CLASS_THEIRS)
		return admin_refuse(
		        rq, RESULT_THEIRS_STATE, NULL, "nothing was credited: %s", why_not(r));
	if (!r)
		r = store_incoming_get(loop->reader, &rq->arena, &c->row.id, &c->row);
	if (r)
		return admin_refuse_by(rq, r, refusals);
	return admin_change_submit(&c->change);
}

static void home(struct task *t)
{
	http_resume(OWNER_OF(t, struct partial_call, decision.task)->change.rq);
}

static enum http_next ask(struct http_request *rq)
{
	struct partial_call *c = OWNER_OF(rq->state, struct partial_call, change);

	http_park(rq, decided);
	partial_decide(http_app(rq), &c->decision);
	return HTTP_PARKED;
}

/* NULL reason: a confirmation. */
static enum http_next decide(struct http_request *rq, const char *reason, enum admin_key key)
{
	struct partial_call *c;
	struct incoming_row row;
	struct admin_wallet w;
	enum result r;

	if (admin_incoming_of_path(rq, &row))
		return HTTP_DONE;
	r = admin_wallet_of_account(rq, row.wallet, &w);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	c = admin_change_new(rq, sizeof(*c), key);
	if (!c)
		return HTTP_DONE;
	if (admin_param_id(rq, "pid", &c->decision.id))
		return admin_refuse_by(rq, RESULT_THEIRS_NOT_FOUND, refusals);
	c->row = row;
	c->wallet = w;
	c->asset = *w.asset;
	c->wallet.asset = &c->asset;
	c->decision.incoming = row.key;
	c->decision.confirm = !reason;
	c->decision.reason = reason;
	c->decision.home = home;
	c->change.status = 200;
	c->change.apply = answer_apply;
	return admin_change_unless_known(&c->change, ask);
}

enum http_next admin_partial_confirm(struct http_request *rq)
{
	if (http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT))
		return HTTP_DONE;
	return decide(rq, NULL, ADMIN_KEY_REQUIRED);
}

enum http_next admin_partial_reject(struct http_request *rq)
{
	const char *reason = "";
	const struct json_member members[] = {
	        {"reason", JSON_TO_STRING, &reason, .max = PACKET_MESSAGE_MAX},
	};

	if (http_json_read(rq, true, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (!text_is_clean_utf8(reason, strlen(reason)))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "reason",
		        "\"reason\" must be one line of text");
	return decide(rq, reason, ADMIN_KEY_OPTIONAL);
}
