/* outbound_life: how the outbound thread begins and ends. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/outbound_thread.h"

#define WORK_MAX         16384 /* tasks and requests of other threads that may wait */
#define CONNECTIONS_KEPT 1024

static void take_defaults(struct outbound *o)
{
	struct outbound_options *p = &o->options;

	if (!p->connect_ms)
		p->connect_ms = LIMIT_OUTBOUND_CONNECT_MS;
	if (!p->total_ms)
		p->total_ms = LIMIT_OUTBOUND_TOTAL_MS;
	if (!p->answer_bytes)
		p->answer_bytes = LIMIT_OUTBOUND_BODY_BYTES;
	if (!p->per_host)
		p->per_host = LIMIT_OUTBOUND_PER_HOST;
	if (!p->per_target)
		p->per_target = LIMIT_OUTBOUND_PER_TARGET;
	if (!p->new_per_target)
		p->new_per_target = LIMIT_OUTBOUND_NEW_PER_TARGET;
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
	        .answer_bytes = o->options.answer_bytes,
	        .new_max = o->options.new_per_target,
	        .opened = &o->connections,
	        .ended = outbound_wire_ended,
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
	r = watches_init(&o->watches);
	if (r)
		goto no_watches;
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
	watches_clear(&o->watches);
no_watches:
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
	watches_clear(&o->watches);
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
	failed = pthread_create(&o->thread, NULL, outbound_main, o);
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
