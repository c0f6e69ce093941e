/* peer_test: does a peer answer. A peer that does not is an answer of this call, not its failure.
 */
#include "ilp/peer_test.h"

#include "admin/resource.h"
#include "admin/row.h"

struct peer_test {
	struct peer_test_call call;
	struct http_request *rq;
};

static enum http_next tested(struct http_request *rq)
{
	const struct peer_test *t = rq->state;
	const struct peer_test_call *call = &t->call;
	const struct peer *peer;
	const char *error = NULL;

	if (result_class(call->result) == RESULT_CLASS_OURS)
		return admin_refuse_by(rq, call->result, NULL);
	peer = admin_peer_of_path(rq); /* it may have gone meanwhile */
	if (!peer)
		return HTTP_DONE;
	if (call->result)
		error = *call->why ? call->why : result_name(call->result);
	return http_reply_json(rq, 200,
	        json_pack("{s:b, s:o, s:I, s:s?}", "ok", (int)(call->result == RESULT_OK),
	                "ilpAddress", admin_text(peer->row.ilp_address), "elapsedMs",
	                (json_int_t)(call->latency_us / 1000), "error", error));
}

static void call_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct peer_test, call.task)->rq);
}

enum http_next admin_peer_test(struct http_request *rq)
{
	const struct peer *peer = admin_peer_of_path(rq);
	struct peer_test *t;

	if (!peer || http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT))
		return HTTP_DONE;
	t = arena_alloc(&rq->arena, sizeof(*t));
	if (!t)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	t->rq = rq;
	t->call.peer = peer->row.account;
	t->call.task.done = call_done;
	rq->state = t;
	http_park(rq, tested);
	peer_test_start(http_app(rq), &t->call);
	return HTTP_PARKED;
}
