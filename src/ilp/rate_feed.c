#include "ilp/rate_feed.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/owner.h"
#include "ilp/payer.h"

#define FIRST_WAIT_S (RATE_FEED_DEADLINE_MS / 1000 + 2)

struct rate_feed {
	struct node *node;
	struct url_parts target;
	char shown[URL_MAX_CHARS + 1];
	sem_t first; /* posted when the first fetch has ended */
	struct task start;
	atomic_bool posted; /* `start` is on its way to the thread */
	/* told to other threads */
	atomic_int result;
	_Atomic(const char *) why;
	_Atomic int64_t tried_ms;
	/* the thread's own */
	struct timer timer;
	struct outbound_request request;
	bool asking, again, known;
	int64_t asked_ms; /* wall */
	unsigned failures;
};

/* ---- rules ---- */

enum result rate_feed_url(const struct url_guard *g, const char *url, struct url_parts *out)
{
	enum result r = url_guard_url(g, URL_POLICY_OPERATOR, url, out);
	size_t used;
	int more;

	if (r)
		return r;
	used = strlen(out->url);
	more = snprintf(out->url + used, sizeof(out->url) - used, "%cbase=" RATE_FEED_BASE,
	        strchr(out->url, '?') ? '&' : '?');
	return (size_t)more < sizeof(out->url) - used ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

enum result rate_feed_read(int status, const char *type, struct bytes body, int64_t as_of_ms,
        struct rate_table **out, const char **why)
{
	struct rate_fault fault = {0, NULL};
	struct rate_table *table = NULL;
	enum result r;

	*why = "the feed answers with another status than 200";
	if (status != 200)
		return RESULT_THEIRS_REFUSED;
	*why = "the feed's answer is no application/json";
	if (strcmp(type, "application/json") != 0)
		return RESULT_THEIRS_BAD_TYPE;
	r = rate_table_parse(body, as_of_ms, &table, &fault);
	*why = fault.what;
	if (r)
		return r;
	*why = "the answer's base is not " RATE_FEED_BASE;
	if (strcmp(rate_table_base(table), RATE_FEED_BASE) != 0) {
		rate_table_free(table);
		return RESULT_THEIRS_PROTOCOL;
	}
	*why = NULL;
	*out = table;
	return RESULT_OK;
}

int64_t rate_feed_pause_ms(int64_t max_age_ms, unsigned failures)
{
	int64_t interval = RATE_FEED_INTERVAL_MS, pause = RATE_FEED_RETRY_MS;

	if (max_age_ms > 0 && max_age_ms / 2 < interval)
		interval = max_age_ms / 2;
	if (failures == 0)
		return interval;
	while (--failures && pause < interval)
		pause *= 2;
	return pause < interval ? pause : interval;
}

static const char *why_not_reached(enum result r)
{
	if (r == RESULT_THEIRS_BLOCKED)
		return "the address is not allowed; [outbound] allow opens it";
	if (r == RESULT_RETRY_UNREACHABLE)
		return "the feed can't be reached, or shows no trusted certificate";
	if (r == RESULT_RETRY_TIMEOUT)
		return "the feed does not answer in time";
	if (r == RESULT_THEIRS_TOO_BIG)
		return "the feed's answer is too long";
	return "the feed gives no HTTP answer";
}

/* ---- on the outbound thread ---- */

static void fetch(struct rate_feed *f)
{
	struct outbound_request *rq = &f->request;

	f->asking = true;
	f->again = false;
	f->asked_ms = env_wall_ms(f->node->env);
	rq->url = f->target.url;
	rq->policy = URL_POLICY_OPERATOR;
	rq->method = OUTBOUND_GET;
	rq->accept = "application/json";
	rq->deadline_ms = outbound_now_ms(f->node->outbound) + RATE_FEED_DEADLINE_MS;
	rq->body_max = RATE_FEED_BYTES_MAX;
	outbound_send(f->node->outbound, rq);
}

static enum result take(struct rate_feed *f, const char **why)
{
	const struct outbound_request *rq = &f->request;
	struct rate_table *table = NULL;
	enum result r = rq->result;

	*why = why_not_reached(r);
	if (r)
		return r;
	r = rate_feed_read(rq->status, rq->answer_type, bytes_of(rq->answer, rq->answer_n),
	        f->asked_ms, &table, why);
	if (r)
		return r;
	*why = "the store can't be read";
	r = snapshots_use_rates(f->node->snapshots, payer_reader(f->node->payer), table);
	if (!r)
		*why = NULL;
	return r;
}

static void tell(struct rate_feed *f, enum result r, const char *why)
{
	bool news = !f->known || f->failures > 0;

	atomic_store(&f->why, why);
	atomic_store(&f->result, (int)r);
	atomic_store(&f->tried_ms, f->asked_ms);
	f->failures = r ? f->failures + 1 : 0;
	if (r)
		log_warn("rates_fetch", "result=%s status=%d why=\"%s\"", result_name(r),
		        f->request.status, why ? why : "");
	else if (news)
		log_info("rates_fetch", "result=ok");
	if (!f->known)
		(void)sem_post(&f->first);
	f->known = true;
}

static void fetched(struct task *t)
{
	struct rate_feed *f = OWNER_OF(t, struct rate_feed, request.task);
	struct outbound *out = f->node->outbound;
	const char *why;
	enum result r = take(f, &why);

	f->asking = false;
	tell(f, r, why);
	if (outbound_draining(out))
		return;
	if (f->again)
		fetch(f);
	else
		outbound_timer_set(out, &f->timer,
		        outbound_now_ms(out) +
		                rate_feed_pause_ms(snapshots_rates_max_age_ms(f->node->snapshots),
		                        f->failures));
}

static void on_timer(struct timer *t)
{
	fetch(OWNER_OF(t, struct rate_feed, timer));
}

static void on_start(struct task *t)
{
	struct rate_feed *f = OWNER_OF(t, struct rate_feed, start);

	atomic_store(&f->posted, false);
	if (outbound_draining(f->node->outbound))
		return;
	outbound_timer_cancel(f->node->outbound, &f->timer);
	if (f->asking)
		f->again = true;
	else
		fetch(f);
}

/* ---- from other threads ---- */

enum result rate_feed_new(struct node *n, const char *url, struct rate_feed **out)
{
	struct rate_feed *f = calloc(1, sizeof(*f));
	enum result r = RESULT_OURS_MEMORY;

	if (!f)
		return r;
	r = rate_feed_url(n->guard, url, &f->target);
	if (!r && sem_init(&f->first, 0, 0) != 0)
		r = RESULT_OURS_MEMORY;
	if (r) {
		free(f);
		return r;
	}
	memcpy(f->shown, f->target.url, strcspn(f->target.url, "?"));
	f->node = n;
	f->start.done = on_start;
	f->timer.fire = on_timer;
	f->request.task.home = outbound_home(n->outbound);
	f->request.task.done = fetched;
	atomic_init(&f->result, RESULT_RETRY_BUSY);
	*out = f;
	return RESULT_OK;
}

void rate_feed_free(struct rate_feed *f)
{
	if (!f)
		return;
	outbound_request_clear(&f->request);
	(void)sem_destroy(&f->first);
	free(f);
}

void rate_feed_refresh(struct rate_feed *f)
{
	struct mail_list one;

	if (atomic_exchange(&f->posted, true))
		return;
	mail_list_init(&one);
	mail_list_add(&one, &f->start.mail);
	if (outbound_post(f->node->outbound, &one)) {
		atomic_store(&f->posted, false);
		log_warn("rates_fetch", "result=not_started");
	}
}

void rate_feed_start(struct rate_feed *f)
{
	struct timespec until;

	rate_feed_refresh(f);
	if (clock_gettime(CLOCK_REALTIME, &until) != 0)
		return;
	until.tv_sec += FIRST_WAIT_S;
	while (sem_timedwait(&f->first, &until) != 0 && errno == EINTR)
		continue;
}

void rate_feed_state(const struct rate_feed *f, struct rate_feed_state *out)
{
	*out = (struct rate_feed_state){
	        .url = f->shown,
	        .result = (enum result)atomic_load(&f->result),
	        .why = atomic_load(&f->why),
	        .tried_ms = atomic_load(&f->tried_ms),
	};
}
