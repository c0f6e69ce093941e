/* Slow clients: each is cut at its deadline although it still sends or reads, and others are served
 * meanwhile. Nothing here asserts how long anything took. */
#include "unit/harness.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/fixture.h"

#define HOST  "Host: florin.example\r\n"
#define GOOD  "GET /ok HTTP/1.1\r\n" HOST "\r\n"
#define DRIPS 2000 /* of 5 ms: far beyond every deadline here */

static char reply[REPLY_BYTES];

static struct http_server *start(unsigned header, unsigned body, unsigned response, unsigned idle)
{
	struct http_server_options o;

	fixture_options(&o);
	o.limits.header_ms = header;
	o.limits.body_ms = body;
	o.limits.response_ms = response;
	o.limits.idle_ms = idle;
	return fixture_start(&o);
}

static struct http_counters counters(const struct http_server *s)
{
	struct http_counters c;

	http_server_counters(s, &c);
	return c;
}

/* Sends `text` again and again, a byte each 5 ms, until the server ends the connection. */
static bool drip_until_cut(int fd, const char *text)
{
	size_t n = strlen(text);

	for (unsigned i = 0; i < DRIPS; i++) {
		char c;

		if (send(fd, text + i % n, 1, MSG_NOSIGNAL) != 1 ||
		        recv(fd, &c, 1, MSG_DONTWAIT) == 0)
			return true;
		usleep(5000);
	}
	return false;
}

static void still_serves(const struct http_server *s)
{
	int fd = fixture_dial(http_server_port(s));

	ck_assert_int_eq(fixture_ask(fd, GOOD, reply), 200);
	close(fd);
}

START_TEST(dripped_header)
{
	struct http_server *s = start(200, 60000, 60000, 60000);
	int fd = fixture_dial(http_server_port(s));

	fixture_send(fd, "GET /ok HTTP/1.1\r\n");
	ck_assert(drip_until_cut(fd, "X-A: b\r\n"));
	still_serves(s);
	ck_assert_uint_eq(counters(s).deadline_header, 1);
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(dripped_request_line)
{
	struct http_server *s = start(200, 60000, 60000, 60000);
	int fd = fixture_dial(http_server_port(s));

	ck_assert(drip_until_cut(fd, "G"));
	ck_assert_uint_eq(counters(s).deadline_header, 1);
	close(fd);
	fixture_stop(s);
}
END_TEST

/* On a connection that was good before. */
START_TEST(dripped_second_request)
{
	struct http_server *s = start(200, 60000, 60000, 200);
	int fd = fixture_dial(http_server_port(s));

	ck_assert_int_eq(fixture_ask(fd, GOOD, reply), 200);
	fixture_send(fd, "GET /ok HTTP/1.1\r\n");
	ck_assert(drip_until_cut(fd, "X-A: b\r\n"));
	ck_assert_uint_eq(counters(s).deadline_header, 1);
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(silent_connection)
{
	struct http_server *s = start(100, 60000, 60000, 60000);
	int fd = fixture_dial(http_server_port(s));

	ck_assert_uint_eq(fixture_drain(fd, reply, sizeof(reply)), 0);
	ck_assert_uint_eq(counters(s).deadline_header, 1);
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(dripped_body)
{
	struct http_server *s = start(60000, 200, 60000, 60000);
	int fd = fixture_dial(http_server_port(s));

	fixture_send(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 4000\r\n\r\n");
	ck_assert(drip_until_cut(fd, "x"));
	still_serves(s);
	ck_assert_uint_eq(counters(s).deadline_body, 1);
	ck_assert_uint_eq(atomic_load(&seen.served), 1);
	close(fd);
	fixture_stop(s);
}
END_TEST

START_TEST(idle_connection)
{
	struct http_server *s = start(60000, 60000, 60000, 100);
	int fd = fixture_dial(http_server_port(s));

	ck_assert_int_eq(fixture_ask(fd, GOOD, reply), 200);
	ck_assert_int_eq(fixture_ask(fd, GOOD, reply), 200);
	ck_assert_uint_eq(fixture_drain(fd, reply, sizeof(reply)), 0);
	ck_assert_uint_eq(counters(s).deadline_idle, 1);
	close(fd);
	fixture_stop(s);
}
END_TEST

/* Reads a little at a time: without an absolute deadline this holds the reply for ever. */
START_TEST(slow_reader)
{
	struct http_server *s = start(60000, 60000, 300, 60000);
	const int small = 4096;
	int fd = fixture_dial(http_server_port(s));
	bool cut = false;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	fixture_send(fd, "GET /big HTTP/1.1\r\n" HOST "\r\n");
	for (unsigned i = 0; i < DRIPS && !cut; i++) {
		char bytes[512];

		cut = recv(fd, bytes, sizeof(bytes), 0) <= 0;
		usleep(5000);
	}
	ck_assert(cut);
	ck_assert_uint_eq(counters(s).deadline_response, 1);
	still_serves(s);
	close(fd);
	fixture_stop(s);
}
END_TEST

/* A parked request waits for its operation, however short the other deadlines are. */
START_TEST(parked_is_exempt)
{
	struct http_server *s = start(100, 100, 10000, 100);
	struct http_counters c;
	int fd, idle;

	fixture_hold();
	fd = fixture_dial(http_server_port(s));
	fixture_send(fd, "POST /park HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi");
	fixture_await(&seen.parked, 1);
	/* later connections have come to their deadlines before the release */
	for (int i = 0; i < 3; i++) {
		idle = fixture_dial(http_server_port(s));
		ck_assert_uint_eq(fixture_drain(idle, reply, sizeof(reply)), 0);
		close(idle);
	}
	fixture_release();
	ck_assert_int_eq(fixture_reply(fd, reply), 200);
	c = counters(s);
	ck_assert_uint_eq(c.deadline_header, 3);
	ck_assert_uint_eq(c.deadline_body + c.deadline_response, 0);
	close(fd);
	fixture_stop(s);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, dripped_header);
	tcase_add_test(t, dripped_request_line);
	tcase_add_test(t, dripped_second_request);
	tcase_add_test(t, silent_connection);
	tcase_add_test(t, dripped_body);
	tcase_add_test(t, idle_connection);
	tcase_add_test(t, slow_reader);
	tcase_add_test(t, parked_is_exempt);
}

TEST_MAIN("deadlines", fill)
