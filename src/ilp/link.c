#include "ilp/link.h"

#include <string.h>

#include "base/secret.h"
#include "model/expiry.h"

void link_request(struct outbound_request *rq, struct outbound_target *target,
        const struct link_prepare *p, int64_t wall_now_ms, int64_t mono_now_ms)
{
	rq->target = target;
	rq->method = OUTBOUND_POST;
	rq->body = p->packet;
	rq->body_max = ILP_PACKET_MAX;
	rq->deadline_ms = mono_now_ms + (p->expires_at_ms - wall_now_ms);
}

static void set(
        struct link_answer *out, enum link_outcome outcome, const char *code, const char *message)
{
	out->outcome = outcome;
	out->code = code;
	out->message = message;
}

/* No HTTP answer came. */
static void judge_failure(const struct outbound_request *rq, struct link_answer *out)
{
	enum link_outcome outcome = rq->sent ? LINK_UNKNOWN : LINK_REFUSED;

	if (rq->result == RESULT_RETRY_TIMEOUT)
		set(out, outcome, ILP_R00_TRANSFER_TIMED_OUT, "no answer before the expiry");
	else if (rq->result == RESULT_RETRY_BUSY || rq->result == RESULT_RETRY_DRAINING)
		set(out, outcome, ILP_T03_CONNECTOR_BUSY, "connector busy");
	else if (!rq->sent)
		set(out, outcome, ILP_T01_PEER_UNREACHABLE, "peer unreachable");
	else
		set(out, outcome, ILP_T00_INTERNAL_ERROR, "peer gave no usable answer");
}

static void judge_fulfill(
        const struct link_prepare *p, int64_t wall_now_ms, struct link_answer *out)
{
	uint8_t hash[32];

	if (ilp_fulfill_decode(out->packet, &out->fulfill)) {
		set(out, LINK_UNKNOWN, ILP_T00_INTERNAL_ERROR, "peer's answer does not parse");
		return;
	}
	sha256(bytes_of(out->fulfill.fulfillment, ILP_FULFILLMENT_SIZE), hash);
	if (memcmp(hash, p->condition, sizeof(hash)) != 0)
		set(out, LINK_REFUSED, ILP_F05_WRONG_CONDITION,
		        "fulfillment does not match the condition");
	else if (!expiry_allows_fulfill(wall_now_ms, p->expires_at_ms))
		set(out, LINK_UNKNOWN, ILP_R00_TRANSFER_TIMED_OUT, "fulfilled too late");
	else
		out->outcome = LINK_FULFILLED;
}

void link_judge(const struct outbound_request *rq, const struct link_prepare *p,
        int64_t wall_now_ms, struct link_answer *out)
{
	enum ilp_type type;

	memset(out, 0, sizeof(*out));
	if (rq->result) {
		judge_failure(rq, out);
		return;
	}
	/* Of these only 408 may be a proxy's, of a request that the peer has. */
	if (rq->status >= 400 && rq->status < 500 && rq->status != 408) {
		set(out, LINK_REFUSED, ILP_T00_INTERNAL_ERROR,
		        rq->status == 401 || rq->status == 403 ? "peer refused our token"
		                                               : "peer refused the request");
		return;
	}
	out->packet = bytes_of(rq->answer, rq->answer_n);
	if (rq->status != 200 || ilp_packet_type(out->packet, &type) || type == ILP_PREPARE)
		set(out, LINK_UNKNOWN, ILP_T00_INTERNAL_ERROR, "peer gave no usable answer");
	else if (type == ILP_FULFILL)
		judge_fulfill(p, wall_now_ms, out);
	else if (ilp_reject_decode(out->packet, &out->reject))
		set(out, LINK_UNKNOWN, ILP_T00_INTERNAL_ERROR, "peer's answer does not parse");
	else
		out->outcome = LINK_REJECTED;
}
