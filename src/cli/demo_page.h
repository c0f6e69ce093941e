/* demo_page: the demo's overview, on a port of its own: who pays on the left, the connector's
 * packets in the middle, who is paid on the right (docs/cli.md).
 *
 * A server of one loop in the demo's process. The demo's own thread looks at the nodes once a
 * second, as long as somebody looks at the page; pages that are open are told of what changed
 * (http/live.h says how a page follows).
 */
#ifndef FLORIN_CLI_DEMO_PAGE_H
#define FLORIN_CLI_DEMO_PAGE_H

#include "base/result.h"
#include "cli/demo_look.h"

#define DEMO_PAGE_LOOK_MS 1000

struct demo_page;

/* On 127.0.0.1. Borrows the nodes until demo_page_stop. Block the demo's signals before, as threads
 * are started. Errors: OURS_IO (the port is in use), OURS_MEMORY, those of demo_look_new. */
MUST_USE enum result demo_page_start(
        unsigned port, const struct demo_look_node nodes[DEMO_LOOK_NODES], struct demo_page **out);
/* Every DEMO_PAGE_LOOK_MS, from one thread. */
void demo_page_look(struct demo_page *p);
void demo_page_stop(struct demo_page *p);

#endif
