/* stream_receiver: what the stateless STREAM receiver says to one packet. Pure: no I/O, no clock.
 *
 * The receiver keeps nothing between packets: it decrypts, judges the packet by itself, and writes
 * the reply. Money is the caller's: an answer that fulfils an amount above zero is only a promise,
 * to be sent after the credit was committed.
 *
 * Probes and packets below their minimum are refused with F99 and data, which every sender
 * understands. Spec: RFC 0029; Interledger, STREAM receivers.
 */
#ifndef FLORIN_ILP_STREAM_RECEIVER_H
#define FLORIN_ILP_STREAM_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "codec/ilp_packet.h"
#include "codec/receipt.h"
#include "codec/stream_crypt.h"

/* A reply holds the header and at most three small frames. */
#define STREAM_REPLY_BYTES_MAX 256

struct stream_arrival {
	struct bytes data;        /* the Prepare's data field */
	const uint8_t *condition; /* 32 bytes */
	uint64_t received;        /* in smallest units of the receiving wallet's asset */
	struct bytes asset_code;  /* of that asset, told when asked */
	uint8_t asset_scale;
	bool refuse; /* take nothing, whatever the packet says */
	/* Goes along with a Fulfill; NULL: none. */
	const struct receipt *receipt;
	const struct secret32 *receipt_secret;
};

struct stream_answer {
	bool fulfil;
	bool other_asset;             /* the sender says that its own asset is another one */
	bool authentic;               /* it decrypts, and is a Prepare */
	bool fulfillable;             /* and its condition is ours */
	bool wants_state;             /* it carries data, or says where its sender takes some */
	bool has_data;                /* it carries data, which this receiver reads nothing of */
	struct bytes payer;           /* where its sender takes packets; empty: not told */
	struct bytes payer_asset;     /* its asset code, and scale; empty: not told */
	uint8_t payer_scale;          /* both point into `scratch` */
	struct bytes plain;           /* of an authentic one; points into `scratch` */
	char code[ILP_CODE_SIZE + 1]; /* of the Reject, where !fulfil */
	uint8_t fulfillment[ILP_FULFILLMENT_SIZE];
	struct bytes
	        data; /* of the reply; points into `reply`, empty where there is nothing to say */
};

/* scratch: STREAM_PLAINTEXT_MAX bytes; reply: STREAM_REPLY_BYTES_MAX bytes, holding *out's data. */
void stream_receiver_answer(struct stream_keys *keys, const struct stream_arrival *in,
        uint8_t *scratch, uint8_t *reply, struct stream_answer *out);

#endif
