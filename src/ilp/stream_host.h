/* stream_host: connections that keep state, on the receiving side
 * (docs/decisions/0008-connections-that-keep-state.md).
 *
 * A host owns one end of a connection, its keys and what is under way on it. All hosts live on the
 * outbound thread: a loop thread gives a packet away with stream_host_take and gets it back
 * answered, its money credited by the same operation as without state. A host ends after
 * STREAM_IDLE_MS without a packet, or for a newer one where the table is full.
 */
#ifndef FLORIN_ILP_STREAM_HOST_H
#define FLORIN_ILP_STREAM_HOST_H

#include "ilp/packet.h"
#include "ilp/partial.h"
#include "ilp/stream_endpoint.h"
#include "store/note.h"

#define STREAM_HOSTS_MAX     128
#define STREAM_HOST_QUIET_MS 1000                  /* that long it is safe from newer ones */
#define STREAM_ANSWER_BYTES  12288                 /* data field of an answer */
#define STREAM_REFUSAL_BYTES PARTIAL_REFUSAL_BYTES /* of one that carries no data of streams */
#define STREAM_SEND_BYTES    20000                 /* plaintext of a packet of our own */

struct stream_hosts;

/* Errors: OURS_MEMORY. */
MUST_USE enum result stream_hosts_new(struct node *n, struct stream_hosts **out);
/* After the outbound thread has stopped. NULL is nothing to do. */
void stream_hosts_free(struct stream_hosts *h);
/* Any thread; NULL: false. The connection with that secret may have a host. False is certain. */
bool stream_hosts_may_have(const struct stream_hosts *h, const struct secret32 *shared_secret);

/* What the loop thread knows of the packet, in the request's arena. */
struct stream_call {
	struct credit credit; /* for a packet without money: whose it is; the payer is told here */
	struct secret32 shared_secret;
	const struct asset_row *asset; /* of the wallet; the packet's snapshot's */
	const char *reply;             /* the wallet's answer to notes; NULL: none */
	bool wants_state;              /* worth a new host */
	bool fulfillable;              /* the condition is ours */
	bool over;                     /* the incoming payment is over, and this packet only asks */
	struct bytes plain;            /* the decrypted request: authentic, of type Prepare */
	uint8_t fulfillment[ILP_FULFILLMENT_SIZE];
	struct partial *partial; /* the host decides about its money; NULL: nobody does */
	/* On the loop thread: no state is kept for it after all. */
	void (*stateless)(struct packet *p);

	/* private */
	struct stream_host *host;
	struct stream_taken taken;
	char payer[ILP_ADDRESS_MAX + 1]; /* what credit.payer points to */
	char payer_asset[ASSET_CODE_MAX + 1];
	struct note_arrived note; /* goes with this packet's operation; stream 0: none */
	bool note_judged;         /* the store was asked, and said */
	enum result note_result;
	uint8_t note_text[NOTE_BYTES_MAX];
	uint8_t fulfill[8 + ILP_FULFILLMENT_SIZE + STREAM_ANSWER_BYTES];
	size_t fulfill_n;
	uint8_t refusal[STREAM_REFUSAL_BYTES];
	size_t refusal_n;
};

/* The packet is answered when it comes back. */
enum packet_next stream_host_take(struct packet *p, struct stream_call *call);

#endif
