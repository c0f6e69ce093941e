/* What happened of late. */
#include <string.h>

#include "store/activity.h"
#include "store/batch_core.h"

static void outgoing_row(struct query *q, struct arena *a, struct activity_row *out)
{
	out->incoming = false;
	out->state = query_payment_state(q);
	out->asset = (asset_id)query_int(q);
	out->amount = query_u64(q);
	out->created_ms = query_int(q);
	out->finished_ms = query_int(q);
	out->error = query_text(q, a);
}

static void incoming_row(struct query *q, struct activity_row *out)
{
	*out = (struct activity_row){.incoming = true, .error = ""};
	out->asset = (asset_id)query_int(q);
	out->amount = query_u64(q);
	out->created_ms = query_int(q);
}

enum result store_activity(struct reader *r, struct arena *a, int64_t since_ms, size_t limit,
        struct activity_row **out, size_t *count, bool *cut)
{
	static const struct id lowest;
	size_t outgoing, made = 0;
	struct id since;
	struct query q;
	enum result result;

	row_id_at(since_ms > 0 ? since_ms : 0, &lowest, &since);
	*count = 0;
	*out = arena_alloc(a, 2 * limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_ACTIVITY_OUTGOING);
	query_put_id(&q, &since);
	query_put_int(&q, (int64_t)limit);
	while (*count < limit && query_row(&q))
		outgoing_row(&q, a, &(*out)[(*count)++]);
	result = query_end(&q);
	if (result)
		return result;
	outgoing = *count;
	query_start(&q, r->db, STMT_ACTIVITY_INCOMING);
	query_put_id(&q, &since);
	query_put_int(&q, (int64_t)limit);
	/* So many are looked at, paid or not: there may be any number that nobody paid. */
	for (; made < limit && query_row(&q); made++) {
		struct activity_row *row = &(*out)[*count];

		incoming_row(&q, row);
		*count += row->amount > 0;
	}
	*cut = outgoing == limit || made == limit;
	return query_end(&q);
}

enum result store_event_backlog(struct reader *r, struct event_backlog *out)
{
	struct query q;

	memset(out, 0, sizeof(*out));
	query_start(&q, r->db, STMT_EVENTS_OPEN);
	while (query_row(&q)) {
		enum event_state state = query_event_state(&q);
		uint64_t n = query_u64(&q);
		int64_t oldest = query_int(&q);

		if (state == EVENT_PARKED) {
			out->parked = n;
			continue;
		}
		if (state == EVENT_WAITING)
			out->waiting = n;
		else
			out->pending = n;
		if (out->oldest_ms == 0 || oldest < out->oldest_ms)
			out->oldest_ms = oldest;
	}
	return query_end(&q);
}
