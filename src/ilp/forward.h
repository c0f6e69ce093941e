/* forward: Prepares for another node.
 *
 * Route, convert, shorten the expiry, reserve (committed), send the same bytes with 25 of them
 * patched, verify the answer, settle or give back (committed), answer. The packet travels from its
 * loop thread to the writer, to the outbound thread, to the writer and home.
 * Spec: RFC 0027; Interledger, expiry, connectors; docs/ilp.md.
 */
#ifndef FLORIN_ILP_FORWARD_H
#define FLORIN_ILP_FORWARD_H

#include "ilp/packet.h"

/* The destination is not under the node's address. Refusals: the table in docs/ilp.md. */
enum packet_next forward_packet(struct packet *p);
/* After the outbound thread and the writer have ended. What is in doubt and was not listed yet
 * stays on hold in the store, where recovery finds it. */
void forward_free(struct node *n);

#endif
