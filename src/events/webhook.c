#include "events/webhook.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "events/envelope.h"

#define DELIVERY_BYTES   (8 * 1024 * 1024) /* of one event and its text */
#define LEASE_MARGIN_MS  15000             /* above the timeout: for queues and the commit */
#define LOOK_SELDOM_MS   30000             /* for what another process left */
#define LOOK_AGAIN_MS    1000              /* after the store refused */
#define HASTEN_PAUSE_MS  60000 /* an event that makes the host hang gains no more by it */
#define ANSWER_BYTES_MAX 65536

struct delivery {
	struct outbound_request rq;
	struct op op;
	struct webhook *webhook;
	struct arena memory;
	struct event_row row;
	struct event_end end;
	bool used;
	bool hasten; /* others need not wait longer */
	char error[64];
	char signature[EVENT_SIGNATURE_SIZE + 32];
	const char *headers[2];
};

struct webhook {
	struct webhook_options options;
	_Atomic bool woken; /* the wake-up is on its way */
	struct task wake;
	struct timer timer;
	struct op claim;
	bool claiming; /* the claim is with the writer */
	bool again;    /* woken meanwhile */
	bool taken_over;
	struct delivery *offered[WEBHOOK_IN_FLIGHT_MAX]; /* to the claim: its own while it runs */
	size_t offered_count;
	int64_t next_due_ms; /* wall; of the last claim */
	bool down;           /* the last attempt had no answer */
	int64_t hastened_ms; /* monotonic */
	struct delivery deliveries[WEBHOOK_IN_FLIGHT_MAX];
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

static enum result end_apply(struct op *op, struct batch *b)
{
	struct delivery *d = OWNER_OF(op, struct delivery, op);
	enum result r = batch_event_end(b, &d->end);

	if (!r && d->hasten)
		r = batch_event_hasten(b);
	return r;
}

static void delivery_clear(struct delivery *d)
{
	outbound_request_clear(&d->rq);
	arena_clear(&d->memory);
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
	int64_t now = outbound_now_ms(w->options.outbound);
	bool back = w->down && is_answered(d) && now >= w->hastened_ms + HASTEN_PAUSE_MS;

	if (is_answered(d) && !back)
		return false;
	w->down = !is_answered(d);
	if (back)
		w->hastened_ms = now;
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
		log_error("event_parked", "id=%s type=%s attempts=%u why=\"%s\"", id, d->row.type,
		        d->row.attempts, d->error);
	else if (!taken)
		log_warn("event_not_taken", "id=%s type=%s attempt=%u why=\"%s\"", id, d->row.type,
		        d->row.attempts, d->error);
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
	r = event_sign(w->options.secret, env_wall_ms(w->options.env) / 1000, &d->row.id, body,
	        &d->memory, value);
	if (r)
		return r;
	(void)snprintf(d->signature, sizeof(d->signature), "Florin-Signature: %s", value);
	d->headers[0] = d->signature;
	d->headers[1] = NULL;
	d->rq = (struct outbound_request){
	        .task = {.home = outbound_home(w->options.outbound), .done = answered},
	        .url = w->options.url,
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

/* Finding nothing is no refusal. Runs again after a rollback: what it found then counts. */
static enum result claim_apply(struct op *op, struct batch *b)
{
	struct webhook *w = OWNER_OF(op, struct webhook, claim);
	int64_t lease_ms = w->options.timeout_ms + LEASE_MARGIN_MS;
	enum result r = w->taken_over ? RESULT_OK : batch_event_take_over(b);
	size_t found = 1;

	for (size_t i = 0; i < w->offered_count; i++) {
		arena_clear(&w->offered[i]->memory);
		w->offered[i]->row.type = NULL;
	}
	for (size_t i = 0; !r && found > 0 && i < w->offered_count; i++) {
		struct delivery *d = w->offered[i];

		r = batch_event_claim(b, lease_ms, &d->memory, &d->row, 1, &found, &w->next_due_ms);
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

static void claimed(struct task *t)
{
	struct webhook *w = OWNER_OF(t, struct webhook, claim.task);
	bool again = w->again;

	w->claiming = false;
	w->again = false;
	if (w->claim.result)
		log_warn("event_claim", "result=%s", result_name(w->claim.result));
	else
		w->taken_over = true;
	for (size_t i = 0; i < w->offered_count && !w->claim.result; i++) {
		struct delivery *d = w->offered[i];

		if (!d->row.type)
			break;
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
	for (size_t i = 0; i < WEBHOOK_IN_FLIGHT_MAX; i++)
		if (!w->deliveries[i].used)
			w->offered[w->offered_count++] = &w->deliveries[i];
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
	w->wake.done = on_wake;
	mail_list_init(&one);
	mail_list_add(&one, &w->wake.mail);
	/* While stopping nobody looks; after the next start somebody will. */
	if (outbound_post(w->options.outbound, &one))
		atomic_store(&w->woken, false);
}

static void on_event(void *arg)
{
	webhook_wake(arg);
}

enum result webhook_new(const struct webhook_options *options, struct webhook **out)
{
	const struct id nobody = {{0}};
	char signature[EVENT_SIGNATURE_SIZE];
	struct webhook *w = calloc(1, sizeof(*w));
	enum result r = RESULT_OURS_MEMORY;

	if (!w)
		return r;
	w->options = *options;
	w->timer.fire = on_timer;
	w->hastened_ms = -HASTEN_PAUSE_MS;
	for (size_t i = 0; i < WEBHOOK_IN_FLIGHT_MAX; i++) {
		w->deliveries[i].webhook = w;
		arena_init(&w->deliveries[i].memory, DELIVERY_BYTES);
	}
	r = event_sign(options->secret ? options->secret : "", 0, &nobody, bytes_str("{}"),
	        &w->deliveries[0].memory, signature);
	arena_clear(&w->deliveries[0].memory);
	if (r) {
		free(w);
		return r;
	}
	writer_on_event(options->writer, on_event, w);
	*out = w;
	return RESULT_OK;
}

void webhook_free(struct webhook *w)
{
	if (!w)
		return;
	assert(!w->claiming);
	for (size_t i = 0; i < WEBHOOK_IN_FLIGHT_MAX; i++)
		delivery_clear(&w->deliveries[i]);
	free(w);
}
