#include "net/outbound.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/outbound_host.h"
#include "net/outbound_target.h"
#include "net/transfer.h"
#include "net/wire.h"

#define WORK_MAX          16384 /* tasks and requests of other threads that may wait */
#define IDLE_TRANSFERS    32    /* handles kept for requests by URL */
#define CONNECTIONS_KEPT  1024
#define POLL_MAX_MS       60000 /* everything that matters wakes the loop; an idle node sleeps */
#define POLL_DRAINING_MS  20
#define FORCED_STOP_MS    1000 /* for the last tasks to come home after the drain */
#define STAT_ADD(o, name) atomic_fetch_add_explicit(&(o)->name, 1, memory_order_relaxed)

struct outbound {
	struct outbound_options options;
	struct transfer_options transfer_options;
	CURLM *multi;
	struct wires *wires;
	pthread_t thread;
	bool started;
	struct mailbox work;        /* to run here: from other threads, bounded */
	struct mailbox home;        /* coming home: answers to this thread */
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

static bool on_thread(const struct outbound *o)
{
	return o->started && pthread_equal(pthread_self(), o->thread);
}

/* ---- the life of a request ---- */

static void end_request(struct outbound *o, struct outbound_request *rq, enum result r)
{
	rq->result = r;
	free(rq->parts);
	rq->parts = NULL;
	curl_slist_free_all(rq->header_list);
	rq->header_list = NULL;
	if (r)
		STAT_ADD(o, failures);
	else
		STAT_ADD(o, answers);
	if (r == RESULT_THEIRS_BLOCKED)
		STAT_ADD(o, blocked);
	mail_list_add(rq->task.home == &o->home ? &o->ended : &o->away, &rq->task.mail);
}

static void run_list_add(struct outbound *o, struct outbound_request *rq)
{
	rq->previous = NULL;
	rq->next = o->running;
	if (o->running)
		o->running->previous = rq;
	o->running = rq;
}

static void run_list_remove(struct outbound *o, struct outbound_request *rq)
{
	if (rq->previous)
		rq->previous->next = rq->next;
	else
		o->running = rq->next;
	if (rq->next)
		rq->next->previous = rq->previous;
}

static enum result take_transfer(
        struct outbound *o, struct outbound_request *rq, struct transfer **out)
{
	struct outbound_target *g = rq->target;
	struct transfer **idle = g ? &g->idle : &o->idle;
	struct transfer *t = *idle;
	enum result r;

	if (t) {
		*idle = t->next;
		if (!g)
			o->idle_n--;
	} else {
		r = transfer_new(&o->transfer_options, &t);
		if (r)
			return r;
		if (g) {
			r = transfer_aim(t, g->parts.url, g->parts.host, g->policy, g->headers);
			if (r) {
				transfer_free(t);
				return r;
			}
		}
	}
	*out = t;
	return RESULT_OK;
}

static void give_back_transfer(struct outbound *o, struct outbound_request *rq, struct transfer *t)
{
	if (rq->target) {
		t->next = rq->target->idle;
		rq->target->idle = t;
	} else if (o->idle_n < IDLE_TRANSFERS) {
		t->next = o->idle;
		o->idle = t;
		o->idle_n++;
	} else {
		transfer_free(t);
	}
}

const char *outbound_method_name(enum outbound_method m)
{
	switch (m) {
	case OUTBOUND_GET:
		return "GET";
	case OUTBOUND_POST:
		return "POST";
	case OUTBOUND_PUT:
		return "PUT";
	case OUTBOUND_DELETE:
		return "DELETE";
	}
	return "GET";
}

static enum result start_transfer(struct outbound *o, struct outbound_request *rq)
{
	struct transfer *t = NULL;
	int64_t left = rq->due_ms - o->now_ms;
	enum result r;

	if (left <= 0)
		return RESULT_RETRY_TIMEOUT;
	r = take_transfer(o, rq, &t);
	if (r)
		return r;
	if (!rq->target)
		r = transfer_aim(t, rq->parts->url, rq->parts->host, rq->policy, rq->header_list);
	if (!r)
		r = transfer_load(t, outbound_method_name(rq->method), rq->body, left);
	if (!r && curl_multi_add_handle(o->multi, t->easy) != CURLM_OK)
		r = RESULT_OURS_MEMORY;
	if (r) {
		give_back_transfer(o, rq, t);
		return r;
	}
	t->owner = rq;
	t->answer = (struct answer_body){rq->answer, 0, rq->answer_cap,
	        rq->body_max ? rq->body_max : LIMIT_OUTBOUND_BODY_BYTES};
	rq->transfer = t;
	run_list_add(o, rq);
	o->unstarted = true;
	return RESULT_OK;
}

static enum result start_wire(struct outbound *o, struct outbound_request *rq)
{
	enum result r;

	if (rq->due_ms <= o->now_ms)
		return RESULT_RETRY_TIMEOUT;
	r = wires_send(o->wires, rq->target->aim, outbound_method_name(rq->method), rq, o->now_ms);
	if (!r)
		run_list_add(o, rq);
	return r;
}

/* Before the request counts as under way: what it needs, and whether it may go at all. */
static enum result prepare(struct outbound *o, struct outbound_request *rq)
{
	enum result r;

	if (o->forced)
		return RESULT_RETRY_DRAINING;
	if (o->in_flight >= o->options.in_flight)
		return RESULT_RETRY_BUSY;
	if (rq->target)
		return rq->target->in_flight < rq->target->in_flight_max ? RESULT_OK
		                                                         : RESULT_RETRY_BUSY;
	rq->parts = malloc(sizeof(*rq->parts));
	if (!rq->parts)
		return RESULT_OURS_MEMORY;
	r = url_guard_url(o->options.guard, rq->policy, rq->url, rq->parts);
	if (!r)
		r = transfer_headers(rq->headers, rq->content_type, rq->accept, &rq->header_list);
	if (r)
		return r;
	rq->host = outbound_host_get(&o->hosts, rq->parts);
	return rq->host ? RESULT_OK : RESULT_OURS_MEMORY;
}

static struct outbound_queue *queue_of(struct outbound_request *rq)
{
	return rq->target ? &rq->target->queue : &rq->host->queue;
}

static bool may_run(const struct outbound *o, struct outbound_request *rq)
{
	return queue_of(rq)->running < (rq->target ? o->options.per_target : o->options.per_host);
}

/* The request no longer counts. */
static void uncount(struct outbound *o, struct outbound_request *rq)
{
	struct outbound_host *h = rq->host;

	o->in_flight--;
	if (rq->target) {
		rq->target->in_flight--;
		outbound_target_release(rq->target);
		return;
	}
	rq->host = NULL;
	outbound_host_drop_if_unused(&o->hosts, h);
}

static void start_waiting(struct outbound *o, struct outbound_queue *q);

static void leave(struct outbound *o, struct outbound_request *rq)
{
	struct outbound_queue *q = queue_of(rq);

	q->running--;
	start_waiting(o, q);
	uncount(o, rq);
}

static void start_counted(struct outbound *o, struct outbound_request *rq)
{
	enum result r;

	queue_of(rq)->running++;
	r = rq->target && rq->target->aim ? start_wire(o, rq) : start_transfer(o, rq);
	if (r) {
		end_request(o, rq, r);
		leave(o, rq);
	}
}

/* One place became free. Should the request fail to start, it leaves and the next one comes here:
 * as deep as requests wait for one place, all of which have memory to fail. */
static void start_waiting(struct outbound *o, struct outbound_queue *q)
{
	struct outbound_request *rq = q->first;

	if (!rq || !may_run(o, rq))
		return;
	outbound_queue_unwait(q, rq);
	timer_cancel(&o->timers, &rq->timer);
	start_counted(o, rq);
}

static void give_up_waiting(struct outbound *o, struct outbound_request *rq, enum result r)
{
	outbound_queue_unwait(queue_of(rq), rq);
	end_request(o, rq, r);
	uncount(o, rq);
}

static void on_waited_too_long(struct timer *timer)
{
	struct outbound_request *rq = OWNER_OF(timer, struct outbound_request, timer);

	give_up_waiting(rq->owner, rq, RESULT_RETRY_TIMEOUT);
}

void outbound_send(struct outbound *o, struct outbound_request *rq)
{
	enum result r;

	assert(on_thread(o));
	STAT_ADD(o, requests);
	rq->owner = o;
	rq->result = RESULT_OURS_BUG;
	rq->sent = false;
	rq->status = 0;
	rq->answer_n = 0;
	rq->answer_type[0] = '\0';
	rq->due_ms = rq->deadline_ms ? rq->deadline_ms : o->now_ms + o->options.total_ms;
	r = prepare(o, rq);
	if (r) {
		end_request(o, rq, r);
		return;
	}
	o->in_flight++;
	if (rq->target) {
		outbound_target_hold(rq->target);
		rq->target->in_flight++;
	}
	if (!may_run(o, rq)) {
		outbound_queue_wait(queue_of(rq), rq);
		rq->timer.fire = on_waited_too_long;
		timer_set(&o->timers, &rq->timer, rq->due_ms);
		return;
	}
	start_counted(o, rq);
}

static void copy_media_type(CURL *easy, char out[OUTBOUND_TYPE_SIZE])
{
	const char *type = NULL;
	size_t n = 0;

	curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
	for (; type && *type && *type != ';' && *type != ' ' && n < OUTBOUND_TYPE_SIZE - 1; type++)
		out[n++] = *type >= 'A' && *type <= 'Z' ? (char)(*type + 32) : *type;
	out[n] = '\0';
}

static void finish_transfer(struct outbound *o, struct transfer *t, CURLcode code)
{
	struct outbound_request *rq = t->owner;
	enum result r = transfer_end(t, code, &rq->sent, &rq->status);

	if (!r)
		copy_media_type(t->easy, rq->answer_type);
	if (t->connected)
		STAT_ADD(o, connections);
	curl_multi_remove_handle(o->multi, t->easy);
	run_list_remove(o, rq);
	rq->answer = t->answer.p;
	rq->answer_n = t->answer.n;
	rq->answer_cap = t->answer.cap;
	rq->transfer = NULL;
	give_back_transfer(o, rq, t);
	end_request(o, rq, r);
	leave(o, rq);
}

static void on_wire_ended(void *arg, struct outbound_request *rq, enum result r)
{
	struct outbound *o = arg;

	run_list_remove(o, rq);
	end_request(o, rq, r);
	leave(o, rq);
}

static void start_from_elsewhere(struct task *task)
{
	struct outbound_request *rq = OWNER_OF(task, struct outbound_request, start);

	outbound_send(rq->owner, rq);
}

enum result outbound_submit(
        struct outbound *o, struct outbound_request *const *requests, size_t count)
{
	struct mail_list list;

	mail_list_init(&list);
	for (size_t i = 0; i < count; i++) {
		requests[i]->owner = o;
		requests[i]->start.done = start_from_elsewhere;
		mail_list_add(&list, &requests[i]->start.mail);
	}
	return mailbox_give(&o->work, &list);
}

void outbound_request_clear(struct outbound_request *rq)
{
	free(rq->answer);
	memset(rq, 0, sizeof(*rq));
}

/* ---- targets ---- */

enum result outbound_target_new(struct outbound *o, const struct outbound_target_options *options,
        struct outbound_target **out)
{
	return outbound_target_make(&o->options, options, out);
}

/* ---- the thread ---- */

struct mailbox *outbound_home(struct outbound *o)
{
	return &o->home;
}

enum result outbound_post(struct outbound *o, struct mail_list *tasks)
{
	return mailbox_give(&o->work, tasks);
}

void outbound_busy(struct outbound *o, int change)
{
	assert(on_thread(o));
	o->busy += change;
	assert(o->busy >= 0);
}

bool outbound_draining(const struct outbound *o)
{
	assert(on_thread(o));
	return o->draining;
}

int64_t outbound_now_ms(const struct outbound *o)
{
	assert(on_thread(o));
	return o->now_ms;
}

void outbound_timer_set(struct outbound *o, struct timer *t, int64_t at_ms)
{
	assert(on_thread(o));
	timer_set(&o->timers, t, at_ms);
}

void outbound_timer_cancel(struct outbound *o, struct timer *t)
{
	assert(on_thread(o));
	timer_cancel(&o->timers, t);
}

static bool is_quiet(const struct outbound *o)
{
	return o->in_flight == 0 && o->busy == 0 && !o->ended.head;
}

static int poll_timeout(const struct outbound *o)
{
	int64_t most = o->draining ? POLL_DRAINING_MS : POLL_MAX_MS;
	int64_t next = timer_next_ms(&o->timers);
	int64_t left = next == INT64_MAX ? most : next - clock_mono_ms();

	if (o->ended.head || o->away.head || left <= 0 || (o->draining && is_quiet(o)))
		return 0;
	return (int)(left < most ? left : most);
}

/* Runs what waits now; what those add waits for the next time, so that one turn ends. */
static void run_list(struct mail_list *list)
{
	struct mail_list now = *list;

	mail_list_init(list);
	task_run_done(&now);
}

static void wait_and_take(struct outbound *o)
{
	enum { WORK, HOME, WIRES, FDS };
	struct curl_waitfd fds[FDS] = {
	        [WORK] = {.fd = o->work.fd, .events = CURL_WAIT_POLLIN},
	        [HOME] = {.fd = o->home.fd, .events = CURL_WAIT_POLLIN},
	        [WIRES] = {.fd = wires_fd(o->wires), .events = CURL_WAIT_POLLIN},
	};
	struct mail_list arrived;

	mail_list_init(&arrived);
	curl_multi_poll(o->multi, fds, FDS, poll_timeout(o), NULL);
	o->now_ms = clock_mono_ms();
	/* First, so that nothing new is sent on a connection that has been closed. */
	if (fds[WIRES].revents)
		wires_run(o->wires, o->now_ms);
	if (fds[HOME].revents)
		mailbox_take(&o->home, &arrived);
	if (fds[WORK].revents)
		mailbox_take(&o->work, &arrived);
	task_run_done(&arrived);
}

static void run_libcurl(struct outbound *o)
{
	int running, left;
	CURLMsg *m;

	o->unstarted = false;
	curl_multi_perform(o->multi, &running);
	while ((m = curl_multi_info_read(o->multi, &left))) {
		char *t = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		finish_transfer(o, (struct transfer *)(void *)t, m->data.result);
	}
}

static void turn(struct outbound *o)
{
	wait_and_take(o);
	timer_fire_due(&o->timers, o->now_ms);
	run_libcurl(o);
	run_list(&o->ended);
	task_send_home(&o->away);
	if (o->options.turn_end)
		o->options.turn_end(o->options.arg);
	/* What the answers brought about leaves in the same turn. */
	if (o->unstarted)
		run_libcurl(o);
}

/* The drain's time is over: what is sent has an unknown outcome, the rest was never done. */
static void end_all(struct outbound *o)
{
	struct outbound_request *rq;

	o->forced = true;
	while ((rq = o->running)) {
		struct outbound_queue *q = queue_of(rq);

		/* First those that wait for the same place, so that none of them starts. */
		while (q->first) {
			timer_cancel(&o->timers, &q->first->timer);
			give_up_waiting(o, q->first, RESULT_RETRY_DRAINING);
		}
		if (rq->wire) {
			wires_abort(o->wires, rq);
			continue;
		}
		finish_transfer(o, rq->transfer, CURLE_ABORTED_BY_CALLBACK);
		rq->result = rq->sent ? RESULT_RETRY_UNKNOWN : RESULT_RETRY_DRAINING;
	}
}

static void *run(void *arg)
{
	struct outbound *o = arg;

	for (;;) {
		int64_t stop_at = atomic_load(&o->stop_at_ms);

		o->now_ms = clock_mono_ms();
		o->draining = stop_at != 0;
		turn(o);
		if (!stop_at)
			continue;
		if (is_quiet(o))
			break;
		if (!o->forced && o->now_ms >= stop_at)
			end_all(o);
		if (o->now_ms >= stop_at + FORCED_STOP_MS)
			break;
	}
	run_list(&o->ended);
	task_send_home(&o->away);
	return NULL;
}

static void take_defaults(struct outbound *o)
{
	struct outbound_options *p = &o->options;

	if (!p->connect_ms)
		p->connect_ms = LIMIT_OUTBOUND_CONNECT_MS;
	if (!p->total_ms)
		p->total_ms = LIMIT_OUTBOUND_TOTAL_MS;
	if (!p->per_host)
		p->per_host = LIMIT_OUTBOUND_PER_HOST;
	if (!p->per_target)
		p->per_target = LIMIT_OUTBOUND_PER_TARGET;
	if (!p->in_flight)
		p->in_flight = LIMIT_OUTBOUND_IN_FLIGHT;
	o->transfer_options = (struct transfer_options){
	        .guard = p->guard,
	        .ca_file = p->ca_file,
	        .user_agent = p->user_agent,
	        .connect_ms = p->connect_ms,
	        .plain_http = url_guard_allows_http(p->guard),
	};
}

enum result outbound_new(const struct outbound_options *options, struct outbound **out)
{
	struct outbound *o = calloc(1, sizeof(*o));
	struct wires_options wires;
	enum result r;

	if (!o)
		return RESULT_OURS_MEMORY;
	o->options = *options;
	take_defaults(o);
	wires = (struct wires_options){.guard = o->options.guard,
	        .timers = &o->timers,
	        .connect_ms = o->options.connect_ms,
	        .opened = &o->connections,
	        .ended = on_wire_ended,
	        .arg = o};
	mail_list_init(&o->ended);
	mail_list_init(&o->away);
	r = transfer_init();
	if (r)
		goto no_mailbox;
	r = mailbox_init(&o->work, WORK_MAX);
	if (r)
		goto no_mailbox;
	r = mailbox_init(&o->home, 0);
	if (r)
		goto no_home;
	r = wires_new(&wires, &o->wires);
	if (r)
		goto no_wires;
	r = RESULT_OURS_MEMORY;
	o->multi = curl_multi_init();
	if (!o->multi)
		goto no_multi;
	curl_multi_setopt(o->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
	curl_multi_setopt(o->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	*out = o;
	return RESULT_OK;
no_multi:
	wires_free(o->wires);
no_wires:
	mailbox_clear(&o->home);
no_home:
	mailbox_clear(&o->work);
no_mailbox:
	free(o);
	return r;
}

void outbound_free(struct outbound *o)
{
	if (!o)
		return;
	transfer_free_list(o->idle);
	curl_multi_cleanup(o->multi);
	wires_free(o->wires);
	mailbox_clear(&o->home);
	mailbox_clear(&o->work);
	free(o);
}

enum result outbound_start(struct outbound *o)
{
	sigset_t all, before;
	int failed;

	/* Signals are main's; and a dead connection must not end the process with SIGPIPE. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	o->started = true;
	failed = pthread_create(&o->thread, NULL, run, o);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failed)
		return RESULT_OK;
	o->started = false;
	return RESULT_OURS_IO;
}

void outbound_stop(struct outbound *o, int64_t drain_ms)
{
	if (!o->started)
		return;
	/* Closed first: the turn that follows the news takes all that was accepted. */
	mailbox_close(&o->work);
	atomic_store(&o->stop_at_ms, clock_mono_ms() + drain_ms + 1);
	curl_multi_wakeup(o->multi);
	pthread_join(o->thread, NULL);
	timers_clear(&o->timers);
	o->started = false;
}

void outbound_stats_get(const struct outbound *o, struct outbound_stats *out)
{
	out->requests = atomic_load_explicit(&o->requests, memory_order_relaxed);
	out->answers = atomic_load_explicit(&o->answers, memory_order_relaxed);
	out->failures = atomic_load_explicit(&o->failures, memory_order_relaxed);
	out->connections = atomic_load_explicit(&o->connections, memory_order_relaxed);
	out->blocked = atomic_load_explicit(&o->blocked, memory_order_relaxed);
}
