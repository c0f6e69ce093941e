/* receive: Prepares for wallets of this node.
 *
 * An address reads <node>.<wallet>.<token>[.anything]; the token says whose wallet it is, or for
 * which incoming payment, and gives the keys of the connection, so that any process of the node can
 * answer. The keys of the connections seen lately are kept per loop thread. Money is credited in
 * the writer before the Fulfill leaves; there the incoming payment is asked whether it takes it: a
 * packet above its amount is a Reject F99 that the sender can read, one for a payment that is over
 * F02.
 */
#ifndef FLORIN_ILP_RECEIVE_H
#define FLORIN_ILP_RECEIVE_H

#include "codec/stream_credentials.h"
#include "ilp/packet.h"

/* Per loop thread: cached connections and scratch space. */
struct receiver;

#define RECEIVER_CONNECTIONS_MAX 256

/* Errors: OURS_MEMORY. */
MUST_USE enum result receiver_new(struct node *n, struct receiver **out);
void receiver_free(struct receiver *r);

/* The destination is under the node's address. */
enum packet_next receive_packet(struct packet *p);

/* What a payer asked for who wants receipts (RFC 0039). Such a connection keeps no state. */
struct receive_receipt {
	uint8_t nonce[RECEIPT_NONCE_SIZE];
	struct secret32 secret;
};

/* A new address and shared secret for payments to a wallet. receipt: NULL for none.
 * Errors: THEIRS_TOO_BIG (the address would pass ILP_ADDRESS_MAX). */
#define RECEIVE_ADDRESS_SIZE (ILP_ADDRESS_MAX + 1)
MUST_USE enum result receive_credentials(struct node_loop *l, const struct wallet_row *w,
        const struct receive_receipt *receipt, char address[RECEIVE_ADDRESS_SIZE],
        struct secret32 *shared_secret);
/* Those of an incoming payment to that wallet: the same each time. Errors: as above. */
MUST_USE enum result receive_credentials_incoming(struct node_loop *l, const struct wallet_row *w,
        const struct id *incoming, char address[RECEIVE_ADDRESS_SIZE],
        struct secret32 *shared_secret);
/* The shared secret alone, on any thread that has credentials of its own. Errors: none so far. */
MUST_USE enum result receive_secret_incoming(
        struct stream_credentials *c, const struct id *incoming, struct secret32 *shared_secret);

#endif
