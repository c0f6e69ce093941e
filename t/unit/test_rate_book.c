#include "unit/harness.h"

#include <string.h>

#include "model/rate_book.h"

#define NOW_MS 1767225600000

static struct rate_book book;

static void give(enum rate_origin o, const char *json, int64_t as_of_ms)
{
	rate_table_free(book.table[o]);
	book.table[o] = NULL;
	ck_assert_int_eq(
	        rate_table_parse(bytes_str(json), as_of_ms, &book.table[o], NULL), RESULT_OK);
}

static void setup(void)
{
	static const bool all[RATE_ORIGINS] = {true, true, true};

	memset(&book, 0, sizeof(book));
	ck_assert_int_eq(rate_book_order(&book, "", all), RESULT_OK);
}

static void teardown(void)
{
	for (size_t i = 0; i < RATE_ORIGINS; i++)
		rate_table_free(book.table[i]);
}

static const struct {
	const char *priority;
	bool used[RATE_ORIGINS];
	enum result result;
	const char *order;
} orders[] = {
        {"", {true, true, true}, RESULT_OK, "file url ecb"},
        {"ecb", {true, true, true}, RESULT_OK, "ecb file url"},
        {" ecb\turl  file ", {true, true, true}, RESULT_OK, "ecb url file"},
        {"ecb url file", {false, true, false}, RESULT_OK, "url"},
        {"url", {true, false, false}, RESULT_OK, "file"},
        {"url", {false, false, false}, RESULT_OK, ""},
        {"url url", {true, true, true}, RESULT_THEIRS_MALFORMED, ""},
        {"url,ecb", {true, true, true}, RESULT_THEIRS_MALFORMED, ""},
        {"URL", {true, true, true}, RESULT_THEIRS_MALFORMED, ""},
};

START_TEST(order)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		char text[64] = "";
		enum result r = rate_book_order(&book, orders[i].priority, orders[i].used);

		ck_assert_msg(r == orders[i].result, "%s", orders[i].priority);
		for (size_t k = 0; !r && k < book.count; k++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
			        k ? " " : "", rate_origin_name(book.order[k]));
		if (!r)
			ck_assert_str_eq(text, orders[i].order);
	}
}
END_TEST

/* file: 1 s old, ages after 10 s; url: fresh, after 2 s; ecb: 100 s old, after 1000 s. */
static const struct {
	const char *from, *to;
	int64_t after_ms;
	const char *rate; /* "" for none */
	const char *origins;
	int64_t until_ms; /* after NOW_MS; 0: for ever */
} look_ups[] = {
        {"USD", "USD", 0, "1", "file file", 0},
        {"CHF", "CHF", 0, "1", "file file", 0},
        {"USD", "XRP", 0, "2", "file file", 9000},
        {"XRP", "USD", 0, "0.5", "file file", 9000},
        {"USD", "GBP", 0, "0.8", "url url", 2000}, /* the file does not know it */
        {"USD", "EUR", 0, "0.9", "url url", 2000}, /* before the bank's */
        {"USD", "EUR", 2000, "0.9", "url url", 2000},
        {"USD", "EUR", 2001, "0.8", "ecb ecb", 900000}, /* too old: the bank's */
        {"XRP", "GBP", 0, "0.4", "file url", 2000},     /* by way of USD */
        {"GBP", "XRP", 0, "2.5", "url file", 2000},
        {"XRP", "JPY", 0, "64", "file ecb", 9000}, /* USD is in the file, EUR is not */
        {"JPY", "XRP", 0, "0.015625", "ecb file", 9000},
        {"XRP", "JPY", 9001, "", "", 0},
        {"USD", "JPY", 9001, "128", "ecb ecb", 900000},
        {"USD", "JPY", 900001, "", "", 0},
        {"USD", "CHF", 0, "", "", 0},
};

START_TEST(which_source)
{
	book.max_age_ms[RATE_ORIGIN_FILE] = 10000;
	book.max_age_ms[RATE_ORIGIN_URL] = 2000;
	book.max_age_ms[RATE_ORIGIN_ECB] = 1000000;
	give(RATE_ORIGIN_FILE, "{\"base\":\"USD\",\"rates\":{\"XRP\":2}}", NOW_MS - 1000);
	give(RATE_ORIGIN_URL, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.9,\"GBP\":0.8}}", NOW_MS);
	give(RATE_ORIGIN_ECB, "{\"base\":\"EUR\",\"rates\":{\"USD\":1.25,\"JPY\":160}}",
	        NOW_MS - 100000);
	for (size_t i = 0; i < sizeof(look_ups) / sizeof(look_ups[0]); i++) {
		char rate[RATIO_TEXT_SIZE], origins[16];
		struct rate_found f;
		enum result r = rate_book_get(&book, look_ups[i].from, look_ups[i].to,
		        NOW_MS + look_ups[i].after_ms, RATE_FRESH, &f);

		ck_assert_msg(r == (look_ups[i].rate[0] ? RESULT_OK : RESULT_THEIRS_NO_RATE),
		        "%zu %s", i, result_name(r));
		if (r)
			continue;
		ratio_format(&f.rate, 18, rate);
		snprintf(origins, sizeof(origins), "%s %s", rate_origin_name(f.origin),
		        rate_origin_name(f.second));
		ck_assert_msg(strcmp(rate, look_ups[i].rate) == 0, "%zu %s", i, rate);
		ck_assert_msg(strcmp(origins, look_ups[i].origins) == 0, "%zu %s", i, origins);
		ck_assert_int_eq(f.until_ms,
		        look_ups[i].until_ms ? NOW_MS + look_ups[i].until_ms : INT64_MAX);
	}
}
END_TEST

START_TEST(stale)
{
	struct rate_book *copy;
	struct rate_found f;

	book.max_age_ms[RATE_ORIGIN_URL] = 2000;
	ck_assert(rate_book_is_stale(&book, RATE_ORIGIN_URL, NOW_MS));
	ck_assert(rate_book_is_stale(&book, RATE_ORIGIN_FILE, NOW_MS));
	give(RATE_ORIGIN_URL, "{\"base\":\"USD\",\"rates\":{\"EUR\":0.5}}", NOW_MS);
	give(RATE_ORIGIN_FILE, "{\"base\":\"USD\",\"rates\":{}}", 0);
	ck_assert(!rate_book_is_stale(&book, RATE_ORIGIN_URL, NOW_MS + 2000));
	ck_assert(rate_book_is_stale(&book, RATE_ORIGIN_URL, NOW_MS + 2001));
	ck_assert(!rate_book_is_stale(&book, RATE_ORIGIN_FILE, NOW_MS));
	/* what is shown is not what counts */
	ck_assert_int_eq(rate_book_get(&book, "USD", "EUR", NOW_MS + 2001, RATE_FRESH, &f),
	        RESULT_THEIRS_NO_RATE);
	ck_assert_int_eq(
	        rate_book_get(&book, "USD", "EUR", NOW_MS + 2001, RATE_ANY_AGE, &f), RESULT_OK);
	ck_assert_int_eq(f.as_of_ms, NOW_MS);
	ck_assert_int_eq(rate_book_dup(&book, &copy), RESULT_OK);
	give(RATE_ORIGIN_URL, "{\"base\":\"USD\",\"rates\":{}}", NOW_MS);
	ck_assert_int_eq(rate_book_get(copy, "USD", "EUR", NOW_MS, RATE_FRESH, &f), RESULT_OK);
	ck_assert_int_eq(
	        rate_book_get(&book, "USD", "EUR", NOW_MS, RATE_FRESH, &f), RESULT_THEIRS_NO_RATE);
	rate_book_free(copy);
	rate_book_free(NULL);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, order);
	tcase_add_test(t, which_source);
	tcase_add_test(t, stale);
}

TEST_MAIN("rate_book", fill)
