/* packet: one Prepare from a peer, from its arrival to its answer.
 *
 * packet_take runs the pipeline in this order, each refusal with the code of the table in
 * docs/ilp.md: parse; who sent it (done by the caller); expiry; packets per second, drained peers,
 * in-flight cap; link-local protocols; maximum packet; money per second; then delivery to a wallet
 * of this node (receive.h) or to the next hop (forward.h), which reserve or credit money in the
 * writer and park the packet.
 *
 * Nothing of a packet's memory is shared but by giving the packet away: it belongs to the loop
 * thread, then to the writer, for a forward to the outbound thread, and comes home to the loop.
 * Spec: RFC 0027; Interledger, error codes, expiry, connectors.
 */
#ifndef FLORIN_ILP_PACKET_H
#define FLORIN_ILP_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "codec/ilp_packet.h"
#include "ilp/node.h"

struct partial;

struct packet {
	struct op op; /* what the writer is asked */
	struct replay_claim replay;
	struct node_loop *loop;
	struct arena *arena; /* of the request; loop thread only, before the packet is parked */
	struct snapshot *snapshot; /* held until packet_end */
	const struct peer *from;
	int64_t now_ms; /* wall clock, read once */
	struct bytes wire;
	struct ilp_prepare prepare;

	/* The answer: an encoded Fulfill or Reject. Empty: memory was out for either, and nothing
	 * can be said of the packet. */
	struct bytes reply;
	/* What a Fulfill promised: told to the store when it was written. 0: nothing. */
	int64_t credit_batch;
	uint64_t credit_amount;

	/* Runs on the loop thread when a parked packet has its answer. */
	void (*answered)(struct packet *p);
	void *owner; /* the caller's */

	struct partial *partial;                /* of one that the host decides about (partial.h) */
	void *delivery;                         /* receive.c's or forward.c's own part */
	void (*delivery_end)(struct packet *p); /* releases it; NULL: nothing to release */
	bool counted;                           /* in from->live->in_flight */
	int64_t money_ns;                       /* taken from what the peer may send */
};

enum packet_next {
	PACKET_ANSWERED, /* reply is set */
	PACKET_PARKED,   /* answered() will run */
	PACKET_INVALID,  /* not a Prepare at all: refused below ILP (HTTP 400) */
};

/* p is zeroed but for loop, arena, from (of p->snapshot, which is held by p), answered, owner. The
 * body must live until packet_end. */
enum packet_next packet_take(struct packet *p, struct bytes body);
/* The reply was written (or could not be), or there is none: the last call. */
void packet_end(struct packet *p, bool delivered);

/* ---- for the delivery modules ---- */

#define PACKET_MESSAGE_MAX 128
/* Head, code, triggered-by with its length, message and data with theirs. */
#define PACKET_REJECT_SIZE (16 + ILP_ADDRESS_MAX + PACKET_MESSAGE_MAX)

/* Encodes a Reject from this node; `to` has PACKET_REJECT_SIZE + data.n bytes, which is always
 * enough. code: one of the ILP_ codes; message for people, at most PACKET_MESSAGE_MAX bytes. */
struct bytes packet_reject_encode(const struct snapshot *s, const char *code, const char *message,
        struct bytes data, uint8_t *to);
/* Sets the answer to such a Reject. */
void packet_reject(struct packet *p, const char *code, const char *message);
void packet_reject_data(struct packet *p, const char *code, const char *message, struct bytes data);
/* F08 with both amounts, in units of the incoming account. */
void packet_reject_too_large(struct packet *p, uint64_t received, uint64_t maximum);
/* The Reject for a refusal of the store or the rates. */
void packet_reject_result(struct packet *p, enum result r);
/* What the packet's amount becomes in another asset, for `next` (NULL: a wallet), at the spread of
 * both peers; nothing stays nothing. cap: the most that may be delivered. An error has set the
 * Reject: F07 without a rate, R01 where the amount becomes nothing, F08 above the cap. */
MUST_USE enum result packet_convert(struct packet *p, asset_id to, const struct peer *next,
        uint64_t cap, struct conversion *out);
/* Declares the packet's bytes to the writer as its replay key. */
void packet_claim_replay(struct packet *p, enum replay_role role, uint8_t *reply, size_t reply_cap);

#endif
