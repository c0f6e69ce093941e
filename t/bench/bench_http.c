/* bench_http: a raw keep-alive load generator for loopback, and a server to try it on.
 *
 *	bench_http serve [port]
 *	        a server with one loop: GET /doc, POST /echo, POST /park
 *	bench_http load [-c N] [-t S] [-d FILE|TEXT] [-H "Name: value"] [-T TYPE] URL
 *	        URL as in http://127.0.0.1:P/PATH
 *	bench_http both [-c N] [-t S]
 *	        the server in a child, the load here, each in turn
 *
 * One connection has one request in flight. Replies must be 2xx with a Content-Length; anything
 * else ends the run with an error, so that no figure is printed for something that did not work.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/task.h"
#include "http/reply.h"
#include "http/server.h"

#define CONNECTIONS_MAX 4096
#define REQUEST_MAX     65536
#define REPLY_MAX       65536
#define BUCKETS         100000 /* of 1 us */

static void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "bench_http: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(EXIT_FAILURE);
}

/* Load. */

struct load {
	struct sockaddr_in to;
	unsigned connections;
	double seconds;
	char request[REQUEST_MAX];
	size_t request_n;
};

struct connection {
	int fd;
	char in[REPLY_MAX];
	size_t have;
	int64_t since_us;
};

struct figures {
	uint64_t requests;
	double seconds;
	uint32_t latency[BUCKETS];
};

static int dial(const struct sockaddr_in *to)
{
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof(*to)) != 0)
		die("connect: %s", strerror(errno));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void send_request(const struct load *load, struct connection *c)
{
	c->since_us = clock_mono_us();
	c->have = 0;
	if (send(c->fd, load->request, load->request_n, MSG_NOSIGNAL) != (ssize_t)load->request_n)
		die("send: %s", strerror(errno));
}

/* Length of the first reply in the buffer, 0 while it is incomplete. */
static size_t reply_length(const struct connection *c)
{
	const char *end = memmem(c->in, c->have, "\r\n\r\n", 4);
	const char *line;
	size_t body;

	if (!end)
		return 0;
	if (c->have < 12 || c->in[9] != '2')
		die("not a success: %.*s", (int)(end - c->in), c->in);
	for (line = c->in; line < end; line = strstr(line, "\r\n") + 2) {
		if (strncasecmp(line, "Content-Length:", 15) == 0)
			break;
	}
	if (line >= end)
		die("a reply without Content-Length");
	body = strtoul(line + 15, NULL, 10);
	return c->have >= (size_t)(end + 4 - c->in) + body ? c->have : 0;
}

static void receive(const struct load *load, struct connection *c, struct figures *f)
{
	ssize_t n = recv(c->fd, c->in + c->have, sizeof(c->in) - 1 - c->have, 0);
	int64_t took;

	if (n <= 0)
		die("recv: %s", n == 0 ? "closed" : strerror(errno));
	c->have += (size_t)n;
	c->in[c->have] = '\0';
	if (reply_length(c) == 0)
		return;
	took = clock_mono_us() - c->since_us;
	f->latency[took < BUCKETS ? took : BUCKETS - 1]++;
	f->requests++;
	send_request(load, c);
}

static struct figures *run_load(const struct load *load)
{
	struct connection *all = calloc(load->connections, sizeof(*all));
	struct figures *f = calloc(1, sizeof(*f));
	struct epoll_event events[256];
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int64_t start = clock_mono_us(), warm = start + 200000, end = 0, now = start;

	if (!all || !f || epoll < 0)
		die("setup: %s", strerror(errno));
	for (unsigned i = 0; i < load->connections; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};

		all[i].fd = dial(&load->to);
		epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event);
		send_request(load, &all[i]);
	}
	while (!end || now < end) {
		int n = epoll_wait(epoll, events, 256, 5000);

		if (n <= 0)
			die("no reply within 5 s");
		for (int i = 0; i < n; i++)
			receive(load, events[i].data.ptr, f);
		now = clock_mono_us();
		if (!end && now >= warm) { /* forget the warm-up */
			memset(f, 0, sizeof(*f));
			start = now;
			end = now + (int64_t)(load->seconds * 1e6);
		}
	}
	f->seconds = (double)(now - start) / 1e6;
	for (unsigned i = 0; i < load->connections; i++)
		close(all[i].fd);
	close(epoll);
	free(all);
	return f;
}

static unsigned percentile(const struct figures *f, double share)
{
	uint64_t below = 0, wanted = (uint64_t)((double)f->requests * share);

	for (unsigned us = 0; us < BUCKETS; us++) {
		below += f->latency[us];
		if (below > wanted)
			return us;
	}
	return BUCKETS;
}

static void print_figures(const char *name, const struct load *load, const struct figures *f)
{
	printf("%s connections=%u requests=%" PRIu64 " seconds=%.2f per_s=%.0f p50_us=%u p99_us=%u",
	        name, load->connections, f->requests, f->seconds, (double)f->requests / f->seconds,
	        percentile(f, 0.5), percentile(f, 0.99));
}

static void build_request(struct load *load, const char *path, const char *type, const char *extra,
        const char *body, size_t body_n)
{
	int n;

	if (body)
		n = snprintf(load->request, sizeof(load->request),
		        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\n%s"
		        "Content-Length: %zu\r\n\r\n",
		        path, type, extra, body_n);
	else
		n = snprintf(load->request, sizeof(load->request),
		        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", path, extra);
	if (n < 0 || (size_t)n + body_n > sizeof(load->request))
		die("the request is too large");
	if (body)
		memcpy(load->request + n, body, body_n);
	load->request_n = (size_t)n + body_n;
}

/* The server. Parked requests come back at the end of the turn, as from an inline commit, or by a
 * second thread, as from the writer. */

struct parked {
	struct task task; /* first */
	struct http_request *rq;
};

struct app {
	struct mail_list turn; /* parked in this turn */
	struct mailbox *home;
};

static struct mailbox worker_box;
static struct http_fixed *document;

static enum http_next get_doc(struct http_request *rq)
{
	return http_reply_fixed(rq, document);
}

static enum http_next post_echo(struct http_request *rq)
{
	return http_reply_bytes(rq, 200, "application/octet-stream", rq->body);
}

static void come_back(struct task *t)
{
	http_resume(((struct parked *)t)->rq);
}

static enum http_next post_park(struct http_request *rq)
{
	struct app *app = http_app(rq);
	struct parked *p = arena_alloc(&rq->arena, sizeof(*p));

	if (!p)
		return http_reply_empty(rq, 500);
	http_park(rq, post_echo);
	*p = (struct parked){.task = {.home = app->home, .done = come_back}, .rq = rq};
	mail_list_add(&app->turn, &p->task.mail);
	return HTTP_PARKED;
}

static void *work(void *arg)
{
	struct mail_list list;

	(void)arg;
	mail_list_init(&list);
	while (mailbox_wait(&worker_box, &list, -1))
		task_send_home(&list);
	return NULL;
}

static enum result loop_open(struct http_loop *loop, void *arg, void **out)
{
	struct app *app = calloc(1, sizeof(*app));

	(void)arg;
	if (!app)
		return RESULT_OURS_MEMORY;
	mail_list_init(&app->turn);
	app->home = http_loop_mailbox(loop);
	*out = app;
	return RESULT_OK;
}

static void turn_end(struct http_loop *loop, void *arg)
{
	struct app *app = arg;

	(void)loop;
	if (mailbox_give(&worker_box, &app->turn))
		die("the worker is gone");
}

static void loop_close(struct http_loop *loop, void *app)
{
	(void)loop;
	free(app);
}

static const struct http_route routes[] = {
        {HTTP_GET, "/doc", get_doc, 0, HTTP_ROUTE_CORS},
        {HTTP_POST, "/echo", post_echo, 65536, 0},
        {HTTP_POST, "/park", post_park, 65536, HTTP_ROUTE_NO_RATE},
};

static struct http_server *start_server(const char *address)
{
	static struct http_server_options options;
	struct http_server *s;
	pthread_t worker;
	char body[300];

	memset(body, 'x', sizeof(body));
	document =
	        http_fixed_new(200, "application/json", NULL, true, bytes_of(body, sizeof(body)));
	options.public.address = address;
	options.public.tables[0] = (struct http_table){routes, sizeof(routes) / sizeof(routes[0])};
	options.threads = 1;
	http_limits_default(&options.limits);
	options.limits.requests_per_address_per_s = 0;
	options.limits.connections_per_address = 0;
	options.loop_open = loop_open;
	options.turn_end = turn_end;
	options.loop_close = loop_close;
	if (mailbox_init(&worker_box, 0) || pthread_create(&worker, NULL, work, NULL) != 0)
		die("no worker");
	if (http_server_new(&options, &s) || http_server_start(s))
		die("no server");
	return s;
}

static void pin(unsigned cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static double cpu_seconds(pid_t pid)
{
	unsigned long user = 0, sys = 0;
	char path[64], text[1024];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
	        &user, &sys);
	return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

static int both(struct load *load)
{
	static const struct {
		const char *name, *path;
		bool post;
	} rows[] = {{"get", "/doc", false}, {"echo", "/echo", true}, {"park", "/park", true}};
	char body[200];
	int ready[2];
	uint16_t port;
	pid_t pid;

	memset(body, 'p', sizeof(body));
	if (pipe(ready) != 0)
		die("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid == 0) {
		pin(0);
		port = http_server_port(start_server("127.0.0.1:0"));
		if (write(ready[1], &port, sizeof(port)) != sizeof(port))
			_exit(1);
		for (;;)
			pause();
	}
	pin(1);
	if (read(ready[0], &port, sizeof(port)) != sizeof(port))
		die("the server did not start");
	load->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
	load->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct figures *f;
		double cpu;

		build_request(load, rows[i].path, "application/octet-stream", "",
		        rows[i].post ? body : NULL, rows[i].post ? sizeof(body) : 0);
		cpu = cpu_seconds(pid);
		f = run_load(load);
		cpu = cpu_seconds(pid) - cpu;
		print_figures(rows[i].name, load, f);
		/* the warm-up is in the CPU time as well: an upper bound */
		printf(" server_cpu_us=%.1f\n", cpu * 1e6 / (double)f->requests);
		free(f);
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	return EXIT_SUCCESS;
}

static void parse_url(struct load *load, const char *url, char path[1024])
{
	unsigned port = 0;
	char host[64];

	path[0] = '/';
	path[1] = '\0';
	if (sscanf(url, "http://%63[0-9.]:%u%1023s", host, &port, path) < 2)
		die("the address must read http://A.B.C.D:PORT/PATH");
	load->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	if (inet_pton(AF_INET, host, &load->to.sin_addr) != 1)
		die("not an address: %s", host);
}

static char *read_body(const char *arg, size_t *n)
{
	char *body = malloc(REQUEST_MAX);
	FILE *f = arg[0] == '@' ? fopen(arg + 1, "rb") : NULL;

	if (!body || (arg[0] == '@' && !f))
		die("body: %s", strerror(errno));
	if (!f) {
		*n = strnlen(arg, REQUEST_MAX);
		memcpy(body, arg, *n);
		return body;
	}
	*n = fread(body, 1, REQUEST_MAX, f);
	fclose(f);
	return body;
}

int main(int argc, char **argv)
{
	static struct load load = {.connections = 128, .seconds = 2};
	const char *type = "application/octet-stream", *mode = argc > 1 ? argv[1] : "";
	char extra[4096] = "", path[1024], *body = NULL;
	size_t body_n = 0;
	struct figures *f;
	int opt;

	optind = 2;
	while (argc > 1 && (opt = getopt(argc, argv, "c:t:d:H:T:")) != -1) {
		size_t used = strlen(extra);

		if (opt == 'c')
			load.connections = (unsigned)strtoul(optarg, NULL, 10);
		else if (opt == 't')
			load.seconds = strtod(optarg, NULL);
		else if (opt == 'd')
			body = read_body(optarg, &body_n);
		else if (opt == 'H')
			snprintf(extra + used, sizeof(extra) - used, "%s\r\n", optarg);
		else if (opt == 'T')
			type = optarg;
		else
			return 2;
	}
	if (load.connections == 0 || load.connections > CONNECTIONS_MAX)
		die("-c must be from 1 to %d", CONNECTIONS_MAX);
	if (strcmp(mode, "both") == 0)
		return both(&load);
	if (strcmp(mode, "serve") == 0) {
		char address[32];

		snprintf(address, sizeof(address), "127.0.0.1:%s",
		        optind < argc ? argv[optind] : "0");
		printf("port=%u\n", http_server_port(start_server(address)));
		fflush(stdout);
		for (;;)
			pause();
	}
	if (strcmp(mode, "load") != 0 || optind >= argc)
		die("see the head of t/bench/bench_http.c");
	parse_url(&load, argv[optind], path);
	build_request(&load, path, type, extra, body, body_n);
	f = run_load(&load);
	print_figures("load", &load, f);
	printf("\n");
	free(f);
	free(body);
	return EXIT_SUCCESS;
}
