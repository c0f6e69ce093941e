#include "http/fixture.h"

#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/task.h"
#include "http/json_body.h"
#include "http/reply.h"
#include "http/static_files.h"

#define PATIENCE_MS 10000

struct seen seen;

/* Parked requests are held by a thread of their own until they are released. */
struct parked {
	struct task task; /* first */
	struct http_request *rq;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct mail_list held; /* guarded by lock, as all below */
	bool released;
	bool stop;
	pthread_t thread;
	struct http_fixed *fixed;
	char *big;
} fixture = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void *complete(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&fixture.lock);
	while (!fixture.stop) {
		if (fixture.released && fixture.held.head) {
			struct mail_list list;

			mail_list_init(&list);
			mail_list_join(&list, &fixture.held);
			pthread_mutex_unlock(&fixture.lock);
			task_send_home(&list);
			pthread_mutex_lock(&fixture.lock);
			continue;
		}
		pthread_cond_wait(&fixture.changed, &fixture.lock);
	}
	pthread_mutex_unlock(&fixture.lock);
	return NULL;
}

static void set_released(bool released)
{
	pthread_mutex_lock(&fixture.lock);
	fixture.released = released;
	pthread_cond_broadcast(&fixture.changed);
	pthread_mutex_unlock(&fixture.lock);
}

void fixture_release(void)
{
	set_released(true);
}

void fixture_hold(void)
{
	set_released(false);
}

/* Handlers. */

static enum http_next text(struct http_request *rq, const char *s)
{
	atomic_fetch_add(&seen.served, 1);
	return http_reply_bytes(rq, 200, "text/plain", bytes_str(s));
}

static enum http_next get_ok(struct http_request *rq)
{
	return text(rq, "ok");
}

/* As one that we know. */
static enum http_next get_shown(struct http_request *rq)
{
	http_connection_of(rq, 7);
	return text(rq, "ok");
}

static enum http_next get_smuggled(struct http_request *rq)
{
	atomic_fetch_add(&seen.smuggled, 1);
	return text(rq, "smuggled");
}

static enum http_next get_fixed(struct http_request *rq)
{
	atomic_fetch_add(&seen.served, 1);
	return http_reply_fixed(rq, fixture.fixed);
}

static enum http_next get_big(struct http_request *rq)
{
	atomic_fetch_add(&seen.served, 1);
	return http_reply_bytes(
	        rq, 200, "application/octet-stream", bytes_of(fixture.big, FIXTURE_BIG_BYTES));
}

/* More than lies between the two ends of a connection. */
static size_t fill_file(struct http_request *rq, bool beat, char *out, size_t size)
{
	static size_t given;

	(void)rq;
	(void)beat;
	if (given >= FIXTURE_FILE_BYTES)
		return HTTP_STREAM_END;
	if (size > FIXTURE_FILE_BYTES - given)
		size = FIXTURE_FILE_BYTES - given;
	memset(out, 'f', size);
	given += size;
	return size;
}

static enum http_next get_file(struct http_request *rq)
{
	atomic_fetch_add(&seen.served, 1);
	return http_reply_file(rq, "text/csv", fill_file);
}

static size_t fill_part(struct http_request *rq, bool beat, char *out, size_t size)
{
	static bool given;

	(void)rq;
	(void)beat;
	(void)size;
	if (given)
		return HTTP_STREAM_CUT;
	given = true;
	memcpy(out, "part", 4);
	return 4;
}

static enum http_next get_cut(struct http_request *rq)
{
	return http_reply_file(rq, "text/csv", fill_part);
}

static enum http_next get_client(struct http_request *rq)
{
	char *address = arena_alloc(&rq->arena, HTTP_ADDRESS_SIZE);

	http_address_format(&rq->client, address);
	return text(rq, address);
}

static enum http_next get_query(struct http_request *rq)
{
	const char *a = http_query(rq, "a");

	return text(rq, a ? a : "(absent)");
}

static enum http_next get_hello(struct http_request *rq)
{
	http_reply_header(rq, "X-Target", rq->target);
	return text(rq, http_param(rq, "name"));
}

static enum http_next post_echo(struct http_request *rq)
{
	atomic_fetch_add(&seen.served, 1);
	return http_reply_bytes(rq, 200, "application/octet-stream", rq->body);
}

static void on_sent(struct http_request *rq, bool delivered)
{
	(void)rq;
	atomic_fetch_add(delivered ? &seen.delivered : &seen.lost, 1);
}

static void come_back(struct task *t)
{
	http_resume(((struct parked *)t)->rq);
}

static void hand_over(struct http_request *rq)
{
	struct parked *p = arena_alloc(&rq->arena, sizeof(*p));

	*p = (struct parked){
	        .task = {.home = http_loop_mailbox(rq->loop), .done = come_back}, .rq = rq};
	pthread_mutex_lock(&fixture.lock);
	mail_list_add(&fixture.held, &p->task.mail);
	pthread_cond_broadcast(&fixture.changed);
	pthread_mutex_unlock(&fixture.lock);
	atomic_fetch_add(&seen.parked, 1);
}

static enum http_next after_park(struct http_request *rq)
{
	atomic_fetch_sub(&seen.parked, 1);
	rq->on_sent = on_sent;
	return post_echo(rq);
}

static enum http_next post_park(struct http_request *rq)
{
	http_park(rq, after_park);
	hand_over(rq);
	return HTTP_PARKED;
}

static enum http_next park_again(struct http_request *rq)
{
	atomic_fetch_sub(&seen.parked, 1);
	return post_park(rq);
}

static enum http_next post_twice(struct http_request *rq)
{
	http_park(rq, park_again);
	hand_over(rq);
	return HTTP_PARKED;
}

/* Its operation completes before the handler returns. */
static enum http_next post_inline(struct http_request *rq)
{
	http_park(rq, post_echo);
	http_resume(rq);
	return HTTP_PARKED;
}

static void look_at_body(void *rq)
{
	if (((struct http_request *)rq)->body.n == 0)
		atomic_fetch_add(&seen.wiped, 1);
}

static enum http_next post_json(struct http_request *rq)
{
	const char *name = NULL;
	const struct json_member members[] = {
	        {"name", JSON_TO_STRING, .target = &name, .required = true, .max = 8}};

	/* The last that was deferred is the first to run. */
	if (http_defer(rq, look_at_body, rq) ||
	        http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	return http_reply_json(rq, 201, json_pack("{s:s}", "name", name));
}

static const struct http_route routes[] = {
        {HTTP_GET, "/ok", get_ok, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/shown", get_shown, 0, 0},
        {HTTP_GET, "/smuggled", get_smuggled, 0, 0},
        {HTTP_POST, "/smuggled", get_smuggled, 0, 0},
        {HTTP_GET, "/fixed", get_fixed, 0, 0},
        {HTTP_GET, "/big", get_big, 0, 0},
        {HTTP_GET, "/file", get_file, 0, 0},
        {HTTP_GET, "/cut", get_cut, 0, 0},
        {HTTP_GET, "/client", get_client, 0, 0},
        {HTTP_GET, "/robots.txt", static_files_get, 0, 0},
        {HTTP_GET, "/static/{file}", static_files_get, 0, 0},
        {HTTP_GET, "/query", get_query, 0, 0},
        {HTTP_GET, "/hello/{name}", get_hello, 0, 0},
        {HTTP_POST, "/echo", post_echo, FIXTURE_BODY_MAX, 0},
        {HTTP_POST, "/park", post_park, FIXTURE_BODY_MAX, 0},
        {HTTP_POST, "/twice", post_twice, FIXTURE_BODY_MAX, 0},
        {HTTP_POST, "/inline", post_inline, FIXTURE_BODY_MAX, 0},
        {HTTP_POST, "/json", post_json, 2 * LIMIT_JSON_BYTES, 0},
        {HTTP_POST, "/unlimited", post_echo, FIXTURE_BODY_MAX, HTTP_ROUTE_NO_RATE},
        {HTTP_POST, "/auth", post_echo, FIXTURE_BODY_MAX, HTTP_ROUTE_TRAILING_SLASH},
};

static const struct http_route admin_routes[] = {{HTTP_GET, "/admin", get_ok, 0, 0}};

static enum result loop_open(struct http_loop *loop, void *arg, void **app)
{
	(void)arg;
	*app = loop;
	atomic_fetch_add(&seen.opened, 1);
	return RESULT_OK;
}

static void loop_close(struct http_loop *loop, void *app)
{
	ck_assert_ptr_eq(loop, app);
	atomic_fetch_add(&seen.closed, 1);
}

void fixture_options(struct http_server_options *o)
{
	*o = (struct http_server_options){
	        .public = {"127.0.0.1:0", {{routes, sizeof(routes) / sizeof(routes[0])}}},
	        .admin = {"127.0.0.1:0", {{admin_routes, 1}}},
	        .threads = 1,
	        .loop_open = loop_open,
	        .loop_close = loop_close,
	};
	http_limits_default(&o->limits);
	o->limits.requests_per_address_per_s = 0;
}

struct http_server *fixture_start(const struct http_server_options *o)
{
	static const struct http_pair headers[] = {{"Cache-Control", "max-age=60"}, {NULL, NULL}};
	struct http_server *s;

	fixture.fixed = http_fixed_new(200, "application/json", headers, true, bytes_str("{}"));
	fixture.big = malloc(FIXTURE_BIG_BYTES);
	ck_assert(fixture.fixed && fixture.big);
	memset(fixture.big, 'b', FIXTURE_BIG_BYTES);
	fixture.released = true;
	ck_assert_int_eq(pthread_create(&fixture.thread, NULL, complete, NULL), 0);
	ck_assert_int_eq(http_server_new(o, &s), RESULT_OK);
	ck_assert_int_eq(http_server_start(s), RESULT_OK);
	return s;
}

void fixture_stop(struct http_server *s)
{
	ck_assert_int_eq(http_server_stop(s), RESULT_OK);
	http_server_free(s);
	pthread_mutex_lock(&fixture.lock);
	fixture.stop = true;
	pthread_cond_broadcast(&fixture.changed);
	pthread_mutex_unlock(&fixture.lock);
	pthread_join(fixture.thread, NULL);
	http_fixed_free(fixture.fixed);
	free(fixture.big);
	ck_assert_uint_eq(atomic_load(&seen.opened), atomic_load(&seen.closed));
}

/* The client. */

int fixture_dial(uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* The server may close while we still send: that is not this function's matter. */
void fixture_send_bytes(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		at += sent;
		n -= (size_t)sent;
	}
}

void fixture_send(int fd, const char *s)
{
	fixture_send_bytes(fd, s, strlen(s));
}

static ssize_t receive(int fd, char *out, size_t size)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	ck_assert_msg(poll(&p, 1, PATIENCE_MS) == 1, "nothing came for 10 s");
	return recv(fd, out, size, 0);
}

static size_t content_length(const char *head)
{
	const char *line = strstr(head, "\r\n");

	for (; line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
		if (strncasecmp(line + 2, "Content-Length:", 15) == 0)
			return strtoul(line + 17, NULL, 10);
	}
	return 0;
}

/* The head of the next reply, byte by byte so that nothing behind it is taken. */
static size_t read_head(int fd, char *out)
{
	size_t have = 0;

	while (have < 4 || memcmp(out + have - 4, "\r\n\r\n", 4) != 0) {
		ck_assert_uint_lt(have + 1, REPLY_BYTES);
		if (receive(fd, out + have, 1) <= 0)
			return 0;
		out[++have] = '\0';
	}
	return have;
}

int fixture_reply(int fd, char out[REPLY_BYTES])
{
	size_t have, want = 0;
	int status;

	out[0] = '\0';
	have = read_head(fd, out);
	if (have == 0)
		return 0;
	status = (int)strtol(out + 9, NULL, 10);
	if (status == 100)
		return status;
	if (status != 204 && status != 304)
		want = content_length(out);
	ck_assert_uint_lt(have + want, REPLY_BYTES);
	for (want += have; have < want;) {
		ssize_t n = receive(fd, out + have, want - have);

		if (n <= 0)
			return 0;
		have += (size_t)n;
		out[have] = '\0';
	}
	return status;
}

size_t fixture_drain(int fd, char *out, size_t size)
{
	size_t have = 0;

	for (;;) {
		ssize_t n;

		ck_assert_uint_lt(have + 1, size);
		n = receive(fd, out + have, size - have - 1);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	out[have] = '\0';
	return have;
}

int fixture_ask(int fd, const char *request, char out[REPLY_BYTES])
{
	fixture_send(fd, request);
	return fixture_reply(fd, out);
}

void fixture_await(const atomic_uint *counter, unsigned n)
{
	for (int i = 0; i < PATIENCE_MS; i++) {
		if (atomic_load(counter) >= n)
			return;
		usleep(1000);
	}
	ck_abort_msg("waited 10 s");
}
