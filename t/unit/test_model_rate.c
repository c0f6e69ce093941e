#include "unit/harness.h"

#include <string.h>

#include "model/rate.h"
#include "model/rate_text.h"
#include "unit/vectors.h"

#define NOW_MS 1767225600000

static struct rate_table *table_of(const char *json)
{
	struct rate_table *t = NULL;
	struct rate_fault fault = {0};
	enum result r = rate_table_parse(bytes_str(json), NOW_MS, &t, &fault);

	ck_assert_msg(r == RESULT_OK, "%s: %s at %zu", json, fault.what, fault.at);
	return t;
}

static enum result pair_of(const struct rate_table *t, const struct rate_asset *from,
        const struct rate_asset *to, unsigned bps, int64_t now_ms, int64_t max_age_ms,
        struct rate_pair *out)
{
	struct ratio major;
	enum result r = rate_get(t, from->code, to->code, now_ms, max_age_ms, &major);

	return r ? r : rate_pair_make(&major, from, to, bps, out);
}

/* "0.002" -> 20 */
static unsigned bps_of(const char *decimal)
{
	struct ratio r;
	uint64_t bps;

	if (strcmp(decimal, "0") == 0)
		return 0;
	ck_assert_int_eq(ratio_parse(decimal, strlen(decimal), &r), RESULT_OK);
	ck_assert_int_eq(ratio_apply_floor(&r, 10000, &bps), RESULT_OK);
	return (unsigned)bps;
}

START_TEST(conversion_vectors)
{
	struct vectors v;
	json_t *cases, *c;
	size_t i, overflows = 0, zeros = 0;

	vectors_open(&v, "fx_conversion");
	cases = vectors_cases(&v, "cases", 100);
	json_array_foreach(cases, i, c)
	{
		bool same = vectors_bool(c, "same_asset_and_scale");
		struct rate_asset from = {"AAA", (unsigned)vectors_int(c, "source_scale")};
		struct rate_asset to = {
		        same ? "AAA" : "BBB", (unsigned)vectors_int(c, "destination_scale")};
		char json[128];
		struct rate_table *t;
		struct rate_pair pair;
		struct conversion out;
		enum result r;

		snprintf(json, sizeof(json), "{\"base\":\"AAA\",\"rates\":{\"BBB\":%s}}",
		        vectors_text(c, "rate_decimal"));
		t = table_of(json);
		ck_assert_int_eq(
		        pair_of(t, &from, &to, bps_of(vectors_text(c, "spread")), NOW_MS, 0, &pair),
		        RESULT_OK);
		r = rate_convert(&pair, vectors_u64(c, "source_amount"), &out);
		if (vectors_bool(c, "overflow_u64")) {
			ck_assert_int_eq(r, RESULT_THEIRS_TOO_BIG);
			overflows++;
		} else if (vectors_bool(c, "zero_result")) {
			ck_assert_int_eq(r, RESULT_THEIRS_BAD_AMOUNT);
			zeros++;
		} else {
			ck_assert_int_eq(r, RESULT_OK);
			ck_assert_uint_eq(out.mid, vectors_u64(c, "exact_floor"));
			ck_assert_uint_eq(out.delivered, vectors_u64(c, "exact_floor_with_spread"));
			ck_assert_uint_eq(out.delivered + out.spread, out.mid);
		}
		rate_table_free(t);
	}
	ck_assert_uint_gt(overflows, 0);
	ck_assert_uint_gt(zeros, 0);
	vectors_close(&v);
}
END_TEST

static const struct {
	const char *text;
	enum result expected;
	uint64_t num, den;
} numbers[] = {
        {"1", RESULT_OK, 1, 1},
        {"0.91", RESULT_OK, 91, 100},
        {"1.0", RESULT_OK, 1, 1},
        {"10", RESULT_OK, 10, 1},
        {"1200", RESULT_OK, 1200, 1},
        {"0.00000001", RESULT_OK, 1, 100000000},
        {"1e-8", RESULT_OK, 1, 100000000},
        {"1.5E-3", RESULT_OK, 3, 2000},
        {"25e+2", RESULT_OK, 2500, 1},
        {"100e-2", RESULT_OK, 1, 1},
        {"0.1", RESULT_OK, 1, 10}, /* no binary fraction is this */
        {"123456789012345678", RESULT_OK, 123456789012345678, 1},
        {"0.123456789012345678", RESULT_OK, 61728394506172839, 500000000000000000},
        {"1.00000000000000000000000", RESULT_OK, 1, 1},
        {"1234567890123456789", RESULT_THEIRS_TOO_BIG, 0, 0},
        {"1.000000000000000001", RESULT_THEIRS_TOO_BIG, 0, 0},
        {"1e31", RESULT_THEIRS_TOO_BIG, 0, 0},
        {"1e-31", RESULT_THEIRS_TOO_BIG, 0, 0},
        {"1e999999999999", RESULT_THEIRS_TOO_BIG, 0, 0},
        {"0", RESULT_THEIRS_BAD_AMOUNT, 0, 0},
        {"0.000", RESULT_THEIRS_BAD_AMOUNT, 0, 0},
        {"0e5", RESULT_THEIRS_BAD_AMOUNT, 0, 0},
        {"-1", RESULT_THEIRS_BAD_AMOUNT, 0, 0},
        {"-0", RESULT_THEIRS_BAD_AMOUNT, 0, 0},
        {"", RESULT_THEIRS_MALFORMED, 0, 0},
        {"-", RESULT_THEIRS_MALFORMED, 0, 0},
        {"+1", RESULT_THEIRS_MALFORMED, 0, 0},
        {"01", RESULT_THEIRS_MALFORMED, 0, 0},
        {"1.", RESULT_THEIRS_MALFORMED, 0, 0},
        {".5", RESULT_THEIRS_MALFORMED, 0, 0},
        {"1e", RESULT_THEIRS_MALFORMED, 0, 0},
        {"1e+", RESULT_THEIRS_MALFORMED, 0, 0},
        {"1.2.3", RESULT_THEIRS_MALFORMED, 0, 0},
        {"0x10", RESULT_THEIRS_MALFORMED, 0, 0},
        {"1,5", RESULT_THEIRS_MALFORMED, 0, 0},
        {" 1", RESULT_THEIRS_MALFORMED, 0, 0},
        {"1 ", RESULT_THEIRS_MALFORMED, 0, 0},
        {"NaN", RESULT_THEIRS_MALFORMED, 0, 0},
        {"null", RESULT_THEIRS_MALFORMED, 0, 0},
};

START_TEST(number_texts)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct ratio r = {0};
		enum result got = rate_text_number(bytes_str(numbers[i].text), &r);

		ck_assert_msg(
		        got == numbers[i].expected, "%s: %s", numbers[i].text, result_name(got));
		if (got)
			continue;
		ck_assert_uint_eq(r.num_lo, numbers[i].num);
		ck_assert_uint_eq(r.den_lo, numbers[i].den);
		ck_assert_uint_eq(r.num_hi | r.den_hi, 0);
	}
}
END_TEST

static const struct {
	const char *json;
	enum result expected;
} lists[] = {
        {"{\"base\":\"USD\",\"rates\":{}}", RESULT_OK},
        {" {\n\"rates\" : { \"EUR\" : \"0.91\" , \"USD\":1.0 } , \"base\" : \"USD\" } ", RESULT_OK},
        {"{\"x\":[1,{\"base\":[]},\"}\\\"\"],\"base\":\"USD\",\"rates\":{\"EUR\":1},\"y\":null}",
                RESULT_OK},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":0.91}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":0.91}}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":0.91,}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\" 0.91}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":[1]}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":[0.91]}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":true}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":1,\"EUR\":2}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"\":1}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"THIRTEENCHARS\":1}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"E\\u0055R\":1}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":0}}", RESULT_THEIRS_BAD_AMOUNT},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":-1}}", RESULT_THEIRS_BAD_AMOUNT},
        {"{\"base\":\"USD\",\"rates\":{\"USD\":1.1}}", RESULT_THEIRS_BAD_AMOUNT},
        {"{\"base\":\"USD\",\"rates\":{\"EUR\":0.9100000000000000001}}", RESULT_THEIRS_TOO_BIG},
        {"{\"base\":\"USD\",\"base\":\"EUR\",\"rates\":{}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\",\"rates\":{},\"rates\":{}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":\"USD\"}", RESULT_THEIRS_MALFORMED},
        {"{\"rates\":{}}", RESULT_THEIRS_MALFORMED},
        {"{\"base\":1,\"rates\":{}}", RESULT_THEIRS_MALFORMED},
        {"{\"x\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]],\"base\":\"USD\",\"rates\":{}}",
                RESULT_THEIRS_TOO_BIG},
        {"{\"x\":\"\\", RESULT_THEIRS_MALFORMED},
        {"{\"x\":[1}", RESULT_THEIRS_MALFORMED},
        {"{}", RESULT_THEIRS_MALFORMED},
        {"[]", RESULT_THEIRS_MALFORMED},
        {"", RESULT_THEIRS_MALFORMED},
};

START_TEST(list_texts)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct rate_table *t = NULL;
		enum result r = rate_table_parse(bytes_str(lists[i].json), NOW_MS, &t, NULL);

		ck_assert_msg(r == lists[i].expected, "%s: %s", lists[i].json, result_name(r));
		rate_table_free(t);
	}
}
END_TEST

START_TEST(cut_anywhere)
{
	static const char json[] = "{\"x\":{\"y\":[\"z\"]},\"base\":\"USD\",\"rates\":{\"EUR\":0."
	                           "91,\"GBP\":\"7e-1\"}}";
	struct rate_table *t = NULL;

	for (size_t n = 0; n < sizeof(json) - 1; n++)
		ck_assert_int_ne(rate_table_parse(bytes_of(json, n), 0, &t, NULL), RESULT_OK);
	ck_assert_int_eq(
	        rate_table_parse(bytes_of(json, sizeof(json) - 1), 0, &t, NULL), RESULT_OK);
	rate_table_free(t);
}
END_TEST

START_TEST(fault_is_named)
{
	struct rate_table *t = NULL;
	struct rate_fault fault = {0};
	const char *json = "{\"base\":\"USD\",\"rates\":{\"EUR\":x}}";

	ck_assert_int_eq(rate_table_parse(bytes_str(json), 0, &t, &fault), RESULT_THEIRS_MALFORMED);
	ck_assert_uint_ge(fault.at, 29);
	ck_assert_uint_le(fault.at, 31);
	ck_assert_ptr_nonnull(fault.what);
}
END_TEST

START_TEST(cross_rates)
{
	struct rate_table *t =
	        table_of("{\"base\":\"USD\",\"rates\":{\"EUR\":0.91,\"XRP\":2,\"GBP\":0.8}}");
	static const struct {
		const char *from, *to, *text;
	} cases[] = {
	        {"USD", "EUR", "0.91"},
	        {"XRP", "USD", "0.5"},
	        {"XRP", "EUR", "0.455"},
	        {"GBP", "XRP", "2.5"},
	        {"EUR", "USD", "1.09890"},
	        {"USD", "USD", "1"},
	        {"ABC", "ABC", "1"},
	};
	struct ratio r;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[RATIO_TEXT_SIZE];

		ck_assert_int_eq(rate_get(t, cases[i].from, cases[i].to, NOW_MS, 0, &r), RESULT_OK);
		ratio_format(&r, 6, text);
		ck_assert_str_eq(text, cases[i].text);
	}
	ck_assert_int_eq(rate_get(t, "USD", "JPY", NOW_MS, 0, &r), RESULT_THEIRS_NO_RATE);
	ck_assert_int_eq(rate_get(t, "JPY", "USD", NOW_MS, 0, &r), RESULT_THEIRS_NO_RATE);
	ck_assert_int_eq(
	        rate_get(t, "USD", "AVERYLONGCODEINDEED", NOW_MS, 0, &r), RESULT_THEIRS_NO_RATE);
	/* age: up to the limit, past it, and without one */
	ck_assert_int_eq(rate_get(t, "USD", "EUR", NOW_MS + 5000, 5000, &r), RESULT_OK);
	ck_assert_int_eq(rate_get(t, "USD", "EUR", NOW_MS + 5001, 5000, &r), RESULT_THEIRS_NO_RATE);
	ck_assert_int_eq(rate_get(t, "USD", "EUR", NOW_MS + 999999999, 0, &r), RESULT_OK);
	ck_assert_int_eq(rate_get(t, "EUR", "EUR", NOW_MS + 5001, 5000, &r), RESULT_OK);
	ck_assert_int_eq(rate_get(NULL, "USD", "EUR", NOW_MS, 0, &r), RESULT_THEIRS_NO_RATE);
	ck_assert_int_eq(rate_get(NULL, "USD", "USD", NOW_MS, 0, &r), RESULT_OK);
	/* alphabetical, the base included */
	ck_assert_uint_eq(rate_table_count(t), 4);
	ck_assert_str_eq(rate_table_at(t, 0, &r), "EUR");
	ck_assert_str_eq(rate_table_at(t, 2, &r), "USD");
	ck_assert_str_eq(rate_table_base(t), "USD");
	ck_assert_int_eq(rate_table_as_of_ms(t), NOW_MS);
	rate_table_free(t);
}
END_TEST

START_TEST(pairs)
{
	struct rate_table *t = table_of("{\"base\":\"USD\",\"rates\":{\"EUR\":0.91}}");
	struct rate_asset usd = {"USD", 2}, eur = {"EUR", 2}, usd9 = {"USD", 9};
	struct rate_pair pair;
	struct conversion out;

	ck_assert_int_eq(pair_of(t, &usd, &eur, 50, NOW_MS, 0, &pair), RESULT_OK);
	ck_assert_int_eq(rate_convert(&pair, 1000, &out), RESULT_OK);
	ck_assert_uint_eq(out.mid, 910);
	ck_assert_uint_eq(out.delivered, 905);
	ck_assert_uint_eq(out.spread, 5);
	ck_assert_uint_eq(out.margin, 4); /* 4.55: the rest is rounding */
	ck_assert_int_eq(rate_pair_less(&pair, 0, &pair), RESULT_OK);
	ck_assert_int_eq(rate_convert(&pair, 1000, &out), RESULT_OK);
	ck_assert_uint_eq(out.delivered, 910);
	ck_assert_uint_eq(out.spread | out.margin, 0);
	ck_assert_int_eq(rate_pair_less(&pair, 50, &pair), RESULT_OK);
	ck_assert_uint_eq(rate_max_source(&pair, 905), 999);
	ck_assert_uint_eq(rate_max_source(&pair, UINT64_MAX), UINT64_MAX);
	ck_assert_int_eq(rate_convert(&pair, 1, &out), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(rate_convert(&pair, 0, &out), RESULT_OK);
	ck_assert_uint_eq(out.mid | out.delivered, 0);
	/* one asset in two scales */
	ck_assert_int_eq(pair_of(t, &usd, &usd9, 0, NOW_MS, 0, &pair), RESULT_OK);
	ck_assert_int_eq(rate_convert(&pair, 3, &out), RESULT_OK);
	ck_assert_uint_eq(out.delivered, 30000000);
	ck_assert_int_eq(pair_of(t, &usd, &eur, 10001, NOW_MS, 0, &pair), RESULT_THEIRS_BAD_AMOUNT);
	rate_table_free(t);
}
END_TEST

/* There and back never gains, and two parts never bring more than the whole. */
START_TEST(nobody_gains)
{
	struct rate_asset a = {"AAA", 2}, b = {"BBB", 5};
	uint64_t seed = 42;

	for (unsigned i = 0; i < 200000; i++) {
		char json[96];
		struct rate_table *t;
		struct rate_pair there, back;
		struct conversion x, y, part1, part2;
		uint64_t amount, cut;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		if (i % 1000 == 0) {
			snprintf(json, sizeof(json),
			        "{\"base\":\"AAA\",\"rates\":{\"BBB\":%u.%06u}}",
			        (unsigned)(seed >> 60), 1 + (unsigned)(seed >> 30) % 999999);
			t = table_of(json);
			ck_assert_int_eq(pair_of(t, &a, &b, i % 7, NOW_MS, 0, &there), RESULT_OK);
			ck_assert_int_eq(pair_of(t, &b, &a, i % 5, NOW_MS, 0, &back), RESULT_OK);
			rate_table_free(t);
		}
		amount = (seed >> 33) >> (seed % 24);
		cut = amount ? (seed >> 20) % amount : 0;
		if (rate_convert(&there, amount, &x) || rate_convert(&back, x.delivered, &y))
			continue;
		ck_assert_uint_le(y.delivered, amount);
		(void)!rate_convert(&there, cut, &part1);
		(void)!rate_convert(&there, amount - cut, &part2);
		ck_assert_uint_le(part1.delivered + part2.delivered, x.delivered);
	}
}
END_TEST

/* ---- jumps ---- */

static struct rate_table *list_at(const char *eur, const char *gbp, int64_t as_of_ms)
{
	struct rate_table *t = NULL;
	char json[128];

	snprintf(json, sizeof(json), "{\"base\":\"USD\",\"rates\":{\"EUR\":%s%s%s}}", eur,
	        gbp ? ",\"GBP\":" : "", gbp ? gbp : "");
	ck_assert_int_eq(rate_table_parse(bytes_str(json), as_of_ms, &t, NULL), RESULT_OK);
	return t;
}

/* What counts of 1 USD in EUR after the second list. */
static const struct {
	const char *before, *after;
	unsigned jump_bps;
	bool held;
} jumps[] = {
        {"0.9", "0.9", 2000, false},
        {"0.9", "1.08", 2000, false}, /* 20 % to the digit */
        {"0.9", "1.08000000000000001", 2000, true},
        {"1.08", "0.9", 2000, false}, /* the same the other way round */
        {"1.08", "0.89999999999999999", 2000, true},
        {"0.9", "9", 2000, true},
        {"0.9", "0.09", 2000, true},
        {"0.9", "9", 0, false}, /* no bound */
        {"0.9", "1.8", 10000, false},
        {"0.9", "1.8000001", 10000, true},
        {"1", "1.0000000000000001", 1, false},
        {"1", "1.00011", 1, true},
};

START_TEST(jumps_are_held)
{
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		struct rate_table *a = list_at(jumps[i].before, NULL, NOW_MS);
		struct rate_table *b = list_at(jumps[i].after, NULL, NOW_MS + 1000);
		const struct rate_entry *e;
		struct ratio expected;
		const char *text = jumps[i].held ? jumps[i].before : jumps[i].after;

		rate_table_follow(b, a, jumps[i].jump_bps);
		e = rate_table_find(b, "EUR");
		ck_assert_ptr_nonnull(e);
		ck_assert_msg(
		        e->held == jumps[i].held, "%s to %s", jumps[i].before, jumps[i].after);
		ck_assert_int_eq(ratio_parse(text, strlen(text), &expected), RESULT_OK);
		ck_assert_int_eq(ratio_cmp(&e->price, &expected), 0);
		ck_assert_int_eq(e->as_of_ms, jumps[i].held ? NOW_MS : NOW_MS + 1000);
		ck_assert_uint_eq(rate_table_accept(b, NULL), jumps[i].held);
		text = jumps[i].after;
		ck_assert_int_eq(ratio_parse(text, strlen(text), &expected), RESULT_OK);
		ck_assert_int_eq(ratio_cmp(&rate_table_find(b, "EUR")->price, &expected), 0);
		rate_table_free(a);
		rate_table_free(b);
	}
}
END_TEST

/* A held price ages: its pairs end, the others go on. What comes back near the old one is no jump
 * any more. What was missing for a while is compared all the same. */
START_TEST(after_a_jump)
{
	struct rate_table *a = list_at("0.9", "0.8", NOW_MS), *b, *c, *d;
	struct ratio r;

	b = list_at("9", "0.8", NOW_MS + 1000);
	rate_table_follow(b, a, 2000);
	ck_assert_int_eq(rate_get(b, "USD", "EUR", NOW_MS + 1500, 1000, &r), RESULT_THEIRS_NO_RATE);
	ck_assert_int_eq(rate_get(b, "GBP", "EUR", NOW_MS + 1500, 1000, &r), RESULT_THEIRS_NO_RATE);
	ck_assert_int_eq(rate_get(b, "USD", "GBP", NOW_MS + 1500, 1000, &r), RESULT_OK);
	ck_assert_int_eq(rate_table_as_of_ms(b), NOW_MS + 1000);
	ck_assert_uint_eq(rate_table_accept(b, "GBP"), 0);
	ck_assert_uint_eq(rate_table_accept(b, "CHF"), 0);
	c = list_at("0.95", NULL, NOW_MS + 2000);
	rate_table_follow(c, b, 2000);
	ck_assert(!rate_table_find(c, "EUR")->held);
	ck_assert_ptr_null(rate_table_find(c, "GBP"));
	ck_assert_int_eq(rate_get(c, "USD", "GBP", NOW_MS + 2000, 0, &r), RESULT_THEIRS_NO_RATE);
	d = list_at("0.95", "8", NOW_MS + 3000);
	rate_table_follow(d, c, 2000);
	ck_assert(rate_table_find(d, "GBP")->held);
	ck_assert_int_eq(rate_table_find(d, "GBP")->as_of_ms, NOW_MS + 1000);
	rate_table_free(a);
	rate_table_free(b);
	rate_table_free(c);
	rate_table_free(d);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, conversion_vectors);
	tcase_add_test(t, number_texts);
	tcase_add_test(t, list_texts);
	tcase_add_test(t, cut_anywhere);
	tcase_add_test(t, fault_is_named);
	tcase_add_test(t, cross_rates);
	tcase_add_test(t, pairs);
	tcase_add_test(t, nobody_gains);
	tcase_add_test(t, jumps_are_held);
	tcase_add_test(t, after_a_jump);
}

TEST_MAIN("rate", fill)
