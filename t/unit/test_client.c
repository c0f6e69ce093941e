#include "unit/harness.h"

#include <stdio.h>
#include <string.h>

#include "net/client.h"
#include "net/server.h"

static struct client *client_for(const struct server *s, int64_t timeout_ms)
{
	struct client *c = NULL;
	char url[64];
	struct client_options options = {
	        .base_url = url, .bearer = "secret-token", .timeout_ms = timeout_ms};

	snprintf(url, sizeof(url), "http://127.0.0.1:%u", (unsigned)s->port);
	ck_assert_int_eq(client_new(&options, &c), RESULT_OK);
	return c;
}

START_TEST(calls)
{
	struct server s;
	struct client *c;
	struct client_answer a;
	struct client_request post = {
	        .method = "POST", .path = "/echo", .json = "{\"a\":1}", .idempotency_key = "key-1"};
	struct client_request head = {.method = "POST",
	        .path = "/head?limit=1",
	        .json = "{}",
	        .idempotency_key = "key-2"};
	struct client_request get = {.method = "GET", .path = "/head"};

	server_start(&s);
	c = client_for(&s, 0);
	ck_assert_int_eq(client_call(c, &post, &a), RESULT_OK);
	ck_assert_int_eq(a.status, 200);
	ck_assert_str_eq(a.body, "{\"a\":1}");
	ck_assert_int_eq(client_call(c, &head, &a), RESULT_OK);
	ck_assert_ptr_nonnull(strstr(a.body, "POST /head?limit=1 HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body, "Authorization: Bearer secret-token\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body, "Idempotency-Key: key-2\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body, "Content-Type: application/json\r\n"));
	ck_assert_int_eq(client_call(c, &get, &a), RESULT_OK);
	ck_assert_ptr_nonnull(strstr(a.body, "GET /head HTTP/1.1\r\n"));
	ck_assert_ptr_null(strstr(a.body, "Idempotency-Key"));
	ck_assert_int_eq(s.connections, 1);
	client_free(c);
	server_stop(&s);
}
END_TEST

START_TEST(whole_urls)
{
	static const char *const lines[] = {"X-One: 1", "X-Two: 2", NULL};
	struct server s;
	struct client *c = NULL;
	struct client_answer a;
	char head[64], redirect[64];
	const struct client_options options = {.base_url = ""};
	struct client_request form = {
	        .method = "POST", .path = head, .form = "a=1", .headers = lines};
	struct client_request moved = {.method = "GET", .path = redirect};

	server_start(&s);
	snprintf(head, sizeof(head), "http://127.0.0.1:%u/head", (unsigned)s.port);
	snprintf(redirect, sizeof(redirect), "http://127.0.0.1:%u/redirect", (unsigned)s.port);
	ck_assert_int_eq(client_new(&options, &c), RESULT_OK);
	ck_assert_int_eq(client_call(c, &form, &a), RESULT_OK);
	ck_assert_ptr_nonnull(
	        strstr(a.body, "Content-Type: application/x-www-form-urlencoded\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body, "Content-Length: 3\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body, "X-One: 1\r\nX-Two: 2\r\n"));
	ck_assert_ptr_null(strstr(a.body, "Authorization"));
	ck_assert_ptr_null(client_header(c, "Location", 0));
	ck_assert_int_eq(client_call(c, &moved, &a), RESULT_OK);
	ck_assert_int_eq(a.status, 302);
	ck_assert_str_eq(client_header(c, "location", 0), "/echo");
	ck_assert_ptr_null(client_header(c, "location", 1));
	client_free(c);
	server_stop(&s);
}
END_TEST

START_TEST(failures)
{
	static const struct {
		const char *method, *path;
		enum result expected;
	} cases[] = {
	        {"POST", "/close", RESULT_RETRY_UNKNOWN},
	        {"GET", "/close", RESULT_RETRY_UNKNOWN},
	        {"GET", "/half", RESULT_RETRY_UNKNOWN},
	        {"GET", "/never", RESULT_RETRY_TIMEOUT},
	        {"GET", "/garbage", RESULT_THEIRS_PROTOCOL},
	        {"GET", "echo", RESULT_THEIRS_MALFORMED},
	        {"BREW", "/echo", RESULT_THEIRS_MALFORMED},
	};
	struct server s;
	struct client *c;
	struct client_answer a;

	server_start(&s);
	c = client_for(&s, 400);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct client_request rq = {.method = cases[i].method, .path = cases[i].path};
		enum result r = client_call(c, &rq, &a);

		ck_assert_msg(r == cases[i].expected, "%s: %s", cases[i].path, result_name(r));
		ck_assert_str_eq(a.body, "");
	}
	ck_assert_int_eq(s.requests, 5);
	client_free(c);
	server_stop(&s);
}
END_TEST

START_TEST(nobody_there)
{
	struct server s;
	struct client *c;
	struct client_answer a;
	struct client_request rq = {.method = "GET", .path = "/echo"};

	server_start(&s);
	c = client_for(&s, 0);
	server_stop(&s);
	ck_assert_int_eq(client_call(c, &rq, &a), RESULT_RETRY_UNREACHABLE);
	client_free(c);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, calls);
	tcase_add_test(t, whole_urls);
	tcase_add_test(t, failures);
	tcase_add_test(t, nobody_there);
}

TEST_MAIN("client", fill)
