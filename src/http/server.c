#include "http/server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "http/exchange.h"

#define LISTEN_BACKLOG 1024
#define DRAIN_MS       30000
#define HOST_TEXT_MAX  128

void http_limits_default(struct http_limits *l)
{
	*l = (struct http_limits){
	        .connections = LIMIT_CONNECTIONS,
	        .connections_per_address = LIMIT_CONNECTIONS_PER_ADDRESS,
	        .header_ms = LIMIT_HEADER_S * 1000,
	        .body_ms = LIMIT_BODY_S * 1000,
	        .response_ms = LIMIT_RESPONSE_S * 1000,
	        .idle_ms = LIMIT_IDLE_S * 1000,
	        .header_bytes = LIMIT_HEADER_BYTES,
	        .header_fields = LIMIT_HEADER_FIELDS,
	        .json = json_scan_default,
	        .requests_per_address_per_s = LIMIT_REQUESTS_PER_ADDRESS_PER_S,
	        .drain_ms = DRAIN_MS,
	};
}

struct resolved {
	struct sockaddr_storage address;
	socklen_t n;
};

/* "host:port" or "[v6]:port". */
static enum result resolve(const char *text, struct resolved *out)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
	        .ai_socktype = SOCK_STREAM,
	        .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	struct addrinfo *found = NULL;
	char host[HOST_TEXT_MAX];
	int failed;

	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof(host)) {
		log_error("listen", "address=%s reason=\"not host:port\"", text);
		return RESULT_OURS_CONFIG;
	}
	memcpy(host, text, n);
	host[n] = '\0';
	failed = getaddrinfo(host, colon + 1, &hints, &found);
	if (failed) {
		log_error("listen", "address=%s reason=\"%s\"", text, gai_strerror(failed));
		return RESULT_OURS_CONFIG;
	}
	memcpy(&out->address, found->ai_addr, found->ai_addrlen);
	out->n = found->ai_addrlen;
	freeaddrinfo(found);
	return RESULT_OK;
}

static int open_socket(const struct resolved *at, bool shared)
{
	const int on = 1;
	int fd = socket(at->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	        (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) ||
	        bind(fd, (const struct sockaddr *)&at->address, at->n) != 0 ||
	        listen(fd, LISTEN_BACKLOG) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static in_port_t *port_of(struct resolved *at)
{
	if (at->address.ss_family == AF_INET6)
		return &((struct sockaddr_in6 *)&at->address)->sin6_port;
	return &((struct sockaddr_in *)&at->address)->sin_port;
}

/* One listening socket for each of the first `loops` loops. */
static enum result open_listener(
        struct http_server *s, size_t which, const struct http_listener *listener, unsigned loops)
{
	struct resolved at;
	enum result r;
	int fd;

	r = router_new(listener->tables, HTTP_TABLES_MAX, &s->routers[which]);
	if (!r)
		r = crowd_new(s->options.limits.connections,
		        s->options.limits.connections_per_address, &s->crowds[which]);
	if (!r)
		r = resolve(listener->address, &at);
	if (r)
		return r;
	/* SO_REUSEPORT would let a second program of this user share the port silently. A socket
	 * without it fails where anybody listens. */
	if (loops > 1 && *port_of(&at) != 0) {
		fd = open_socket(&at, false);
		if (fd < 0)
			goto out;
		close(fd);
	}
	for (unsigned i = 0; i < loops; i++) {
		struct http_loop *l = &s->loops[i];
		struct http_daemon *d = &l->daemons[l->daemon_count];

		fd = open_socket(&at, loops > 1);
		if (fd < 0)
			goto out;
		*d = (struct http_daemon){.loop = l,
		        .router = s->routers[which],
		        .crowd = s->crowds[which],
		        .limits_rate = listener == &s->options.public,
		        .tls = listener->tls,
		        .listen_fd = fd,
		        .epoll_fd = -1};
		l->daemon_count++;
		/* The first socket picks the port where it was 0. */
		if (getsockname(fd, (struct sockaddr *)&at.address, &at.n) != 0)
			goto out;
	}
	s->ports[which] = ntohs(*port_of(&at));
	return RESULT_OK;
out:
	log_error("listen", "address=%s reason=\"%s\"", listener->address, strerror(errno));
	return RESULT_OURS_IO;
}

enum result http_server_new(const struct http_server_options *options, struct http_server **out)
{
	struct http_server *s = calloc(1, sizeof(*s));
	enum result r;

	if (!s)
		return RESULT_OURS_MEMORY;
	s->options = *options;
	if (s->options.threads == 0)
		s->options.threads = 1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	r = networks_parse(options->trusted_proxies, &s->trusted);
	if (r)
		goto out;
	r = rate_new(options->limits.requests_per_address_per_s, &s->rate);
	if (r)
		goto out;
	s->loops = calloc(s->options.threads, sizeof(*s->loops));
	if (!s->loops) {
		r = RESULT_OURS_MEMORY;
		goto out;
	}
	while (s->loop_count < s->options.threads) {
		r = loop_init(&s->loops[s->loop_count], s, s->loop_count);
		if (r)
			goto out;
		s->loop_count++;
	}
	if (options->public.address)
		r = open_listener(s, 0, &s->options.public, s->loop_count);
	if (!r && options->admin.address)
		r = open_listener(s, 1, &s->options.admin, 1);
	if (r)
		goto out;
	*out = s;
	return RESULT_OK;
out:
	http_server_free(s);
	return r;
}

/* Waits until all threads have opened, tells them whether to go on. */
static enum result decide(struct http_server *s, unsigned started, enum result r)
{
	pthread_mutex_lock(&s->lock);
	while (s->opened < started)
		pthread_cond_wait(&s->changed, &s->lock);
	for (unsigned i = 0; i < started; i++) {
		if (!r)
			r = s->loops[i].opened;
	}
	s->go = r == RESULT_OK;
	s->decided = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	return r;
}

static enum result join(struct http_server *s)
{
	enum result r = RESULT_OK;

	for (unsigned i = 0; i < s->loop_count; i++) {
		struct http_loop *l = &s->loops[i];

		if (!l->running)
			continue;
		pthread_join(l->thread, NULL);
		l->running = false;
		if (l->closed)
			r = l->closed;
	}
	return r;
}

enum result http_server_start(struct http_server *s)
{
	enum result r = RESULT_OK;
	unsigned started = 0;

	while (!r && started < s->loop_count) {
		struct http_loop *l = &s->loops[started];

		if (pthread_create(&l->thread, NULL, loop_main, l) != 0) {
			r = RESULT_OURS_MEMORY;
		} else {
			l->running = true;
			started++;
		}
	}
	r = decide(s, started, r);
	if (r) {
		enum result joined = join(s);

		(void)joined; /* nothing was served */
	}
	return r;
}

enum result http_server_stop(struct http_server *s)
{
	atomic_store(&s->stopping, true);
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_wake(&s->loops[i]);
	return join(s);
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->loop_count; i++) {
		if (s->loops[i].closed)
			return; /* operations of parked requests may still arrive */
	}
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_clear(&s->loops[i]);
	free(s->loops);
	for (size_t i = 0; i < HTTP_DAEMONS_MAX; i++)
		router_free(s->routers[i]);
	for (size_t i = 0; i < HTTP_DAEMONS_MAX; i++)
		crowd_free(s->crowds[i]);
	rate_free(s->rate);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

uint16_t http_server_port(const struct http_server *s)
{
	return s->ports[0];
}

uint16_t http_server_admin_port(const struct http_server *s)
{
	return s->ports[1];
}

static uint64_t counted(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void http_server_counters(const struct http_server *s, struct http_counters *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < s->loop_count; i++) {
		const struct http_loop_counters *c = &s->loops[i].counters;

		out->connections += counted(&c->connections);
		out->accepted += counted(&c->accepted);
		out->requests += counted(&c->requests);
		out->refused_connections += counted(&c->refused_connections);
		out->gate_refused += counted(&c->gate_refused);
		out->rate_limited += counted(&c->rate_limited);
		out->deadline_header += counted(&c->deadline[DEADLINE_HEADER]);
		out->deadline_body += counted(&c->deadline[DEADLINE_BODY]);
		out->deadline_response += counted(&c->deadline[DEADLINE_RESPONSE]);
		out->deadline_idle += counted(&c->deadline[DEADLINE_IDLE]);
		for (size_t k = 0; k < sizeof(out->status) / sizeof(out->status[0]); k++)
			out->status[k] += counted(&c->status[k]);
	}
}

const struct http_server *http_loop_server(const struct http_loop *loop)
{
	return loop->server;
}

const struct http_limits *http_loop_limits(const struct http_loop *loop)
{
	return &loop->server->options.limits;
}

struct mailbox *http_loop_mailbox(struct http_loop *loop)
{
	return &loop->mailbox;
}

void *http_loop_app(const struct http_loop *loop)
{
	return loop->app;
}

unsigned http_loop_index(const struct http_loop *loop)
{
	return loop->index;
}

int64_t http_loop_mono_ms(const struct http_loop *loop)
{
	return loop->mono_ms;
}

int64_t http_loop_wall_ms(const struct http_loop *loop)
{
	return loop->wall_ms;
}
