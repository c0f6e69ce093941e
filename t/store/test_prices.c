/* Prices that are kept of sources, spreads in versions, and what was earned, which is always what
 * the books hold. */
#include "unit/harness.h"

#include <stdio.h>
#include <string.h>

#include "store/event.h"
#include "store/fixture.h"
#include "store/rate_rows.h"
#include "store/revenue.h"
#include "store/spread.h"

static struct fixture f;

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

/* ---- prices ---- */

static struct rate_table *list_of(const char *rates)
{
	struct rate_table *t = NULL;
	char json[256];

	snprintf(json, sizeof(json), "{\"base\":\"USD\",\"rates\":{%s}}", rates);
	OK(rate_table_parse(bytes_str(json), f.now_ms, &t, NULL));
	return t;
}

static void keep(const struct rate_table *t)
{
	fixture_begin(&f);
	OK(batch_rates_keep(f.b, RATE_ORIGIN_URL, t));
	fixture_end(&f);
}

static struct rate_table *kept(enum rate_origin o)
{
	struct rate_table *t;

	OK(store_rate_table(f.reader, &f.arena, o, &t));
	return t;
}

static size_t url_events(void)
{
	struct id id;

	rate_origin_id(RATE_ORIGIN_URL, &id);
	return fixture_events(&f, &id);
}

static const char *price(const struct rate_table *t, const char *code)
{
	static char text[RATIO_TEXT_SIZE];
	const struct rate_entry *e = rate_table_find(t, code);

	if (!e)
		return "";
	ratio_format(&e->price, 18, text);
	return text;
}

/* Also over a restart, a jump is told once, and what was accepted is no jump any more. */
START_TEST(jumps_survive)
{
	struct rate_table *a = list_of("\"EUR\":0.912345678901234567,\"GBP\":0.8"), *b, *c;
	struct event_row e;
	struct id id;

	ck_assert_ptr_null(kept(RATE_ORIGIN_URL));
	keep(a);
	keep(a);
	ck_assert_uint_eq(url_events(), 0);
	fixture_restart(&f);
	b = kept(RATE_ORIGIN_URL);
	ck_assert_ptr_null(kept(RATE_ORIGIN_ECB));
	ck_assert_str_eq(price(b, "EUR"), "0.912345678901234567");
	ck_assert_int_eq(rate_table_as_of_ms(b), rate_table_as_of_ms(a));
	f.now_ms += 1000;
	c = list_of("\"EUR\":9.1,\"JPY\":150");
	rate_table_follow(c, b, 2000);
	keep(c);
	keep(c);
	ck_assert_uint_eq(url_events(), 1);
	rate_origin_id(RATE_ORIGIN_URL, &id);
	e = fixture_event(&f, &id, 1);
	ck_assert_str_eq(e.type, "rates.jump");
	ck_assert_str_eq(event_member(&e, "pair"), "USD/EUR");
	ck_assert_str_eq(event_member(&e, "heldRate"), "9.1");
	rate_table_free(a);
	rate_table_free(b);
	rate_table_free(c);
	fixture_restart(&f);
	c = kept(RATE_ORIGIN_URL);
	ck_assert_str_eq(price(c, "EUR"), "0.912345678901234567");
	ck_assert_str_eq(price(c, "JPY"), "150");
	ck_assert_str_eq(price(c, "GBP"), ""); /* remembered, not named */
	ck_assert(rate_table_find(c, "EUR")->held);
	ck_assert_uint_eq(rate_table_accept(c, "EUR"), 1);
	keep(c);
	ck_assert_uint_eq(url_events(), 1);
	rate_table_free(c);
	c = kept(RATE_ORIGIN_URL);
	ck_assert_str_eq(price(c, "EUR"), "9.1");
	ck_assert(!rate_table_find(c, "EUR")->held);
	rate_table_free(c);
}
END_TEST

/* A list of another base replaces the one before whole. */
START_TEST(another_base)
{
	struct rate_table *a = list_of("\"EUR\":0.9,\"GBP\":0.8"), *b;

	keep(a);
	rate_table_free(a);
	OK(rate_table_parse(
	        bytes_str("{\"base\":\"EUR\",\"rates\":{\"GBP\":0.8}}"), f.now_ms, &a, NULL));
	keep(a);
	b = kept(RATE_ORIGIN_URL);
	ck_assert_str_eq(rate_table_base(b), "EUR");
	ck_assert_str_eq(price(b, "USD"), "");
	ck_assert_str_eq(price(b, "GBP"), "0.8");
	rate_table_free(a);
	rate_table_free(b);
}
END_TEST

START_TEST(stale_once)
{
	struct rate_staleness s = {.origin = RATE_ORIGIN_URL,
	        .stale = true,
	        .max_age_ms = 2000,
	        .as_of_ms = f.now_ms,
	        .reason = "timeout"};
	struct event_row e;
	struct id id;

	rate_origin_id(RATE_ORIGIN_URL, &id);
	for (int i = 0; i < 4; i++) {
		s.stale = i < 2 || i == 3;
		for (int k = 0; k < 2; k++) {
			fixture_begin(&f);
			OK(batch_rates_stale(f.b, &s));
			fixture_end(&f);
		}
		if (i == 0)
			fixture_restart(&f);
	}
	ck_assert_uint_eq(url_events(), 2);
	e = fixture_event(&f, &id, 1);
	ck_assert_str_eq(e.type, "rates.stale");
	ck_assert_str_eq(event_member(&e, "reason"), "timeout");
	ck_assert_str_eq(event_member(&e, "source"), "url");
}
END_TEST

/* ---- spreads ---- */

static int64_t set(account_id peer, enum spread_direction d, asset_id from, asset_id to, int bps)
{
	struct spread_rule rule = {peer, d, from, to, bps < 0 ? 0 : (unsigned)bps};
	int64_t version;

	fixture_begin(&f);
	OK(batch_spread_set(f.b, &rule, bps < 0, "somebody", &version));
	fixture_end(&f);
	return version;
}

static unsigned bps_of(account_id peer, enum spread_direction d, asset_id from, asset_id to)
{
	struct spread_rule *rules;
	unsigned bps;
	size_t n;

	OK(store_spread_rules(f.reader, &f.arena, &rules, &n));
	(void)spread_find(rules, n, peer, d, from, to, &bps);
	return bps;
}

static size_t versions(bool in_force)
{
	struct spread_row *rows;
	size_t n;
	bool more;

	OK(store_spread_list(f.reader, &f.arena, in_force, INT64_MAX, 100, &rows, &n, &more));
	ck_assert(!more);
	for (size_t i = 1; i < n; i++)
		ck_assert_int_gt(rows[i - 1].version, rows[i].version);
	return n;
}

/* "- 31 30": newest first; "-" is a cleared one. */
static void check_versions(struct spread_rule subject, const char *expected)
{
	struct spread_version of[SPREAD_VERSIONS_MAX];
	char got[64] = "";
	size_t n;

	OK(store_spread_versions(f.reader, &subject, of, &n));
	for (size_t i = 0; i < n; i++) {
		char one[16] = "-";

		if (!of[i].cleared)
			snprintf(one, sizeof(one), "%u", of[i].bps);
		snprintf(
		        got + strlen(got), sizeof(got) - strlen(got), "%s%s", *got ? " " : "", one);
		ck_assert_int_eq(of[i].since_ms, f.now_ms);
	}
	ck_assert_str_eq(got, expected);
}

START_TEST(versions_of_spreads)
{
	const unsigned bps = 40;
	const struct peer_change change = {.spread_bps = &bps};
	struct peer_row west;
	struct spread_row *rows;
	size_t n;
	bool more;
	int64_t first = set(f.west, SPREAD_IN, f.usd, f.eur, 30);

	ck_assert_int_eq(set(f.west, SPREAD_IN, f.usd, f.eur, 30), first);
	ck_assert_int_gt(set(f.west, SPREAD_IN, f.usd, f.eur, 31), first);
	(void)set(0, SPREAD_IN, f.usd, f.eur, 10);
	(void)set(f.east, SPREAD_OUT, 0, 0, 5);
	ck_assert_uint_eq(versions(false), 4);
	ck_assert_uint_eq(versions(true), 3);
	ck_assert_uint_eq(bps_of(f.west, SPREAD_IN, f.usd, f.eur), 31);
	ck_assert_uint_eq(bps_of(f.south, SPREAD_IN, f.usd, f.eur), 10);
	ck_assert_uint_eq(bps_of(f.east, SPREAD_OUT, f.usd, f.eur), 5);
	/* with the peer's own row */
	fixture_begin(&f);
	OK(batch_peer_set(f.b, &f.west_id, &change));
	OK(batch_peer_set(f.b, &f.west_id, &change));
	fixture_end(&f);
	ck_assert_uint_eq(versions(false), 5);
	ck_assert_uint_eq(bps_of(f.west, SPREAD_IN, f.usd, f.usd), 40);
	(void)set(f.west, SPREAD_IN, 0, 0, 41);
	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &west));
	ck_assert_uint_eq(west.spread_bps, 41);
	/* cleared: the next that says something */
	(void)set(f.west, SPREAD_IN, f.usd, f.eur, -1);
	ck_assert_uint_eq(bps_of(f.west, SPREAD_IN, f.usd, f.eur), 41);
	(void)set(f.west, SPREAD_IN, 0, 0, -1);
	ck_assert_uint_eq(bps_of(f.west, SPREAD_IN, f.usd, f.eur), 10);
	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &west));
	ck_assert_uint_eq(west.spread_bps, 0);
	ck_assert_int_eq(set(f.south, SPREAD_IN, 0, 0, -1), 0); /* never said */
	OK(store_spread_list(f.reader, &f.arena, false, INT64_MAX, 1, &rows, &n, &more));
	ck_assert(more && n == 1 && rows[0].cleared && !rows[0].in_force);
	ck_assert_str_eq(rows[0].who, "somebody");
	ck_assert_str_eq(rows[0].peer_name, "west");
	check_versions((struct spread_rule){f.west, SPREAD_IN, f.usd, f.eur, 0}, "- 31 30");
	check_versions((struct spread_rule){f.west, SPREAD_IN, 0, 0, 0}, "- 41 40");
	check_versions((struct spread_rule){0, SPREAD_IN, f.usd, f.eur, 0}, "10");
	check_versions((struct spread_rule){f.east, SPREAD_OUT, 0, 0, 0}, "5");
	check_versions((struct spread_rule){f.east, SPREAD_IN, 0, 0, 0}, "");
	check_versions((struct spread_rule){0, SPREAD_IN, f.eur, f.usd, 0}, "");
	/* of a peer that went nothing is said */
	fixture_begin(&f);
	OK(batch_peer_remove(f.b, &f.east_id));
	fixture_end(&f);
	ck_assert_uint_eq(bps_of(f.east, SPREAD_OUT, f.usd, f.eur), 0);
	ck_assert_uint_eq(versions(true), 1);
}
END_TEST

START_TEST(refused_spreads)
{
	const struct {
		struct spread_rule rule;
		enum result result;
	} cases[] = {
	        {{f.west, SPREAD_IN, f.usd, 0, 1}, RESULT_THEIRS_MALFORMED},
	        {{0, SPREAD_OUT, f.usd, f.eur, 1}, RESULT_THEIRS_MALFORMED},
	        {{f.west, SPREAD_IN, 0, 0, 10001}, RESULT_THEIRS_BAD_AMOUNT},
	        {{f.west, SPREAD_IN, f.usd, 999, 1}, RESULT_THEIRS_BAD_ASSET},
	        {{f.west, SPREAD_IN, f.eur, f.usd, 1}, RESULT_THEIRS_BAD_ASSET},
	        {{f.west, SPREAD_OUT, f.usd, f.eur, 1}, RESULT_THEIRS_BAD_ASSET},
	        {{f.alice, SPREAD_IN, 0, 0, 1}, RESULT_THEIRS_NOT_FOUND},
	        {{9999, SPREAD_IN, 0, 0, 1}, RESULT_THEIRS_NOT_FOUND},
	};
	char who[SPREAD_WHO_MAX + 2];
	int64_t version;

	memset(who, 'x', sizeof(who));
	who[sizeof(who) - 1] = '\0';
	fixture_begin(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		IS(batch_spread_set(f.b, &cases[i].rule, false, "x", &version), cases[i].result);
	IS(batch_spread_set(
	           f.b, &(struct spread_rule){f.west, SPREAD_IN, 0, 0, 1}, false, who, &version),
	        RESULT_THEIRS_TOO_BIG);
	fixture_end(&f);
	ck_assert_uint_eq(versions(false), 0);
}
END_TEST

/* ---- what was earned ---- */

static struct revenue_row earned(enum revenue_kind kind, asset_id from, asset_id to)
{
	struct revenue_row none = {0}, *rows;
	int64_t day = f.now_ms / REVENUE_DAY_MS;
	size_t n;

	OK(store_revenue_list(f.reader, &f.arena, day, day + 1, &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (rows[i].kind == kind && rows[i].from == from && rows[i].to == to)
			return rows[i];
	return none;
}

static void is(struct revenue_row row, uint64_t packets, uint64_t amount, uint64_t remainder)
{
	ck_assert_uint_eq(row.packets, packets);
	ck_assert_uint_eq(row.amount, amount);
	ck_assert_uint_eq(row.remainder, remainder);
}

/* The audit after each test compares every sum with its accounts (V1). */
START_TEST(of_packets)
{
	struct credit c = {f.west, f.alice, 100, 95, 5, f.now_ms + 1, 0, false, 0, {0}, 4};
	struct credit cross = {f.west, f.bob, 1000, 905, 5, f.now_ms + 1, 0, false, 0, {0}, 4};
	struct flight flight = {f.west, f.east, 1000, 900, 6};
	struct settlement s = {.flight = flight, .packets = 1, .margin = 6};
	struct revenue_row *rows;
	uint64_t days[4];
	int64_t batch;
	size_t n;

	fixture_begin(&f);
	for (int i = 0; i < 3; i++)
		OK(batch_credit(f.b, &c, &batch));
	OK(batch_credit(f.b, &cross, &batch));
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 20000));
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 20000));
	fixture_end(&f);
	is(earned(REVENUE_SPREAD, f.usd, f.usd), 3, 12, 3);
	is(earned(REVENUE_SPREAD, f.usd, f.eur), 1, 4, 1);
	fixture_begin(&f);
	OK(batch_window_settle(f.b, &s, &batch));
	OK(batch_window_release(f.b, &flight)); /* earns nothing */
	fixture_end(&f);
	is(earned(REVENUE_SPREAD, f.usd, f.eur), 2, 10, 1);
	/* another day; what is rolled back was not earned */
	f.now_ms += REVENUE_DAY_MS;
	c.expires_at_ms = f.now_ms + 1;
	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &batch));
	fixture_cancel(&f);
	is(earned(REVENUE_SPREAD, f.usd, f.usd), 0, 0, 0);
	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &batch));
	fixture_end(&f);
	is(earned(REVENUE_SPREAD, f.usd, f.usd), 1, 4, 1);
	OK(store_revenue_list(f.reader, &f.arena, 0, INT64_MAX, &rows, &n));
	ck_assert_uint_eq(n, 2);
	OK(store_revenue_of_pair(f.reader, f.usd, f.usd, f.now_ms / REVENUE_DAY_MS - 2, 4, days));
	ck_assert_uint_eq(days[0], 0);
	ck_assert_uint_eq(days[1], 15);
	ck_assert_uint_eq(days[2], 5);
	ck_assert_uint_eq(days[3], 0);
	OK(store_revenue_of_pair(f.reader, f.usd, f.eur, f.now_ms / REVENUE_DAY_MS - 1, 1, days));
	ck_assert_uint_eq(days[0], 11);
	OK(store_revenue_of_pair(f.reader, f.eur, f.usd, f.now_ms / REVENUE_DAY_MS - 1, 2, days));
	ck_assert_uint_eq(days[0] + days[1], 0);
}
END_TEST

START_TEST(of_payments)
{
	struct flight part = {.to = f.south, .amount_in = 1000, .amount_out = 995, .spread = 5};
	struct settlement s = {.packets = 1, .delivered = 900};
	struct page page = {.limit = 10};
	struct doubt_row *doubts;
	struct id id;
	int64_t claim;
	size_t n;
	bool more;

	fixture_begin(&f);
	fixture_pay(&f, &id, &part.from);
	OK(batch_window_reserve(f.b, &part, f.now_ms + 20000));
	OK(batch_window_reserve(f.b, &part, f.now_ms + 20000));
	fixture_end(&f);
	s.flight = part;
	fixture_begin(&f);
	OK(batch_window_settle(f.b, &s, &claim));
	OK(batch_window_doubt(f.b, &part));
	OK(batch_payment_finish(f.b, &id, PAYMENT_COMPLETED, NULL));
	fixture_end(&f);
	is(earned(REVENUE_SPREAD, f.usd, f.usd), 1, 0, 5);
	is(earned(REVENUE_SENDING_FEE, f.usd, f.usd), 1, 100, 0);
	/* what the peer does not get of the doubt */
	OK(store_doubt_list(f.reader, &f.arena, true, &page, &doubts, &n, &more));
	ck_assert_uint_eq(n, 1);
	fixture_begin(&f);
	OK(batch_doubt_release(f.b, &doubts[0].id, DOUBT_TO_PEER));
	fixture_end(&f);
	is(earned(REVENUE_SPREAD, f.usd, f.usd), 1, 0, 10);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, jumps_survive);
	tcase_add_test(t, another_base);
	tcase_add_test(t, stale_once);
	tcase_add_test(t, versions_of_spreads);
	tcase_add_test(t, refused_spreads);
	tcase_add_test(t, of_packets);
	tcase_add_test(t, of_payments);
}

TEST_MAIN("prices", fill)
