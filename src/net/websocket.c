#include "net/websocket.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#include "base/env.h"
#include "base/owner.h"
#include "net/outbound_thread.h"
#include "net/websocket_head.h"

#define SILENT_PINGS 2

enum websocket_state {
	WEBSOCKET_CONNECTING, /* libcurl's */
	WEBSOCKET_HEAD,       /* the answer to our request is awaited */
	WEBSOCKET_OPEN,
	WEBSOCKET_CLOSING, /* a close follows what waits to be sent */
	WEBSOCKET_LEAVING, /* nothing is said or heard any more; the other side's end is awaited */
	WEBSOCKET_ENDED,   /* `why` says it; the next run ends it */
};

struct websocket {
	struct outbound *outbound;
	struct websocket_handler handler;
	enum websocket_state state;
	const char *why;
	int fd;                     /* -1: none yet */
	bool fd_is_ours;            /* else libcurl's */
	struct transfer *transfer;  /* a client's */
	wslay_event_context_ptr ws; /* NULL before it is open */
	struct watch watch;
	bool watched;
	struct timer run;   /* set: there is something to do in this or the next turn */
	struct timer timer; /* of the state: the head, a ping, the close */
	unsigned silent;    /* pings since the other side was heard */
	bool undrained;     /* something was queued since `drained` */
	uint16_t code;      /* CLOSING: of the close that is still to be queued; 0: it was */
	size_t budget;      /* bytes that may still be read in this turn */
	/* read before the frames began */
	uint8_t *early;
	size_t early_n, early_at;
	/* to the kernel */
	size_t out_n, out_at;
	char accept[WEBSOCKET_ACCEPT_SIZE];
	uint8_t out[WEBSOCKET_OUT_BYTES];
};

static void run_soon(struct websocket *w)
{
	timer_set(&w->outbound->timers, &w->run, w->outbound->now_ms);
}

static void timer_in(struct websocket *w, int64_t ms)
{
	timer_set(&w->outbound->timers, &w->timer, w->outbound->now_ms + ms);
}

/* The first reason counts. */
static void end(struct websocket *w, const char *why)
{
	if (w->state == WEBSOCKET_ENDED)
		return;
	w->state = WEBSOCKET_ENDED;
	w->why = why;
	run_soon(w);
}

/* ---- bytes ---- */

/* Bytes read, 0 where there are none now, or -1: the connection has ended. */
static ssize_t socket_read(struct websocket *w, uint8_t *to, size_t size)
{
	size_t got = 0;
	CURLcode code;
	ssize_t n;

	if (w->transfer) {
		code = curl_easy_recv(w->transfer->easy, to, size, &got);
		if (code == CURLE_AGAIN)
			return 0;
		return code == CURLE_OK && got > 0 ? (ssize_t)got : -1;
	}
	do
		n = recv(w->fd, to, size, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return n;
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
}

static ssize_t socket_write(struct websocket *w, const uint8_t *from, size_t size)
{
	size_t sent = 0;
	CURLcode code;
	ssize_t n;

	if (w->transfer) {
		code = curl_easy_send(w->transfer->easy, from, size, &sent);
		if (code == CURLE_AGAIN)
			return 0;
		return code == CURLE_OK ? (ssize_t)sent : -1;
	}
	do
		n = send(w->fd, from, size, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
}

static bool write_out(struct websocket *w)
{
	while (w->out_at < w->out_n) {
		ssize_t n = socket_write(w, w->out + w->out_at, w->out_n - w->out_at);

		if (n < 0)
			end(w, "the connection was lost");
		if (n <= 0)
			return false;
		w->out_at += (size_t)n;
	}
	w->out_at = w->out_n = 0;
	return true;
}

/* ---- callbacks of wslay ---- */

static bool too_much_waits(const struct websocket *w)
{
	return wslay_event_get_queued_msg_length(w->ws) > WEBSOCKET_QUEUE_MAX ||
	       wslay_event_get_queued_msg_count(w->ws) > WEBSOCKET_QUEUED_MAX;
}

static ssize_t on_read(wslay_event_context_ptr ws, uint8_t *to, size_t size, int flags, void *arg)
{
	struct websocket *w = arg;
	ssize_t n = 0;

	(void)flags;
	if (w->early_at < w->early_n) {
		n = (ssize_t)(w->early_n - w->early_at < size ? w->early_n - w->early_at : size);
		memcpy(to, w->early + w->early_at, (size_t)n);
		w->early_at += (size_t)n;
		return n;
	}
	/* Whoever does not read what we say has nothing to ask. */
	if (w->state < WEBSOCKET_ENDED && w->budget > 0 && !too_much_waits(w))
		n = socket_read(w, to, size < w->budget ? size : w->budget);
	if (n > 0) {
		w->budget -= (size_t)n;
		w->silent = 0;
		return n;
	}
	if (n < 0) {
		end(w, "the connection was lost");
		wslay_event_set_error(ws, WSLAY_ERR_CALLBACK_FAILURE);
	} else {
		wslay_event_set_error(ws, WSLAY_ERR_WOULDBLOCK);
	}
	return -1;
}

static ssize_t on_write(
        wslay_event_context_ptr ws, const uint8_t *from, size_t size, int flags, void *arg)
{
	struct websocket *w = arg;
	size_t room = sizeof(w->out) - w->out_n;

	(void)flags;
	if (room == 0) {
		wslay_event_set_error(ws, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	if (size > room)
		size = room;
	memcpy(w->out + w->out_n, from, size);
	w->out_n += size;
	return (ssize_t)size;
}

/* RFC 6455 5.3: "The masking key needs to be unpredictable". */
static int on_mask(wslay_event_context_ptr ws, uint8_t *to, size_t size, void *arg)
{
	(void)arg;
	(void)ws;
	env_random(&env_real, to, size);
	return 0;
}

static void on_message(
        wslay_event_context_ptr ws, const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
	struct websocket *w = arg;

	(void)ws;
	if (w->state != WEBSOCKET_OPEN)
		return;
	if (m->opcode == WSLAY_BINARY_FRAME)
		w->handler.message(w->handler.arg, bytes_of(m->msg, m->msg_length));
	else if (m->opcode == WSLAY_TEXT_FRAME)
		websocket_close(w, WEBSOCKET_UNSUPPORTED);
}

/* ---- its life ---- */

static void on_timer(struct timer *timer);
static void on_run(struct timer *timer);
static void on_ready(struct watch *watch);

static bool watch_socket(struct websocket *w)
{
	w->watched = watch_begin(&w->outbound->watches, &w->watch, w->fd) == RESULT_OK;
	return w->watched;
}

static enum result make(
        struct outbound *o, const struct websocket_handler *handler, struct websocket **out)
{
	struct websocket *w = malloc(sizeof(*w));

	if (!w)
		return RESULT_OURS_MEMORY;
	memset(w, 0, offsetof(struct websocket, out));
	w->outbound = o;
	w->handler = *handler;
	w->fd = -1;
	w->why = "";
	w->watch.ready = on_ready;
	w->run.fire = on_run;
	w->timer.fire = on_timer;
	*out = w;
	return RESULT_OK;
}

void websocket_drop(struct websocket *w)
{
	if (!w)
		return;
	timer_cancel(&w->outbound->timers, &w->run);
	timer_cancel(&w->outbound->timers, &w->timer);
	if (w->watched)
		watch_end(&w->outbound->watches, w->fd);
	if (w->transfer) {
		/* Its connection goes with it. */
		curl_multi_remove_handle(w->outbound->multi, w->transfer->easy);
		transfer_free(w->transfer);
	}
	if (w->fd_is_ours) {
		shutdown(w->fd, SHUT_RDWR);
		close(w->fd);
	}
	if (w->ws)
		wslay_event_context_free(w->ws);
	free(w->early);
	free(w);
}

static enum result begin_frames(struct websocket *w)
{
	static const struct wslay_event_callbacks callbacks = {
	        .recv_callback = on_read,
	        .send_callback = on_write,
	        .genmask_callback = on_mask,
	        .on_msg_recv_callback = on_message,
	};
	int failed = w->transfer ? wslay_event_context_client_init(&w->ws, &callbacks, w)
	                         : wslay_event_context_server_init(&w->ws, &callbacks, w);

	if (failed) {
		w->ws = NULL;
		return RESULT_OURS_MEMORY;
	}
	wslay_event_config_set_max_recv_msg_length(w->ws, WEBSOCKET_MESSAGE_MAX);
	w->state = WEBSOCKET_OPEN;
	timer_in(w, WEBSOCKET_PING_MS);
	run_soon(w);
	return RESULT_OK;
}

enum result websocket_adopt(struct outbound *o, int fd, struct bytes early,
        const struct websocket_handler *handler, struct websocket **out)
{
	const int on = 1;
	struct websocket *w = NULL;
	enum result r = make(o, handler, &w);

	if (r) {
		close(fd);
		return r;
	}
	w->fd = fd;
	w->fd_is_ours = true;
	/* Of a socket pair, behind which TLS is, this fails, and does no harm. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	r = RESULT_OURS_MEMORY;
	if (early.n) {
		w->early = malloc(early.n);
		if (!w->early)
			goto out;
		memcpy(w->early, early.p, early.n);
		w->early_n = early.n;
	}
	r = begin_frames(w);
	if (!r && !watch_socket(w))
		r = RESULT_OURS_IO;
out:
	if (r) {
		websocket_drop(w);
		return r;
	}
	*out = w;
	return RESULT_OK;
}

/* libcurl has connected, or could not. */
static void on_connected(struct transfer *t, CURLcode code)
{
	struct websocket *w = t->owner;
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (code != CURLE_OK ||
	        curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
	        fd == CURL_SOCKET_BAD) {
		end(w, t->blocked ? "the address may not be used" : "no connection");
		return;
	}
	w->fd = fd;
	w->state = WEBSOCKET_HEAD;
	if (!watch_socket(w)) {
		end(w, "the connection can't be watched");
		return;
	}
	timer_in(w, WEBSOCKET_OPEN_MS);
	run_soon(w);
}

enum result websocket_dial(struct outbound *o, const struct url_parts *parts,
        enum url_policy policy, const struct websocket_handler *handler, struct websocket **out)
{
	struct websocket *w = NULL;
	uint8_t random[16];
	char key[WEBSOCKET_KEY_SIZE];
	struct buf head;
	enum result r = make(o, handler, &w);

	if (r)
		return r;
	env_random(&env_real, random, sizeof(random));
	base64_encode(bytes_of(random, sizeof(random)), BASE64_STD, key);
	buf_init(&head, w->out, sizeof(w->out));
	websocket_head_request(&head, parts->url, key);
	w->out_n = head.len;
	r = head.failed ? RESULT_THEIRS_TOO_BIG : websocket_accept(key, w->accept);
	if (!r)
		r = transfer_new(&o->transfer_options, &w->transfer);
	if (!r)
		r = transfer_aim(w->transfer, parts->url, parts->host, policy, NULL);
	if (!r)
		r = transfer_load(w->transfer, "GET", bytes_of(NULL, 0), o->options.connect_ms);
	if (r)
		goto out;
	w->transfer->owner = w;
	w->transfer->connected_to = on_connected;
	r = RESULT_OURS_MEMORY;
	if (curl_easy_setopt(w->transfer->easy, CURLOPT_CONNECT_ONLY, 1L) != CURLE_OK ||
	        curl_multi_add_handle(o->multi, w->transfer->easy) != CURLM_OK)
		goto out;
	o->unstarted = true;
	*out = w;
	return RESULT_OK;
out:
	websocket_drop(w);
	return r;
}

/* ---- running ---- */

/* Reads the head of the server's answer; what follows it is kept. */
static void read_head(struct websocket *w)
{
	size_t used = 0;
	enum result r;
	ssize_t n;

	if (!write_out(w))
		return;
	if (!w->early)
		w->early = malloc(WEBSOCKET_HEAD_MAX);
	if (!w->early) {
		end(w, "out of memory");
		return;
	}
	do {
		n = socket_read(w, w->early + w->early_n, WEBSOCKET_HEAD_MAX - w->early_n);
		if (n < 0)
			end(w, "the connection was lost");
		if (n <= 0)
			return;
		w->early_n += (size_t)n;
		r = websocket_head_answer(bytes_of(w->early, w->early_n), w->accept, &used);
	} while (!r && used == 0 && w->early_n < WEBSOCKET_HEAD_MAX);
	if (r || used == 0) {
		end(w, r == RESULT_THEIRS_REFUSED ? "the server refuses" : "not a WebSocket");
		return;
	}
	w->early_at = used;
	if (begin_frames(w))
		end(w, "out of memory");
	else
		w->handler.opened(w->handler.arg);
}

static void read_frames(struct websocket *w)
{
	w->budget = WEBSOCKET_TURN_BYTES;
	if (wslay_event_recv(w->ws) != 0)
		end(w, "the connection was lost");
	/* Edge-triggered: what was left in the kernel is asked for again. */
	if (w->budget == 0)
		run_soon(w);
}

static void write_frames(struct websocket *w)
{
	bool paused = too_much_waits(w);

	while (write_out(w) && (wslay_event_want_write(w->ws) || w->code)) {
		/* wslay would send it before what waits, and nothing after it. */
		if (!wslay_event_want_write(w->ws)) {
			(void)wslay_event_queue_close(w->ws, w->code, NULL, 0);
			w->code = 0;
		}
		if (wslay_event_send(w->ws) != 0) {
			end(w, "the connection was lost");
			return;
		}
	}
	if (paused && !too_much_waits(w))
		run_soon(w);
	if (w->state >= WEBSOCKET_ENDED || w->out_n || wslay_event_want_write(w->ws))
		return;
	if (w->undrained) {
		w->undrained = false;
		w->handler.drained(w->handler.arg);
	}
}

/* wslay reads no more after an error of the other side, or after its close. */
static void look_for_end(struct websocket *w)
{
	if (w->out_n || w->code || wslay_event_want_write(w->ws))
		return;
	if (wslay_event_get_close_received(w->ws)) {
		end(w, "the other side closed it");
		return;
	}
	if (wslay_event_want_read(w->ws))
		return;
	/* An end with bytes unread would take the close frame back. */
	w->state = WEBSOCKET_LEAVING;
	if (w->fd_is_ours)
		shutdown(w->fd, SHUT_WR);
	timer_in(w, WEBSOCKET_CLOSE_MS);
}

static void read_rest(struct websocket *w)
{
	size_t budget = WEBSOCKET_TURN_BYTES;
	ssize_t n = 0;

	while (budget >= sizeof(w->out)) {
		n = socket_read(w, w->out, sizeof(w->out));
		if (n < 0)
			end(w, "the other side broke the protocol");
		if (n <= 0)
			return;
		budget -= (size_t)n;
	}
	run_soon(w);
}

static void finish(struct websocket *w)
{
	struct websocket_handler handler = w->handler;
	const char *why = w->why;

	websocket_drop(w);
	handler.closed(handler.arg, why);
}

static void run(struct websocket *w)
{
	if (w->state == WEBSOCKET_HEAD)
		read_head(w);
	if (w->state == WEBSOCKET_OPEN || w->state == WEBSOCKET_CLOSING)
		read_frames(w);
	if (w->state == WEBSOCKET_OPEN || w->state == WEBSOCKET_CLOSING)
		write_frames(w);
	if (w->state == WEBSOCKET_OPEN || w->state == WEBSOCKET_CLOSING)
		look_for_end(w);
	if (w->state == WEBSOCKET_LEAVING)
		read_rest(w);
	if (w->state == WEBSOCKET_ENDED)
		finish(w);
}

static void on_run(struct timer *timer)
{
	run(OWNER_OF(timer, struct websocket, run));
}

static void on_ready(struct watch *watch)
{
	run(OWNER_OF(watch, struct websocket, watch));
}

static void on_timer(struct timer *timer)
{
	struct websocket *w = OWNER_OF(timer, struct websocket, timer);
	const struct wslay_event_msg ping = {.opcode = WSLAY_PING};

	if (w->state != WEBSOCKET_OPEN) {
		end(w, w->state == WEBSOCKET_HEAD       ? "no answer to the upgrade"
		        : w->state == WEBSOCKET_LEAVING ? "the other side broke the protocol"
		                                        : "its close was not answered");
		return;
	}
	if (++w->silent > SILENT_PINGS) {
		end(w, "the other side is silent");
		return;
	}
	(void)wslay_event_queue_msg(w->ws, &ping); /* without memory: the next time */
	timer_in(w, WEBSOCKET_PING_MS);
	run_soon(w);
}

enum result websocket_send(struct websocket *w, struct bytes message)
{
	const struct wslay_event_msg m = {
	        .opcode = WSLAY_BINARY_FRAME, .msg = message.p, .msg_length = message.n};

	if (w->state != WEBSOCKET_OPEN)
		return RESULT_RETRY_DRAINING;
	if (message.n > WEBSOCKET_MESSAGE_MAX)
		return RESULT_THEIRS_TOO_BIG;
	if (too_much_waits(w))
		return RESULT_RETRY_BUSY;
	if (wslay_event_queue_msg(w->ws, &m) != 0)
		return RESULT_OURS_MEMORY;
	w->undrained = true;
	run_soon(w);
	return RESULT_OK;
}

void websocket_close(struct websocket *w, enum websocket_code code)
{
	if (w->state >= WEBSOCKET_CLOSING)
		return;
	if (w->state != WEBSOCKET_OPEN) {
		end(w, "closed");
		return;
	}
	w->code = (uint16_t)code;
	w->state = WEBSOCKET_CLOSING;
	timer_in(w, WEBSOCKET_CLOSE_MS);
	run_soon(w);
}
