#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "http/address.h"
#include "http/exchange.h"
#include "http/tls.h"

#define TURN_EVENTS    8  /* daemons, mailbox, wake-up: never more */
#define TURNS_KEPT_MAX 16 /* before what they collected is given away */
#define TURN_RUNS_MAX  4  /* of a daemon in one turn: after a resume it needs a second to send */
#define DRAIN_TICK_MS  50 /* how often a stopping loop looks whether it is done */

/* The library's callbacks. */

static enum MHD_Result on_accept(void *arg, const struct sockaddr *sa, socklen_t n)
{
	struct http_daemon *d = arg;
	struct http_server *s = d->loop->server;
	struct http_address peer, holder;
	bool trusted;

	(void)n;
	http_address_of(sa, &peer);
	http_address_holder(&peer, &holder);
	trusted = networks_contain(&s->trusted, &peer);
	if (crowd_has_room(d->crowd, &holder, trusted))
		return MHD_YES;
	http_count(&d->loop->counters.refused_connections, 1);
	return MHD_NO;
}

static void connection_opened(struct http_daemon *d, struct MHD_Connection *mhd, void **context)
{
	struct http_loop *l = d->loop;
	const union MHD_ConnectionInfo *info;
	struct http_connection *c = calloc(1, sizeof(*c));

	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (!c) {
		shutdown(info->connect_fd, SHUT_RDWR);
		return;
	}
	c->daemon = d;
	c->fd = info->connect_fd;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	http_address_of(info->client_addr, &c->peer);
	c->trusted = networks_contain(&l->server->trusted, &c->peer);
	http_address_holder(&c->peer, &c->counted_for);
	c->counted = crowd_enter(d->crowd, &c->counted_for, c->trusted);
	c->next = d->connections;
	if (c->next)
		c->next->prev = c;
	d->connections = c;
	*context = c;
	http_count(&l->counters.connections, 1);
	http_count(&l->counters.accepted, 1);
	deadline_set(&l->deadlines, &c->deadline, DEADLINE_HEADER, l->mono_ms);
	if (!c->counted) /* another loop was faster */
		shutdown(c->fd, SHUT_RDWR);
}

static void connection_closed(struct http_connection *c)
{
	struct http_loop *l = c->daemon->loop;

	deadline_unset(&l->deadlines, &c->deadline);
	if (c->counted)
		crowd_leave(c->daemon->crowd, &c->counted_for, c->trusted);
	if (c->prev)
		c->prev->next = c->next;
	else
		c->daemon->connections = c->next;
	if (c->next)
		c->next->prev = c->prev;
	http_count(&l->counters.connections, -1);
	free(c);
}

static void on_connection(void *arg, struct MHD_Connection *mhd, void **context,
        enum MHD_ConnectionNotificationCode code)
{
	switch (code) {
	case MHD_CONNECTION_NOTIFY_STARTED:
		connection_opened(arg, mhd, context);
		break;
	case MHD_CONNECTION_NOTIFY_CLOSED:
		if (*context)
			connection_closed(*context);
		*context = NULL;
		break;
	}
}

/* The request line is complete: the only place where the target is seen as it was sent. */
static void *on_target(void *arg, const char *target, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info;
	struct http_daemon *d = arg;
	struct http_connection *c;
	struct http_exchange *x;
	size_t n;

	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	c = info->socket_context;
	x = c ? exchange_new(c, mhd) : NULL;
	if (!x)
		return NULL;
	/* The first request has what is left from the accept on. */
	if (!c->deadline.set || c->deadline.kind != DEADLINE_HEADER)
		deadline_set(&d->loop->deadlines, &c->deadline, DEADLINE_HEADER, d->loop->mono_ms);
	target = target ? target : "";
	n = strlen(target);
	if (n < sizeof(x->target)) {
		memcpy(x->target, target, n + 1);
		x->rq.target = x->target;
	} else {
		x->rq.target = arena_strndup(&x->rq.arena, target, n);
		if (!x->rq.target)
			x->phase = EXCHANGE_BROKEN;
	}
	return x;
}

static size_t keep_escapes(void *arg, struct MHD_Connection *mhd, char *s)
{
	(void)arg;
	(void)mhd;
	return strlen(s);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *mhd, const char *url,
        const char *method, const char *version, const char *data, size_t *n, void **context)
{
	struct http_exchange *x = *context;

	(void)arg;
	(void)mhd;
	(void)url;
	if (!x)
		return MHD_NO; /* memory was out when the request began */
	if (x->phase != EXCHANGE_PARKED)
		x->connection->daemon->loop->steps++;
	switch (x->phase) {
	case EXCHANGE_HEADER:
		return exchange_header(x, method, version);
	case EXCHANGE_BODY:
		if (*n > 0) {
			size_t piece = *n;

			*n = 0;
			return exchange_body(x, data, piece);
		}
		return exchange_run(x);
	case EXCHANGE_PARKED:
	case EXCHANGE_REPLIED:
		return MHD_YES;
	case EXCHANGE_BROKEN:
		break;
	}
	return MHD_NO;
}

static void on_completed(
        void *arg, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
	struct http_daemon *d = arg;
	struct http_loop *l = d->loop;
	struct http_exchange *x = *context;
	struct http_connection *c;

	(void)mhd;
	*context = NULL;
	l->steps++;
	if (!x)
		return;
	c = x->connection;
	exchange_completed(x, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	deadline_set(&l->deadlines, &c->deadline, DEADLINE_LOOK, l->mono_ms);
	if (l->draining)
		shutdown(c->fd, SHUT_RDWR);
}

static size_t connection_bytes(const struct http_limits *l)
{
	size_t least = (size_t)l->header_bytes * 2;

	return l->connection_bytes > least ? l->connection_bytes : least;
}

static bool daemon_start(struct http_daemon *d)
{
	const struct http_limits *limits = &d->loop->server->options.limits;
	const union MHD_DaemonInfo *info;
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = d};

	d->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE |
	                                  (d->tls ? MHD_USE_TLS : 0),
	        0, on_accept, d, on_request, d, MHD_OPTION_LISTEN_SOCKET, d->listen_fd,
	        MHD_OPTION_CONNECTION_LIMIT, limits->connections,
	        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_bytes(limits),
	        MHD_OPTION_NOTIFY_CONNECTION, on_connection, d, MHD_OPTION_NOTIFY_COMPLETED,
	        on_completed, d, MHD_OPTION_URI_LOG_CALLBACK, on_target, d,
	        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
	        d->tls ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, tls_choose,
	        MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES, MHD_OPTION_END);
	if (!d->mhd)
		return false;
	info = MHD_get_daemon_info(d->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	d->epoll_fd = info->epoll_fd;
	d->ready = true; /* the first run puts the listening socket into the library's epoll set */
	return epoll_ctl(d->loop->epoll_fd, EPOLL_CTL_ADD, d->epoll_fd, &event) == 0;
}

enum result loop_init(struct http_loop *l, struct http_server *s, unsigned index)
{
	const struct http_limits *limits = &s->options.limits;
	const int64_t look_ms = limits->idle_ms < HTTP_LOOK_MS ? limits->idle_ms : HTTP_LOOK_MS;
	const int64_t lengths[DEADLINE_KINDS] = {
	        [DEADLINE_HEADER] = limits->header_ms,
	        [DEADLINE_BODY] = limits->body_ms,
	        [DEADLINE_RESPONSE] = limits->response_ms,
	        [DEADLINE_LOOK] = look_ms,
	        [DEADLINE_IDLE] = limits->idle_ms - look_ms,
	        [DEADLINE_HELD] = HTTP_HELD_MS,
	        [DEADLINE_STREAM] = HTTP_STREAM_BEAT_MS,
	};
	struct epoll_event event = {.events = EPOLLIN};

	*l = (struct http_loop){.server = s, .index = index, .epoll_fd = -1, .wake_fd = -1};
	deadlines_init(&l->deadlines, lengths);
	request_ids_init(&l->ids);
	if (mailbox_init(&l->mailbox, 0))
		return RESULT_OURS_IO;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (l->epoll_fd < 0 || l->wake_fd < 0)
		goto out;
	event.data.ptr = &l->mailbox;
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->mailbox.fd, &event) != 0)
		goto out;
	event.data.ptr = &l->wake_fd;
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->wake_fd, &event) != 0)
		goto out;
	return RESULT_OK;
out:
	if (l->epoll_fd >= 0)
		close(l->epoll_fd);
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	mailbox_clear(&l->mailbox);
	return RESULT_OURS_IO;
}

void loop_clear(struct http_loop *l)
{
	struct mail_list late;

	/* Work that no request waited for may have come home after the last turn. */
	mail_list_init(&late);
	mailbox_take(&l->mailbox, &late);
	task_run_done(&late);
	for (size_t i = 0; i < l->daemon_count; i++) {
		if (l->daemons[i].listen_fd >= 0)
			close(l->daemons[i].listen_fd);
	}
	exchange_pool_clear(l);
	close(l->epoll_fd);
	close(l->wake_fd);
	mailbox_clear(&l->mailbox);
}

void loop_wake(struct http_loop *l)
{
	uint64_t one = 1;
	ssize_t n;

	do
		n = write(l->wake_fd, &one, sizeof(one));
	while (n < 0 && errno == EINTR);
}

static void read_clocks(struct http_loop *l)
{
	l->mono_ms = clock_mono_ms();
	l->wall_ms = clock_wall_ms();
}

static bool pending(const struct http_daemon *d)
{
	MHD_UNSIGNED_LONG_LONG timeout;

	return MHD_get_timeout(d->mhd, &timeout) == MHD_YES && timeout == 0;
}

/* A request that waits for its answer is held at first: the library is left without a reply, asks
 * for one in each of its runs, and believes that it has work until it gets one. So while requests
 * are held its word counts only as long as its runs bring something new. Should that be wrong, it
 * runs again HTTP_HELD_RUN_MS later, whatever else the loop does; and what is held for HTTP_HELD_MS
 * is suspended. */
static void run_daemon(struct http_daemon *d)
{
	struct http_loop *l = d->loop;

	d->ready = false;
	d->ran_ms = l->mono_ms;
	for (int i = 0; i < TURN_RUNS_MAX; i++) {
		uint64_t steps = l->steps;

		MHD_run(d->mhd);
		if (!pending(d) || (d->held > 0 && l->steps == steps))
			return;
	}
	d->ready = true; /* go on in the next turn */
}

/* A client with Nagle's algorithm holds the body back until its header is acknowledged, and the
 * kernel delays that by 40 ms: say it now, to those whose body did not come with the header. */
static void acknowledge(struct http_loop *l)
{
	struct deadline *d = l->deadlines.last[DEADLINE_BODY];
	const int on = 1;

	for (; d; d = d->prev) {
		struct http_connection *c = OWNER_OF(d, struct http_connection, deadline);

		if (!c->quick_ack_due)
			break;
		c->quick_ack_due = false;
		setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
	}
}

static void cut(struct http_loop *l)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	struct deadline *d;

	while ((d = deadline_due(&l->deadlines, l->mono_ms))) {
		struct http_connection *c = OWNER_OF(d, struct http_connection, deadline);

		if (d->kind == DEADLINE_HELD) {
			exchange_suspend(c->exchange);
			continue;
		}
		if (d->kind == DEADLINE_STREAM) {
			stream_beat(c->exchange);
			continue;
		}
		if (d->kind == DEADLINE_LOOK && !connection_has_ended(c)) {
			deadline_set(&l->deadlines, d, DEADLINE_IDLE, l->mono_ms);
			continue;
		}
		http_count(&l->counters.deadline[d->kind], 1);
		/* Bytes that a slow reader has left in the kernel are not to stay there either. */
		if (d->kind == DEADLINE_RESPONSE)
			setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		/* The library sees the end of the connection and lets go of it in its next run. */
		shutdown(c->fd, SHUT_RDWR);
		c->daemon->ready = true;
	}
}

static int wait_ms(const struct http_loop *l)
{
	int64_t wait = deadlines_wait_ms(&l->deadlines, l->mono_ms);

	for (size_t i = 0; i < l->daemon_count; i++) {
		if (l->daemons[i].ready)
			return 0;
		if (l->daemons[i].held > 0 && (wait < 0 || wait > HTTP_HELD_RUN_MS))
			wait = HTTP_HELD_RUN_MS;
	}
	if (l->draining && (wait < 0 || wait > DRAIN_TICK_MS))
		wait = DRAIN_TICK_MS;
	return wait > INT32_MAX ? INT32_MAX : (int)wait;
}

/* True where something happened. */
static bool take_events(struct http_loop *l, int timeout_ms)
{
	struct epoll_event events[TURN_EVENTS];
	struct mail_list arrived;
	int n = epoll_wait(l->epoll_fd, events, TURN_EVENTS, timeout_ms);

	read_clocks(l);
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == &l->mailbox) {
			mail_list_init(&arrived);
			mailbox_take(&l->mailbox, &arrived);
			task_run_done(&arrived);
		} else if (events[i].data.ptr == &l->wake_fd) {
			uint64_t count;

			(void)!read(l->wake_fd, &count, sizeof(count));
		} else {
			((struct http_daemon *)events[i].data.ptr)->ready = true;
		}
	}
	for (size_t i = 0; i < l->daemon_count; i++) {
		struct http_daemon *d = &l->daemons[i];

		if (d->held > 0 && l->mono_ms - d->ran_ms >= HTTP_HELD_RUN_MS)
			d->ready = true;
	}
	return n > 0;
}

static void give_away(struct http_loop *l)
{
	l->turns_kept = 0;
	if (l->server->options.turn_end)
		l->server->options.turn_end(l, l->app);
}

/* What turns collect is given away when nothing more is at hand, or after TURNS_KEPT_MAX of them: a
 * commit costs the same for many operations as for one. */
static void wait_for_events(struct http_loop *l)
{
	if (l->turns_kept > 0 && l->turns_kept < TURNS_KEPT_MAX && take_events(l, 0))
		return;
	if (l->turns_kept > 0)
		give_away(l);
	take_events(l, wait_ms(l));
}

static void turn(struct http_loop *l)
{
	wait_for_events(l);
	for (size_t i = 0; i < l->daemon_count; i++) {
		if (l->daemons[i].ready)
			run_daemon(&l->daemons[i]);
	}
	acknowledge(l);
	l->turns_kept++;
	cut(l);
}

/* Takes what still waits in the backlog, then no more; drops the connections that are not within a
 * request. */
static void begin_drain(struct http_loop *l)
{
	l->draining = true;
	l->drain_until_ms = l->mono_ms + l->server->options.limits.drain_ms;
	for (size_t i = 0; i < l->daemon_count; i++) {
		struct http_daemon *d = &l->daemons[i];

		MHD_run(d->mhd);
		MHD_quiesce_daemon(d->mhd);
		close(d->listen_fd);
		d->listen_fd = -1;
		for (struct http_connection *c = d->connections; c; c = c->next) {
			if (!c->exchange)
				shutdown(c->fd, SHUT_RDWR);
			else if (c->exchange->reply.fill)
				http_stream_wake(&c->exchange->rq);
		}
		d->ready = true;
	}
}

static void serve(struct http_loop *l)
{
	read_clocks(l);
	while (!l->draining || (l->busy > 0 && l->mono_ms < l->drain_until_ms)) {
		turn(l);
		if (!l->draining && atomic_load(&l->server->stopping))
			begin_drain(l);
	}
	give_away(l);
	if (l->parked > 0) {
		log_error("http_drain", "loop=%u parked=%zu", l->index, l->parked);
		l->closed = RESULT_RETRY_TIMEOUT;
		return;
	}
	for (size_t i = 0; i < l->daemon_count; i++) {
		for (struct http_connection *c = l->daemons[i].connections; c; c = c->next) {
			if (c->upgraded)
				upgrade_cut(c->upgraded);
		}
		MHD_run(l->daemons[i].mhd);
		MHD_stop_daemon(l->daemons[i].mhd);
		l->daemons[i].mhd = NULL;
	}
	if (l->server->options.turn_end)
		l->server->options.turn_end(l, l->app);
}

/* Reports how opening went, and waits for what the server makes of it. */
static bool meet(struct http_loop *l)
{
	struct http_server *s = l->server;
	bool go;

	pthread_mutex_lock(&s->lock);
	s->opened++;
	pthread_cond_broadcast(&s->changed);
	while (!s->decided)
		pthread_cond_wait(&s->changed, &s->lock);
	go = s->go;
	pthread_mutex_unlock(&s->lock);
	return go;
}

void *loop_main(void *arg)
{
	struct http_loop *l = arg;
	const struct http_server_options *o = &l->server->options;
	bool open = false;

	read_clocks(l);
	l->opened = o->loop_open ? o->loop_open(l, o->arg, &l->app) : RESULT_OK;
	open = l->opened == RESULT_OK;
	for (size_t i = 0; open && i < l->daemon_count; i++) {
		if (!daemon_start(&l->daemons[i]))
			l->opened = RESULT_OURS_IO;
	}
	if (meet(l)) {
		serve(l);
	} else {
		for (size_t i = 0; i < l->daemon_count; i++) {
			if (!l->daemons[i].mhd)
				continue;
			MHD_stop_daemon(l->daemons[i].mhd);
			l->daemons[i].listen_fd = -1; /* the library closed it */
		}
	}
	if (open && o->loop_close && l->closed == RESULT_OK)
		o->loop_close(l, l->app);
	return NULL;
}
