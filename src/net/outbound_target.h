/* outbound_target: what a target keeps ready, and which way its requests go. Private to outbound.
 */
#ifndef FLORIN_NET_OUTBOUND_TARGET_H
#define FLORIN_NET_OUTBOUND_TARGET_H

#include <stdatomic.h>

#include "net/outbound.h"
#include "net/outbound_host.h"
#include "net/transfer.h"
#include "net/wire.h"

struct outbound_target {
	atomic_int holds;
	struct url_parts parts;
	enum url_policy policy;
	bool carried; /* by the assembly, which knows `line` */
	int64_t line;
	struct wire_aim *aim;       /* of a wire; NULL: by libcurl, */
	struct curl_slist *headers; /* with these */
	size_t in_flight_max;
	/* the thread's own */
	struct outbound_queue queue;
	struct transfer *idle;
};

/* As outbound_target_new. */
MUST_USE enum result outbound_target_make(const struct outbound_options *outbound,
        const struct outbound_target_options *options, struct outbound_target **out);

#endif
