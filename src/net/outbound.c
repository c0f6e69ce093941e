#include "net/outbound_thread.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/outbound_target.h"
#include "net/watch.h"

#define IDLE_TRANSFERS    32    /* handles kept for requests by URL */
#define POLL_MAX_MS       60000 /* everything that matters wakes the loop; an idle node sleeps */
#define POLL_DRAINING_MS  20
#define FORCED_STOP_MS    1000 /* for the last tasks to come home after the drain */
#define STAT_ADD(o, name) atomic_fetch_add_explicit(&(o)->name, 1, memory_order_relaxed)

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
	transfer_headers_free(rq->header_list);
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

	if (!t) {
		enum result r = transfer_new(&o->transfer_options, &t);

		if (r)
			return r;
		t->strays = true;
	} else {
		*idle = t->next;
		if (!g)
			o->idle_n--;
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

/* A request to a target that has something of its own to say: its handle is aimed again for the
 * next one. */
static enum result aim_apart(struct transfer *t, struct outbound_request *rq)
{
	const struct outbound_target *g = rq->target;
	char url[2 * URL_MAX_CHARS];
	enum result r;

	if ((size_t)snprintf(url, sizeof(url), "%s%s", g->parts.url, rq->below ? rq->below : "") >=
	        sizeof(url))
		return RESULT_THEIRS_TOO_BIG;
	r = transfer_more_headers(g->headers, rq->lines, &rq->header_list);
	if (r)
		return r;
	t->strays = true;
	return transfer_aim(t, url, g->parts.host, g->policy, rq->header_list);
}

static enum result aim(struct transfer *t, struct outbound_request *rq)
{
	const struct outbound_target *g = rq->target;

	if (!g)
		return transfer_aim(
		        t, rq->parts->url, rq->parts->host, rq->policy, rq->header_list);
	if (rq->below || rq->lines)
		return aim_apart(t, rq);
	if (!t->strays)
		return RESULT_OK;
	t->strays = false;
	return transfer_aim(t, g->parts.url, g->parts.host, g->policy, g->headers);
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
	r = aim(t, rq);
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
	        rq->body_max ? rq->body_max : o->options.answer_bytes};
	rq->transfer = t;
	run_list_add(o, rq);
	o->unstarted = true;
	return RESULT_OK;
}

static void leave(struct outbound *o, struct outbound_request *rq);

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

/* ---- requests that the assembly carries ---- */

static void on_carried_too_long(struct timer *timer)
{
	struct outbound_request *rq = OWNER_OF(timer, struct outbound_request, timer);
	struct outbound *o = rq->owner;

	o->options.carry_no_more(o->options.arg, rq->target->line, rq);
	outbound_carried(o, rq, RESULT_RETRY_TIMEOUT, 0, bytes_of(NULL, 0));
}

static enum result start_carried(struct outbound *o, struct outbound_request *rq)
{
	enum result r;

	if (rq->due_ms <= o->now_ms)
		return RESULT_RETRY_TIMEOUT;
	r = o->options.carry(o->options.arg, rq->target->line, rq);
	if (r)
		return r;
	rq->sent = true;
	rq->timer.fire = on_carried_too_long;
	timer_set(&o->timers, &rq->timer, rq->due_ms);
	run_list_add(o, rq);
	return RESULT_OK;
}

void outbound_carried(struct outbound *o, struct outbound_request *rq, enum result r, int status,
        struct bytes answer)
{
	struct answer_body body = {rq->answer, 0, rq->answer_cap,
	        rq->body_max ? rq->body_max : o->options.answer_bytes};

	timer_cancel(&o->timers, &rq->timer);
	if (!r) {
		r = answer_body_add(&body, answer);
		rq->status = status;
	}
	rq->answer = body.p;
	rq->answer_n = body.n;
	rq->answer_cap = body.cap;
	run_list_remove(o, rq);
	end_request(o, rq, r);
	leave(o, rq);
}

static struct outbound_queue *queue_of(struct outbound_request *rq)
{
	return rq->target ? &rq->target->queue : &rq->host->queue;
}

/* Nobody has more than what is left for the others: a few who never answer can't take it all. */
static enum result admit(const struct outbound *o, struct outbound_request *rq)
{
	size_t has = queue_of(rq)->in_flight;

	if (rq->target && has >= rq->target->in_flight_max)
		return RESULT_RETRY_BUSY;
	return has < o->options.in_flight - o->in_flight ? RESULT_OK : RESULT_RETRY_BUSY;
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
		return admit(o, rq);
	rq->parts = malloc(sizeof(*rq->parts));
	if (!rq->parts)
		return RESULT_OURS_MEMORY;
	r = url_guard_url(o->options.guard, rq->policy, rq->url, rq->parts);
	if (!r)
		r = transfer_headers(rq->headers, rq->content_type, rq->accept, &rq->header_list);
	if (r)
		return r;
	rq->host = outbound_host_get(&o->hosts, rq->parts);
	r = rq->host ? admit(o, rq) : RESULT_OURS_MEMORY;
	if (r)
		rq->host = NULL; /* one that is refused is not the host's first */
	return r;
}

/* Of those that run to a target there may always be one, so that its end lets others begin. */
static bool may_run(const struct outbound *o, struct outbound_request *rq)
{
	const struct outbound_options *p = &o->options;
	size_t running = queue_of(rq)->running;

	if (!rq->target)
		return running < p->per_host;
	if (running == 0)
		return true;
	if (rq->target->carried)
		return running < p->per_target;
	if (!rq->target->aim)
		return running < p->per_target && running < p->new_per_target;
	return running < p->per_target && wires_has_room(o->wires, rq->target->aim, o->now_ms);
}

/* The request no longer counts; the host that it went to stays. */
static void uncount_only(struct outbound *o, struct outbound_request *rq)
{
	o->in_flight--;
	queue_of(rq)->in_flight--;
	rq->host = NULL;
	if (rq->target)
		outbound_target_release(rq->target);
}

/* The request no longer counts. */
static void uncount(struct outbound *o, struct outbound_request *rq)
{
	struct outbound_host *h = rq->host;

	uncount_only(o, rq);
	if (h)
		outbound_host_drop_if_unused(&o->hosts, h);
}

/* False: it has ended, but still counts. */
static bool start(struct outbound *o, struct outbound_request *rq)
{
	struct outbound_queue *q = queue_of(rq);
	enum result r;

	q->running++;
	if (rq->target && rq->target->carried)
		r = start_carried(o, rq);
	else
		r = rq->target && rq->target->aim ? start_wire(o, rq) : start_transfer(o, rq);
	if (!r)
		return true;
	q->running--;
	end_request(o, rq, r);
	return false;
}

/* A place became free, or two: with the first answer on a connection also one for another new one.
 * Who calls keeps the queue alive. */
static void start_waiting(struct outbound *o, struct outbound_queue *q)
{
	struct outbound_request *rq;

	while ((rq = q->first) && may_run(o, rq)) {
		outbound_queue_unwait(q, rq);
		timer_cancel(&o->timers, &rq->timer);
		if (!start(o, rq))
			uncount_only(o, rq);
	}
}

static void leave(struct outbound *o, struct outbound_request *rq)
{
	struct outbound_queue *q = queue_of(rq);

	q->running--;
	start_waiting(o, q);
	uncount(o, rq);
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
	queue_of(rq)->in_flight++;
	if (rq->target)
		outbound_target_hold(rq->target);
	if (!may_run(o, rq)) {
		outbound_queue_wait(queue_of(rq), rq);
		rq->timer.fire = on_waited_too_long;
		timer_set(&o->timers, &rq->timer, rq->due_ms);
		return;
	}
	if (!start(o, rq))
		uncount(o, rq);
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

void outbound_wire_ended(void *arg, struct outbound_request *rq, enum result r)
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

void outbound_use_home(struct outbound *o, struct mailbox *home)
{
	assert(!o->started && !o->other_home);
	o->other_home = home;
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
	enum { WORK, HOME, WIRES, WATCHED, OTHER, FDS };
	struct curl_waitfd fds[FDS] = {
	        [WORK] = {.fd = o->work.fd, .events = CURL_WAIT_POLLIN},
	        [HOME] = {.fd = o->home.fd, .events = CURL_WAIT_POLLIN},
	        [WIRES] = {.fd = wires_fd(o->wires), .events = CURL_WAIT_POLLIN},
	        [WATCHED] = {.fd = o->watches.epoll_fd, .events = CURL_WAIT_POLLIN},
	        [OTHER] = {.fd = -1, .events = CURL_WAIT_POLLIN},
	};
	unsigned count = o->other_home ? FDS : OTHER;
	struct mail_list arrived;

	if (o->other_home)
		fds[OTHER].fd = o->other_home->fd;
	mail_list_init(&arrived);
	curl_multi_poll(o->multi, fds, count, poll_timeout(o), NULL);
	o->now_ms = clock_mono_ms();
	/* First, so that nothing new is sent on a connection that has been closed. */
	if (fds[WIRES].revents)
		wires_run(o->wires, o->now_ms);
	if (fds[WATCHED].revents)
		watches_run(&o->watches);
	if (fds[HOME].revents)
		mailbox_take(&o->home, &arrived);
	if (fds[WORK].revents)
		mailbox_take(&o->work, &arrived);
	if (count > OTHER && fds[OTHER].revents)
		mailbox_take(o->other_home, &arrived);
	task_run_done(&arrived);
}

/* Some only open a connection, for somebody else. */
static void end_transfer(struct outbound *o, struct transfer *t, CURLcode code)
{
	if (t->connected_to)
		t->connected_to(t, code);
	else
		finish_transfer(o, t, code);
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
		end_transfer(o, (struct transfer *)(void *)t, m->data.result);
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
		if (rq->target && rq->target->carried) {
			o->options.carry_no_more(o->options.arg, rq->target->line, rq);
			outbound_carried(o, rq, RESULT_RETRY_UNKNOWN, 0, bytes_of(NULL, 0));
			continue;
		}
		finish_transfer(o, rq->transfer, CURLE_ABORTED_BY_CALLBACK);
		rq->result = rq->sent ? RESULT_RETRY_UNKNOWN : RESULT_RETRY_DRAINING;
	}
}

void *outbound_main(void *arg)
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
