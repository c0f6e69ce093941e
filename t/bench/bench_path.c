/* bench_path: a hop that makes a long path of a short one, for row P12.
 *
 *	bench_path TARGET_PORT
 *
 * Listens on a port of 127.0.0.1, which it prints, and passes each HTTP request on to the target:
 * half a round trip later, and its answer as much later again. The first request of a connection
 * takes a round trip more, since TCP would. Some packets get lost: a Prepare with money is answered
 * with T00 instead of being passed on, after as long a way.
 *
 * A line on stdin sets the path: "ROUND_TRIP_US LOST_PER_10000 SEED", answered by a line with what
 * was counted since the last one: "PASSED LOST". The same seed loses the same packets. Ends with
 * stdin.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "codec/ilp_packet.h"

#define MESSAGE_MAX 65536 /* bytes of a request or an answer */
#define EVENTS      256
#define NONE        INT64_MAX

/* One connection to us, and its own to the target. */
struct lane {
	int in, out; /* out: -1 before the first request */
	enum { ASKING, ON_ITS_WAY, AT_TARGET, ON_ITS_WAY_BACK, GONE } state;
	bool used, lost;
	size_t n;
	char message[MESSAGE_MAX];
	int64_t due_us;
	struct lane *next; /* of those that are on a way */
};

/* On their way, by due_us: all take as long, but for the first of a connection. */
struct way {
	struct lane *first, *last;
};

static struct {
	int epoll, listener;
	struct sockaddr_in target;
	int64_t round_trip_us;
	unsigned lost_per_10000;
	uint64_t seed, passed, lost;
	struct way ways, first_ways;
	struct lane *gone; /* to be freed when the turn's events are through */
	char reject[256];
	size_t reject_n;
} path;

static void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "bench_path: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(EXIT_FAILURE);
}

static void watch(int fd, void *who)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = who};

	if (epoll_ctl(path.epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		die("epoll_ctl: %s", strerror(errno));
}

static bool happens(unsigned per_10000)
{
	path.seed = path.seed * 6364136223846793005u + 1442695040888963407u;
	return (path.seed >> 33) % 10000 < per_10000;
}

/* ---- messages ---- */

/* Of a whole message the offset of its body; 0 while it is incomplete. */
static size_t body_of(struct lane *l)
{
	const char *end = memmem(l->message, l->n, "\r\n\r\n", 4);
	const char *line;
	size_t head, body = 0;

	if (!end)
		return 0;
	head = (size_t)(end - l->message) + 4;
	for (line = l->message; line < end;) {
		if (strncasecmp(line, "Content-Length:", 15) == 0)
			body = strtoul(line + 15, NULL, 10);
		line = (const char *)memmem(line, (size_t)(end + 2 - line), "\r\n", 2) + 2;
	}
	if (head + body > sizeof(l->message))
		die("a message of %zu bytes", head + body);
	return l->n >= head + body ? head : 0;
}

static bool carries_money(const struct lane *l, size_t head)
{
	struct ilp_prepare p;

	return !ilp_prepare_decode(bytes_of(l->message + head, l->n - head), &p) && p.amount > 0;
}

static void make_reject(void)
{
	uint8_t body[128];
	struct buf b;
	int n;

	buf_init(&b, body, sizeof(body));
	ilp_reject_encode(&b, ILP_T00_INTERNAL_ERROR, bytes_str("test.path"), bytes_str("lost"),
	        bytes_of(NULL, 0));
	if (b.failed)
		die("a reject of more than %zu bytes", sizeof(body));
	n = snprintf(path.reject, sizeof(path.reject),
	        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
	        "Content-Length: %zu\r\n\r\n",
	        buf_view(&b).n);
	memcpy(path.reject + n, buf_view(&b).p, buf_view(&b).n);
	path.reject_n = (size_t)n + buf_view(&b).n;
}

/* What we send is small: a socket that takes no whole message is broken. */
static bool put(int fd, const char *message, size_t n)
{
	return send(fd, message, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* ---- lanes ---- */

static void depart(struct lane *l, struct way *w, int64_t way_us)
{
	l->due_us = clock_mono_us() + way_us;
	l->next = NULL;
	if (w->last)
		w->last->next = l;
	else
		w->first = l;
	w->last = l;
}

static void forget(struct lane *l)
{
	l->next = path.gone;
	path.gone = l;
}

static void lane_end(struct lane *l)
{
	bool waits = l->state == ON_ITS_WAY || l->state == ON_ITS_WAY_BACK;

	l->state = GONE;
	if (l->in >= 0)
		close(l->in);
	if (l->out >= 0)
		close(l->out);
	l->in = l->out = -1;
	if (!waits)
		forget(l); /* else when it is due */
}

static bool reach_target(struct lane *l)
{
	const int on = 1;

	if (l->out >= 0)
		return true;
	l->out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->out < 0 ||
	        connect(l->out, (const struct sockaddr *)&path.target, sizeof(path.target)) != 0)
		return false;
	setsockopt(l->out, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	watch(l->out, l);
	return true;
}

static void arrive(struct lane *l)
{
	switch (l->state) {
	case ON_ITS_WAY:
		if (l->lost) {
			memcpy(l->message, path.reject, path.reject_n);
			l->n = path.reject_n;
			l->state = ON_ITS_WAY_BACK;
			depart(l, &path.ways, path.round_trip_us / 2);
			return;
		}
		l->state = AT_TARGET;
		if (!reach_target(l) || !put(l->out, l->message, l->n))
			lane_end(l);
		l->n = 0;
		return;
	case ON_ITS_WAY_BACK:
		l->state = ASKING;
		if (!put(l->in, l->message, l->n))
			lane_end(l);
		l->n = 0;
		return;
	case GONE:
		forget(l);
		return;
	case ASKING:
	case AT_TARGET:
		return;
	}
}

static void on_readable(struct lane *l)
{
	int fd = l->state == AT_TARGET ? l->out : l->in;
	ssize_t n;
	size_t head;

	if (l->state == GONE)
		return;
	/* On its way only an end comes, and one from the side that has nothing to say. */
	n = l->state == AT_TARGET || l->state == ASKING
	            ? recv(fd, l->message + l->n, sizeof(l->message) - l->n, MSG_DONTWAIT)
	            : 0;
	if (n <= 0) {
		lane_end(l);
		return;
	}
	l->n += (size_t)n;
	head = body_of(l);
	if (!head)
		return;
	if (l->state == AT_TARGET) {
		l->state = ON_ITS_WAY_BACK;
		depart(l, &path.ways, path.round_trip_us / 2);
		return;
	}
	l->lost = carries_money(l, head) && happens(path.lost_per_10000);
	if (l->lost)
		path.lost++;
	else
		path.passed++;
	l->state = ON_ITS_WAY;
	if (l->used)
		depart(l, &path.ways, path.round_trip_us / 2);
	else
		depart(l, &path.first_ways, path.round_trip_us / 2 * 3);
	l->used = true;
}

static void on_connection(void)
{
	const int on = 1;
	struct lane *l;
	int fd;

	while ((fd = accept4(path.listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		l = calloc(1, sizeof(*l));
		if (!l)
			die("out of memory");
		l->in = fd;
		l->out = -1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		watch(fd, l);
	}
}

/* ---- the loop ---- */

static int64_t next_due_us(void)
{
	int64_t a = path.ways.first ? path.ways.first->due_us : NONE;
	int64_t b = path.first_ways.first ? path.first_ways.first->due_us : NONE;

	return a < b ? a : b;
}

static void run_due(struct way *w, int64_t now_us)
{
	while (w->first && w->first->due_us <= now_us) {
		struct lane *l = w->first;

		w->first = l->next;
		if (!w->first)
			w->last = NULL;
		arrive(l);
	}
}

static bool take_command(void)
{
	char line[128];
	long long us;
	unsigned lost;
	unsigned long long seed;

	if (!fgets(line, sizeof(line), stdin))
		return false;
	if (sscanf(line, "%lld %u %llu", &us, &lost, &seed) != 3)
		die("not a path: %s", line);
	path.round_trip_us = us;
	path.lost_per_10000 = lost;
	path.seed = seed;
	printf("%llu %llu\n", (unsigned long long)path.passed, (unsigned long long)path.lost);
	fflush(stdout);
	path.passed = path.lost = 0;
	return true;
}

static void listen_on_any(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	path.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (path.listener < 0 || bind(path.listener, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	        listen(path.listener, SOMAXCONN) != 0 ||
	        getsockname(path.listener, (struct sockaddr *)&a, &n) != 0)
		die("listen: %s", strerror(errno));
	printf("%u\n", ntohs(a.sin_port));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static char listener, commands; /* only their addresses count */
	long port = argc == 2 ? strtol(argv[1], NULL, 10) : 0;

	if (port <= 0 || port > 65535)
		die("usage: bench_path TARGET_PORT");
	path.target.sin_family = AF_INET;
	path.target.sin_port = htons((uint16_t)port);
	path.target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	path.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (path.epoll < 0)
		die("epoll_create1: %s", strerror(errno));
	make_reject();
	listen_on_any();
	watch(path.listener, &listener);
	watch(STDIN_FILENO, &commands);
	for (;;) {
		struct epoll_event events[EVENTS];
		int64_t due = next_due_us(), left = due == NONE ? 0 : due - clock_mono_us();
		struct timespec wait = {.tv_sec = left > 0 ? left / 1000000 : 0,
		        .tv_nsec = left > 0 ? left % 1000000 * 1000 : 0};
		int n = epoll_pwait2(path.epoll, events, EVENTS, due == NONE ? NULL : &wait, NULL);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == &listener)
				on_connection();
			else if (events[i].data.ptr != &commands)
				on_readable(events[i].data.ptr);
			else if (!take_command())
				return EXIT_SUCCESS;
		}
		run_due(&path.ways, clock_mono_us());
		run_due(&path.first_ways, clock_mono_us());
		while (path.gone) {
			struct lane *l = path.gone;

			path.gone = l->next;
			free(l);
		}
	}
}
