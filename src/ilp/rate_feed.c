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
#include "base/words.h"
#include "ilp/payer.h"
#include "model/rate_ecb.h"

#define FIRST_WAIT_S (RATE_FEED_DEADLINE_MS / 1000 + 2)

struct rate_feed {
	struct node *node;
	enum rate_origin origin;
	struct url_parts target;
	const char *file; /* instead of a target; borrowed */
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

struct rate_feeds {
	struct rate_feed *feed[RATE_ORIGINS]; /* NULL: none of that source */
};

/* ---- rules ---- */

enum result rate_feed_url(
        const struct url_guard *g, enum rate_origin origin, const char *url, struct url_parts *out)
{
	enum result r = url_guard_url(g, URL_POLICY_OPERATOR, url, out);
	size_t used;
	int more;

	if (r || origin == RATE_ORIGIN_ECB)
		return r;
	used = strlen(out->url);
	more = snprintf(out->url + used, sizeof(out->url) - used, "%cbase=" RATE_FEED_BASE,
	        strchr(out->url, '?') ? '&' : '?');
	return (size_t)more < sizeof(out->url) - used ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

static enum result read_ecb(
        struct bytes body, int64_t now_ms, struct rate_table **out, const char **why)
{
	struct rate_fault fault = {0, NULL};
	enum result r = rate_ecb_parse(body, now_ms, out, &fault);

	*why = r ? fault.what : NULL;
	return r;
}

enum result rate_feed_read(enum rate_origin origin, int status, const char *type, struct bytes body,
        int64_t as_of_ms, struct rate_table **out, const char **why)
{
	struct rate_fault fault = {0, NULL};
	struct rate_table *table = NULL;
	enum result r;

	*why = WORDS("the feed answers with another status than 200");
	if (status != 200)
		return RESULT_THEIRS_REFUSED;
	if (origin == RATE_ORIGIN_ECB)
		return read_ecb(body, as_of_ms, out, why);
	*why = WORDS("the feed's answer is no application/json");
	if (strcmp(type, "application/json") != 0)
		return RESULT_THEIRS_BAD_TYPE;
	r = rate_table_parse(body, as_of_ms, &table, &fault);
	*why = fault.what;
	if (r)
		return r;
	*why = WORDS("the answer's base is not USD");
	if (strcmp(rate_table_base(table), RATE_FEED_BASE) != 0) {
		rate_table_free(table);
		return RESULT_THEIRS_PROTOCOL;
	}
	*why = NULL;
	*out = table;
	return RESULT_OK;
}

int64_t rate_feed_pause_ms(int64_t interval_ms, int64_t max_age_ms, unsigned failures)
{
	int64_t pause = RATE_FEED_RETRY_MS;

	if (max_age_ms > 0 && max_age_ms / 2 < interval_ms)
		interval_ms = max_age_ms / 2;
	if (failures == 0)
		return interval_ms;
	while (--failures && pause < interval_ms)
		pause *= 2;
	return pause < interval_ms ? pause : interval_ms;
}

static const char *why_not_reached(enum result r)
{
	if (r == RESULT_THEIRS_BLOCKED)
		return WORDS("the address is not allowed; [outbound] allow opens it");
	if (r == RESULT_RETRY_UNREACHABLE)
		return WORDS("the feed can't be reached, or shows no trusted certificate");
	if (r == RESULT_RETRY_TIMEOUT)
		return WORDS("the feed does not answer in time");
	if (r == RESULT_THEIRS_TOO_BIG)
		return WORDS("the feed's answer is too long");
	return WORDS("the feed gives no HTTP answer");
}

/* ---- on the outbound thread ---- */

static void ended(struct rate_feed *f, enum result r, const char *why);

/* The list is in force. */
static enum result use(struct rate_feed *f, struct rate_table *table, const char **why)
{
	enum result r = snapshots_use_rates(
	        f->node->snapshots, payer_reader(f->node->payer), f->origin, table);

	*why = r ? WORDS("the store can't be read") : NULL;
	return r;
}

static void fetch_file(struct rate_feed *f)
{
	const char *why = WORDS("the file can't be read, or is too long");
	struct rate_table *table = NULL;
	int64_t changed_ms;
	char *text;
	size_t n;
	enum result r = rates_read_text(f->file, &text, &n, &changed_ms);

	if (!r) {
		r = read_ecb(bytes_of(text, n), f->asked_ms, &table, &why);
		free(text);
	}
	if (!r)
		r = use(f, table, &why);
	ended(f, r, why);
}

static void fetch(struct rate_feed *f)
{
	struct outbound_request *rq = &f->request;

	f->again = false;
	f->asked_ms = env_wall_ms(f->node->env);
	if (f->file) {
		fetch_file(f);
		return;
	}
	f->asking = true;
	rq->url = f->target.url;
	rq->policy = URL_POLICY_OPERATOR;
	rq->method = OUTBOUND_GET;
	rq->accept = f->origin == RATE_ORIGIN_ECB ? "application/xml, text/xml, text/csv"
	                                          : "application/json";
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
	r = rate_feed_read(f->origin, rq->status, rq->answer_type,
	        bytes_of(rq->answer, rq->answer_n), f->asked_ms, &table, why);
	return r ? r : use(f, table, why);
}

static void tell(struct rate_feed *f, enum result r, const char *why)
{
	bool news = !f->known || f->failures > 0;

	atomic_store(&f->why, why);
	atomic_store(&f->result, (int)r);
	atomic_store(&f->tried_ms, f->asked_ms);
	f->failures = r ? f->failures + 1 : 0;
	if (r)
		log_warn("rates_fetch", "source=%s result=%s status=%d why=\"%s\"",
		        rate_origin_name(f->origin), result_name(r), f->request.status,
		        why ? why : "");
	else if (news)
		log_info("rates_fetch", "source=%s result=ok", rate_origin_name(f->origin));
	if (!f->known)
		(void)sem_post(&f->first);
	f->known = true;
}

static int64_t interval_of(const struct rate_feed *f)
{
	if (f->origin != RATE_ORIGIN_ECB)
		return RATE_FEED_INTERVAL_MS;
	return f->file ? RATE_FILE_INTERVAL_MS : RATE_ECB_INTERVAL_MS;
}

static void ended(struct rate_feed *f, enum result r, const char *why)
{
	struct outbound *out = f->node->outbound;
	struct snapshot *s;
	int64_t pause_ms;

	tell(f, r, why);
	if (outbound_draining(out))
		return;
	if (f->again) {
		fetch(f);
		return;
	}
	s = snapshots_get(f->node->snapshots);
	pause_ms = rate_feed_pause_ms(
	        interval_of(f), snapshot_rates(s)->max_age_ms[f->origin], f->failures);
	snapshot_release(s);
	outbound_timer_set(out, &f->timer, outbound_now_ms(out) + pause_ms);
}

static void fetched(struct task *t)
{
	struct rate_feed *f = OWNER_OF(t, struct rate_feed, request.task);
	const char *why;
	enum result r = take(f, &why);

	f->asking = false;
	ended(f, r, why);
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

static enum result feed_target(struct rate_feed *f, const char *place)
{
	enum result r;

	/* The configuration has told apart what is a URL. */
	if (f->origin == RATE_ORIGIN_ECB && place[0] == '/') {
		f->file = place;
		memcpy(f->shown, "file", sizeof("file"));
		return RESULT_OK;
	}
	r = rate_feed_url(f->node->guard, f->origin, place, &f->target);
	if (!r)
		memcpy(f->shown, f->target.url, strcspn(f->target.url, "?"));
	return r;
}

static void feed_free(struct rate_feed *f)
{
	if (!f)
		return;
	outbound_request_clear(&f->request);
	(void)sem_destroy(&f->first);
	free(f);
}

static enum result feed_new(
        struct node *n, enum rate_origin origin, const char *place, struct rate_feed **out)
{
	struct rate_feed *f = calloc(1, sizeof(*f));
	enum result r;

	if (!f || sem_init(&f->first, 0, 0) != 0) {
		free(f);
		return RESULT_OURS_MEMORY;
	}
	f->node = n;
	f->origin = origin;
	r = feed_target(f, place);
	if (r) {
		feed_free(f);
		return r;
	}
	f->start.done = on_start;
	f->timer.fire = on_timer;
	f->request.task.home = outbound_home(n->outbound);
	f->request.task.done = fetched;
	atomic_init(&f->result, RESULT_RETRY_BUSY);
	*out = f;
	return RESULT_OK;
}

enum result rate_feeds_new(struct node *n, const struct rate_places *places,
        struct rate_feeds **out, enum rate_origin *which)
{
	const char *const place[RATE_ORIGINS] = {
	        [RATE_ORIGIN_URL] = places->url, [RATE_ORIGIN_ECB] = places->ecb};
	struct rate_feeds *all = calloc(1, sizeof(*all));
	enum result r = RESULT_OK;

	if (!all)
		return RESULT_OURS_MEMORY;
	for (unsigned i = 0; i < RATE_ORIGINS && !r; i++) {
		*which = (enum rate_origin)i;
		if (place[i])
			r = feed_new(n, *which, place[i], &all->feed[i]);
	}
	if (r) {
		rate_feeds_free(all);
		return r;
	}
	*out = all;
	return RESULT_OK;
}

void rate_feeds_free(struct rate_feeds *all)
{
	for (size_t i = 0; all && i < RATE_ORIGINS; i++)
		feed_free(all->feed[i]);
	free(all);
}

static void refresh(struct rate_feed *f)
{
	struct mail_list one;

	if (atomic_exchange(&f->posted, true))
		return;
	mail_list_init(&one);
	mail_list_add(&one, &f->start.mail);
	if (outbound_post(f->node->outbound, &one)) {
		atomic_store(&f->posted, false);
		log_warn(
		        "rates_fetch", "source=%s result=not_started", rate_origin_name(f->origin));
	}
}

void rate_feeds_refresh(struct rate_feeds *all)
{
	for (size_t i = 0; i < RATE_ORIGINS; i++)
		if (all->feed[i])
			refresh(all->feed[i]);
}

void rate_feeds_start(struct rate_feeds *all)
{
	struct timespec until;

	rate_feeds_refresh(all);
	if (clock_gettime(CLOCK_REALTIME, &until) != 0)
		return;
	until.tv_sec += FIRST_WAIT_S;
	for (size_t i = 0; i < RATE_ORIGINS; i++)
		while (all->feed[i] && sem_timedwait(&all->feed[i]->first, &until) != 0 &&
		        errno == EINTR)
			continue;
}

void rate_feed_state(
        const struct rate_feeds *all, enum rate_origin origin, struct rate_feed_state *out)
{
	const struct rate_feed *f = all->feed[origin];

	*out = (struct rate_feed_state){.place = "file"};
	if (!f)
		return;
	*out = (struct rate_feed_state){
	        .place = f->shown,
	        .result = (enum result)atomic_load(&f->result),
	        .why = atomic_load(&f->why),
	        .tried_ms = atomic_load(&f->tried_ms),
	};
}
