#include "events/webhook.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "base/secret.h"
#include "events/envelope.h"
#include "store/batch.h"
#include "store/endpoint.h"

#define DELIVERY_BYTES   (8 * 1024 * 1024) /* of one event and its text */
#define CLAIM_BYTES      (64 * 1024 + ENDPOINTS_MAX * ENDPOINT_URL_MAX)
#define LEASE_MARGIN_MS  15000 /* above the timeout: for queues and the commit */
#define LOOK_SELDOM_MS   30000 /* for what another process left */
#define LOOK_AGAIN_MS    1000  /* after the store refused */
#define HASTEN_PAUSE_MS  60000 /* an event that makes the host hang gains no more by it */
#define ANSWER_BYTES_MAX 65536

struct delivery {
	struct outbound_request rq;
	struct op op;
	struct webhook *webhook;
	struct arena memory;
	int64_t endpoint;
	const char *url;
	char secrets[ENDPOINT_SECRETS_SIZE]; /* until it is signed; "" : the configured one's */
	struct event_row row;
	struct event_end end;
	bool used;
	bool hasten; /* others need not wait longer */
	char error[64];
	char signature[EVENT_SIGNATURE_SIZE + 32];
	const char *headers[2];
};

#define DELIVERIES_MAX (ENDPOINTS_MAX * WEBHOOK_IN_FLIGHT_MAX)

/* How it goes with one endpoint. */
struct line {
	int64_t endpoint;    /* 0: none */
	bool down;           /* the last attempt had no answer */
	int64_t hastened_ms; /* monotonic */
};

struct webhook {
	struct webhook_options options;
	_Atomic bool listened; /* some endpoint is to be told */
	_Atomic bool woken;    /* the wake-up is on its way */
	struct task wake;
	struct timer timer;
	bool claiming; /* the claim is with the writer */
	bool again;    /* woken meanwhile */
	bool taken_over;
	struct line lines[ENDPOINTS_MAX];
	size_t next_line; /* that is forgotten for an endpoint that has none */
	struct delivery deliveries[DELIVERIES_MAX];

	/* The claim: its own while it runs. */
	struct op claim;
	struct arena claim_memory;
	int64_t in_flight[DELIVERIES_MAX];        /* endpoints of those, when it began; 0: none */
	struct delivery *offered[DELIVERIES_MAX]; /* the first `taken` have something to do */
	size_t offered_count, taken;
	int64_t next_due_ms; /* wall; 0: nothing is due */
	bool anybody;        /* there are endpoints */
};

static void look(struct webhook *w);

int64_t webhook_gap_ms(unsigned attempts)
{
	int64_t gap = WEBHOOK_GAP_FIRST_MS;

	for (unsigned i = 1; i < attempts && gap < WEBHOOK_GAP_MAX_MS; i++)
		gap *= 2;
	return gap < WEBHOOK_GAP_MAX_MS ? gap : WEBHOOK_GAP_MAX_MS;
}

static void submit(struct webhook *w, struct op *op, void (*done)(struct task *t))
{
	struct mail_list one;

	op->task.home = outbound_home(w->options.outbound);
	op->task.done = done;
	mail_list_init(&one);
	mail_list_add(&one, &op->task.mail);
	writer_submit_must(w->options.writer, &one);
}

/* ---- the end of an attempt ---- */

/* A new one, where the endpoint has none. There may be more than there is room for, where some were
 * removed with something in flight: then one begins anew, which costs no more than a wait. */
static struct line *line_of(struct webhook *w, int64_t endpoint)
{
	struct line *line;

	for (size_t i = 0; i < ENDPOINTS_MAX; i++)
		if (w->lines[i].endpoint == endpoint)
			return &w->lines[i];
	line = &w->lines[w->next_line++ % ENDPOINTS_MAX];
	*line = (struct line){.endpoint = endpoint, .hastened_ms = -HASTEN_PAUSE_MS};
	return line;
}

static enum result end_apply(struct op *op, struct batch *b)
{
	struct delivery *d = OWNER_OF(op, struct delivery, op);
	enum result r = batch_event_end(b, d->endpoint, &d->end);

	if (!r && d->hasten)
		r = batch_event_hasten(b, d->endpoint);
	return r;
}

static void delivery_clear(struct delivery *d)
{
	outbound_request_clear(&d->rq);
	arena_clear(&d->memory);
	secret_wipe(d->secrets, sizeof(d->secrets));
	d->used = false;
}

static void ended(struct task *t)
{
	struct delivery *d = OWNER_OF(t, struct delivery, op.task);
	struct webhook *w = d->webhook;

	/* The lease ends by itself: the event is sent again, with the same id. */
	if (d->op.result)
		log_warn("event_end", "result=%s", result_name(d->op.result));
	delivery_clear(d);
	outbound_busy(w->options.outbound, -1);
	look(w);
}

static bool is_answered(const struct delivery *d)
{
	return d->rq.status != 0 && d->rq.status != 502 && d->rq.status != 503 &&
	       d->rq.status != 504;
}

/* Whether somebody is there again after a time without answers. */
static bool is_back(struct webhook *w, const struct delivery *d)
{
	struct line *line = line_of(w, d->endpoint);
	int64_t now = outbound_now_ms(w->options.outbound);
	bool back = line->down && is_answered(d) && now >= line->hastened_ms + HASTEN_PAUSE_MS;

	if (is_answered(d) && !back)
		return false;
	line->down = !is_answered(d);
	if (back)
		line->hastened_ms = now;
	return back;
}

static void judge(struct delivery *d, bool taken)
{
	struct webhook *w = d->webhook;
	int64_t now_ms = env_wall_ms(w->options.env);

	d->end = (struct event_end){.id = d->row.id, .status = d->rq.status, .error = d->error};
	if (taken) {
		d->end.state = EVENT_DELIVERED;
		d->error[0] = '\0';
		return;
	}
	if (d->rq.status)
		(void)snprintf(d->error, sizeof(d->error), "status %d", d->rq.status);
	else
		(void)snprintf(d->error, sizeof(d->error), "%s", result_name(d->rq.result));
	d->end.state =
	        now_ms - d->row.since_ms >= w->options.keep_ms ? EVENT_PARKED : EVENT_PENDING;
	d->end.retry_at_ms = now_ms;
	if (d->rq.result != RESULT_RETRY_DRAINING) /* that was our own stop */
		d->end.retry_at_ms += webhook_gap_ms(d->row.attempts);
}

static void answered(struct task *t)
{
	struct delivery *d = OWNER_OF(t, struct delivery, rq.task);
	struct webhook *w = d->webhook;
	bool taken = d->rq.result == RESULT_OK && d->rq.status >= 200 && d->rq.status <= 299;
	char id[ID_TEXT_SIZE];

	if (taken)
		(void)FAILPOINT("hook.after_200");
	judge(d, taken);
	d->hasten = is_back(w, d);
	id_format(&d->row.id, id);
	if (d->end.state == EVENT_PARKED)
		log_error("event_parked", "id=%s endpoint=%lld type=%s attempts=%u why=\"%s\"", id,
		        (long long)d->endpoint, d->row.type, d->row.attempts, d->error);
	else if (!taken)
		log_warn("event_not_taken", "id=%s endpoint=%lld type=%s attempt=%u why=\"%s\"", id,
		        (long long)d->endpoint, d->row.type, d->row.attempts, d->error);
	d->op.apply = end_apply;
	submit(w, &d->op, ended);
}

/* ---- an attempt ---- */

static enum result prepare(struct delivery *d)
{
	struct webhook *w = d->webhook;
	struct bytes body = event_envelope(&d->row, &d->memory);
	char value[EVENT_SIGNATURE_SIZE];
	enum result r;

	if (!body.p)
		return RESULT_OURS_MEMORY;
	r = event_sign(d->endpoint == ENDPOINT_CONFIGURED ? w->options.secret : d->secrets,
	        env_wall_ms(w->options.env) / 1000, &d->row.id, body, &d->memory, value);
	secret_wipe(d->secrets, sizeof(d->secrets));
	if (r)
		return r;
	(void)snprintf(d->signature, sizeof(d->signature), "Florin-Signature: %s", value);
	d->headers[0] = d->signature;
	d->headers[1] = NULL;
	d->rq = (struct outbound_request){
	        .task = {.home = outbound_home(w->options.outbound), .done = answered},
	        .url = d->url,
	        .headers = d->headers,
	        .content_type = "application/json",
	        .policy = URL_POLICY_OPERATOR,
	        .method = OUTBOUND_POST,
	        .body = body,
	        .deadline_ms = outbound_now_ms(w->options.outbound) + w->options.timeout_ms,
	        .body_max = ANSWER_BYTES_MAX,
	};
	return RESULT_OK;
}

static void start(struct delivery *d)
{
	enum result r = prepare(d);

	if (!r) {
		outbound_send(d->webhook->options.outbound, &d->rq);
		return;
	}
	d->rq = (struct outbound_request){.result = r};
	answered(&d->rq.task);
}

/* ---- finding work ---- */

/* What one delivery needs to know of its endpoint; its event was claimed. */
static enum result assign(
        struct webhook *w, struct batch *b, const struct endpoint_row *e, struct delivery *d)
{
	d->endpoint = e->key;
	d->url = w->options.url;
	if (e->key == ENDPOINT_CONFIGURED)
		return RESULT_OK;
	d->url = arena_strdup(&d->memory, e->url);
	return d->url ? batch_endpoint_secrets(b, &e->id, d->secrets) : RESULT_OURS_MEMORY;
}

static void due(struct webhook *w, int64_t at_ms)
{
	if (at_ms && (!w->next_due_ms || at_ms < w->next_due_ms))
		w->next_due_ms = at_ms;
}

/* Claims for one endpoint, as far as it has not enough in flight. */
static enum result claim_of(struct webhook *w, struct batch *b, struct endpoint_row *e)
{
	int64_t lease_ms = w->options.timeout_ms + LEASE_MARGIN_MS, next_ms;
	size_t room = WEBHOOK_IN_FLIGHT_MAX, found = 1;
	bool more = false;
	enum result r = batch_endpoint_give(b, e, &more);

	for (size_t i = 0; i < DELIVERIES_MAX; i++)
		room -= w->in_flight[i] == e->key;
	for (; !r && found > 0 && room > 0 && w->taken < w->offered_count; room--) {
		struct delivery *d = w->offered[w->taken];

		r = batch_event_claim(
		        b, e->key, lease_ms, &d->memory, &d->row, 1, &found, &next_ms);
		if (!r && found > 0) {
			r = assign(w, b, e, d);
			w->taken++;
		}
		if (!r)
			due(w, next_ms);
	}
	if (!r && more)
		due(w, batch_now(b));
	return r;
}

/* Finding nothing is no refusal. Runs again after a rollback: what it found then counts. */
static enum result claim_apply(struct op *op, struct batch *b)
{
	struct webhook *w = OWNER_OF(op, struct webhook, claim);
	struct endpoint_row rows[ENDPOINTS_MAX];
	size_t count = 0;
	enum result r = w->taken_over ? RESULT_OK : batch_event_take_over(b);

	for (size_t i = 0; i < w->offered_count; i++)
		delivery_clear(w->offered[i]);
	arena_clear(&w->claim_memory);
	w->taken = 0;
	w->next_due_ms = 0;
	w->anybody = false;
	if (!r)
		r = batch_endpoint_list(b, &w->claim_memory, rows, &count);
	for (size_t i = 0; !r && i < count; i++) {
		if (!rows[i].enabled || (rows[i].key == ENDPOINT_CONFIGURED && !w->options.url))
			continue;
		w->anybody = true;
		r = claim_of(w, b, &rows[i]);
	}
	return r;
}

static void set_timer(struct webhook *w)
{
	struct outbound *o = w->options.outbound;
	int64_t wait = LOOK_SELDOM_MS;

	if (w->claim.result)
		wait = LOOK_AGAIN_MS;
	else if (w->next_due_ms && w->next_due_ms - env_wall_ms(w->options.env) < wait)
		wait = w->next_due_ms - env_wall_ms(w->options.env);
	outbound_timer_set(o, &w->timer, outbound_now_ms(o) + (wait > 1 ? wait : 1));
}

/* Nobody need wake us where there is nobody to tell; who adds an endpoint wakes us all the same. */
static void attend(struct webhook *w)
{
	atomic_store(&w->listened, w->anybody || w->again);
	if (atomic_load(&w->woken))
		atomic_store(&w->listened, true);
}

static void claimed(struct task *t)
{
	struct webhook *w = OWNER_OF(t, struct webhook, claim.task);
	bool again = w->again;

	if (w->claim.result) {
		log_warn("event_claim", "result=%s", result_name(w->claim.result));
	} else {
		w->taken_over = true;
		attend(w);
	}
	w->claiming = false;
	w->again = false;
	for (size_t i = 0; i < w->taken; i++) {
		struct delivery *d = w->offered[i];

		if (w->claim.result) {
			delivery_clear(d);
			continue;
		}
		d->used = true;
		outbound_busy(w->options.outbound, 1);
		start(d);
	}
	outbound_busy(w->options.outbound, -1);
	if (again)
		look(w);
	else
		set_timer(w);
}

static void look(struct webhook *w)
{
	if (outbound_draining(w->options.outbound))
		return;
	if (w->claiming) {
		w->again = true;
		return;
	}
	w->offered_count = 0;
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		struct delivery *d = &w->deliveries[i];

		w->in_flight[i] = d->used ? d->endpoint : 0;
		if (!d->used)
			w->offered[w->offered_count++] = d;
	}
	if (w->offered_count == 0) /* each that ends looks again */
		return;
	w->claiming = true;
	w->claim.apply = claim_apply;
	outbound_busy(w->options.outbound, 1);
	submit(w, &w->claim, claimed);
}

static void on_timer(struct timer *t)
{
	look(OWNER_OF(t, struct webhook, timer));
}

static void on_wake(struct task *t)
{
	struct webhook *w = OWNER_OF(t, struct webhook, wake);

	atomic_store(&w->woken, false);
	look(w);
}

void webhook_wake(struct webhook *w)
{
	struct mail_list one;

	if (atomic_exchange(&w->woken, true))
		return;
	atomic_store(&w->listened, true);
	w->wake.done = on_wake;
	mail_list_init(&one);
	mail_list_add(&one, &w->wake.mail);
	/* While stopping nobody looks; after the next start somebody will. */
	if (outbound_post(w->options.outbound, &one))
		atomic_store(&w->woken, false);
}

static void on_event(void *arg)
{
	struct webhook *w = arg;

	if (atomic_load(&w->listened))
		webhook_wake(w);
}

/* Whether event_sign takes them. */
static enum result check_secrets(struct webhook *w, const char *secrets)
{
	const struct id nobody = {{0}};
	char signature[EVENT_SIGNATURE_SIZE];
	enum result r = event_sign(
	        secrets ? secrets : "", 0, &nobody, bytes_str("{}"), &w->claim_memory, signature);

	arena_clear(&w->claim_memory);
	return r;
}

enum result webhook_new(const struct webhook_options *options, struct webhook **out)
{
	struct webhook *w = calloc(1, sizeof(*w));
	enum result r;

	if (!w)
		return RESULT_OURS_MEMORY;
	w->options = *options;
	w->timer.fire = on_timer;
	arena_init(&w->claim_memory, CLAIM_BYTES);
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		w->deliveries[i].webhook = w;
		arena_init(&w->deliveries[i].memory, DELIVERY_BYTES);
	}
	r = options->url ? check_secrets(w, options->secret) : RESULT_OK;
	if (r) {
		free(w);
		return r;
	}
	writer_on_event(options->writer, on_event, w);
	*out = w;
	return RESULT_OK;
}

const char *webhook_url(const struct webhook *w)
{
	return w ? w->options.url : NULL;
}

void webhook_free(struct webhook *w)
{
	if (!w)
		return;
	assert(!w->claiming);
	for (size_t i = 0; i < DELIVERIES_MAX; i++)
		delivery_clear(&w->deliveries[i]);
	arena_clear(&w->claim_memory);
	free(w);
}
