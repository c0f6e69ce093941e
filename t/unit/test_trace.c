/* Traces of payments: what is kept, what is read, and their bounds. */
#include "unit/harness.h"

#include <string.h>

#include "ilp/trace.h"

static struct id id_of(unsigned n)
{
	struct id id = {{0}};

	id.b[0] = (uint8_t)(n >> 8);
	id.b[1] = (uint8_t)n;
	return id;
}

static const char *lines(struct traces *t, struct arena *a, unsigned n, size_t after, size_t *next)
{
	const char *text = "";
	struct id id = id_of(n);
	bool cut;

	return traces_read(t, a, &id, after, &text, next, &cut) ? "none" : text;
}

START_TEST(reading)
{
	struct traces *t = traces_new();
	struct arena a;
	struct id one = id_of(1), other = id_of(2);
	size_t next;

	ck_assert_ptr_nonnull(t);
	arena_init(&a, 1000000);
	ck_assert_str_eq(lines(t, &a, 1, 0, &next), "none");
	traces_add(t, &one, "{\"n\":%d}", 0); /* nobody asked */
	traces_begin(t, &one);
	ck_assert(traces_has(t, &one) && !traces_has(t, &other));
	ck_assert_str_eq(lines(t, &a, 1, 0, &next), "[]");
	for (int i = 1; i < 4; i++)
		traces_add(t, &one, "{\"n\":%d}", i);
	ck_assert_str_eq(lines(t, &a, 1, 0, &next), "[{\"n\":1},{\"n\":2},{\"n\":3}]");
	ck_assert_uint_eq(next, 3);
	ck_assert_str_eq(lines(t, &a, 1, 2, &next), "[{\"n\":3}]");
	ck_assert_str_eq(lines(t, &a, 1, 3, &next), "[]");
	ck_assert_str_eq(lines(t, &a, 1, 4000, &next), "[]");
	arena_clear(&a);
	traces_free(t);
}
END_TEST

START_TEST(bounds)
{
	struct traces *t = traces_new();
	const char *text;
	struct arena a;
	struct id id;
	size_t next;
	bool cut;

	ck_assert_ptr_nonnull(t);
	arena_init(&a, 10000000);
	for (unsigned n = 0; n < TRACES_MAX + 2; n++) {
		id = id_of(n);
		traces_begin(t, &id);
	}
	ck_assert_str_eq(lines(t, &a, 1, 0, &next), "none");
	ck_assert_str_eq(lines(t, &a, 2, 0, &next), "[]");
	for (unsigned i = 0; i < TRACE_LINES_MAX + 10; i++)
		traces_add(t, &id, "{}");
	ck_assert_int_eq(traces_read(t, &a, &id, 0, &text, &next, &cut), RESULT_OK);
	ck_assert(cut);
	ck_assert_uint_eq(next, TRACE_LINES_MAX);
	ck_assert_uint_eq(strlen(text), 3 * TRACE_LINES_MAX + 1);
	/* Long lines fill it sooner. */
	id = id_of(99);
	traces_begin(t, &id);
	for (unsigned i = 0; i < TRACE_LINES_MAX; i++)
		traces_add(t, &id, "\"%0300d\"", 1);
	ck_assert_int_eq(traces_read(t, &a, &id, 0, &text, &next, &cut), RESULT_OK);
	ck_assert(cut && next < TRACE_LINES_MAX && strlen(text) <= TRACE_BYTES_MAX + 1);
	arena_clear(&a);
	traces_free(t);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, reading);
	tcase_add_test(t, bounds);
}

TEST_MAIN("trace", fill)
