#include "unit/harness.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/outbound.h"
#include "net/server.h"
#include "net/wire.h"

/* Connections without the thread around them. What outbound shows is tested there. */
struct rig {
	struct server server;
	struct url_guard *dev, *strict;
	struct timers timers;
	struct wires *wires;
	atomic_uint_fast64_t opened;
	bool ended;
	enum result result;
};

static void on_ended(void *arg, struct outbound_request *rq, enum result r)
{
	struct rig *rig = arg;

	(void)rq;
	rig->ended = true;
	rig->result = r;
}

static void rig_start(struct rig *rig)
{
	struct wires_options options = {.timers = &rig->timers,
	        .connect_ms = 1000,
	        .answer_bytes = LIMIT_OUTBOUND_BODY_BYTES,
	        .opened = &rig->opened,
	        .ended = on_ended,
	        .arg = rig};

	memset(rig, 0, sizeof(*rig));
	server_start(&rig->server);
	ck_assert_int_eq(url_guard_new(true, NULL, &rig->dev), RESULT_OK);
	ck_assert_int_eq(url_guard_new(false, "127.0.0.1", &rig->strict), RESULT_OK);
	options.guard = rig->strict;
	ck_assert_int_eq(wires_new(&options, &rig->wires), RESULT_OK);
}

static void rig_stop(struct rig *rig)
{
	wires_free(rig->wires);
	url_guard_free(rig->dev);
	url_guard_free(rig->strict);
	server_stop(&rig->server);
}

static enum result parts_of(const struct rig *rig, const char *url, struct url_parts *out)
{
	return url_guard_url(rig->dev, URL_POLICY_OPERATOR, url, out);
}

static struct wire_aim *aim_of(const struct rig *rig, enum url_policy policy)
{
	static struct url_parts parts;
	struct wire_aim_options options = {.parts = &parts, .policy = policy};
	struct wire_aim *aim = NULL;
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/echo", (unsigned)rig->server.port);
	ck_assert_int_eq(parts_of(rig, url, &parts), RESULT_OK);
	ck_assert(wire_reaches(&parts));
	ck_assert_int_eq(wire_aim_new(&options, &aim), RESULT_OK);
	return aim;
}

static void post(struct rig *rig, const struct wire_aim *aim, struct outbound_request *rq)
{
	rig->ended = false;
	rq->body = bytes_str("x");
	rq->sent = false;
	rq->due_ms = clock_mono_ms() + 20000;
	rig->result = wires_send(rig->wires, aim, "POST", rq, clock_mono_ms());
	while (!rig->result && !rig->ended) {
		struct pollfd p = {.fd = wires_fd(rig->wires), .events = POLLIN};

		ck_assert_int_eq(poll(&p, 1, 20000), 1);
		wires_run(rig->wires, clock_mono_ms());
	}
}

/* A connection that an operator's request opened is not for a foreign one. */
START_TEST(every_use_is_judged)
{
	struct rig rig;
	struct wire_aim *ours, *foreign;
	struct outbound_request rq = {.result = RESULT_OK};

	rig_start(&rig);
	ours = aim_of(&rig, URL_POLICY_OPERATOR);
	foreign = aim_of(&rig, URL_POLICY_FOREIGN);
	post(&rig, foreign, &rq);
	ck_assert_int_eq(rig.result, RESULT_THEIRS_BLOCKED);
	ck_assert_uint_eq(rig.opened, 0);
	for (int i = 0; i < 3; i++) {
		post(&rig, ours, &rq);
		ck_assert_int_eq(rig.result, RESULT_OK);
		ck_assert_uint_eq(rig.opened, 1);
	}
	post(&rig, foreign, &rq);
	ck_assert_int_eq(rig.result, RESULT_THEIRS_BLOCKED);
	ck_assert(!rq.sent);
	ck_assert_int_eq(rig.server.requests, 3);
	wire_aim_free(ours);
	wire_aim_free(foreign);
	outbound_request_clear(&rq);
	rig_stop(&rig);
}
END_TEST

/* Idle connections go when their time is over, and are not used before they do. */
START_TEST(idle_ones_end)
{
	struct rig rig;
	struct wire_aim *aim;
	struct outbound_request rq = {.result = RESULT_OK};
	int64_t due;

	rig_start(&rig);
	aim = aim_of(&rig, URL_POLICY_OPERATOR);
	post(&rig, aim, &rq);
	due = timer_next_ms(&rig.timers);
	ck_assert(due != INT64_MAX && due > clock_mono_ms() + 10000);
	wires_run(rig.wires, due);
	rq.due_ms = due + 20000;
	ck_assert_int_eq(wires_send(rig.wires, aim, "POST", &rq, due), RESULT_OK);
	ck_assert_uint_eq(rig.opened, 2);
	wires_abort(rig.wires, &rq);
	ck_assert(rig.ended);
	timer_fire_due(&rig.timers, due + 15000);
	ck_assert(timer_next_ms(&rig.timers) == INT64_MAX);
	wire_aim_free(aim);
	outbound_request_clear(&rq);
	rig_stop(&rig);
}
END_TEST

/* ---- a server in the test's own hand ---- */

struct reset {
	struct rig rig;
	struct wire_aim *aim;
	struct outbound_request first, second, third;
};

static int listen_here(struct rig *rig)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	rig->server.port = ntohs(a.sin_port);
	return fd;
}

static void begin(struct reset *t, struct outbound_request *rq)
{
	rq->due_ms = clock_mono_ms() + 20000;
	ck_assert_int_eq(wires_send(t->rig.wires, t->aim, "GET", rq, clock_mono_ms()), RESULT_OK);
}

/* What begins as soon as a place is free, as outbound lets it. */
static void on_reset(void *arg, struct outbound_request *rq, enum result r)
{
	struct reset *t = arg;

	t->rig.ended = true;
	if (rq != &t->first)
		return;
	ck_assert_int_eq(r, RESULT_RETRY_UNKNOWN);
	begin(t, &t->third);
}

static void run(struct reset *t)
{
	struct pollfd p = {.fd = wires_fd(t->rig.wires), .events = POLLIN};

	ck_assert_int_eq(poll(&p, 1, 20000), 1);
	wires_run(t->rig.wires, clock_mono_ms());
}

static void reset(int fd)
{
	const struct linger at_once = {1, 0};

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
	close(fd);
}

/* A server that restarts ends connections in use and idle ones in one moment. The request that the
 * first end lets begin finds the idle one dead, before that one's own event is told. */
START_TEST(all_end_at_once)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	struct reset t = {.first = {.result = RESULT_OK}};
	struct wires_options options = {
	        .timers = &t.rig.timers, .connect_ms = 1000, .opened = &t.rig.opened, .arg = &t};
	int listener = listen_here(&t.rig), busy, idle;

	options.ended = on_reset;
	ck_assert_int_eq(url_guard_new(true, NULL, &t.rig.dev), RESULT_OK);
	options.guard = t.rig.dev;
	ck_assert_int_eq(wires_new(&options, &t.rig.wires), RESULT_OK);
	t.aim = aim_of(&t.rig, URL_POLICY_OPERATOR);
	begin(&t, &t.first);
	busy = accept(listener, NULL, NULL);
	run(&t);
	begin(&t, &t.second);
	idle = accept(listener, NULL, NULL);
	ck_assert_int_eq(send(idle, answer, sizeof(answer) - 1, 0), sizeof(answer) - 1);
	while (!t.rig.ended)
		run(&t);
	ck_assert_uint_eq(t.rig.opened, 2);

	t.rig.ended = false;
	reset(busy);
	reset(idle);
	while (!t.rig.ended)
		run(&t);
	ck_assert_uint_eq(t.rig.opened, 3);
	t.rig.ended = false;
	busy = accept(listener, NULL, NULL);
	ck_assert_int_eq(send(busy, answer, sizeof(answer) - 1, 0), sizeof(answer) - 1);
	while (!t.rig.ended)
		run(&t);
	ck_assert_int_eq(t.third.status, 200);

	wires_free(t.rig.wires);
	wire_aim_free(t.aim);
	url_guard_free(t.rig.dev);
	outbound_request_clear(&t.second);
	outbound_request_clear(&t.third);
	close(busy);
	close(listener);
}
END_TEST

static const struct {
	const char *url;
	bool reaches;
} urls[] = {
        {"http://127.0.0.1:3000/ilp", true},
        {"http://127.0.0.1", true},
        {"http://[::1]:3000/ilp?a=b", true},
        {"http://2130706433/ilp", true}, /* the same as 127.0.0.1 */
        {"http://localhost:3000/ilp", false},
        {"http://peer.example/ilp", false},
        {"https://127.0.0.1:3000/ilp", false},
};

START_TEST(which_urls)
{
	struct rig rig;

	rig_start(&rig);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct url_parts parts;

		ck_assert_int_eq(parts_of(&rig, urls[i].url, &parts), RESULT_OK);
		ck_assert_msg(wire_reaches(&parts) == urls[i].reaches, "%s", urls[i].url);
	}
	rig_stop(&rig);
}
END_TEST

START_TEST(clean_headers)
{
	static const char *const split[] = {"A: b\r\nC: d", NULL};
	struct rig rig;
	struct url_parts parts;
	struct wire_aim_options options = {.parts = &parts, .headers = split};
	struct wire_aim *aim = NULL;

	rig_start(&rig);
	ck_assert_int_eq(parts_of(&rig, "http://127.0.0.1/", &parts), RESULT_OK);
	ck_assert_int_eq(wire_aim_new(&options, &aim), RESULT_THEIRS_MALFORMED);
	rig_stop(&rig);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, every_use_is_judged);
	tcase_add_test(t, idle_ones_end);
	tcase_add_test(t, all_end_at_once);
	tcase_add_test(t, which_urls);
	tcase_add_test(t, clean_headers);
}

TEST_MAIN("wire", fill)
