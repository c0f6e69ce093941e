#include "unit/harness.h"

#include <string.h>

#include "http/router.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static enum http_next handler(struct http_request *rq)
{
	(void)rq;
	return HTTP_DONE;
}

static const struct http_route routes[] = {
        {HTTP_GET, "/{wallet}", handler, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/health", handler, 0, 0},
        {HTTP_POST, "/ilp", handler, 42000, HTTP_ROUTE_NO_RATE},
        {HTTP_GET, "/", handler, 0, 0},
        {HTTP_GET, "/{wallet}/jwks.json", handler, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/node/{thing}", handler, 0, 0},
        {HTTP_POST, "/auth", handler, 65536, HTTP_ROUTE_TRAILING_SLASH},
        {HTTP_GET, "/op/incoming-payments/{id}", handler, 0, 0},
        {HTTP_POST, "/op/incoming-payments", handler, 65536, 0},
        {HTTP_GET, "/op/incoming-payments", handler, 0, 0},
        {HTTP_POST, "/op/incoming-payments/{id}/complete", handler, 65536, 0},
        {HTTP_DELETE, "/op/incoming-payments/{id}", handler, 0, 0},
        {HTTP_GET, "/a/{x}/c", handler, 0, 0},
        {HTTP_GET, "/a/b/{y}", handler, 0, 0},
        {HTTP_GET, "/health-check", handler, 0, 0},
};

static const struct {
	enum http_method method;
	const char *path; /* split at slashes here */
	const char *pattern;
	const char *allow; /* of what was found; NULL: 404 */
} cases[] = {
        {HTTP_GET, "", "/", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "alice", "/{wallet}", "GET, HEAD, OPTIONS"},
        {HTTP_HEAD, "alice", "/{wallet}", "GET, HEAD, OPTIONS"},
        {HTTP_OPTIONS, "alice", NULL, "GET, HEAD, OPTIONS"},
        {HTTP_POST, "alice", NULL, "GET, HEAD, OPTIONS"},
        {HTTP_GET, "health", "/health", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "health-check", "/health-check", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "healthy", "/{wallet}", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "heal", "/{wallet}", "GET, HEAD, OPTIONS"},
        {HTTP_POST, "ilp", "/ilp", "POST, OPTIONS"},
        {HTTP_GET, "ilp", NULL, "POST, OPTIONS"}, /* a literal hides {wallet} */
        {HTTP_POST, "ilp/", NULL, NULL},
        {HTTP_POST, "auth", "/auth", "POST, OPTIONS"},
        {HTTP_POST, "auth/", "/auth", "POST, OPTIONS"},
        {HTTP_POST, "auth//", NULL, NULL},
        {HTTP_GET, "alice/", NULL, NULL},
        {HTTP_GET, "alice/jwks.json", "/{wallet}/jwks.json", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "alice/jwks.jso", NULL, NULL},
        {HTTP_GET, "node/jwks.json", "/node/{thing}", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "/jwks.json", NULL, NULL}, /* an empty segment fits no {name} */
        {HTTP_GET, "op/incoming-payments", "/op/incoming-payments", "GET, HEAD, POST, OPTIONS"},
        {HTTP_POST, "op/incoming-payments", "/op/incoming-payments", "GET, HEAD, POST, OPTIONS"},
        {HTTP_DELETE, "op/incoming-payments", NULL, "GET, HEAD, POST, OPTIONS"},
        {HTTP_DELETE, "op/incoming-payments/7", "/op/incoming-payments/{id}",
                "GET, HEAD, DELETE, OPTIONS"},
        {HTTP_POST, "op/incoming-payments/7/complete", "/op/incoming-payments/{id}/complete",
                "POST, OPTIONS"},
        {HTTP_GET, "op", "/{wallet}", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "a/b/c", "/a/b/{y}", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "a/x/c", "/a/{x}/c", "GET, HEAD, OPTIONS"},
        {HTTP_GET, "1/2/3/4/5/6/7/8/9/10/11/12", NULL, NULL},
};

static size_t split(char *path, const char *segments[HTTP_SEGMENTS_MAX])
{
	size_t n = 0;

	if (!*path)
		return 0;
	for (;;) {
		char *slash = strchr(path, '/');

		segments[n++] = path;
		if (!slash)
			return n;
		*slash = '\0';
		path = slash + 1;
	}
}

static enum result from(const struct http_route *all, size_t n, struct router **out)
{
	const struct http_table table = {all, n};

	return router_new(&table, 1, out);
}

START_TEST(table)
{
	struct router *r;

	ck_assert_int_eq(from(routes, COUNT(routes), &r), RESULT_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *segments[HTTP_SEGMENTS_MAX];
		char path[128], allow[ROUTER_ALLOW_SIZE];
		struct route_match m;

		snprintf(path, sizeof(path), "%s", cases[i].path);
		m = router_find(r, cases[i].method, segments, split(path, segments));
		ck_assert_msg(!m.route == !cases[i].pattern, "case %zu: %s", i, cases[i].path);
		if (m.route)
			ck_assert_str_eq(m.route->pattern, cases[i].pattern);
		router_allow(m.allowed, allow);
		ck_assert_str_eq(allow, cases[i].allow ? cases[i].allow : "");
	}
	router_free(r);
}
END_TEST

START_TEST(method_of_its_own)
{
	struct router *r;
	const char *segments[] = {"op", "incoming-payments"};

	ck_assert_int_eq(from(routes, COUNT(routes), &r), RESULT_OK);
	ck_assert_uint_eq(router_find(r, HTTP_POST, segments, 2).route->body_max, 65536);
	ck_assert_uint_eq(router_find(r, HTTP_GET, segments, 2).route->body_max, 0);
	router_free(r);
}
END_TEST

START_TEST(bad_tables)
{
	static const char *const patterns[] = {"", "a", "//", "/a/", "/a//b", "/{", "/{}", "/{a",
	        "/1/2/3/4/5/6/7/8/9/10/11/12/13"};
	static const struct http_route twice[] = {
	        {HTTP_GET, "/a/{x}", handler, 0, 0}, {HTTP_GET, "/a/{y}", handler, 0, 0}};
	struct router *r;

	for (size_t i = 0; i < COUNT(patterns); i++) {
		struct http_route route = {HTTP_GET, patterns[i], handler, 0, 0};

		ck_assert_msg(from(&route, 1, &r) == RESULT_OURS_CONFIG, "%s", patterns[i]);
	}
	ck_assert_int_eq(from(twice, 2, &r), RESULT_OURS_CONFIG);
	ck_assert_int_eq(from(twice, 1, &r), RESULT_OK);
	router_free(r);
	/* nor over two tables */
	ck_assert_int_eq(router_new((struct http_table[]){{twice, 1}, {twice + 1, 1}}, 2, &r),
	        RESULT_OURS_CONFIG);
	ck_assert_int_eq(from(NULL, 0, &r), RESULT_OK);
	ck_assert_ptr_null(router_find(r, HTTP_GET, NULL, 0).route);
	router_free(r);
}
END_TEST

/* A pattern's methods may come from several tables; what is found is the table's own row. */
START_TEST(two_tables)
{
	static const struct http_route a[] = {{HTTP_GET, "/a/{x}", handler, 0, 0}};
	static const struct http_route b[] = {
	        {HTTP_GET, "/a/b", handler, 0, 0}, {HTTP_POST, "/a/{y}", handler, 7, 0}};
	const struct http_table tables[] = {{a, 1}, {NULL, 0}, {b, 2}};
	const char *segments[] = {"a", "b"}, *other[] = {"a", "c"};
	struct router *r;

	ck_assert_int_eq(router_new(tables, 3, &r), RESULT_OK);
	ck_assert_ptr_eq(router_find(r, HTTP_GET, segments, 2).route, &b[0]);
	ck_assert_ptr_eq(router_find(r, HTTP_GET, other, 2).route, &a[0]);
	ck_assert_ptr_eq(router_find(r, HTTP_POST, other, 2).route, &b[1]);
	router_free(r);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, table);
	tcase_add_test(t, method_of_its_own);
	tcase_add_test(t, bad_tables);
	tcase_add_test(t, two_tables);
}

TEST_MAIN("router", fill)
