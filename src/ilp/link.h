/* link: what a peer's answer to our Prepare means.
 *
 * A Prepare is sent once (net/outbound.h). Its answer counts as a Fulfill only when the preimage
 * fits and it came in time. Everything else is a Reject, of the peer's or of our own making, and
 * the question that matters for money is whether the peer may nevertheless have fulfilled. Spec:
 * RFC 0027, RFC 0035; Interledger, expiry, ILP over HTTP.
 */
#ifndef FLORIN_ILP_LINK_H
#define FLORIN_ILP_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/ilp_packet.h"
#include "net/outbound.h"

enum link_outcome {
	LINK_FULFILLED,
	LINK_REJECTED, /* the peer's Reject: `reject`, to be relayed as it came */
	LINK_REFUSED,  /* no Fulfill can exist: `code` and `message` are ours */
	LINK_UNKNOWN,  /* the peer may have fulfilled: until its expiry the hold must stay */
};

struct link_answer {
	enum link_outcome outcome;
	struct bytes packet; /* FULFILLED, REJECTED: as received; borrowed from the request */
	struct ilp_fulfill fulfill;
	struct ilp_reject reject;
	const char *code; /* REFUSED, UNKNOWN */
	const char *message;
};

struct link_prepare {
	struct bytes packet;
	const uint8_t *condition; /* 32 bytes */
	int64_t expires_at_ms;    /* wall, as the packet says */
};

/* Prepares the request for a packet: to the target, with a deadline at the packet's expiry. home
 * and done are the caller's. */
void link_request(struct outbound_request *rq, struct outbound_target *target,
        const struct link_prepare *p, int64_t wall_now_ms, int64_t mono_now_ms);
/* Judges the answered request. */
void link_judge(const struct outbound_request *rq, const struct link_prepare *p,
        int64_t wall_now_ms, struct link_answer *out);

#endif
