#include "unit/harness.h"

#include <string.h>
#include <unistd.h>

#include "base/log_ring.h"
#include "http/request_id.h"

#define MINUTE INT64_C(60000)
#define NOON   (INT64_C(1790000000000) / MINUTE * MINUTE)

static struct arena memory;

static void begin(void)
{
	log_ring_clear();
	arena_init(&memory, 64 * 1024 * 1024);
}

static void end(void)
{
	arena_clear(&memory);
}

static void add(enum log_level level, const char *event, const char *line, const char *request)
{
	char text[LOG_LINE_BYTES_MAX];
	int n = snprintf(text, sizeof(text), "%s%s%s", line, *request ? " request=" : "", request);

	log_ring_add(NOON, level, event, text, (size_t)n, strlen(request));
}

static size_t read_all(const struct log_filter *f, struct log_kept **out)
{
	size_t count;
	bool more;

	ck_assert_int_eq(log_ring_read(&memory, f, LOG_RING_LINES, out, &count, &more), RESULT_OK);
	ck_assert(!more);
	return count;
}

static const struct log_filter any = {.level = LOG_LEVEL_DEBUG};

START_TEST(lines_are_found_by_request_level_and_text)
{
	static const struct {
		struct log_filter filter;
		const char *found; /* the first words of the lines, newest first */
	} cases[] = {
	        {{.level = LOG_LEVEL_DEBUG}, "e d c b a "},
	        {{.level = LOG_LEVEL_INFO}, "e c b a "},
	        {{.level = LOG_LEVEL_WARN}, "c b "},
	        {{.level = LOG_LEVEL_ERROR}, "b "},
	        {{.level = LOG_LEVEL_DEBUG, .request = "one-request"}, "d b "},
	        {{.level = LOG_LEVEL_WARN, .request = "one-request"}, "b "},
	        /* the end of an id is none, nor is one that stands elsewhere in a line */
	        {{.level = LOG_LEVEL_DEBUG, .request = "request"}, ""},
	        {{.level = LOG_LEVEL_DEBUG, .request = "two-request"}, "c "},
	        {{.level = LOG_LEVEL_DEBUG, .text = "PEER=acme"}, "b a "},
	        {{.level = LOG_LEVEL_DEBUG, .text = "acm "}, ""},
	        {{.level = LOG_LEVEL_DEBUG, .before = 4}, "c b a "},
	        {{.level = LOG_LEVEL_DEBUG, .before = 1}, ""},
	        {{.level = LOG_LEVEL_DEBUG, .before = 999}, "e d c b a "},
	};
	struct log_kept *list;

	begin();
	add(LOG_LEVEL_INFO, "x", "a peer=acme said=\"request=two-request\"", "");
	add(LOG_LEVEL_ERROR, "x", "b peer=Acme", "one-request");
	add(LOG_LEVEL_WARN, "x", "c", "two-request");
	add(LOG_LEVEL_DEBUG, "x", "d", "one-request");
	add(LOG_LEVEL_INFO, "x", "e", "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char found[64] = "";
		size_t n = read_all(&cases[i].filter, &list);

		for (size_t k = 0; k < n; k++) {
			found[2 * k] = list[k].text[0];
			found[2 * k + 1] = ' ';
		}
		ck_assert_msg(strcmp(found, cases[i].found) == 0, "case %zu: %s", i, found);
	}
	(void)read_all(&(struct log_filter){.level = LOG_LEVEL_ERROR}, &list);
	ck_assert_str_eq(list[0].text, "b peer=Acme request=one-request");
	ck_assert_str_eq(list[0].request, "one-request");
	ck_assert_str_eq(list[0].event, "x");
	ck_assert_uint_eq(list[0].number, 2);
	end();
}
END_TEST

START_TEST(pages_follow_each_other_without_a_gap)
{
	struct log_filter f = {.level = LOG_LEVEL_INFO};
	struct log_kept *list;
	uint64_t expected = 100;
	size_t count;
	bool more = true;

	begin();
	for (int i = 0; i < 100; i++) {
		add(LOG_LEVEL_INFO, "x", "line", "");
		add(LOG_LEVEL_DEBUG, "x", "between", "");
	}
	while (more) {
		ck_assert_int_eq(log_ring_read(&memory, &f, 30, &list, &count, &more), RESULT_OK);
		for (size_t i = 0; i < count; i++)
			ck_assert_uint_eq(list[i].number, 2 * expected-- - 1);
		f.before = list[count - 1].number;
		ck_assert_uint_eq(count, expected == 0 ? 10 : 30);
	}
	ck_assert_uint_eq(expected, 0);
	end();
}
END_TEST

/* Lines of all sizes, far more than there is room for: the newest are there, whole, in order. */
START_TEST(a_flood_drops_the_oldest)
{
	static const size_t longest[] = {1, 40, 200, LOG_LINE_BYTES_MAX - 2};
	struct log_kept *list;
	char line[LOG_LINE_BYTES_MAX];

	begin();
	for (size_t c = 0; c < sizeof(longest) / sizeof(longest[0]); c++) {
		uint64_t newest = 0;
		size_t bytes = 0, n;

		log_ring_clear();
		for (size_t i = 0; i < 3 * LOG_RING_LINES; i++) {
			n = 1 + (i * 7919) % longest[c];
			memset(line, 'a' + (int)(i % 26), n);
			log_ring_add(NOON, LOG_LEVEL_INFO, "x", line, n, 0);
			newest++;
		}
		n = read_all(&any, &list);
		ck_assert_uint_le(n, LOG_RING_LINES);
		for (size_t i = 0; i < n; i++) {
			size_t k = (size_t)(newest - 1 - i);

			ck_assert_uint_eq(list[i].number, newest - i);
			ck_assert_uint_eq(strlen(list[i].text), 1 + (k * 7919) % longest[c]);
			for (const char *p = list[i].text; *p; p++)
				ck_assert_int_eq(*p, 'a' + (int)(k % 26));
			bytes += strlen(list[i].text);
		}
		ck_assert_uint_le(bytes, LOG_RING_BYTES);
		/* Either bound is nearly reached: no more is dropped than must be. */
		ck_assert(n == LOG_RING_LINES || bytes + 2 * longest[c] >= LOG_RING_BYTES);
		arena_reset(&memory);
	}
	end();
}
END_TEST

static uint32_t hour_of(int64_t now_ms, const char *event, enum log_level level, uint64_t *total)
{
	struct log_count counts[LOG_EVENTS_MAX];
	size_t n = log_ring_counts(now_ms, counts);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(counts[i].event, event) != 0 || counts[i].level != level)
			continue;
		*total = counts[i].total;
		return counts[i].last_hour;
	}
	*total = 0;
	return 0;
}

START_TEST(errors_and_warnings_are_counted_for_an_hour)
{
	uint64_t total;

	begin();
	for (int i = 0; i < 5; i++)
		log_ring_add(NOON, LOG_LEVEL_ERROR, "a", "x", 1, 0);
	log_ring_add(NOON + 30 * MINUTE, LOG_LEVEL_ERROR, "a", "x", 1, 0);
	log_ring_add(NOON + 30 * MINUTE, LOG_LEVEL_WARN, "a", "x", 1, 0);
	log_ring_add(NOON + 30 * MINUTE, LOG_LEVEL_INFO, "b", "x", 1, 0);
	/* a clock that goes back counts as now */
	log_ring_add(NOON + 20 * MINUTE, LOG_LEVEL_ERROR, "a", "x", 1, 0);
	ck_assert_uint_eq(hour_of(NOON + 59 * MINUTE, "a", LOG_LEVEL_ERROR, &total), 7);
	ck_assert_uint_eq(hour_of(NOON + 60 * MINUTE, "a", LOG_LEVEL_ERROR, &total), 2);
	ck_assert_uint_eq(total, 7);
	ck_assert_uint_eq(hour_of(NOON + 60 * MINUTE, "a", LOG_LEVEL_WARN, &total), 1);
	ck_assert_uint_eq(hour_of(NOON + 90 * MINUTE, "a", LOG_LEVEL_ERROR, &total), 0);
	ck_assert_uint_eq(total, 7);
	(void)hour_of(NOON, "b", LOG_LEVEL_INFO, &total);
	ck_assert_uint_eq(total, 0);
	log_ring_add(NOON + 999 * MINUTE, LOG_LEVEL_ERROR, "a", "x", 1, 0);
	ck_assert_uint_eq(hour_of(NOON + 999 * MINUTE, "a", LOG_LEVEL_ERROR, &total), 1);
	end();
}
END_TEST

START_TEST(events_beyond_the_table_are_one)
{
	static char names[300][8];
	uint64_t total, errors = 0;

	begin();
	for (int i = 0; i < 300; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "e%d", i);
		log_ring_add(NOON, i % 2 ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, names[i], "x", 1, 0);
	}
	errors = hour_of(NOON, "other", LOG_LEVEL_ERROR, &total);
	errors += hour_of(NOON, "other", LOG_LEVEL_WARN, &total);
	ck_assert_uint_eq(errors, 300 - (LOG_EVENTS_MAX - 2));
	ck_assert_uint_eq(hour_of(NOON, "e5", LOG_LEVEL_WARN, &total), 1);
	end();
}
END_TEST

/* What log_write makes: the line on stderr and the line that is kept are one. */
START_TEST(a_line_ends_with_the_request_that_is_served)
{
	char long_text[2 * LOG_LINE_BYTES_MAX], seen[4 * LOG_LINE_BYTES_MAX] = "";
	struct log_kept *list;
	int ends[2], old = dup(STDERR_FILENO);
	size_t n;

	begin();
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
	ck_assert_ptr_null(log_request("a-request"));
	log_info("test", "a=%d", 1);
	log_info("test", "a=%s", long_text);
	ck_assert_str_eq(log_request(NULL), "a-request");
	log_info("test", "a=%d", 2);
	ck_assert_int_ge(dup2(old, STDERR_FILENO), 0);
	(void)close(ends[1]);
	for (ssize_t got, at = 0;
	        (got = read(ends[0], seen + at, sizeof(seen) - 1 - (size_t)at)) > 0;)
		at += got;
	(void)close(ends[0]);
	(void)close(old);

	n = read_all(&any, &list);
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(list[0].request, "");
	ck_assert_str_eq(list[1].request, "a-request");
	ck_assert_str_eq(list[2].request, "a-request");
	ck_assert_ptr_nonnull(strstr(list[2].text, " level=info event=test a=1 request=a-request"));
	ck_assert_uint_le(strlen(list[1].text), LOG_LINE_BYTES_MAX - 1);
	for (size_t i = 0, at = 0; i < n; i++) {
		const char *text = list[n - 1 - i].text;

		ck_assert_int_eq(strncmp(seen + at, text, strlen(text)), 0);
		at += strlen(text);
		ck_assert_int_eq(seen[at++], '\n');
	}
	end();
}
END_TEST

START_TEST(ids_of_proxies)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
	        {"01234567", true},
	        {"0123456", false},
	        {"", false},
	        {"6f1e7c3a-0a8e-4d52-9a5b-4d6e1a2b3c4d", true},
	        {"A_B.c-D0", true},
	        {"0123456789012345678901234567890123456789012345678901234567890123", true},
	        {"01234567890123456789012345678901234567890123456789012345678901234", false},
	        {"0123456 8", false},
	        {"01234567\"", false},
	        {"01234567=x", false},
	        {"01234567\r\nX-Evil: 1", false},
	        {"01234567%0a", false},
	        {"0123456\xc3\xa9", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(request_id_is(cases[i].text) == cases[i].ok, "case %zu", i);
}
END_TEST

#define IDS 20000

static int compare_ids(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Of two loops (or processes: nothing joins them), and where a prefix is used up. */
START_TEST(ids_are_unlike)
{
	static char ids[IDS][REQUEST_ID_SIZE];
	struct request_ids s[2];

	request_ids_init(&s[0]);
	request_ids_init(&s[1]);
	for (size_t i = 0; i < IDS; i++) {
		if (i == IDS / 2)
			s[0].left = 10;
		request_id_next(&s[i % 2], ids[i]);
		ck_assert(request_id_is(ids[i]));
		ck_assert_uint_eq(strlen(ids[i]), REQUEST_ID_PREFIX + 1 + REQUEST_ID_DIGITS);
	}
	ck_assert_int_ne(memcmp(ids[0], ids[IDS - 2], REQUEST_ID_PREFIX), 0);
	qsort(ids, IDS, sizeof(ids[0]), compare_ids);
	for (size_t i = 1; i < IDS; i++)
		ck_assert_str_ne(ids[i - 1], ids[i]);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, lines_are_found_by_request_level_and_text);
	tcase_add_test(t, pages_follow_each_other_without_a_gap);
	tcase_add_test(t, a_flood_drops_the_oldest);
	tcase_add_test(t, errors_and_warnings_are_counted_for_an_hour);
	tcase_add_test(t, events_beyond_the_table_are_one);
	tcase_add_test(t, a_line_ends_with_the_request_that_is_served);
	tcase_add_test(t, ids_of_proxies);
	tcase_add_test(t, ids_are_unlike);
}

TEST_MAIN("log_ring", fill)
