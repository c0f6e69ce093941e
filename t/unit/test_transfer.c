#include "unit/harness.h"

#include <stdio.h>
#include <string.h>

#include "net/server.h"
#include "net/transfer.h"

static struct transfer *strict_transfer(struct url_guard **guard)
{
	struct transfer *t = NULL;
	struct transfer_options options = {.connect_ms = 1000, .plain_http = true};

	ck_assert_int_eq(url_guard_new(false, "127.0.0.1", guard), RESULT_OK);
	options.guard = *guard;
	ck_assert_int_eq(transfer_init(), RESULT_OK);
	ck_assert_int_eq(transfer_new(&options, &t), RESULT_OK);
	t->answer.max = 1000;
	return t;
}

static enum result get(struct transfer *t, const struct server *s, enum url_policy policy)
{
	char url[64];
	bool sent;
	int status;
	enum result r;

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/echo", (unsigned)s->port);
	ck_assert_int_eq(transfer_aim(t, url, "127.0.0.1", policy, NULL), RESULT_OK);
	ck_assert_int_eq(transfer_load(t, "GET", bytes_of(NULL, 0), 2000), RESULT_OK);
	r = transfer_end(t, curl_easy_perform(t->easy), &sent, &status);
	ck_assert(sent == (r == RESULT_OK));
	return r;
}

/* A connection that an operator's request opened is not for a foreign one. */
START_TEST(every_use_is_judged)
{
	struct server s;
	struct url_guard *guard = NULL;
	struct transfer *t = strict_transfer(&guard);

	server_start(&s);
	ck_assert_int_eq(get(t, &s, URL_POLICY_FOREIGN), RESULT_THEIRS_BLOCKED);
	ck_assert_int_eq(s.connections, 0);
	ck_assert_int_eq(get(t, &s, URL_POLICY_OPERATOR), RESULT_OK);
	ck_assert(t->connected);
	ck_assert_int_eq(get(t, &s, URL_POLICY_OPERATOR), RESULT_OK);
	ck_assert(!t->connected);
	ck_assert_int_eq(get(t, &s, URL_POLICY_FOREIGN), RESULT_THEIRS_BLOCKED);
	ck_assert_int_eq(s.requests, 2);
	free(t->answer.p);
	transfer_free(t);
	url_guard_free(guard);
	server_stop(&s);
}
END_TEST

START_TEST(headers)
{
	static const char *const good[] = {"X-One: 1", NULL};
	static const char *const split[] = {"X-One: 1\r\nX-Two: 2", NULL};
	struct curl_slist *list = NULL;

	ck_assert_int_eq(transfer_headers(good, "a/b", "c/d", &list), RESULT_OK);
	ck_assert_str_eq(list->data, "Expect:");
	ck_assert_str_eq(list->next->data, "Content-Type: a/b");
	ck_assert_str_eq(list->next->next->data, "Accept: c/d");
	ck_assert_str_eq(list->next->next->next->data, "X-One: 1");
	ck_assert_ptr_null(list->next->next->next->next);
	curl_slist_free_all(list);
	ck_assert_int_eq(transfer_headers(split, NULL, NULL, &list), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(transfer_headers(NULL, "a\nb", NULL, &list), RESULT_THEIRS_MALFORMED);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, every_use_is_judged);
	tcase_add_test(t, headers);
}

TEST_MAIN("transfer", fill)
