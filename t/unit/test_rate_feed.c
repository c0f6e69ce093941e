#include "unit/harness.h"

#include <string.h>

#include "ilp/rate_feed.h"

#define NOW_MS 1767225600000
#define JSON   "application/json"

/* What a feed may answer. price: of one USD in EUR, "" where the list is refused. */
static const struct {
	int status;
	const char *type, *body;
	enum result result;
	const char *price;
} answers[] = {
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.91}}", RESULT_OK, "0.91"},
        {200, JSON, "{\"rates\":{\"EUR\":\"0.5\"},\"base\":\"USD\",\"at\":1}", RESULT_OK, "0.5"},
        /* no double has these digits */
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.123456789012345678}}", RESULT_OK,
                "0.123456789012345678"},
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.1234567890123456789}}",
                RESULT_THEIRS_TOO_BIG, ""},
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":0}}", RESULT_THEIRS_BAD_AMOUNT, ""},
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":-1}}", RESULT_THEIRS_BAD_AMOUNT, ""},
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":NaN}}", RESULT_THEIRS_MALFORMED, ""},
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":null}}", RESULT_THEIRS_MALFORMED, ""},
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.9,\"EUR\":0.8}}",
                RESULT_THEIRS_MALFORMED, ""},
        {200, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.9}", RESULT_THEIRS_MALFORMED, ""},
        {200, JSON, "{\"base\":\"USD\"}", RESULT_THEIRS_MALFORMED, ""},
        {200, JSON, "<html>", RESULT_THEIRS_MALFORMED, ""},
        {200, JSON, "", RESULT_THEIRS_MALFORMED, ""},
        {200, JSON, "{\"base\":\"EUR\",\"rates\":{\"USD\":1.1}}", RESULT_THEIRS_PROTOCOL, ""},
        {200, "text/html", "{\"base\":\"USD\",\"rates\":{\"EUR\":0.91}}", RESULT_THEIRS_BAD_TYPE,
                ""},
        {200, "", "{\"base\":\"USD\",\"rates\":{\"EUR\":0.91}}", RESULT_THEIRS_BAD_TYPE, ""},
        {201, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.91}}", RESULT_THEIRS_REFUSED, ""},
        {302, JSON, "", RESULT_THEIRS_REFUSED, ""},
        {404, JSON, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.91}}", RESULT_THEIRS_REFUSED, ""},
        {500, JSON, "", RESULT_THEIRS_REFUSED, ""},
};

START_TEST(answers_of_a_feed)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct rate_table *table = NULL;
		const char *why = "";
		char price[RATIO_TEXT_SIZE];
		struct ratio r;
		enum result result = rate_feed_read(RATE_ORIGIN_URL, answers[i].status,
		        answers[i].type, bytes_str(answers[i].body), NOW_MS, &table, &why);

		ck_assert_msg(result == answers[i].result, "%s: %s", answers[i].body,
		        result_name(result));
		ck_assert((table != NULL) == (result == RESULT_OK));
		ck_assert_msg((why == NULL) == (result == RESULT_OK), "%s", answers[i].body);
		if (result)
			continue;
		ck_assert_int_eq(rate_table_as_of_ms(table), NOW_MS);
		ck_assert_int_eq(rate_get(table, "USD", "EUR", NOW_MS, 0, &r), RESULT_OK);
		ratio_format(&r, 18, price);
		ck_assert_str_eq(price, answers[i].price);
		rate_table_free(table);
	}
}
END_TEST

START_TEST(urls)
{
	static const struct {
		const char *url, *fetched;
		enum result result;
	} rows[] = {
	        {"https://Rates.Example", "https://rates.example/?base=USD", RESULT_OK},
	        {"https://rates.example/v1", "https://rates.example/v1?base=USD", RESULT_OK},
	        {"https://rates.example/v1?key=k", "https://rates.example/v1?key=k&base=USD",
	                RESULT_OK},
	        {"https://feed.internal:8443/r", "https://feed.internal:8443/r?base=USD",
	                RESULT_OK},
	        {"https://10.1.0.7/r", "https://10.1.0.7/r?base=USD", RESULT_OK},
	        {"https://other.internal:8443/r", "", RESULT_THEIRS_BLOCKED},
	        {"https://10.2.0.7/r", "", RESULT_THEIRS_BLOCKED},
	        {"https://localhost/r", "", RESULT_THEIRS_BLOCKED},
	        {"https://0x7f000001/r", "", RESULT_THEIRS_BLOCKED},
	        {"http://rates.example/r", "", RESULT_THEIRS_BLOCKED},
	        {"https://u@rates.example/r", "", RESULT_THEIRS_MALFORMED},
	};
	struct url_guard *g = NULL;

	ck_assert_int_eq(url_guard_new(false, "feed.internal:8443 10.1.0.0/16", &g), RESULT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct url_parts parts;
		enum result r = rate_feed_url(g, RATE_ORIGIN_URL, rows[i].url, &parts);

		ck_assert_msg(r == rows[i].result, "%s: %s", rows[i].url, result_name(r));
		if (!r)
			ck_assert_str_eq(parts.url, rows[i].fetched);
	}
	url_guard_free(g);
}
END_TEST

START_TEST(url_without_room)
{
	struct url_guard *g = NULL;
	struct url_parts parts;
	char url[URL_MAX_CHARS + 1] = "https://rates.example/";

	ck_assert_int_eq(url_guard_new(false, NULL, &g), RESULT_OK);
	memset(url + strlen(url), 'a', sizeof(url) - 1 - strlen(url));
	ck_assert_int_eq(rate_feed_url(g, RATE_ORIGIN_URL, url, &parts), RESULT_THEIRS_TOO_BIG);
	url[URL_MAX_CHARS - strlen("?base=USD")] = '\0';
	ck_assert_int_eq(rate_feed_url(g, RATE_ORIGIN_URL, url, &parts), RESULT_OK);
	url_guard_free(g);
}
END_TEST

START_TEST(pauses)
{
	static const struct {
		int64_t max_age_ms;
		unsigned failures;
		int64_t pause_ms;
	} rows[] = {
	        {0, 0, RATE_FEED_INTERVAL_MS},
	        {300000, 0, RATE_FEED_INTERVAL_MS},
	        {4000, 0, 2000},
	        {1000, 0, 500},
	        {300000, 1, 1000},
	        {300000, 2, 2000},
	        {300000, 4, 8000},
	        {300000, 5, RATE_FEED_INTERVAL_MS},
	        {300000, UINT32_MAX, RATE_FEED_INTERVAL_MS},
	        {1000, 1, 500},
	        {4000, 3, 2000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(rate_feed_pause_ms(RATE_FEED_INTERVAL_MS, rows[i].max_age_ms,
		                         rows[i].failures),
		        rows[i].pause_ms);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, answers_of_a_feed);
	tcase_add_test(t, urls);
	tcase_add_test(t, url_without_room);
	tcase_add_test(t, pauses);
}

TEST_MAIN("rate_feed", fill)
