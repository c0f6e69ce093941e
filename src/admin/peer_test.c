/* peer_test: does a peer answer. A peer that does not is an answer of this call, not its failure.
 */
#include "ilp/peer_test.h"

#include "admin/resource.h"
#include "admin/row.h"
#include "codec/ilp_address.h"

struct peer_test {
	struct peer_test_call call;
	struct http_request *rq;
};

static json_t *hops_json(const struct peer_test_call *call)
{
	json_t *array = json_array();

	for (size_t i = 0; i < call->hop_count; i++) {
		const struct peer_test_hop *hop = &call->hops[i];

		if (json_array_append_new(array,
		            json_pack("{s:i, s:o, s:o, s:I, s:I}", "hop", (int)i + 1, "ilpAddress",
		                    admin_text(hop->address), "code", admin_text(hop->code),
		                    "elapsedMs", (json_int_t)(hop->latency_us / 1000), "elapsedUs",
		                    (json_int_t)hop->latency_us))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static enum http_next tested(struct http_request *rq)
{
	const struct peer_test *t = rq->state;
	const struct peer_test_call *call = &t->call;
	bool ok = call->result == RESULT_OK;
	int64_t last_us = call->hop_count ? call->hops[call->hop_count - 1].latency_us : 0;
	const struct peer *peer;
	const char *error = NULL;

	if (result_class(call->result) == RESULT_CLASS_OURS)
		return admin_refuse_by(rq, call->result, NULL);
	peer = admin_peer_of_path(rq); /* it may have gone meanwhile */
	if (!peer)
		return HTTP_DONE;
	if (!ok)
		error = *call->why ? call->why : result_name(call->result);
	return http_reply_json(rq, 200,
	        json_pack("{s:b, s:o, s:I, s:o, s:o, s:b, s:s?}", "ok", (int)ok, "ilpAddress",
	                admin_text(peer->row.ilp_address), "elapsedMs",
	                (json_int_t)((last_us ? last_us : call->ping_us) / 1000), "pingMs",
	                call->ping_us ? json_integer((json_int_t)(call->ping_us / 1000))
	                              : json_null(),
	                "hops", hops_json(call), "arrived", (int)call->arrived, "error", error));
}

static void call_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct peer_test, call.task)->rq);
}

enum http_next admin_peer_test(struct http_request *rq)
{
	const struct peer *peer = admin_peer_of_path(rq);
	const char *destination = "";
	const struct json_member members[] = {
	        {"destination", JSON_TO_STRING, &destination, .max = ILP_ADDRESS_MAX}};
	struct peer_test *t;

	if (!peer || http_json_read(rq, true, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (*destination && (ilp_address_check(bytes_str(destination)) ||
	                            ilp_address_scheme(bytes_str(destination)) == ILP_SCHEME_PEER))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "destination",
		        "\"%s\" is not an ILP address that packets go to", destination);
	t = arena_alloc(&rq->arena, sizeof(*t));
	if (!t)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	t->rq = rq;
	t->call.peer = peer->row.account;
	t->call.destination = destination;
	t->call.task.done = call_done;
	rq->state = t;
	http_park(rq, tested);
	peer_test_start(http_app(rq), &t->call);
	return HTTP_PARKED;
}
