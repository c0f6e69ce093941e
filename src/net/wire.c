#include "net/wire.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/secret.h"
#include "net/http_answer.h"
#include "net/outbound.h"

#define WIRE_EVENTS     256
#define WIRE_READ_BYTES 65536
#define WIRE_BUCKETS    64
/* method, path, what is below it, shared head, lines of its own, length, body */
#define WIRE_PARTS    7
#define WIRE_IDLE_MAX 1024
/* An idle connection is not used after this: other servers close theirs after 30 s or more, and a
 * request that meets the closing ends with an unknown outcome. */
#define WIRE_IDLE_MS 15000

struct wire_aim {
	struct sockaddr_storage address;
	socklen_t address_n;
	enum url_policy policy;
	char host[URL_HOST_MAX + 1];
	size_t path_n; /* of head: the blank behind the method, and the path */
	size_t head_n;
	char head[]; /* from there to before Content-Length */
};

/* One address, while there are connections to it. */
struct wire_place {
	struct sockaddr_storage address;
	struct wire_place *next; /* of its bucket */
	unsigned bucket;
	size_t connections;
	size_t unproven;   /* of them, which brought no answer yet */
	struct wire *idle; /* the one that was used last comes first */
};

struct wire {
	struct wires *owner;
	struct wire_place *place;
	int fd;
	bool connecting;
	bool proven; /* it has brought an answer */
	/* in use */
	struct outbound_request *rq; /* NULL: idle */
	const struct wire_aim *aim;  /* as long as it sends */
	const char *method;
	char length[48];
	size_t length_n;
	size_t gone, whole; /* bytes of the request: taken by the kernel, and in all */
	struct http_answer answer;
	/* idle */
	struct wire *previous, *next;
	int64_t idle_since_ms;
};

struct wires {
	struct wires_options options;
	int epoll_fd;
	int64_t now_ms;
	size_t idle_n;
	struct timer sweep;  /* set while there are idle connections */
	bool telling;        /* events that may name any connection are gone through */
	struct wire *closed; /* meanwhile: what they may still name is freed after the last */
	struct wire_place *buckets[WIRE_BUCKETS];
	uint8_t in[WIRE_READ_BYTES];
};

/* ---- where to ---- */

static socklen_t literal_address(const struct url_parts *parts, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, parts->host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(parts->port);
		return sizeof(*v4);
	}
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET6, parts->host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(parts->port);
		return sizeof(*v6);
	}
	return 0;
}

bool wire_reaches(const struct url_parts *parts)
{
	struct sockaddr_storage address;

	return !parts->tls && parts->literal && literal_address(parts, &address) > 0;
}

static bool is_clean(const char *s)
{
	for (; *s; s++) {
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7f)
			return false;
	}
	return true;
}

/* Writes the head into out, or only measures it. */
static size_t head_write(const struct wire_aim_options *o, char *out, size_t size)
{
	static const char none[] = "";
	const char *authority = strstr(o->parts->url, "://") + 3;
	const char *path = authority + strcspn(authority, "/?");
	const char *const *header = o->headers;
	size_t n;

	n = (size_t)snprintf(out, size, " %s%s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: %s\r\n",
	        *path == '/' ? none : "/", path, (int)(path - authority), authority,
	        o->user_agent ? o->user_agent : "florin");
	for (; header && *header; header++)
		n += (size_t)snprintf(out ? out + n : NULL, out ? size - n : 0, "%s\r\n", *header);
	if (o->content_type)
		n += (size_t)snprintf(out ? out + n : NULL, out ? size - n : 0,
		        "Content-Type: %s\r\n", o->content_type);
	return n;
}

enum result wire_aim_new(const struct wire_aim_options *options, struct wire_aim **out)
{
	struct wire_aim *aim;
	size_t n;

	for (const char *const *h = options->headers; h && *h; h++) {
		if (!is_clean(*h))
			return RESULT_THEIRS_MALFORMED;
	}
	n = head_write(options, NULL, 0);
	aim = calloc(1, sizeof(*aim) + n + 1);
	if (!aim)
		return RESULT_OURS_MEMORY;
	aim->head_n = head_write(options, aim->head, n + 1);
	assert(aim->head_n == n);
	aim->path_n = 1 + strcspn(aim->head + 1, " ");
	aim->address_n = literal_address(options->parts, &aim->address);
	aim->policy = options->policy;
	memcpy(aim->host, options->parts->host, sizeof(aim->host));
	*out = aim;
	return RESULT_OK;
}

void wire_aim_free(struct wire_aim *aim)
{
	if (!aim)
		return;
	secret_wipe(aim->head, aim->head_n); /* a bearer token */
	free(aim);
}

/* ---- places ---- */

static unsigned bucket_of(const struct wire_aim *aim)
{
	const uint8_t *p = (const uint8_t *)&aim->address;
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < aim->address_n; i++)
		h = (h ^ p[i]) * 16777619u;
	return h % WIRE_BUCKETS;
}

static struct wire_place *place_find(struct wires *w, const struct wire_aim *aim)
{
	struct wire_place *p = w->buckets[bucket_of(aim)];

	while (p && memcmp(&p->address, &aim->address, sizeof(p->address)) != 0)
		p = p->next;
	return p;
}

static struct wire_place *place_get(struct wires *w, const struct wire_aim *aim)
{
	struct wire_place *p = place_find(w, aim);

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->address = aim->address;
	p->bucket = bucket_of(aim);
	p->next = w->buckets[p->bucket];
	w->buckets[p->bucket] = p;
	return p;
}

static void place_drop_if_unused(struct wires *w, struct wire_place *p)
{
	struct wire_place **at = &w->buckets[p->bucket];

	if (p->connections)
		return;
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free(p);
}

/* ---- connections ---- */

static void idle_remove(struct wires *w, struct wire *c)
{
	if (c->previous)
		c->previous->next = c->next;
	else
		c->place->idle = c->next;
	if (c->next)
		c->next->previous = c->previous;
	w->idle_n--;
	if (w->idle_n == 0)
		timer_cancel(w->options.timers, &w->sweep);
}

static void wire_close(struct wires *w, struct wire *c)
{
	struct wire_place *p = c->place;

	close(c->fd);
	c->fd = -1;
	http_answer_clear(&c->answer);
	p->unproven -= !c->proven;
	p->connections--;
	if (w->telling) {
		c->next = w->closed;
		w->closed = c;
	} else {
		free(c);
	}
	place_drop_if_unused(w, p);
}

static void idle_close(struct wires *w, struct wire *c)
{
	idle_remove(w, c);
	wire_close(w, c);
}

static void idle_add(struct wires *w, struct wire *c)
{
	struct wire_place *p = c->place;

	if (w->idle_n == WIRE_IDLE_MAX) {
		wire_close(w, c);
		return;
	}
	c->idle_since_ms = w->now_ms;
	c->previous = NULL;
	c->next = p->idle;
	if (c->next)
		c->next->previous = c;
	p->idle = c;
	w->idle_n++;
	if (!w->sweep.set)
		timer_set(w->options.timers, &w->sweep, w->now_ms + WIRE_IDLE_MS);
}

/* Closes what has been idle too long: a connection that is not used any more goes within twice that
 * time. */
static void on_sweep(struct timer *t)
{
	struct wires *w = OWNER_OF(t, struct wires, sweep);
	int64_t now_ms = t->at_ms;

	for (size_t i = 0; i < WIRE_BUCKETS; i++) {
		struct wire_place *p = w->buckets[i], *next;

		for (; p; p = next) {
			struct wire *c = p->idle, *older;

			next = p->next;
			for (; c; c = older) {
				older = c->next;
				if (now_ms - c->idle_since_ms >= WIRE_IDLE_MS)
					idle_close(w, c);
			}
		}
	}
	if (w->idle_n)
		timer_set(w->options.timers, &w->sweep, now_ms + WIRE_IDLE_MS);
}

/* The connection that was used last, if it is fresh enough. */
static struct wire *idle_look(const struct wires *w, const struct wire_place *p)
{
	struct wire *c = p ? p->idle : NULL;

	return c && w->now_ms - c->idle_since_ms < WIRE_IDLE_MS ? c : NULL;
}

static struct wire *idle_take(struct wires *w, const struct wire_aim *aim)
{
	struct wire *c = idle_look(w, place_find(w, aim));

	if (c)
		idle_remove(w, c);
	return c;
}

bool wires_has_room(struct wires *w, const struct wire_aim *aim, int64_t now_ms)
{
	const struct wire_place *p = place_find(w, aim);

	w->now_ms = now_ms;
	return !p || p->unproven < w->options.new_max || idle_look(w, p);
}

/* Errors: RETRY_UNREACHABLE, OURS_MEMORY. */
static enum result wire_open(struct wires *w, const struct wire_aim *aim, struct wire **out)
{
	struct wire_place *p = place_get(w, aim);
	struct wire *c = calloc(1, sizeof(*c));
	struct epoll_event event = {
	        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
	const int on = 1;

	if (!p || !c) {
		free(c);
		if (p)
			place_drop_if_unused(w, p);
		return RESULT_OURS_MEMORY;
	}
	c->owner = w;
	c->place = p;
	p->connections++;
	p->unproven++;
	c->fd = socket(aim->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
		goto out;
	if (connect(c->fd, (const struct sockaddr *)&aim->address, aim->address_n) != 0) {
		if (errno != EINPROGRESS)
			goto out;
		c->connecting = true;
	}
	if (epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
		goto out;
	atomic_fetch_add_explicit(w->options.opened, 1, memory_order_relaxed);
	*out = c;
	return RESULT_OK;
out:
	wire_close(w, c);
	return RESULT_RETRY_UNREACHABLE;
}

/* ---- a request on its connection ---- */

static enum result broken(const struct wire *c)
{
	return c->rq->sent ? RESULT_RETRY_UNKNOWN : RESULT_RETRY_UNREACHABLE;
}

/* What a request says besides its target. */
static struct bytes own_text(const char *text)
{
	return text ? bytes_str(text) : bytes_of(NULL, 0);
}

/* What has not gone yet. */
static int parts_left(const struct wire *c, struct iovec parts[WIRE_PARTS])
{
	const struct wire_aim *aim = c->aim;
	const struct bytes all[WIRE_PARTS] = {bytes_str(c->method),
	        bytes_of(aim->head, aim->path_n), own_text(c->rq->below),
	        bytes_of(aim->head + aim->path_n, aim->head_n - aim->path_n),
	        own_text(c->rq->lines), bytes_of(c->length, c->length_n), c->rq->body};
	size_t skip = c->gone;
	int n = 0;

	for (int i = 0; i < WIRE_PARTS; i++) {
		size_t from = skip < all[i].n ? skip : all[i].n;

		skip -= from;
		if (from == all[i].n)
			continue;
		parts[n].iov_base = (void *)(uintptr_t)(all[i].p + from);
		parts[n++].iov_len = all[i].n - from;
	}
	return n;
}

/* Sends as much as goes. Errors: `broken`. */
static enum result send_some(struct wire *c)
{
	while (c->gone < c->whole) {
		struct iovec parts[WIRE_PARTS];
		struct msghdr m = {.msg_iov = parts};
		ssize_t n;

		m.msg_iovlen = (size_t)parts_left(c, parts);
		n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? RESULT_OK : broken(c);
		c->gone += (size_t)n;
		c->rq->sent = true;
	}
	return RESULT_OK;
}

/* Takes what arrived, to the connection's end where that is known to be there. */
static enum result receive(struct wires *w, struct wire *c, bool ends)
{
	for (;;) {
		ssize_t n = recv(c->fd, w->in, sizeof(w->in), 0);
		size_t used = 0;
		enum result r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return RESULT_OK;
		if (n < 0)
			return broken(c);
		if (n == 0)
			return http_answer_end(&c->answer) ? broken(c) : RESULT_OK;
		r = http_answer_take(&c->answer, bytes_of(w->in, (size_t)n), &used);
		if (r)
			return r;
		/* What comes unasked is no answer to the next request. */
		if (used < (size_t)n || ends)
			c->answer.keeps = false;
		if (http_answer_is_whole(&c->answer) || (!ends && (size_t)n < sizeof(w->in)))
			return RESULT_OK;
	}
}

_Static_assert(sizeof(((struct outbound_request *)0)->answer_type) == HTTP_ANSWER_TYPE_SIZE,
        "one size of media types");

/* Takes the request off its connection, and what it found with it. */
static void detach(struct wires *w, struct wire *c, enum result r)
{
	struct outbound_request *rq = c->rq;

	timer_cancel(w->options.timers, &rq->timer);
	rq->wire = NULL;
	rq->answer = c->answer.body.p;
	rq->answer_cap = c->answer.body.cap;
	rq->answer_n = r ? 0 : c->answer.body.n;
	if (!r) {
		rq->status = c->answer.status;
		memcpy(rq->answer_type, c->answer.type, sizeof(rq->answer_type));
	}
	c->rq = NULL;
}

static void end(struct wires *w, struct wire *c, enum result r)
{
	struct outbound_request *rq = c->rq;
	bool keep = !r && c->answer.keeps && c->gone == c->whole;

	detach(w, c, r);
	if (keep && !c->proven) {
		c->proven = true;
		c->place->unproven--;
	}
	if (keep)
		idle_add(w, c);
	else
		wire_close(w, c);
	w->options.ended(w->options.arg, rq, r);
}

static void on_late(struct timer *t)
{
	struct outbound_request *rq = OWNER_OF(t, struct outbound_request, timer);

	end(rq->wire->owner, rq->wire, RESULT_RETRY_TIMEOUT);
}

static void attach(struct wires *w, struct wire *c, const struct wire_aim *aim, const char *method,
        struct outbound_request *rq)
{
	struct answer_body body = {rq->answer, 0, rq->answer_cap,
	        rq->body_max ? rq->body_max : w->options.answer_bytes};
	bool bare = rq->body.n == 0 && strcmp(method, "GET") == 0;
	int64_t connected_by_ms = w->now_ms + w->options.connect_ms;

	c->rq = rq;
	c->aim = aim;
	c->method = method;
	c->length_n = (size_t)snprintf(c->length, sizeof(c->length),
	        bare ? "\r\n" : "Content-Length: %zu\r\n\r\n", rq->body.n);
	c->gone = 0;
	c->whole = strlen(method) + aim->head_n + own_text(rq->below).n + own_text(rq->lines).n +
	           c->length_n + rq->body.n;
	http_answer_begin(&c->answer, body);
	rq->wire = c;
	rq->timer.fire = on_late;
	timer_set(w->options.timers, &rq->timer,
	        c->connecting && connected_by_ms < rq->due_ms ? connected_by_ms : rq->due_ms);
}

enum result wires_send(struct wires *w, const struct wire_aim *aim, const char *method,
        struct outbound_request *rq, int64_t now_ms)
{
	struct wire *c = NULL;
	enum result r = url_guard_address(w->options.guard, aim->policy, aim->host,
	        (const struct sockaddr *)&aim->address, aim->address_n);

	w->now_ms = now_ms;
	if (r)
		return r;
	while ((c = idle_take(w, aim))) {
		attach(w, c, aim, method, rq);
		r = send_some(c);
		if (!r)
			return RESULT_OK;
		detach(w, c, r);
		wire_close(w, c);
		/* Closed while it was idle: as long as nothing went, another one may do. */
		if (rq->sent)
			return r;
	}
	r = wire_open(w, aim, &c);
	if (r)
		return r;
	attach(w, c, aim, method, rq);
	r = c->connecting ? RESULT_OK : send_some(c);
	if (r) {
		detach(w, c, r);
		wire_close(w, c);
	}
	return r;
}

void wires_abort(struct wires *w, struct outbound_request *rq)
{
	end(w, rq->wire, rq->sent ? RESULT_RETRY_UNKNOWN : RESULT_RETRY_DRAINING);
}

/* ---- the loop's side ---- */

static enum result connected(struct wires *w, struct wire *c)
{
	int failed = 0;
	socklen_t n = sizeof(failed);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &failed, &n) != 0 || failed)
		return RESULT_RETRY_UNREACHABLE;
	c->connecting = false;
	timer_set(w->options.timers, &c->rq->timer, c->rq->due_ms);
	return RESULT_OK;
}

static void on_event(struct wires *w, struct wire *c, uint32_t events)
{
	bool ends = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
	enum result r = RESULT_OK, sending;

	if (c->fd < 0)
		return; /* found dead by a request that an event before this one let begin */
	if (!c->rq) {
		/* An end, or something that nobody asked for. */
		if (ends || events & EPOLLIN)
			idle_close(w, c);
		return;
	}
	if (c->connecting && !ends && !(events & EPOLLOUT))
		return;
	if (c->connecting)
		r = connected(w, c);
	if (!r) {
		/* An answer may be there although the rest of the request finds no taker. */
		sending = send_some(c);
		if (ends || events & EPOLLIN)
			r = receive(w, c, ends);
		if (!r && !http_answer_is_whole(&c->answer))
			r = sending;
	}
	if (r || http_answer_is_whole(&c->answer))
		end(w, c, r);
}

void wires_run(struct wires *w, int64_t now_ms)
{
	struct epoll_event events[WIRE_EVENTS];
	int n = epoll_wait(w->epoll_fd, events, WIRE_EVENTS, 0);

	w->now_ms = now_ms;
	w->telling = true;
	for (int i = 0; i < n; i++)
		on_event(w, events[i].data.ptr, events[i].events);
	w->telling = false;
	while (w->closed) {
		struct wire *c = w->closed;

		w->closed = c->next;
		free(c);
	}
}

int wires_fd(const struct wires *w)
{
	return w->epoll_fd;
}

enum result wires_new(const struct wires_options *options, struct wires **out)
{
	struct wires *w = calloc(1, sizeof(*w));

	if (!w)
		return RESULT_OURS_MEMORY;
	w->options = *options;
	w->sweep.fire = on_sweep;
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll_fd < 0) {
		free(w);
		return RESULT_OURS_IO;
	}
	*out = w;
	return RESULT_OK;
}

void wires_free(struct wires *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < WIRE_BUCKETS; i++) {
		while (w->buckets[i])
			idle_close(w, w->buckets[i]->idle);
	}
	close(w->epoll_fd);
	free(w);
}
