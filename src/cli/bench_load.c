#include "cli/bench_load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define EVENTS_MAX    256
#define US_PER_S      1000000
#define IDLE_LIMIT_MS 10000 /* a server that answers nothing for so long has stalled */
/* Latencies are counted in steps of 1/32 of a power of two: 3 % apart at most. */
#define HISTOGRAM_STEPS 32
#define HISTOGRAM_SIZE  (40 * HISTOGRAM_STEPS)

struct connection {
	int fd;
	uint8_t in[BENCH_RESPONSE_BYTES];
	size_t in_len;
	int64_t sent_us;
	bool midway; /* the next request belongs to what began at sent_us */
};

struct histogram {
	uint64_t counts[HISTOGRAM_SIZE];
	uint64_t total;
	int64_t max;
};

static size_t histogram_slot(uint64_t us)
{
	unsigned exponent = 0;
	size_t slot;

	while (us >> exponent >= 2 * HISTOGRAM_STEPS)
		exponent++;
	slot = exponent * HISTOGRAM_STEPS + (size_t)(us >> exponent);
	return slot < HISTOGRAM_SIZE ? slot : HISTOGRAM_SIZE - 1;
}

static double histogram_value(size_t slot)
{
	size_t exponent = slot < 2 * HISTOGRAM_STEPS ? 0 : slot / HISTOGRAM_STEPS - 1;

	return (double)((uint64_t)(slot - exponent * HISTOGRAM_STEPS) << exponent);
}

static void histogram_add(struct histogram *h, int64_t us)
{
	h->counts[histogram_slot(us < 0 ? 0 : (uint64_t)us)]++;
	h->total++;
	if (us > h->max)
		h->max = us;
}

static double histogram_quantile(const struct histogram *h, double q)
{
	uint64_t want = (uint64_t)((double)h->total * q);
	uint64_t seen = 0;

	for (size_t i = 0; i < HISTOGRAM_SIZE; i++) {
		seen += h->counts[i];
		if (seen > want)
			return histogram_value(i);
	}
	return (double)h->max;
}

static struct sockaddr_in loopback(unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static int connect_to(unsigned port)
{
	struct sockaddr_in a = loopback(port);
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
	        fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool send_next(const struct bench_load *load, struct connection *c, unsigned index)
{
	uint8_t storage[BENCH_REQUEST_BYTES];
	struct buf request;

	buf_init(&request, storage, sizeof(storage));
	load->build(load->arg, index, &request);
	if (request.failed)
		return false;
	c->in_len = 0;
	if (!c->midway)
		c->sent_us = clock_mono_us();
	return send(c->fd, storage, request.len, MSG_NOSIGNAL) == (ssize_t)request.len;
}

/* Finds a whole HTTP message in what arrived. 1 found, 0 not yet, -1 not HTTP or too big. */
static int message_parse(
        const uint8_t *p, size_t n, unsigned *status, struct bytes *body, size_t *used)
{
	static const char field[] = "\r\ncontent-length:";
	const uint8_t *end = memmem(p, n, "\r\n\r\n", 4);
	size_t head, length = 0;

	if (!end)
		return n >= BENCH_RESPONSE_BYTES ? -1 : 0;
	head = (size_t)(end - p) + 4;
	*status = 0;
	if (n > 12 && memcmp(p, "HTTP/1.1 ", 9) == 0)
		*status = (unsigned)(p[9] - '0') * 100 + (unsigned)(p[10] - '0') * 10 +
		          (unsigned)(p[11] - '0');
	for (size_t i = 0; i + sizeof(field) - 1 < head; i++) {
		if (p[i] != '\r' || strncasecmp((const char *)p + i, field, sizeof(field) - 1) != 0)
			continue;
		for (i += sizeof(field) - 1;
		        i < head && (p[i] == ' ' || (p[i] >= '0' && p[i] <= '9')); i++)
			if (p[i] != ' ' && length < BENCH_RESPONSE_BYTES)
				length = length * 10 + (size_t)(p[i] - '0');
		break;
	}
	if (head + length > BENCH_RESPONSE_BYTES)
		return -1;
	if (n < head + length)
		return 0;
	*body = bytes_of(p + head, length);
	*used = head + length;
	return 1;
}

static bool status_is_right(const struct bench_load *load, unsigned status)
{
	if (load->status == BENCH_ANY_2XX)
		return status >= 200 && status < 300;
	return status == (load->status ? load->status : 200);
}

/* Takes what arrived on a connection; *answered says that a whole answer was counted. */
static bool receive(const struct bench_load *load, struct connection *c, unsigned index,
        struct bench_figures *figures, struct histogram *h, bool *answered)
{
	unsigned status;
	struct bytes body;
	size_t used;
	ssize_t n = recv(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len, 0);
	int found;
	bool right;

	*answered = false;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	c->in_len += (size_t)n;
	found = message_parse(c->in, c->in_len, &status, &body, &used);
	if (found < 0)
		return false;
	if (found == 0)
		return true;
	right = status_is_right(load, status) && load->check(load->arg, index, body);
	c->midway = right && load->whole && !load->whole(load->arg, index);
	*answered = true;
	if (c->midway)
		return true;
	histogram_add(h, clock_mono_us() - c->sent_us);
	if (right)
		figures->requests++;
	else
		figures->wrong++;
	return true;
}

double bench_cpu_us(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		return 0;
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* One run of a load. */
struct run {
	const struct bench_load *load;
	struct bench_figures *figures;
	struct histogram latencies;
	int epoll;
	int64_t until_us;
	uint64_t sent;
	unsigned busy; /* connections with a request in flight */
	struct connection connections[];
};

static struct run *run_new(const struct bench_load *load, struct bench_figures *figures)
{
	struct run *run = calloc(1, sizeof(*run) + load->connections * sizeof(run->connections[0]));

	if (!run)
		return NULL;
	run->load = load;
	run->figures = figures;
	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (unsigned i = 0; i < load->connections; i++)
		run->connections[i].fd = -1;
	return run;
}

static void run_free(struct run *run)
{
	for (unsigned i = 0; i < run->load->connections; i++)
		if (run->connections[i].fd >= 0)
			close(run->connections[i].fd);
	if (run->epoll >= 0)
		close(run->epoll);
	free(run);
}

static bool run_connect(struct run *run)
{
	for (unsigned i = 0; i < run->load->connections; i++) {
		struct epoll_event e = {.events = EPOLLIN, .data.u32 = i};
		int fd = connect_to(run->load->port);

		run->connections[i].fd = fd;
		if (fd < 0 || epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
			return false;
	}
	return true;
}

/* False where the next request can't be sent; past the bounds of the load none is. */
static bool run_send(struct run *run, unsigned index)
{
	if (!run->connections[index].midway &&
	        (clock_mono_us() >= run->until_us ||
	                (run->load->requests && run->sent >= run->load->requests)))
		return true;
	if (!send_next(run->load, &run->connections[index], index))
		return false;
	run->sent++;
	run->busy++;
	return true;
}

static bool run_turn(struct run *run)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(run->epoll, events, EVENTS_MAX, IDLE_LIMIT_MS);

	if (n == 0 || (n < 0 && errno != EINTR))
		return false;
	for (int i = 0; i < n; i++) {
		unsigned index = events[i].data.u32;
		bool answered;

		if (!receive(run->load, &run->connections[index], index, run->figures,
		            &run->latencies, &answered))
			return false;
		if (!answered)
			continue;
		run->busy--;
		if (!run_send(run, index))
			return false;
	}
	return true;
}

enum result bench_load_run(const struct bench_load *load, struct bench_figures *out)
{
	struct run *run = run_new(load, out);
	enum result r = RESULT_OURS_IO;
	int64_t started;
	double cpu_before, own_before;

	*out = (struct bench_figures){0};
	if (!run)
		return RESULT_OURS_MEMORY;
	if (!run_connect(run))
		goto out;
	cpu_before = bench_cpu_us(load->server);
	own_before = bench_cpu_us(getpid());
	started = clock_mono_us();
	run->until_us = started + (int64_t)load->seconds * US_PER_S;
	for (unsigned i = 0; i < load->connections; i++)
		if (!run_send(run, i))
			goto out;
	while (run->busy)
		if (!run_turn(run))
			goto out;
	out->seconds = (double)(clock_mono_us() - started) / US_PER_S;
	out->per_second = (double)out->requests / out->seconds;
	if (out->requests) {
		out->cpu_us = (bench_cpu_us(load->server) - cpu_before) / (double)out->requests;
		out->load_us = (bench_cpu_us(getpid()) - own_before) / (double)out->requests;
	}
	out->p50_us = histogram_quantile(&run->latencies, 0.50);
	out->p99_us = histogram_quantile(&run->latencies, 0.99);
	out->max_us = (double)run->latencies.max;
	r = RESULT_OK;
out:
	run_free(run);
	return r;
}

/* ---- the yardstick ---- */

#define ANSWER_BODY_MAX 1024

static const uint8_t raw_body[BENCH_RAW_BODY_BYTES];

struct bench_server {
	void (*answer)(void *arg, struct bytes body, struct buf *out);
	void *arg;
};

static bool send_answer(const struct bench_server *s, int fd, struct bytes body)
{
	uint8_t storage[ANSWER_BODY_MAX];
	char whole[ANSWER_BODY_MAX + 256];
	struct buf out;
	int n;

	buf_init(&out, storage, sizeof(storage));
	if (s->answer)
		s->answer(s->arg, body, &out);
	else
		buf_put(&out, raw_body, sizeof(raw_body));
	n = snprintf(whole, 256,
	        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "
	        "%zu\r\n\r\n",
	        out.len);
	if (out.failed || n < 0)
		return false;
	memcpy(whole + n, storage, out.len);
	return send(fd, whole, (size_t)n + out.len, MSG_NOSIGNAL) == (ssize_t)((size_t)n + out.len);
}

static bool server_receive(const struct bench_server *s, struct connection *c)
{
	unsigned status;
	struct bytes body;
	size_t used;
	ssize_t n = recv(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len, 0);
	int found;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	c->in_len += (size_t)n;
	while ((found = message_parse(c->in, c->in_len, &status, &body, &used)) == 1) {
		if (!send_answer(s, c->fd, body))
			return false;
		c->in_len -= used;
		memmove(c->in, c->in + used, c->in_len);
	}
	return found == 0;
}

enum result bench_server_run(
        unsigned port, void (*answer)(void *arg, struct bytes body, struct buf *out), void *arg)
{
	struct bench_server server = {answer, arg};
	struct sockaddr_in a = loopback(port);
	int one = 1;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct epoll_event e = {.events = EPOLLIN};

	if (epoll < 0 || fd < 0 ||
	        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	        bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	        listen(fd, BENCH_CONNECTIONS_MAX) != 0 ||
	        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		return RESULT_OURS_IO;
	for (;;) {
		struct epoll_event events[EVENTS_MAX];
		int n = epoll_wait(epoll, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			struct connection *c = events[i].data.ptr;

			if (c) {
				if (!server_receive(&server, c)) {
					close(c->fd);
					free(c);
				}
				continue;
			}
			c = calloc(1, sizeof(*c));
			if (!c)
				return RESULT_OURS_MEMORY;
			c->fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
			e = (struct epoll_event){.events = EPOLLIN, .data.ptr = c};
			if (c->fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e) != 0) {
				if (c->fd >= 0)
					close(c->fd);
				free(c);
			} else {
				setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
			}
		}
	}
}

enum result bench_exchange(
        unsigned port, struct bytes request, unsigned status, char out[BENCH_RESPONSE_BYTES])
{
	uint8_t in[BENCH_RESPONSE_BYTES];
	struct pollfd p = {.fd = connect_to(port), .events = POLLIN};
	enum result r = RESULT_OURS_IO;
	size_t len = 0, used;
	struct bytes body;
	unsigned got_status;

	if (p.fd < 0)
		return RESULT_OURS_IO;
	if (send(p.fd, request.p, request.n, MSG_NOSIGNAL) != (ssize_t)request.n)
		goto out;
	for (int found = 0; found == 0;) {
		ssize_t got;

		if (poll(&p, 1, IDLE_LIMIT_MS) <= 0)
			goto out;
		got = recv(p.fd, in + len, sizeof(in) - 1 - len, 0);
		if (got <= 0)
			goto out;
		len += (size_t)got;
		found = message_parse(in, len, &got_status, &body, &used);
		if (found < 0)
			goto out;
	}
	r = got_status == status ? RESULT_OK : RESULT_THEIRS_REFUSED;
	memcpy(out, body.p, body.n);
	out[body.n] = '\0';
out:
	close(p.fd);
	return r;
}

enum result bench_get(
        unsigned port, const char *path, const char *accept, char out[BENCH_RESPONSE_BYTES])
{
	char request[512];
	int n = snprintf(request, sizeof(request),
	        "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n\r\n", path, accept);

	if (n < 0 || n >= (int)sizeof(request))
		return RESULT_OURS_IO;
	return bench_exchange(port, bytes_str(request), 200, out);
}

bool bench_is_up(unsigned port)
{
	int fd = connect_to(port);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

void bench_pin(unsigned processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		return;
}
