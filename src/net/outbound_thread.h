/* outbound_thread: the outbound thread's own, for the files that it is made of. Private to src/net.
 */
#ifndef FLORIN_NET_OUTBOUND_THREAD_H
#define FLORIN_NET_OUTBOUND_THREAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/mailbox.h"
#include "net/outbound.h"
#include "net/outbound_host.h"
#include "net/transfer.h"
#include "net/watch.h"
#include "net/wire.h"

struct outbound {
	struct outbound_options options;
	struct transfer_options transfer_options;
	CURLM *multi;
	struct wires *wires;
	struct watches watches; /* sockets of others on this thread */
	pthread_t thread;
	bool started;
	struct mailbox work;        /* to run here: from other threads, bounded */
	struct mailbox home;        /* coming home: answers to this thread */
	struct mailbox *other_home; /* of an owner elsewhere; NULL */
	_Atomic int64_t stop_at_ms; /* 0: not stopping */

	/* the thread's own */
	struct timers timers;
	int64_t now_ms;
	struct outbound_request *running;
	size_t in_flight; /* running and waiting */
	struct outbound_hosts hosts;
	struct transfer *idle;
	size_t idle_n;
	struct mail_list ended; /* requests whose done() runs here */
	struct mail_list away;  /* requests of other threads, to be sent home */
	int busy;
	bool draining;
	bool forced;    /* the drain's time is over */
	bool unstarted; /* requests were added since libcurl ran */

	atomic_uint_fast64_t requests, answers, failures, connections, blocked;
};

void *outbound_main(void *outbound);
/* Of the wires. */
void outbound_wire_ended(void *outbound, struct outbound_request *rq, enum result r);

#endif
