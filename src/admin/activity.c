/* activity: the last hour in figures, for those who look after the node. Numbers since the start
 * are those of /metrics, and come from the same counters.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/answer.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "base/log_ring.h"
#include "ilp/node.h"
#include "store/activity.h"

#define WINDOW_MS  (60 * 60 * 1000)
#define MINUTE_MS  60000
#define MINUTES    60
#define ERRORS_MAX 16

struct error_count {
	const char *code;
	uint64_t count;
};

struct activity {
	const struct activity_row *rows;
	size_t count;
	uint64_t outgoing, completed, failed, incoming;
	uint32_t minutes[MINUTES]; /* payments of either direction, oldest first */
	int64_t *took;             /* of completed ones, in order */
	size_t took_n;
	struct error_count errors[ERRORS_MAX];
	size_t error_n;
};

static int compare_ms(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* "IdleTimeout" of "IdleTimeout T04 ...": what the sender calls the end. */
static void count_error(struct activity *a, const char *error)
{
	size_t n = strcspn(error, " \n");

	for (size_t i = 0; i < a->error_n; i++) {
		if (strncmp(a->errors[i].code, error, n) == 0 &&
		        strcspn(a->errors[i].code, " \n") == n) {
			a->errors[i].count++;
			return;
		}
	}
	if (a->error_n < ERRORS_MAX)
		a->errors[a->error_n++] = (struct error_count){error, 1};
}

static void count_rows(struct activity *a, int64_t now_ms)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct activity_row *row = &a->rows[i];
		int64_t age = now_ms - row->created_ms;

		if (age >= 0 && age < (int64_t)MINUTES * MINUTE_MS)
			a->minutes[MINUTES - 1 - age / MINUTE_MS]++;
		if (row->incoming) {
			a->incoming++;
			continue;
		}
		a->outgoing++;
		if (row->state == PAYMENT_COMPLETED) {
			a->completed++;
			a->took[a->took_n++] = row->finished_ms - row->created_ms;
		} else if (row->state == PAYMENT_FAILED) {
			a->failed++;
			count_error(a, row->error);
		}
	}
	qsort(a->took, a->took_n, sizeof(a->took[0]), compare_ms);
}

static json_t *percentile(const struct activity *a, size_t percent)
{
	if (a->took_n == 0)
		return json_null();
	return json_integer(a->took[(a->took_n - 1) * percent / 100]);
}

static json_t *minutes_json(const struct activity *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < MINUTES; i++)
		(void)json_array_append_new(list, json_integer(a->minutes[i]));
	return list;
}

static json_t *errors_json(const struct activity *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->error_n; i++) {
		size_t n = strcspn(a->errors[i].code, " \n");

		(void)json_array_append_new(
		        list, json_pack("{s:s%,s:I}", "code", n ? a->errors[i].code : "unknown",
		                      n ? n : strlen("unknown"), "count",
		                      (json_int_t)a->errors[i].count));
	}
	return list;
}

/* Errors and warnings that this process has logged within the hour, by what they are about. */
static json_t *logged_json(struct arena *arena, int64_t now_ms)
{
	struct log_count *counts = arena_alloc(arena, LOG_EVENTS_MAX * sizeof(*counts));
	size_t n = counts ? log_ring_counts(now_ms, counts) : 0;
	json_t *list = counts ? json_array() : NULL;

	for (size_t i = 0; i < n; i++) {
		if (counts[i].last_hour > 0)
			(void)json_array_append_new(
			        list, json_pack("{s:s,s:s,s:I}", "event", counts[i].event, "level",
			                      log_level_name(counts[i].level), "count",
			                      (json_int_t)counts[i].last_hour));
	}
	return list;
}

/* No more than an amount can be. */
static void add_to(uint64_t *sum, uint64_t more)
{
	*sum = more > AMOUNT_MAX - *sum ? AMOUNT_MAX : *sum + more;
}

/* What was sent and received of each asset. */
static json_t *volume_json(const struct activity *a, const struct snapshot *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->asset_count; i++) {
		const struct asset_row *asset = &s->assets[i];
		uint64_t sent = 0, received = 0;

		for (size_t k = 0; k < a->count; k++) {
			const struct activity_row *row = &a->rows[k];

			if (row->asset == asset->id)
				add_to(row->incoming ? &received : &sent, row->amount);
		}
		if (sent || received)
			(void)json_array_append_new(
			        list, json_pack("{s:s,s:o,s:o}", "asset", asset->code, "sent",
			                      admin_amount(sent, asset), "received",
			                      admin_amount(received, asset)));
	}
	return list;
}

static json_t *totals_json(const struct store_totals *t)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "wallets", (json_int_t)t->wallets,
	        "peers", (json_int_t)t->peers, "paymentsSending", (json_int_t)t->payments_sending,
	        "paymentsCompleted", (json_int_t)t->payments_completed, "paymentsFailed",
	        (json_int_t)t->payments_failed, "packetsCredited", (json_int_t)t->packets_credited,
	        "packetsForwarded", (json_int_t)t->packets_forwarded, "doubtsOpen",
	        (json_int_t)t->doubts_open);
}

static json_t *backlog_json(const struct event_backlog *b)
{
	return json_pack("{s:I,s:I,s:I,s:o}", "waiting", (json_int_t)b->waiting, "pending",
	        (json_int_t)b->pending, "parked", (json_int_t)b->parked, "oldestAt",
	        admin_time(b->oldest_ms));
}

/* Prepares from and to peers since the start. */
static json_int_t packets_of(const struct snapshot *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->peer_count; i++)
		n += atomic_load_explicit(&s->peers[i].live->packets_in, memory_order_relaxed) +
		     atomic_load_explicit(&s->peers[i].live->packets_out, memory_order_relaxed);
	return (json_int_t)n;
}

enum http_next admin_activity_get(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const struct snapshot *snapshot = node_snapshot(loop);
	struct activity a = {.count = 0};
	struct event_backlog backlog;
	struct store_totals totals;
	struct activity_row *rows;
	bool cut;
	enum result r;

	http_allow_rows(rq, LIMIT_PAGE_SIZE);
	r = store_activity(loop->reader, &rq->arena, http_wall_ms(rq) - WINDOW_MS,
	        ACTIVITY_ROWS_MAX, &rows, &a.count, &cut);
	if (!r)
		r = store_totals(loop->reader, &totals);
	if (!r)
		r = store_event_backlog(loop->reader, &backlog);
	a.took = arena_alloc(&rq->arena, (a.count + 1) * sizeof(a.took[0]));
	if (r || !a.took)
		return admin_refuse_by(rq, r ? r : RESULT_OURS_MEMORY, NULL);
	a.rows = rows;
	count_rows(&a, http_wall_ms(rq));
	return http_reply_json(rq, 200,
	        json_pack("{s:I,s:b,s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:o}",
	                "windowMs", (json_int_t)WINDOW_MS, "cut", cut, "outgoing",
	                (json_int_t)a.outgoing, "completed", (json_int_t)a.completed, "failed",
	                (json_int_t)a.failed, "incoming", (json_int_t)a.incoming, "p50Ms",
	                percentile(&a, 50), "p99Ms", percentile(&a, 99), "paymentsByMinute",
	                minutes_json(&a), "volume", volume_json(&a, snapshot), "errors",
	                errors_json(&a), "logged", logged_json(&rq->arena, http_wall_ms(rq)),
	                "packets", packets_of(snapshot), "events", backlog_json(&backlog), "totals",
	                totals_json(&totals)));
}
