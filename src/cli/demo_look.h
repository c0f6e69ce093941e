/* demo_look: what the demo's nodes tell of themselves, as the view of its overview page.
 *
 * Asks their admin APIs, as anybody with their tokens may; the page holds no figure of its own.
 * Used by one thread.
 */
#ifndef FLORIN_CLI_DEMO_LOOK_H
#define FLORIN_CLI_DEMO_LOOK_H

#include <jansson.h>

#include "base/result.h"

#define DEMO_LOOK_NODES 3

/* In the order of the page: who pays, the connector, who is paid. */
struct demo_look_node {
	const char *wallet; /* its one wallet; NULL: the connector */
	const char *public_url;
	const char *admin_url;
	const char *dir;
};

struct demo_look;

/* Borrows the nodes until demo_look_free. Errors: those of node_token_read, OURS_MEMORY. */
MUST_USE enum result demo_look_new(
        const struct demo_look_node nodes[DEMO_LOOK_NODES], struct demo_look **out);
void demo_look_free(struct demo_look *l);
/* Asks every node once; to be called once a second, for the packets are counted by the call. New
 * reference, NULL without memory. A node that does not answer is shown as away. Texts of "state",
 * "what" and "label" are messages in English; an amount has units, code and scale, and no text. */
json_t *demo_look(struct demo_look *l);

#endif
