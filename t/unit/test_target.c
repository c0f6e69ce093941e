#include "unit/harness.h"

#include <string.h>

#include "http/target.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* seen: segments as "[a][b]", then query as "{name=value}". */
static const struct {
	const char *target;
	enum result result;
	const char *seen;
} cases[] = {
        {"/", RESULT_OK, ""},
        {"/?", RESULT_OK, ""},
        {"/alice", RESULT_OK, "[alice]"},
        {"/alice/", RESULT_OK, "[alice][]"},
        {"//a", RESULT_OK, "[][a]"},
        {"/a%20b/%C3%A4", RESULT_OK, "[a b][\xc3\xa4]"},
        {"/%2541", RESULT_OK, "[%41]"}, /* decoded once */
        {"/a+b?c+d=e+f", RESULT_OK, "[a+b]{c+d=e+f}"},
        {"/a?b=c&d=e", RESULT_OK, "[a]{b=c}{d=e}"},
        {"/a?b", RESULT_OK, "[a]{b=}"},
        {"/a?b=", RESULT_OK, "[a]{b=}"},
        {"/a?=b", RESULT_OK, "[a]{=b}"},
        {"/a?&&b=1&", RESULT_OK, "[a]{b=1}"},
        {"/a?u=https%3A%2F%2Fx%2F?y=%26z%3D1", RESULT_OK, "[a]{u=https://x/?y=&z=1}"},
        {"/a?b=c=d", RESULT_OK, "[a]{b=c=d}"},
        {"/a?%62=1", RESULT_OK, "[a]{b=1}"},
        {"/1/2/3/4/5/6/7/8/9/10/11/12", RESULT_OK, "[1][2][3][4][5][6][7][8][9][10][11][12]"},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13", RESULT_THEIRS_TOO_BIG, NULL},
        {"/a/../b", RESULT_THEIRS_MALFORMED, NULL},
        {"/a/%2e%2E/b", RESULT_THEIRS_MALFORMED, NULL},
        {"/.", RESULT_THEIRS_MALFORMED, NULL},
        {"/a/.", RESULT_THEIRS_MALFORMED, NULL},
        {"/...", RESULT_OK, "[...]"},
        {"/%FF", RESULT_THEIRS_MALFORMED, NULL},
        {"/%C3", RESULT_THEIRS_MALFORMED, NULL},
        {"/%C0%AF", RESULT_THEIRS_MALFORMED, NULL},
        {"/%C2%80", RESULT_THEIRS_MALFORMED, NULL}, /* a C1 control */
        {"/a?b=%FF", RESULT_THEIRS_MALFORMED, NULL},
        {"/a?b=1&b=2", RESULT_THEIRS_MALFORMED, NULL},
        {"/a?b=1&%62=2", RESULT_THEIRS_MALFORMED, NULL},
};

static void render(const struct http_request *rq, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < rq->segment_count; i++)
		used += (size_t)snprintf(out + used, size - used, "[%s]", rq->segments[i]);
	for (size_t i = 0; i < rq->query_count; i++)
		used += (size_t)snprintf(
		        out + used, size - used, "{%s=%s}", rq->query[i].name, rq->query[i].value);
}

static enum result split(const char *target, char *out, size_t size)
{
	static struct http_request rq;
	enum result r;

	memset(&rq, 0, sizeof(rq));
	arena_init(&rq.arena, 65536);
	rq.target = target;
	r = target_split(&rq);
	render(&rq, out, size);
	arena_clear(&rq.arena);
	return r;
}

START_TEST(table)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		char seen[512];
		enum result r = split(cases[i].target, seen, sizeof(seen));

		ck_assert_msg(r == cases[i].result, "case %zu: %s: %s", i, cases[i].target,
		        result_name(r));
		if (!r)
			ck_assert_str_eq(seen, cases[i].seen);
	}
}
END_TEST

START_TEST(many_members)
{
	char target[HTTP_QUERY_MAX * 8] = "/a?", seen[1024];
	size_t used = strlen(target);

	for (int i = 0; i < HTTP_QUERY_MAX; i++)
		used += (size_t)snprintf(target + used, sizeof(target) - used, "&k%d", i);
	ck_assert_int_eq(split(target, seen, sizeof(seen)), RESULT_OK);
	snprintf(target + used, sizeof(target) - used, "&one=more");
	ck_assert_int_eq(split(target, seen, sizeof(seen)), RESULT_THEIRS_TOO_BIG);
}
END_TEST

START_TEST(nothing_stays_from_before)
{
	static struct http_request rq;

	arena_init(&rq.arena, 65536);
	rq.target = "/a/b?c=d";
	ck_assert_int_eq(target_split(&rq), RESULT_OK);
	rq.target = "/";
	ck_assert_int_eq(target_split(&rq), RESULT_OK);
	ck_assert_uint_eq(rq.segment_count, 0);
	ck_assert_uint_eq(rq.query_count, 0);
	arena_clear(&rq.arena);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, table);
	tcase_add_test(t, many_members);
	tcase_add_test(t, nothing_stays_from_before);
}

TEST_MAIN("target", fill)
