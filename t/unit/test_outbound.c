#include "unit/harness.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "net/outbound.h"
#include "net/server.h"

/* Requests are given from the test's thread and come home to its mailbox. */
struct rig {
	struct server server;
	struct url_guard *guard;
	struct outbound *out;
	struct mailbox home;
	int came_home;
};

static struct rig *current;

static void count_home(struct task *t)
{
	(void)t;
	current->came_home++;
}

static void rig_start(struct rig *rig, struct outbound_options options)
{
	memset(rig, 0, sizeof(*rig));
	current = rig;
	server_start(&rig->server);
	ck_assert_int_eq(url_guard_new(true, NULL, &rig->guard), RESULT_OK);
	ck_assert_int_eq(mailbox_init(&rig->home, 0), RESULT_OK);
	options.guard = rig->guard;
	ck_assert_int_eq(outbound_new(&options, &rig->out), RESULT_OK);
	ck_assert_int_eq(outbound_start(rig->out), RESULT_OK);
}

static void rig_stop(struct rig *rig)
{
	outbound_stop(rig->out, 0);
	outbound_free(rig->out);
	url_guard_free(rig->guard);
	mailbox_clear(&rig->home);
	server_stop(&rig->server);
}

static const char *rig_url(const struct rig *rig, const char *path)
{
	static char url[256];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", (unsigned)rig->server.port, path);
	return url;
}

static void wait_home(struct rig *rig, int count)
{
	while (rig->came_home < count) {
		struct mail_list arrived;

		mail_list_init(&arrived);
		ck_assert(mailbox_wait(&rig->home, &arrived, 20000));
		ck_assert(arrived.head != NULL);
		task_run_done(&arrived);
	}
}

static void submit(struct rig *rig, struct outbound_request *rq)
{
	struct outbound_request *list[1] = {rq};

	rq->task.home = &rig->home;
	rq->task.done = count_home;
	ck_assert_int_eq(outbound_submit(rig->out, list, 1), RESULT_OK);
}

static void call(struct rig *rig, struct outbound_request *rq)
{
	int before = rig->came_home;

	submit(rig, rq);
	wait_home(rig, before + 1);
}

static void call_path(struct rig *rig, struct outbound_request *rq, const char *path)
{
	rq->url = rig_url(rig, path);
	call(rig, rq);
}

static struct outbound_target *target_of(struct rig *rig, const char *url, size_t in_flight)
{
	static const char *const headers[] = {"Authorization: Bearer t", NULL};
	struct outbound_target *t = NULL;
	struct outbound_target_options options = {.url = url,
	        .policy = URL_POLICY_OPERATOR,
	        .headers = headers,
	        .content_type = "application/octet-stream",
	        .in_flight = in_flight};

	ck_assert_int_eq(outbound_target_new(rig->out, &options, &t), RESULT_OK);
	return t;
}

static struct outbound_target *target(struct rig *rig, const char *path, size_t in_flight)
{
	return target_of(rig, rig_url(rig, path), in_flight);
}

/* Both ways to send: libcurl's by URL, and a wire of our own by target. */
enum way { BY_URL, BY_TARGET, WAYS };

static void call_by(struct rig *rig, enum way way, struct outbound_request *rq, const char *path)
{
	if (way == BY_URL) {
		call_path(rig, rq, path);
		return;
	}
	rq->target = target(rig, path, 0);
	call(rig, rq);
	outbound_target_release(rq->target);
	rq->target = NULL;
}

#define RESULT_IS(rq, expected)                                                                    \
	ck_assert_msg((rq).result == (expected), "%s", result_name((rq).result))

START_TEST(answers)
{
	struct rig rig;
	struct outbound_request rq = {.method = OUTBOUND_POST, .body = bytes_str("hello")};

	rig_start(&rig, (struct outbound_options){0});
	call_path(&rig, &rq, "/echo");
	RESULT_IS(rq, RESULT_OK);
	ck_assert_int_eq(rq.status, 200);
	ck_assert(rq.sent);
	ck_assert_uint_eq(rq.answer_n, 5);
	ck_assert_str_eq((char *)rq.answer, "hello");
	ck_assert_str_eq(rq.answer_type, "application/octet-stream");

	/* the same request again keeps its memory, not its answer */
	rq.method = OUTBOUND_GET;
	rq.body = bytes_of(NULL, 0);
	call_path(&rig, &rq, "/type");
	RESULT_IS(rq, RESULT_OK);
	ck_assert_str_eq((char *)rq.answer, "{}");
	ck_assert_str_eq(rq.answer_type, "application/json");

	/* redirects are an answer like others */
	call_path(&rig, &rq, "/redirect");
	RESULT_IS(rq, RESULT_OK);
	ck_assert_int_eq(rq.status, 302);
	ck_assert_int_eq(rig.server.requests, 3);
	/* and one connection did for all */
	ck_assert_int_eq(rig.server.connections, 1);
	outbound_request_clear(&rq);
	rig_stop(&rig);
}
END_TEST

START_TEST(head_of_a_post)
{
	static const char *const headers[] = {"Authorization: Bearer abc", NULL};
	struct rig rig;
	struct outbound_request rq = {.method = OUTBOUND_POST,
	        .headers = headers,
	        .content_type = "application/octet-stream",
	        .accept = "application/octet-stream"};
	static char body[5000];
	char expected[512];
	const char *head;

	rq.body = bytes_of(body, sizeof(body));
	rig_start(&rig, (struct outbound_options){0});
	call_path(&rig, &rq, "/head");
	RESULT_IS(rq, RESULT_OK);
	head = (const char *)rq.answer;
	ck_assert_ptr_nonnull(strstr(head, "POST /head HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(head, "Authorization: Bearer abc\r\n"));
	ck_assert_ptr_nonnull(strstr(head, "Content-Type: application/octet-stream\r\n"));
	ck_assert_ptr_nonnull(strstr(head, "Accept: application/octet-stream\r\n"));
	ck_assert_ptr_nonnull(strstr(head, "Content-Length: 5000\r\n"));
	ck_assert_ptr_null(strstr(head, "Expect"));
	ck_assert_ptr_null(strstr(head, "Accept-Encoding"));
	ck_assert_ptr_null(strstr(head, "Transfer-Encoding"));

	rq.method = OUTBOUND_PUT;
	rq.content_type = NULL;
	rq.body = bytes_of(NULL, 0);
	call_path(&rig, &rq, "/head");
	head = (const char *)rq.answer;
	ck_assert_ptr_nonnull(strstr(head, "PUT /head HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(head, "Content-Length: 0\r\n"));
	ck_assert_ptr_null(strstr(head, "Content-Type"));
	rq.method = OUTBOUND_DELETE;
	call_path(&rig, &rq, "/head");
	ck_assert_ptr_nonnull(strstr((const char *)rq.answer, "DELETE /head HTTP/1.1\r\n"));

	/* by target, to the letter */
	rq.method = OUTBOUND_POST;
	call_by(&rig, BY_TARGET, &rq, "/head?a=b");
	snprintf(expected, sizeof(expected),
	        "POST /head?a=b HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: florin\r\n"
	        "Authorization: Bearer t\r\nContent-Type: application/octet-stream\r\n"
	        "Content-Length: 0\r\n\r\n",
	        (unsigned)rig.server.port);
	ck_assert_str_eq((const char *)rq.answer, expected);
	outbound_request_clear(&rq);
	rig_stop(&rig);
}
END_TEST

/* What a request says besides its target, by a wire (an address) and by libcurl (a name), on one
 * connection: the next request has nothing of it. */
START_TEST(besides_the_target)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost"};
	struct rig rig;

	rig_start(&rig, (struct outbound_options){0});
	for (size_t i = 0; i < 2; i++) {
		struct outbound_request rq = {.method = OUTBOUND_POST, .body = bytes_str("x")};
		char url[64];

		snprintf(
		        url, sizeof(url), "http://%s:%u/head", hosts[i], (unsigned)rig.server.port);
		rq.target = target_of(&rig, url, 0);
		for (int turn = 0; turn < 4; turn++) {
			bool more = turn % 2 == 1;
			const char *head;

			rq.below = more ? "/a/b" : NULL;
			rq.lines = more ? "One: 1\r\nTwo: 2\r\n" : NULL;
			call(&rig, &rq);
			RESULT_IS(rq, RESULT_OK);
			ck_assert_int_eq(rq.status, 200);
			head = (const char *)rq.answer;
			ck_assert_ptr_nonnull(strstr(head,
			        more ? "POST /head/a/b HTTP/1.1\r\n" : "POST /head HTTP/1.1\r\n"));
			ck_assert_ptr_nonnull(strstr(head, "Authorization: Bearer t\r\n"));
			ck_assert((strstr(head, "One: 1\r\n") != NULL) == more);
			ck_assert((strstr(head, "Two: 2\r\n") != NULL) == more);
			ck_assert_ptr_nonnull(strstr(head, "Content-Length: 1\r\n"));
		}
		outbound_target_release(rq.target);
		rq.target = NULL;
		outbound_request_clear(&rq);
	}
	ck_assert_int_eq(rig.server.connections, 2);
	rig_stop(&rig);
}
END_TEST

static const struct {
	const char *path;
	enum result expected;
	bool sent;
} failures[] = {
        {"/close", RESULT_RETRY_UNKNOWN, true},
        {"/half", RESULT_RETRY_UNKNOWN, true},
        {"/never", RESULT_RETRY_TIMEOUT, true},
        {"/big", RESULT_THEIRS_TOO_BIG, true},
        {"/headers", RESULT_THEIRS_TOO_BIG, true},
        {"/garbage", RESULT_THEIRS_PROTOCOL, true},
};

START_TEST(failing_answers)
{
	struct rig rig;
	int requests = 0;

	rig_start(&rig, (struct outbound_options){.total_ms = 500});
	for (size_t i = 0; i < WAYS * sizeof(failures) / sizeof(failures[0]); i++) {
		struct outbound_request rq = {.method = OUTBOUND_POST, .body = bytes_str("x")};
		const char *path = failures[i / WAYS].path;

		call_by(&rig, i % WAYS, &rq, path);
		ck_assert_msg(rq.result == failures[i / WAYS].expected, "%s: %s", path,
		        result_name(rq.result));
		ck_assert(rq.sent == failures[i / WAYS].sent);
		ck_assert_uint_eq(rq.answer_n, 0);
		ck_assert_int_eq(rq.status, 0);
		ck_assert_int_eq(rig.server.requests, ++requests);
		outbound_request_clear(&rq);
	}
	rig_stop(&rig);
}
END_TEST

/* Bodies of each kind, by both ways; and what a server says that stops reading. */
START_TEST(kinds_of_answers)
{
	static char body[60000];
	struct rig rig;

	rig_start(&rig, (struct outbound_options){0});
	for (enum way way = BY_URL; way < WAYS; way++) {
		struct outbound_request rq = {.method = OUTBOUND_POST, .body = bytes_str("x")};

		call_by(&rig, way, &rq, "/chunked");
		RESULT_IS(rq, RESULT_OK);
		ck_assert_str_eq((char *)rq.answer, "hello world");
		ck_assert_str_eq(rq.answer_type, "text/plain");
		call_by(&rig, way, &rq, "/last");
		RESULT_IS(rq, RESULT_OK);
		ck_assert_str_eq((char *)rq.answer, "x");
		call_by(&rig, way, &rq, "/type");
		RESULT_IS(rq, RESULT_OK);
		ck_assert_str_eq(rq.answer_type, "application/json");
		rq.body = bytes_of(body, sizeof(body));
		call_by(&rig, way, &rq, "/echo");
		RESULT_IS(rq, RESULT_OK);
		ck_assert_uint_eq(rq.answer_n, sizeof(body));
		rq.body_max = sizeof(body) - 1;
		call_by(&rig, way, &rq, "/echo");
		RESULT_IS(rq, RESULT_THEIRS_TOO_BIG);
		ck_assert_uint_eq(rq.answer_n, 0);
		outbound_request_clear(&rq);
	}
	rig_stop(&rig);
}
END_TEST

/* As the options say, where the request does not. */
START_TEST(answers_of_a_size)
{
	static char body[1001];
	struct rig rig;

	rig_start(&rig, (struct outbound_options){.answer_bytes = sizeof(body) - 1});
	for (enum way way = BY_URL; way < WAYS; way++) {
		struct outbound_request rq = {
		        .method = OUTBOUND_POST, .body = bytes_of(body, sizeof(body) - 1)};

		call_by(&rig, way, &rq, "/echo");
		RESULT_IS(rq, RESULT_OK);
		rq.body = bytes_of(body, sizeof(body));
		call_by(&rig, way, &rq, "/echo");
		RESULT_IS(rq, RESULT_THEIRS_TOO_BIG);
		outbound_request_clear(&rq);
	}
	rig_stop(&rig);
}
END_TEST

/* An answer belongs to the request that it follows: what comes unasked or late is nobody's. */
START_TEST(answers_of_others)
{
	struct rig rig;

	rig_start(&rig, (struct outbound_options){0});
	for (enum way way = BY_URL; way < WAYS; way++) {
		struct outbound_request rq = {.method = OUTBOUND_POST, .body = bytes_str("mine")};

		for (int i = 0; i < 3; i++) {
			call_by(&rig, way, &rq, "/twice");
			RESULT_IS(rq, RESULT_OK);
			ck_assert_str_eq((char *)rq.answer, "first");
			call_by(&rig, way, &rq, "/echo");
			RESULT_IS(rq, RESULT_OK);
			ck_assert_str_eq((char *)rq.answer, "mine");
		}
		rq.deadline_ms = clock_mono_ms() + 200;
		call_by(&rig, way, &rq, "/late");
		RESULT_IS(rq, RESULT_RETRY_TIMEOUT);
		ck_assert(rq.sent);
		rq.deadline_ms = 0;
		for (int i = 0; i < 3; i++) {
			call_by(&rig, way, &rq, "/echo");
			RESULT_IS(rq, RESULT_OK);
			ck_assert_str_eq((char *)rq.answer, "mine");
		}
		outbound_request_clear(&rq);
	}
	rig_stop(&rig);
}
END_TEST

START_TEST(never_sent)
{
	struct rig rig;
	struct server gone;
	struct outbound_request rq = {.method = OUTBOUND_GET};
	char url[64], gone_url[64];

	rig_start(&rig, (struct outbound_options){0});
	server_start(&gone);
	snprintf(gone_url, sizeof(gone_url), "http://127.0.0.1:%u/", (unsigned)gone.port);
	server_stop(&gone);
	rq.url = gone_url;
	call(&rig, &rq);
	RESULT_IS(rq, RESULT_RETRY_UNREACHABLE);
	ck_assert(!rq.sent);
	rq.url = "http://wallet.invalid/";
	call(&rig, &rq);
	RESULT_IS(rq, RESULT_RETRY_UNREACHABLE);
	rq.url = "http://169.254.169.254/latest";
	call(&rig, &rq);
	RESULT_IS(rq, RESULT_THEIRS_BLOCKED);
	rq.url = "http://127.0.0.1:1/#";
	call(&rig, &rq);
	RESULT_IS(rq, RESULT_THEIRS_MALFORMED);
	/* TLS to a server that speaks none, so without a certificate: nothing of ours is sent */
	snprintf(url, sizeof(url), "https://127.0.0.1:%u/", (unsigned)rig.server.port);
	rq.url = url;
	rq.deadline_ms = clock_mono_ms() + 500;
	call(&rig, &rq);
	ck_assert(!rq.sent);
	ck_assert_int_eq(result_class(rq.result), RESULT_CLASS_RETRY);
	/* by target: nobody listens; a deadline that is over */
	rq = (struct outbound_request){.method = OUTBOUND_POST, .body = bytes_str("x")};
	rq.target = target_of(&rig, gone_url, 0);
	call(&rig, &rq);
	RESULT_IS(rq, RESULT_RETRY_UNREACHABLE);
	ck_assert(!rq.sent);
	outbound_target_release(rq.target);
	rq.deadline_ms = clock_mono_ms() - 1;
	call_by(&rig, BY_TARGET, &rq, "/echo");
	RESULT_IS(rq, RESULT_RETRY_TIMEOUT);
	ck_assert(!rq.sent);
	rq.url = rig_url(&rig, "/echo");
	rq.deadline_ms = clock_mono_ms() - 1;
	call(&rig, &rq);
	RESULT_IS(rq, RESULT_RETRY_TIMEOUT);
	ck_assert(!rq.sent);
	ck_assert_int_eq(rig.server.requests, 0);
	outbound_request_clear(&rq);
	rig_stop(&rig);
}
END_TEST

/* A peer that reads the request and closes must see it once, on a fresh connection and on one that
 * served before, by POST and by GET, with a body and without. */
START_TEST(sent_once)
{
	static const struct {
		enum outbound_method method;
		size_t body;
	} kinds[] = {{OUTBOUND_POST, 300}, {OUTBOUND_POST, 40000}, {OUTBOUND_POST, 0},
	        {OUTBOUND_GET, 0}, {OUTBOUND_PUT, 10}};
	static char body[40000];

	for (size_t i = 0; i < WAYS * sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct rig rig;
		enum way way = i % WAYS;
		struct outbound_request rq = {.method = kinds[i / WAYS].method};

		rq.body = bytes_of(body, kinds[i / WAYS].body);
		rig_start(&rig, (struct outbound_options){.total_ms = 3000});
		call_by(&rig, way, &rq, "/close");
		RESULT_IS(rq, RESULT_RETRY_UNKNOWN);
		ck_assert(rq.sent);
		ck_assert_int_eq(rig.server.requests, 1);
		ck_assert_int_eq(rig.server.connections, 1);
		call_by(&rig, way, &rq, "/then-close");
		RESULT_IS(rq, RESULT_OK);
		ck_assert_int_eq(rig.server.connections, 2);
		call_by(&rig, way, &rq, "/then-close");
		RESULT_IS(rq, RESULT_RETRY_UNKNOWN);
		ck_assert(rq.sent);
		ck_assert_int_eq(rig.server.requests, 3);
		ck_assert_int_eq(rig.server.connections, 2);
		outbound_request_clear(&rq);
		rig_stop(&rig);
	}
}
END_TEST

/* Connections that the other side closes while they are idle cost no request. */
START_TEST(closed_while_idle)
{
	enum { ROUNDS = 5, COUNT = 8 };
	struct rig rig;
	struct outbound_request rq[COUNT] = {{.result = RESULT_OK}};

	rig_start(&rig, (struct outbound_options){0});
	for (int round = 0; round < ROUNDS; round++) {
		struct outbound_target *t = target(&rig, "/echo", 0);

		rig.came_home = 0;
		for (int i = 0; i < COUNT; i++) {
			rq[i].method = OUTBOUND_POST;
			rq[i].body = bytes_str("prepare");
			rq[i].target = t;
			submit(&rig, &rq[i]);
		}
		wait_home(&rig, COUNT);
		for (int i = 0; i < COUNT; i++)
			RESULT_IS(rq[i], RESULT_OK);
		outbound_target_release(t);
		server_hang_up(&rig.server);
	}
	ck_assert_int_eq(rig.server.requests, ROUNDS * COUNT);
	for (int i = 0; i < COUNT; i++)
		outbound_request_clear(&rq[i]);
	rig_stop(&rig);
}
END_TEST

/* A request larger than what the socket takes at once goes in pieces, and counts as sent from the
 * first one on. */
START_TEST(sent_in_part)
{
	static char body[8000000];
	struct rig rig;
	struct outbound_request rq = {
	        .method = OUTBOUND_POST, .body = bytes_of(body, sizeof(body))};

	rig_start(&rig, (struct outbound_options){0});
	call_by(&rig, BY_TARGET, &rq, "/early");
	ck_assert(rq.sent);
	/* the answer, unless the reset behind it was faster */
	if (rq.result == RESULT_OK)
		ck_assert_int_eq(rq.status, 413);
	else
		RESULT_IS(rq, RESULT_RETRY_UNKNOWN);
	ck_assert_int_eq(rig.server.requests, 1);
	outbound_request_clear(&rq);
	rig_stop(&rig);
}
END_TEST

/* With other idle connections at hand that a repeat could take. */
START_TEST(target_sent_once)
{
	struct rig rig;
	struct outbound_request rq[4] = {{.result = RESULT_OK}};
	struct outbound_request *list[4];
	struct outbound_target *t;
	int before;

	rig_start(&rig, (struct outbound_options){0});
	t = target(&rig, "/then-close", 0);
	for (int i = 0; i < 4; i++) {
		rq[i].method = OUTBOUND_POST;
		rq[i].body = bytes_str("prepare");
		rq[i].target = t;
		rq[i].task.home = &rig.home;
		rq[i].task.done = count_home;
		list[i] = &rq[i];
	}
	ck_assert_int_eq(outbound_submit(rig.out, list, 4), RESULT_OK);
	wait_home(&rig, 4);
	ck_assert_int_eq(rig.server.connections, 4);
	for (int i = 0; i < 4; i++)
		RESULT_IS(rq[i], RESULT_OK);
	before = rig.server.requests;
	/* every idle connection now closes on its next request */
	call(&rig, &rq[0]);
	RESULT_IS(rq[0], RESULT_RETRY_UNKNOWN);
	ck_assert_int_eq(rig.server.requests, before + 1);
	ck_assert_int_eq(rig.server.closed_on, 1);
	for (int i = 0; i < 4; i++)
		outbound_request_clear(&rq[i]);
	outbound_target_release(t);
	rig_stop(&rig);
}
END_TEST

START_TEST(target_bound)
{
	struct rig rig;
	struct outbound_request rq[3] = {{.result = RESULT_OK}};
	struct outbound_target *t;
	int busy = 0, late = 0;

	rig_start(&rig, (struct outbound_options){0});
	t = target(&rig, "/never", 2);
	for (int i = 0; i < 3; i++) {
		rq[i].method = OUTBOUND_POST;
		rq[i].target = t;
		rq[i].deadline_ms = clock_mono_ms() + 400;
		submit(&rig, &rq[i]);
	}
	wait_home(&rig, 3);
	for (int i = 0; i < 3; i++) {
		busy += rq[i].result == RESULT_RETRY_BUSY;
		late += rq[i].result == RESULT_RETRY_TIMEOUT;
		outbound_request_clear(&rq[i]);
	}
	ck_assert_int_eq(busy, 1);
	ck_assert_int_eq(late, 2);
	outbound_target_release(t);
	rig_stop(&rig);
}
END_TEST

/* No more connections than the other side allows; what waits keeps its deadline. */
START_TEST(target_at_a_time)
{
	enum { COUNT = 7, AT_ONCE = 2 };
	struct rig rig;
	struct outbound_request rq[COUNT] = {{.result = RESULT_OK}};
	struct outbound_target *t;

	rig_start(&rig, (struct outbound_options){.per_target = AT_ONCE});
	t = target(&rig, "/never", 0);
	for (int i = 0; i < COUNT; i++) {
		rq[i].method = OUTBOUND_POST;
		rq[i].target = t;
		rq[i].deadline_ms = clock_mono_ms() + (i < AT_ONCE ? 300 : 900);
		submit(&rig, &rq[i]);
	}
	wait_home(&rig, COUNT);
	for (int i = 0; i < COUNT; i++) {
		RESULT_IS(rq[i], RESULT_RETRY_TIMEOUT);
		ck_assert(rq[i].sent == (i < 2 * AT_ONCE));
		outbound_request_clear(&rq[i]);
	}
	ck_assert_int_eq(rig.server.at_once, AT_ONCE);
	outbound_target_release(t);
	rig_stop(&rig);
}
END_TEST

/* Of connections that brought no answer yet there are fewer; one that did does not count. */
START_TEST(target_new_connections)
{
	enum { COUNT = 7 };
	struct rig rig;
	struct outbound_request first = {.result = RESULT_OK}, rq[COUNT] = {{.result = RESULT_OK}};
	struct outbound_target *t;

	rig_start(&rig, (struct outbound_options){.per_target = 5, .new_per_target = 2});
	call_by(&rig, BY_TARGET, &first, "/echo");
	RESULT_IS(first, RESULT_OK);
	t = target(&rig, "/never", 0);
	for (int i = 0; i < COUNT; i++) {
		rq[i].method = OUTBOUND_POST;
		rq[i].target = t;
		rq[i].deadline_ms = clock_mono_ms() + 300;
		submit(&rig, &rq[i]);
	}
	wait_home(&rig, 1 + COUNT);
	for (int i = 0; i < COUNT; i++) {
		RESULT_IS(rq[i], RESULT_RETRY_TIMEOUT);
		outbound_request_clear(&rq[i]);
	}
	ck_assert_int_eq(rig.server.at_once, 1 + 2);
	outbound_request_clear(&first);
	outbound_target_release(t);
	rig_stop(&rig);
}
END_TEST

START_TEST(host_bound)
{
	enum { COUNT = 7 };
	struct rig rig;
	struct outbound_request rq[COUNT] = {{.result = RESULT_OK}};
	char urls[COUNT][64];

	rig_start(&rig, (struct outbound_options){.per_host = 2});
	for (int i = 0; i < COUNT; i++) {
		/* the first two hold their places until their time is over, then the rest goes;
		 * the last one's own time is over before */
		snprintf(urls[i], sizeof(urls[i]), "http://127.0.0.1:%u%s",
		        (unsigned)rig.server.port, i < 2 ? "/never" : "/echo");
		rq[i].url = urls[i];
		rq[i].deadline_ms = clock_mono_ms() + (i < 2 ? 400 : i == COUNT - 1 ? 100 : 20000);
		submit(&rig, &rq[i]);
	}
	wait_home(&rig, COUNT);
	for (int i = 0; i < COUNT; i++) {
		bool late = i < 2 || i == COUNT - 1;

		RESULT_IS(rq[i], late ? RESULT_RETRY_TIMEOUT : RESULT_OK);
		ck_assert(rq[i].sent == (i != COUNT - 1));
		outbound_request_clear(&rq[i]);
	}
	ck_assert_int_eq(rig.server.at_once, 2);
	ck_assert_int_eq(rig.server.requests, COUNT - 1);
	rig_stop(&rig);
}
END_TEST

START_TEST(whole_bound)
{
	struct rig rig;
	struct outbound_request rq[2] = {{.result = RESULT_OK}};
	char url[256];

	rig_start(&rig, (struct outbound_options){.in_flight = 1, .total_ms = 300});
	snprintf(url, sizeof(url), "%s", rig_url(&rig, "/never"));
	for (int i = 0; i < 2; i++) {
		rq[i].url = url;
		submit(&rig, &rq[i]);
	}
	wait_home(&rig, 2);
	RESULT_IS(rq[0], RESULT_RETRY_TIMEOUT);
	RESULT_IS(rq[1], RESULT_RETRY_BUSY);
	rig_stop(&rig);
}
END_TEST

/* Of five places one that never answers has three, another one, and one is left for a stranger. */
START_TEST(fair_bound)
{
	static const enum result wanted[] = {RESULT_RETRY_TIMEOUT, RESULT_RETRY_TIMEOUT,
	        RESULT_RETRY_TIMEOUT, RESULT_RETRY_BUSY, RESULT_RETRY_TIMEOUT, RESULT_RETRY_BUSY,
	        RESULT_RETRY_TIMEOUT};
	struct rig rig;
	struct outbound_request rq[7] = {{.result = RESULT_OK}}, *all[7];
	struct outbound_target *t[2];
	char url[256];

	rig_start(&rig, (struct outbound_options){.in_flight = 5});
	snprintf(url, sizeof(url), "%s", rig_url(&rig, "/never"));
	for (int i = 0; i < 2; i++)
		t[i] = target(&rig, "/never", 0);
	for (int i = 0; i < 7; i++) {
		if (i < 6)
			rq[i].target = t[i / 4];
		else
			rq[i].url = url;
		rq[i].deadline_ms = clock_mono_ms() + 400;
		rq[i].task.home = &rig.home;
		rq[i].task.done = count_home;
		all[i] = &rq[i];
	}
	/* All in one turn. */
	ck_assert_int_eq(outbound_submit(rig.out, all, 7), RESULT_OK);
	wait_home(&rig, 7);
	for (int i = 0; i < 7; i++) {
		RESULT_IS(rq[i], wanted[i]);
		outbound_request_clear(&rq[i]);
	}
	for (int i = 0; i < 2; i++)
		outbound_target_release(t[i]);
	rig_stop(&rig);
}
END_TEST

/* ---- life on the thread ---- */

struct chain {
	struct task start; /* first */
	struct outbound_request rq;
	struct timer timer;
	struct outbound *out;
	struct mailbox *home;
	int left;
	int timers;
};

static atomic_int turn_ends;

static void on_turn_end(void *arg)
{
	(void)arg;
	turn_ends++;
}

static void chain_ended(struct task *t)
{
	(void)t;
	current->came_home++;
}

static void chain_step(struct chain *c)
{
	if (c->left-- > 0) {
		outbound_send(c->out, &c->rq);
		return;
	}
	outbound_busy(c->out, -1);
	c->start.home = c->home;
	c->start.done = chain_ended;
	{
		struct mail_list list;

		mail_list_init(&list);
		mail_list_add(&list, &c->start.mail);
		task_send_home(&list);
	}
}

static void chain_timer(struct timer *t)
{
	struct chain *c = (struct chain *)(void *)((char *)t - offsetof(struct chain, timer));

	c->timers++;
	chain_step(c);
}

static void chain_answer(struct task *t)
{
	struct chain *c = (struct chain *)(void *)((char *)t - offsetof(struct chain, rq));

	ck_assert_int_eq(c->rq.result, RESULT_OK);
	if (c->left % 4 == 0)
		outbound_timer_set(c->out, &c->timer, outbound_now_ms(c->out) + 5);
	else
		chain_step(c);
}

static void chain_start(struct task *t)
{
	struct chain *c = (struct chain *)t;

	outbound_busy(c->out, 1);
	c->rq.task.home = outbound_home(c->out);
	c->rq.task.done = chain_answer;
	c->timer.fire = chain_timer;
	chain_step(c);
}

START_TEST(tasks_timers_and_turns)
{
	enum { CHAINS = 20, STEPS = 50 };
	static struct chain chains[CHAINS];
	struct rig rig;
	struct outbound_target *t;
	struct mail_list list;

	rig_start(&rig, (struct outbound_options){.turn_end = on_turn_end});
	t = target(&rig, "/echo", 0);
	mail_list_init(&list);
	for (int i = 0; i < CHAINS; i++) {
		struct chain *c = &chains[i];

		c->out = rig.out;
		c->home = &rig.home;
		c->left = STEPS;
		c->rq.target = t;
		c->rq.method = OUTBOUND_POST;
		c->rq.body = bytes_str("prepare");
		c->start.done = chain_start;
		mail_list_add(&list, &c->start.mail);
	}
	ck_assert_int_eq(outbound_post(rig.out, &list), RESULT_OK);
	/* stopping waits for what began */
	outbound_stop(rig.out, 20000);
	wait_home(&rig, CHAINS);
	ck_assert_int_eq(rig.server.requests, CHAINS * STEPS);
	ck_assert_int_gt(turn_ends, 0);
	for (int i = 0; i < CHAINS; i++) {
		ck_assert_int_eq(chains[i].timers, (STEPS + 3) / 4);
		outbound_request_clear(&chains[i].rq);
	}
	outbound_target_release(t);
	rig_stop(&rig);
}
END_TEST

START_TEST(forced_stop)
{
	struct rig rig;
	struct outbound_request rq[3] = {{.result = RESULT_OK}};
	struct outbound_request late = {.result = RESULT_OK};
	struct outbound_request *list[1] = {&late};
	char url[256];

	rig_start(&rig, (struct outbound_options){.per_host = 2, .total_ms = 60000});
	snprintf(url, sizeof(url), "%s", rig_url(&rig, "/never"));
	for (int i = 0; i < 3; i++) {
		rq[i].url = url;
		submit(&rig, &rq[i]);
	}
	while (rig.server.requests < 2) {
		struct timespec ms = {0, 1000000};

		nanosleep(&ms, NULL);
	}
	outbound_stop(rig.out, 50);
	wait_home(&rig, 3);
	RESULT_IS(rq[0], RESULT_RETRY_UNKNOWN);
	RESULT_IS(rq[1], RESULT_RETRY_UNKNOWN);
	RESULT_IS(rq[2], RESULT_RETRY_DRAINING);
	ck_assert_int_eq(outbound_submit(rig.out, list, 1), RESULT_RETRY_DRAINING);
	for (int i = 0; i < 3; i++)
		outbound_request_clear(&rq[i]);
	rig_stop(&rig);
}
END_TEST

/* What was sent has an unknown outcome, whichever way it went. */
START_TEST(forced_stop_of_target)
{
	struct rig rig;
	struct outbound_request rq = {.method = OUTBOUND_POST, .body = bytes_str("x")};
	struct outbound_request waits = rq;
	struct outbound_target *t;

	rig_start(&rig, (struct outbound_options){.total_ms = 60000, .per_target = 1});
	t = target(&rig, "/never", 0);
	rq.target = waits.target = t;
	submit(&rig, &rq);
	submit(&rig, &waits);
	while (rig.server.requests < 1) {
		struct timespec ms = {0, 1000000};

		nanosleep(&ms, NULL);
	}
	outbound_stop(rig.out, 50);
	wait_home(&rig, 2);
	RESULT_IS(rq, RESULT_RETRY_UNKNOWN);
	RESULT_IS(waits, RESULT_RETRY_DRAINING);
	outbound_request_clear(&rq);
	outbound_request_clear(&waits);
	outbound_target_release(t);
	rig_stop(&rig);
}
END_TEST

START_TEST(many)
{
	enum { COUNT = 400 };
	static struct outbound_request rq[COUNT];
	static struct outbound_request *list[COUNT];
	struct rig rig;
	struct outbound_target *t;
	struct outbound_stats stats;

	rig_start(&rig, (struct outbound_options){0});
	t = target(&rig, "/echo", 0);
	for (int i = 0; i < COUNT; i++) {
		rq[i].target = t;
		rq[i].method = OUTBOUND_POST;
		rq[i].body = bytes_str("prepare");
		rq[i].task.home = &rig.home;
		rq[i].task.done = count_home;
		list[i] = &rq[i];
	}
	ck_assert_int_eq(outbound_submit(rig.out, list, COUNT), RESULT_OK);
	wait_home(&rig, COUNT);
	for (int i = 0; i < COUNT; i++) {
		RESULT_IS(rq[i], RESULT_OK);
		ck_assert_str_eq((char *)rq[i].answer, "prepare");
		outbound_request_clear(&rq[i]);
	}
	outbound_stats_get(rig.out, &stats);
	ck_assert_uint_eq(stats.requests, COUNT);
	ck_assert_uint_eq(stats.answers, COUNT);
	ck_assert_uint_eq(stats.failures, 0);
	outbound_target_release(t);
	rig_stop(&rig);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, answers);
	tcase_add_test(t, head_of_a_post);
	tcase_add_test(t, besides_the_target);
	tcase_add_test(t, failing_answers);
	tcase_add_test(t, kinds_of_answers);
	tcase_add_test(t, answers_of_a_size);
	tcase_add_test(t, answers_of_others);
	tcase_add_test(t, never_sent);
	tcase_add_test(t, sent_once);
	tcase_add_test(t, closed_while_idle);
	tcase_add_test(t, sent_in_part);
	tcase_add_test(t, target_sent_once);
	tcase_add_test(t, target_bound);
	tcase_add_test(t, target_at_a_time);
	tcase_add_test(t, target_new_connections);
	tcase_add_test(t, host_bound);
	tcase_add_test(t, whole_bound);
	tcase_add_test(t, fair_bound);
	tcase_add_test(t, tasks_timers_and_turns);
	tcase_add_test(t, forced_stop);
	tcase_add_test(t, forced_stop_of_target);
	tcase_add_test(t, many);
}

TEST_MAIN("outbound", fill)
