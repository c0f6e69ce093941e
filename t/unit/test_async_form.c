#include "unit/harness.h"

#include "ilp/async_form.h"

static const struct {
	const char *url;
	const char *rest; /* NULL: another URL */
} urls[] = {
        {"async+https://peer.example/ilp", "https://peer.example/ilp"},
        {"async+http://127.0.0.1:80/ilp", "http://127.0.0.1:80/ilp"},
        {"async+", ""},
        {"https://peer.example/ilp", NULL},
        {"https://peer.example/async+", NULL},
        {"ASYNC+https://peer.example/ilp", NULL},
        {"btp+wss://peer.example", NULL},
        {"", NULL},
};

START_TEST(urls_of_peers)
{
	const char *rest = async_url(urls[_i].url);

	if (!urls[_i].rest)
		ck_assert_ptr_null(rest);
	else
		ck_assert_str_eq(rest, urls[_i].rest);
}
END_TEST

static const struct {
	const char *text;
	enum result expected;
} ids[] = {
        {"42ee09c8-a6de-4ae3-8a47-4732b0cbb07b", RESULT_OK},
        {"42EE09C8-A6DE-4AE3-8A47-4732B0CBB07B", RESULT_OK},
        {"42ee09c8-a6de-4ae3-8a47-4732b0cbb07", RESULT_THEIRS_MALFORMED},
        {"42ee09c8-a6de-4ae3-8a47-4732b0cbb07bb", RESULT_THEIRS_MALFORMED},
        {"42ee09c8a6de4ae38a474732b0cbb07b", RESULT_THEIRS_MALFORMED},
        {"{42ee09c8-a6de-4ae3-8a47-4732b0cbb07b}", RESULT_THEIRS_MALFORMED},
        {"42ee09c8-a6de-4ae3-8a47-4732b0cbb07g", RESULT_THEIRS_MALFORMED},
        {"1", RESULT_THEIRS_MALFORMED},
        {"", RESULT_THEIRS_MALFORMED},
};

START_TEST(request_ids)
{
	struct id id;

	ck_assert_int_eq(async_id_read(ids[_i].text, &id), ids[_i].expected);
}
END_TEST

#define OK        RESULT_OK
#define BLOCKED   RESULT_THEIRS_BLOCKED
#define MALFORMED RESULT_THEIRS_MALFORMED
#define PEER      "https://peer.example/ilp"

static const struct {
	const char *peer, *callback;
	enum result expected;
	const char *below;
} callbacks[] = {
        {PEER, PEER, OK, ""},
        {"async+" PEER, PEER, OK, ""},
        {PEER, "HTTPS://Peer.Example:443/ilp", OK, ""},
        {PEER, PEER "/", OK, "/"},
        {PEER, PEER "/answers", OK, "/answers"},
        {PEER, PEER "/a/b-c_d.e~f", OK, "/a/b-c_d.e~f"},
        {"https://peer.example", "https://peer.example/incoming/ilp", OK, "incoming/ilp"},
        {"https://peer.example/", "https://peer.example/ilp", OK, "ilp"},
        {"https://peer.example/ilp?x=1", "https://peer.example/ilp?x=1", OK, ""},
        /* not the peer's, or not below */
        {PEER, "https://peer.example/", BLOCKED, NULL},
        {PEER, "https://peer.example/ilpx", BLOCKED, NULL},
        {PEER, "https://peer.example/ILP", BLOCKED, NULL},
        {PEER, "https://other.example/ilp", BLOCKED, NULL},
        {PEER, "https://peer.example.other.example/ilp", BLOCKED, NULL},
        {PEER, "https://peer.example:8443/ilp", BLOCKED, NULL},
        {PEER, "http://peer.example/ilp", BLOCKED, NULL},
        {PEER, "async+" PEER, MALFORMED, NULL},
        {"https://peer.example", "https://peer.example.other.example/", BLOCKED, NULL},
        {"https://peer.example/ilp?x=1", "https://peer.example/ilp?x=1/a", BLOCKED, NULL},
        /* ways up, and what a server may take for one */
        {PEER, PEER "/..", BLOCKED, NULL},
        {PEER, PEER "/../admin", BLOCKED, NULL},
        {PEER, PEER "/a/../../admin", BLOCKED, NULL},
        {PEER, PEER "/./a", OK, "/a"},
        {PEER, PEER "/%2e%2e/admin", BLOCKED, NULL},
        {PEER, PEER "/a?b=c", BLOCKED, NULL},
        {PEER, PEER "?b=c", BLOCKED, NULL},
        {PEER, PEER "/a;b", BLOCKED, NULL},
        {PEER, PEER "/a\\b", MALFORMED, NULL},
        {PEER, PEER "#a", MALFORMED, NULL},
        {PEER, "/ilp", MALFORMED, NULL},
        {PEER, "", MALFORMED, NULL},
        /* a peer without such a URL */
        {"btp:", PEER, MALFORMED, NULL},
        {"btp+wss://peer.example/ilp", PEER, MALFORMED, NULL},
};

START_TEST(callbacks_of_peers)
{
	struct url_guard *g = NULL;
	char below[ASYNC_BELOW_SIZE];
	enum result r;

	ck_assert_int_eq(url_guard_new(false, "", &g), RESULT_OK);
	r = async_callback_read(
	        g, URL_POLICY_OPERATOR, callbacks[_i].peer, callbacks[_i].callback, below);
	if (callbacks[_i].expected == OK) {
		ck_assert_msg(r == OK, "%s: %s", callbacks[_i].callback, result_name(r));
		ck_assert_str_eq(below, callbacks[_i].below);
	} else {
		/* Which of the two it is says the guard. */
		ck_assert_msg(r == BLOCKED || r == MALFORMED, "%s: %s", callbacks[_i].callback,
		        result_name(r));
	}
	url_guard_free(g);
}
END_TEST

START_TEST(long_callback)
{
	struct url_guard *g = NULL;
	char below[ASYNC_BELOW_SIZE];
	char url[512];

	ck_assert_int_eq(url_guard_new(false, "", &g), RESULT_OK);
	for (size_t n = ASYNC_BELOW_SIZE - 2; n <= ASYNC_BELOW_SIZE; n++) {
		snprintf(url, sizeof(url), PEER "/%0*d", (int)(n - 1), 0);
		ck_assert_int_eq(async_callback_read(g, URL_POLICY_OPERATOR, PEER, url, below),
		        n < ASYNC_BELOW_SIZE ? RESULT_OK : RESULT_THEIRS_TOO_BIG);
	}
	url_guard_free(g);
}
END_TEST

/* So many peers, one after the other, send more than may wait and take no answer. */
START_TEST(one_more_waits)
{
	uint64_t all = 0;

	for (int peer = 0; peer < 5; peer++) {
		uint64_t own = 0;

		while (async_may_wait(own, all)) {
			own++;
			all++;
		}
		ck_assert_uint_gt(own, 0);
		ck_assert_uint_le(own, ASYNC_WAITING_MAX / 2);
	}
	ck_assert_uint_lt(all, ASYNC_WAITING_MAX);
	ck_assert(async_may_wait(0, all));
	ck_assert(!async_may_wait(0, ASYNC_WAITING_MAX));
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, urls_of_peers, 0, sizeof(urls) / sizeof(urls[0]));
	tcase_add_loop_test(t, request_ids, 0, sizeof(ids) / sizeof(ids[0]));
	tcase_add_loop_test(t, callbacks_of_peers, 0, sizeof(callbacks) / sizeof(callbacks[0]));
	tcase_add_test(t, long_callback);
	tcase_add_test(t, one_more_waits);
}

TEST_MAIN("async_form", fill)
