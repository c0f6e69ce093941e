/* watch: sockets of connections that live on the outbound thread, in an epoll set of their own.
 *
 * Edge-triggered and registered once: whoever is told reads and writes until the kernel has no
 * more, or comes back by itself. Private to src/net.
 */
#ifndef FLORIN_NET_WATCH_H
#define FLORIN_NET_WATCH_H

#include <stdint.h>

#include "base/result.h"

/* Embedded in its owner. */
struct watch {
	/* Something can be read or written, or it has ended. May end its own watch, no other's. */
	void (*ready)(struct watch *w);
};

struct watches {
	int epoll_fd;
};

/* Errors: OURS_IO. */
MUST_USE enum result watches_init(struct watches *all);
void watches_clear(struct watches *all);
/* Tells whom it concerns. */
void watches_run(struct watches *all);
/* Errors: OURS_IO. */
MUST_USE enum result watch_begin(struct watches *all, struct watch *w, int fd);
void watch_end(struct watches *all, int fd);

#endif
