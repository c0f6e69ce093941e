#include "net/outbound_target.h"

#include <stdlib.h>

static enum result choose_way(struct outbound_target *t, const struct outbound_options *outbound,
        const struct outbound_target_options *options)
{
	const struct wire_aim_options aim = {&t->parts, options->policy, outbound->user_agent,
	        options->headers, options->content_type};

	if (wire_reaches(&t->parts))
		return wire_aim_new(&aim, &t->aim);
	return transfer_headers(options->headers, options->content_type, NULL, &t->headers);
}

enum result outbound_target_make(const struct outbound_options *outbound,
        const struct outbound_target_options *options, struct outbound_target **out)
{
	struct outbound_target *t = calloc(1, sizeof(*t));
	enum result r;

	if (!t)
		return RESULT_OURS_MEMORY;
	t->policy = options->policy;
	t->in_flight_max = options->in_flight ? options->in_flight : LIMIT_IN_FLIGHT_PER_PEER;
	if (!options->url) {
		t->carried = true;
		t->line = options->line;
		atomic_init(&t->holds, 1);
		*out = t;
		return RESULT_OK;
	}
	r = url_guard_url(outbound->guard, options->policy, options->url, &t->parts);
	if (!r)
		r = choose_way(t, outbound, options);
	if (r) {
		free(t);
		return r;
	}
	atomic_init(&t->holds, 1);
	*out = t;
	return RESULT_OK;
}

struct outbound_target *outbound_target_hold(struct outbound_target *t)
{
	atomic_fetch_add_explicit(&t->holds, 1, memory_order_relaxed);
	return t;
}

void outbound_target_release(struct outbound_target *t)
{
	if (!t || atomic_fetch_sub_explicit(&t->holds, 1, memory_order_acq_rel) > 1)
		return;
	/* The handles are in no multi now, so any thread may free them. */
	transfer_free_list(t->idle);
	wire_aim_free(t->aim);
	transfer_headers_free(t->headers);
	free(t);
}
