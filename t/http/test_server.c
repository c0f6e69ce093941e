#include "unit/harness.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/fixture.h"

#define COUNT(a)            (sizeof(a) / sizeof((a)[0]))
#define HOST                "Host: florin.example\r\n"
#define GOOD                "GET /ok HTTP/1.1\r\n" HOST "\r\n"
#define POST(path, n, body) "POST " path " HTTP/1.1\r\n" HOST "Content-Length: " n "\r\n\r\n" body

static char reply[REPLY_BYTES];

static struct http_server *start(void)
{
	struct http_server_options o;

	fixture_options(&o);
	return fixture_start(&o);
}

static const char *body(void)
{
	const char *end = strstr(reply, "\r\n\r\n");

	return end ? end + 4 : "";
}

static const struct {
	const char *request;
	int status;
	const char *body; /* NULL: not looked at */
	const char *has;  /* of the head; NULL: nothing */
} answers[] = {
        {GOOD, 200, "ok", "Access-Control-Allow-Origin: *\r\n"},
        {GOOD, 200, "ok", "X-Content-Type-Options: nosniff\r\n"},
        {GOOD, 200, "ok", "Cache-Control: no-store\r\n"},
        {"GET /fixed HTTP/1.1\r\n" HOST "\r\n", 200, "{}", "Cache-Control: max-age=60\r\n"},
        {"GET /hello/J%C3%BCrgen?x=1 HTTP/1.1\r\n" HOST "\r\n", 200, "J\xc3\xbcrgen",
                "X-Target: /hello/J%C3%BCrgen?x=1\r\n"},
        {"GET /query?a=%2Fb%26c HTTP/1.1\r\n" HOST "\r\n", 200, "/b&c", NULL},
        {"GET /query HTTP/1.1\r\n" HOST "\r\n", 200, "(absent)", NULL},
        {"GET /client HTTP/1.1\r\n" HOST "X-Forwarded-For: 9.9.9.9\r\n\r\n", 200, "127.0.0.1",
                NULL},
        {"GET /client HTTP/1.1\r\nHost:\t a\t \r\nX-A:  \r\n\r\n", 200, "127.0.0.1", NULL},
        {"GET /nothing HTTP/1.1\r\n" HOST "\r\n", 404, NULL, "application/json\r\n"},
        {"GET /admin HTTP/1.1\r\n" HOST "\r\n", 404, NULL, NULL},
        {"GET /ok/ HTTP/1.1\r\n" HOST "\r\n", 404, NULL, NULL},
        {"DELETE /ok HTTP/1.1\r\n" HOST "\r\n", 405, NULL, "Allow: GET, HEAD, OPTIONS\r\n"},
        {"GET /echo HTTP/1.1\r\n" HOST "\r\n", 405, NULL, "Allow: POST, OPTIONS\r\n"},
        {"OPTIONS /ok HTTP/1.1\r\n" HOST "Origin: https://a.example\r\n\r\n", 204, "",
                "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"},
        {POST("/echo", "0", ""), 200, "", NULL},
        {"POST /echo HTTP/1.1\r\n" HOST "\r\n", 200, "", NULL},
        {POST("/echo", "5", "hello"), 200, "hello", "application/octet-stream\r\n"},
        {POST("/auth/", "2", "hi"), 200, "hi", NULL},
        {POST("/inline", "2", "hi"), 200, "hi", NULL},
        {POST("/park", "2", "hi"), 200, "hi", NULL},
        {POST("/twice", "2", "hi"), 200, "hi", NULL},
        /* a refused body is read away, and the connection goes on */
        {POST("/nothing", "5", "hello"), 404, NULL, NULL},
        {POST("/smuggled", "5", "hello"), 413, NULL, NULL},
        {POST("/ok", "5", "hello"), 405, NULL, NULL},
        {GOOD, 200, "ok", NULL},
};

/* All on one connection, in order. */
START_TEST(answers_on_one_connection)
{
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));

	for (size_t i = 0; i < COUNT(answers); i++) {
		ck_assert_msg(fixture_ask(fd, answers[i].request, reply) == answers[i].status,
		        "case %zu: %s", i, reply);
		if (answers[i].body)
			ck_assert_str_eq(body(), answers[i].body);
		if (answers[i].has)
			ck_assert_msg(strstr(reply, answers[i].has), "case %zu: %s", i, reply);
	}
	close(fd);
	fixture_stop(s);
}
END_TEST

/* The last chunk says that it was all. */
#define LAST_CHUNK "\r\n0\r\n\r\n"

START_TEST(cut_file)
{
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));

	fixture_send(fd, "GET /cut HTTP/1.1\r\n" HOST "\r\n");
	fixture_drain(fd, reply, sizeof(reply));
	ck_assert_ptr_nonnull(strstr(reply, "part"));
	ck_assert_ptr_null(strstr(reply, LAST_CHUNK));
	close(fd);
	fixture_stop(s);
}
END_TEST

static void *stop(void *s)
{
	fixture_stop(s);
	return NULL;
}

START_TEST(file_while_stopping)
{
	const struct timespec moment = {.tv_nsec = 200000000};
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));
	size_t bytes = 0, n, kept = sizeof(LAST_CHUNK) - 1;
	pthread_t stopping;

	fixture_send(fd, "GET /file HTTP/1.1\r\n" HOST "\r\n");
	fixture_await(&seen.served, 1);
	ck_assert_int_eq(pthread_create(&stopping, NULL, stop, s), 0);
	nanosleep(&moment, NULL);
	memset(reply, 0, sizeof(reply));
	/* Behind the end of what came before. */
	while ((n = (size_t)read(fd, reply + kept, sizeof(reply) - kept - 1)) > 0 &&
	        n != (size_t)-1) {
		bytes += n;
		memmove(reply, reply + n, kept);
	}
	ck_assert_uint_gt(bytes, FIXTURE_FILE_BYTES);
	ck_assert_int_eq(memcmp(reply, LAST_CHUNK, kept), 0);
	ck_assert_int_eq(pthread_join(stopping, NULL), 0);
	close(fd);
}
END_TEST

START_TEST(head_has_no_body)
{
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));

	fixture_send(fd, "HEAD /ok HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	fixture_drain(fd, reply, sizeof(reply));
	ck_assert_ptr_nonnull(strstr(reply, "HTTP/1.1 200 "));
	ck_assert_ptr_nonnull(strstr(reply, "Content-Length: 2\r\n"));
	ck_assert_str_eq(body(), "");
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(pipelined)
{
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));

	for (int i = 0; i < 10; i++)
		fixture_send(fd, i % 2 ? POST("/park", "2", "hi") : GOOD);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(fixture_reply(fd, reply), 200);
		ck_assert_str_eq(body(), i % 2 ? "hi" : "ok");
	}
	close(fd);
	fixture_stop(s);
}
END_TEST

static void post_sized(int fd, size_t n, bool in_pieces)
{
	static char text[2 * FIXTURE_BODY_MAX];
	char head[128];

	memset(text, 'z', sizeof(text));
	snprintf(head, sizeof(head), "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n",
	        n);
	fixture_send(fd, head);
	for (size_t i = 0; in_pieces && i < n; i += 700)
		fixture_send_bytes(fd, text, n - i < 700 ? n - i : 700);
	if (!in_pieces)
		fixture_send_bytes(fd, text, n);
}

START_TEST(bodies)
{
	static const size_t sizes[] = {
	        1, 699, 700, 2047, 2048, 2049, FIXTURE_BODY_MAX - 1, FIXTURE_BODY_MAX};
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));

	for (size_t i = 0; i < 2 * COUNT(sizes); i++) {
		size_t n = sizes[i / 2];

		post_sized(fd, n, i % 2);
		ck_assert_int_eq(fixture_reply(fd, reply), 200);
		ck_assert_uint_eq(strlen(body()), n);
		ck_assert_uint_eq(strspn(body(), "z"), n);
	}
	post_sized(fd, FIXTURE_BODY_MAX + 1, false);
	ck_assert_int_eq(fixture_reply(fd, reply), 413);
	ck_assert_int_eq(fixture_ask(fd, GOOD, reply), 200);
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(expect_continue)
{
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));

	fixture_send(fd,
	        "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	ck_assert_int_eq(fixture_reply(fd, reply), 100);
	fixture_send(fd, "hi");
	ck_assert_int_eq(fixture_reply(fd, reply), 200);
	ck_assert_str_eq(body(), "hi");
	/* what would be refused is refused before it is sent */
	fixture_send(fd, "POST /echo HTTP/1.1\r\n" HOST
	                 "Expect: 100-continue\r\nContent-Length: 9999\r\n\r\n");
	ck_assert_int_eq(fixture_reply(fd, reply), 413);
	ck_assert_uint_eq(fixture_drain(fd, reply, sizeof(reply)), 0);
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(json_bodies)
{
	static const struct {
		const char *type, *text;
		int status;
		const char *has;
	} cases[] = {
	        {"application/json", "{\"name\":\"a\"}", 201, "{\"name\":\"a\"}"},
	        {"application/JSON; charset=utf-8", "{\"name\":\"a\"}", 201, NULL},
	        {"application/x+json", "{\"name\":\"a\"}", 201, NULL},
	        {"text/plain", "{\"name\":\"a\"}", 415, NULL},
	        {"application/jsonx", "{\"name\":\"a\"}", 415, NULL},
	        {"application/json", "", 400, "byte 0"},
	        {"application/json", "{\"name\":\"a\"", 400, "byte 11"},
	        {"application/json", "[]", 400, "object"},
	        {"application/json", "{\"name\":\"a\",\"name\":\"b\"}", 400, "twice"},
	        {"application/json", "{\"name\":1e999}", 400, "range"},
	        {"application/json", "{\"name\":123456789012345678901}", 400, "range"},
	        {"application/json", "{\"name\":\"\\u0000\"}", 400, "byte"},
	        {"application/json", "{\"name\":\"\xff\"}", 400, "byte"},
	        {"application/json", "{\"nam\":1}", 400, "member \\\"nam\\\" is not known"},
	        {"application/json", "{}", 400, "member \\\"name\\\" is missing"},
	        {"application/json", "{}", 400, "\"details\":{\"field\":\"name\"}"},
	        {"application/json", "[[[[[[[[[[[[[[[[[", 413, "byte 16"},
	};
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));
	char request[512];

	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(request, sizeof(request),
		        "POST /json HTTP/1.1\r\n" HOST
		        "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		        cases[i].type, strlen(cases[i].text), cases[i].text);
		ck_assert_msg(fixture_ask(fd, request, reply) == cases[i].status, "case %zu: %s", i,
		        reply);
		if (cases[i].has)
			ck_assert_msg(strstr(body(), cases[i].has), "case %zu: %s", i, reply);
	}
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(files)
{
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));
	char request[256], etag[32];

	ck_assert_int_eq(
	        fixture_ask(fd, "GET /robots.txt?v=1 HTTP/1.1\r\n" HOST "\r\n", reply), 200);
	ck_assert_ptr_nonnull(strstr(body(), "Disallow: /\n"));
	ck_assert_ptr_nonnull(strstr(reply, "Content-Type: text/plain; charset=utf-8\r\n"));
	ck_assert_ptr_nonnull(strstr(reply, "Cache-Control: public"));
	ck_assert_int_eq(sscanf(strstr(reply, "ETag: "), "ETag: %31s", etag), 1);
	snprintf(request, sizeof(request),
	        "GET /robots.txt HTTP/1.1\r\n" HOST "If-None-Match: \"x\", W/%s\r\n\r\n", etag);
	fixture_send(fd, request);
	fixture_send(fd, "GET /robots.txt HTTP/1.1\r\n" HOST "If-None-Match: \"x\"\r\n\r\n");
	ck_assert_int_eq(fixture_reply(fd, reply), 304);
	ck_assert_int_eq(fixture_reply(fd, reply), 200);
	ck_assert_int_eq(
	        fixture_ask(fd, "GET /static/none.css HTTP/1.1\r\n" HOST "\r\n", reply), 404);
	close(fd);
	fixture_stop(s);
}
END_TEST

#define CROWD 600 /* more than what two loops hold without suspending */

START_TEST(many_parked)
{
	struct http_server_options o;
	struct http_server *s;
	int fds[CROWD];

	fixture_options(&o);
	o.threads = 2;
	o.limits.connections_per_address = CROWD;
	s = fixture_start(&o);
	fixture_hold();
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < CROWD; i++) {
			if (round == 0)
				fds[i] = fixture_dial(http_server_port(s));
			fixture_send(fds[i], POST("/park", "2", "hi"));
		}
		fixture_await(&seen.parked, CROWD);
		ck_assert_int_eq(recv(fds[0], reply, 1, MSG_DONTWAIT), -1);
		fixture_release();
		for (int i = 0; i < CROWD; i++)
			ck_assert_int_eq(fixture_reply(fds[i], reply), 200);
		fixture_hold();
	}
	for (int i = 0; i < CROWD; i++)
		close(fds[i]);
	fixture_await(&seen.delivered, 3 * CROWD);
	fixture_stop(s);
	ck_assert_uint_eq(atomic_load(&seen.lost), 0);
}
END_TEST

/* A request that waits is held at first and suspended later; whatever its state, the other
 * connections get all that they ask for: long replies, requests one behind the other, bodies in
 * pieces. */
START_TEST(others_go_on_while_parked)
{
	struct http_server *s = start();
	const struct timespec longer_than_held = {0, 70000000};
	static char large[FIXTURE_BIG_BYTES + REPLY_BYTES];
	int fds[10], big, other = fixture_dial(http_server_port(s));

	fixture_hold();
	for (int i = 0; i < 10; i++) {
		fds[i] = fixture_dial(http_server_port(s));
		fixture_send(fds[i], POST("/park", "2", "hi"));
		fixture_await(&seen.parked, (unsigned)i + 1);
		big = fixture_dial(http_server_port(s));
		fixture_send(big, "GET /big HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
		ck_assert_uint_gt(fixture_drain(big, large, sizeof(large)), FIXTURE_BIG_BYTES);
		close(big);
		fixture_send(other, GOOD GOOD POST("/echo", "4", "ab"));
		ck_assert_int_eq(fixture_reply(other, reply), 200);
		fixture_send(other, "cd");
		ck_assert_int_eq(fixture_reply(other, reply), 200);
		ck_assert_int_eq(fixture_reply(other, reply), 200);
		if (i % 3 == 0)
			nanosleep(&longer_than_held, NULL);
	}
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(recv(fds[i], reply, 1, MSG_DONTWAIT), -1);
	fixture_release();
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(fixture_reply(fds[i], reply), 200);
		/* and the connection is as good as before */
		ck_assert_int_eq(fixture_ask(fds[i], GOOD, reply), 200);
		close(fds[i]);
	}
	fixture_await(&seen.delivered, 10);
	close(other);
	fixture_stop(s);
}
END_TEST

START_TEST(client_leaves_while_parked)
{
	struct http_server *s = start();

	fixture_hold();
	for (unsigned i = 0; i < 20; i++) {
		const struct linger reset = {1, 0};
		int fd = fixture_dial(http_server_port(s));

		fixture_send(fd, POST("/park", "2", "hi"));
		fixture_await(&seen.parked, i + 1);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd); /* a reset: no reply can be delivered */
	}
	fixture_release();
	fixture_await(&seen.lost, 20);
	ck_assert_uint_eq(atomic_load(&seen.delivered), 0);
	fixture_stop(s);
}
END_TEST

/* One that shuts its side down with its request, and waits for the server's end: it has every
 * answer, at once, and the end long before the idle time is over. */
START_TEST(client_shuts_its_side_down)
{
	static const struct {
		const char *request;
		int answers;
		bool parks;
	} cases[] = {
	        {GOOD, 1, false},
	        {GOOD GOOD, 2, false},
	        {"POST /auth HTTP/1.1\r\n" HOST "\r\n", 1, false},
	        {POST("/echo", "2", "hi"), 1, false},
	        {POST("/park", "2", "hi"), 1, true},
	        {GOOD POST("/park", "2", "hi"), 2, true},
	};
	struct http_server_options o;
	struct http_server *s;

	fixture_options(&o);
	o.limits.idle_ms = 60000;
	s = fixture_start(&o);
	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = fixture_dial(http_server_port(s));
		unsigned parked = atomic_load(&seen.parked);

		fixture_hold();
		fixture_send(fd, cases[i].request);
		ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
		if (cases[i].parks)
			fixture_await(&seen.parked, parked + 1);
		fixture_release();
		for (int n = 0; n < cases[i].answers; n++)
			ck_assert_msg(fixture_reply(fd, reply) == 200, "case %zu: %s", i, reply);
		ck_assert_uint_eq(fixture_drain(fd, reply, sizeof(reply)), 0);
		close(fd);
	}
	fixture_stop(s);
}
END_TEST

/* Connections of a party that we know do not count against its address. */
START_TEST(connections_of_a_known_party)
{
	struct http_server_options o;
	struct http_counters counters;
	struct http_server *s;
	int fds[12], more;

	fixture_options(&o);
	o.limits.connections_per_address = 4;
	s = fixture_start(&o);
	for (int i = 0; i < 12; i++) {
		const char *ask = i < 8 ? "GET /shown HTTP/1.1\r\n" HOST "\r\n" : GOOD;

		fds[i] = fixture_dial(http_server_port(s));
		ck_assert_int_eq(fixture_ask(fds[i], ask, reply), 200);
		ck_assert_int_eq(fixture_ask(fds[i], ask, reply), 200);
	}
	more = fixture_dial(http_server_port(s));
	ck_assert_uint_eq(fixture_drain(more, reply, sizeof(reply)), 0);
	close(more);
	http_server_counters(s, &counters);
	ck_assert_uint_eq(counters.connections, 12);
	ck_assert_uint_eq(counters.refused_connections, 1);
	for (int i = 0; i < 12; i++)
		close(fds[i]);
	fixture_stop(s);
}
END_TEST

START_TEST(connection_limits)
{
	struct http_server_options o;
	struct http_counters counters;
	struct http_server *s;
	int fds[4], fifth;

	fixture_options(&o);
	o.limits.connections_per_address = 4;
	s = fixture_start(&o);
	for (int i = 0; i < 4; i++) {
		fds[i] = fixture_dial(http_server_port(s));
		ck_assert_int_eq(fixture_ask(fds[i], GOOD, reply), 200);
	}
	fifth = fixture_dial(http_server_port(s));
	ck_assert_uint_eq(fixture_drain(fifth, reply, sizeof(reply)), 0);
	close(fifth);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(fixture_ask(fds[i], GOOD, reply), 200);
	http_server_counters(s, &counters);
	ck_assert_uint_eq(counters.refused_connections, 1);
	ck_assert_uint_eq(counters.connections, 4);
	/* one leaves, another may come */
	fixture_send(fds[0], "GET /ok HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	fixture_drain(fds[0], reply, sizeof(reply));
	do
		http_server_counters(s, &counters);
	while (counters.connections == 4);
	fifth = fixture_dial(http_server_port(s));
	ck_assert_int_eq(fixture_ask(fifth, GOOD, reply), 200);
	close(fifth);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	fixture_stop(s);
}
END_TEST

START_TEST(request_rate)
{
	struct http_server_options o;
	struct http_server *s;
	unsigned limited = 0;
	int fd;

	fixture_options(&o);
	o.limits.requests_per_address_per_s = 1;
	o.trusted_proxies = "127.0.0.0/8";
	s = fixture_start(&o);
	fd = fixture_dial(http_server_port(s));
	for (int i = 0; i < 100; i++) {
		int status = fixture_ask(fd, GOOD, reply);

		ck_assert(status == 200 || status == 429);
		limited += status == 429;
		if (status == 429)
			ck_assert_ptr_nonnull(strstr(reply, "Retry-After: 1\r\n"));
	}
	ck_assert_uint_gt(limited, 0);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(fixture_ask(fd, POST("/unlimited", "2", "hi"), reply), 200);
	/* another client behind the same proxy has its own */
	ck_assert_int_eq(
	        fixture_ask(fd,
	                "GET /client HTTP/1.1\r\n" HOST "X-Forwarded-For: 6.6.6.6, 9.9.9.9\r\n\r\n",
	                reply),
	        200);
	ck_assert_str_eq(body(), "9.9.9.9");
	/* all of one network are one */
	limited = 0;
	for (int i = 0; i < 100; i++) {
		char request[256];

		(void)snprintf(request, sizeof(request),
		        "GET /ok HTTP/1.1\r\n" HOST "X-Forwarded-For: 2001:db8::%x\r\n\r\n", i + 1);
		limited += fixture_ask(fd, request, reply) == 429;
	}
	ck_assert_uint_gt(limited, 0);
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(json_is_wiped)
{
	static const char *const said[] = {
	        "{\"name\":\"a\"}", "{\"name\":\"far too long\"}", "{\"nom\":\"a\"}"};
	struct http_server *s = start();
	int fd = fixture_dial(http_server_port(s));

	for (unsigned i = 0; i < COUNT(said); i++) {
		char request[256];

		(void)snprintf(request, sizeof(request),
		        "POST /json HTTP/1.1\r\n" HOST
		        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		        strlen(said[i]), said[i]);
		ck_assert_int_eq(fixture_ask(fd, request, reply), i == 0 ? 201 : 400);
		fixture_await(&seen.wiped, i + 1);
	}
	close(fd);
	fixture_stop(s);
}
END_TEST

static void *stop_server(void *s)
{
	static enum result r;

	r = http_server_stop(s);
	return &r;
}

START_TEST(stop_completes_what_is_parked)
{
	struct http_server_options o;
	struct http_server *s;
	pthread_t thread;
	int parked, idle;
	void *r;

	fixture_options(&o);
	s = fixture_start(&o);
	fixture_hold();
	idle = fixture_dial(http_server_port(s));
	ck_assert_int_eq(fixture_ask(idle, GOOD, reply), 200);
	parked = fixture_dial(http_server_port(s));
	fixture_send(parked, POST("/park", "2", "hi"));
	fixture_await(&seen.parked, 1);
	ck_assert_int_eq(pthread_create(&thread, NULL, stop_server, s), 0);
	/* idle connections end at once, before what is parked */
	ck_assert_uint_eq(fixture_drain(idle, reply, sizeof(reply)), 0);
	ck_assert_uint_eq(atomic_load(&seen.parked), 1);
	fixture_release();
	ck_assert_int_eq(fixture_reply(parked, reply), 200);
	ck_assert_ptr_nonnull(strstr(reply, "Connection: close\r\n"));
	pthread_join(thread, &r);
	ck_assert_int_eq(*(enum result *)r, RESULT_OK);
	ck_assert_uint_eq(atomic_load(&seen.delivered), 1);
	close(parked);
	close(idle);
	fixture_stop(s);
}
END_TEST

START_TEST(stop_gives_up_on_what_never_completes)
{
	struct http_server_options o;
	struct http_server *s;
	int fd;

	fixture_options(&o);
	o.limits.drain_ms = 100;
	s = fixture_start(&o);
	fixture_hold();
	fd = fixture_dial(http_server_port(s));
	fixture_send(fd, POST("/park", "2", "hi"));
	fixture_await(&seen.parked, 1);
	ck_assert_int_eq(http_server_stop(s), RESULT_RETRY_TIMEOUT);
	http_server_free(s); /* nothing: the operation may still arrive */
	close(fd);
}
END_TEST

static enum result failing_open(struct http_loop *loop, void *arg, void **app)
{
	(void)arg;
	(void)app;
	return http_loop_index(loop) == 1 ? RESULT_OURS_STORE : RESULT_OK;
}

START_TEST(start_that_fails)
{
	struct http_server_options o;
	struct http_server *s, *second;
	char address[32];

	fixture_options(&o);
	o.threads = 3;
	o.loop_open = failing_open;
	o.loop_close = NULL;
	ck_assert_int_eq(http_server_new(&o, &s), RESULT_OK);
	ck_assert_int_eq(http_server_start(s), RESULT_OURS_STORE);
	http_server_free(s);

	/* a port in use is noticed, although the loops of one server share it */
	ck_assert_int_eq(http_server_new(&o, &s), RESULT_OK);
	snprintf(address, sizeof(address), "127.0.0.1:%u", http_server_port(s));
	o.public.address = address;
	ck_assert_int_eq(http_server_new(&o, &second), RESULT_OURS_IO);
	http_server_free(s);

	o.public.address = "nonsense";
	ck_assert_int_eq(http_server_new(&o, &s), RESULT_OURS_CONFIG);
	o.public.address = "127.0.0.1:0";
	o.trusted_proxies = "nonsense";
	ck_assert_int_eq(http_server_new(&o, &s), RESULT_OURS_CONFIG);
}
END_TEST

START_TEST(admin_listener)
{
	struct http_server_options o;
	struct http_server *s;
	int fd;

	fixture_options(&o);
	o.threads = 2;
	o.limits.connections = 2;
	o.limits.requests_per_address_per_s = 1;
	s = fixture_start(&o);
	/* all that the public listener takes */
	for (int i = 0; i < 2; i++)
		fixture_send(fixture_dial(http_server_port(s)), GOOD);
	fixture_await(&seen.served, 1); /* the second may be over the rate */
	fd = fixture_dial(http_server_admin_port(s));
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(
		        fixture_ask(fd, "GET /admin HTTP/1.1\r\n" HOST "\r\n", reply), 200);
	ck_assert_int_eq(fixture_ask(fd, GOOD, reply), 404);
	close(fd);
	fixture_stop(s);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, answers_on_one_connection);
	tcase_add_test(t, cut_file);
	tcase_add_test(t, file_while_stopping);
	tcase_add_test(t, head_has_no_body);
	tcase_add_test(t, pipelined);
	tcase_add_test(t, bodies);
	tcase_add_test(t, expect_continue);
	tcase_add_test(t, json_bodies);
	tcase_add_test(t, files);
	tcase_add_test(t, many_parked);
	tcase_add_test(t, others_go_on_while_parked);
	tcase_add_test(t, client_leaves_while_parked);
	tcase_add_test(t, client_shuts_its_side_down);
	tcase_add_test(t, connection_limits);
	tcase_add_test(t, connections_of_a_known_party);
	tcase_add_test(t, request_rate);
	tcase_add_test(t, json_is_wiped);
	tcase_add_test(t, stop_completes_what_is_parked);
	tcase_add_test(t, stop_gives_up_on_what_never_completes);
	tcase_add_test(t, start_that_fails);
	tcase_add_test(t, admin_listener);
}

TEST_MAIN("server", fill)
