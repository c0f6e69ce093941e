/* What was when: points of minutes and hours, and the prices that were in force. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/history.h"
#include "store/rate_history.h"
#include "store/settlement_core.h"

#define START_MS (FIXTURE_START_MS / HISTORY_DAY_MS * HISTORY_DAY_MS + HISTORY_HOUR_MS)

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

static void keep(enum history_series s, int64_t minute, int64_t value, bool first)
{
	struct history_item item = {s, 7, START_MS + minute * HISTORY_MINUTE_MS, value};
	const struct history_look look = {&item, 1};

	f.now_ms = item.at_ms + 1;
	fixture_begin(&f);
	OK(batch_history_keep(f.b, &look, first));
	fixture_end(&f);
}

/* "- 5 5 6": count steps from that minute on. */
static const char *shown(enum history_series s, int64_t step_ms, int64_t minute, size_t count)
{
	static char text[256];
	struct history_value v[HISTORY_POINTS_MAX];

	text[0] = '\0';
	OK(store_history(f.reader, s, 7, step_ms,
	        (START_MS + minute * HISTORY_MINUTE_MS) / step_ms * step_ms, count, v));
	for (size_t i = 0; i < count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		        v[i].known ? "%s%lld" : "%s-", i ? " " : "", (long long)v[i].figure);
	return text;
}

static int64_t rows(void)
{
	return fixture_sql(&f, "SELECT count(*) FROM history WHERE step_ms = 60000");
}

/* A balance stays as it is until it changes, and then only is there a row. */
START_TEST(balances)
{
	keep(HISTORY_BALANCE, 0, 0, true);
	ck_assert_int_eq(rows(), 0);
	keep(HISTORY_BALANCE, 1, 5, false);
	keep(HISTORY_BALANCE, 2, 5, false);
	keep(HISTORY_BALANCE, 4, -3, false);
	keep(HISTORY_BALANCE, 4, 0, false);
	ck_assert_int_eq(rows(), 2);
	ck_assert_str_eq(shown(HISTORY_BALANCE, HISTORY_MINUTE_MS, 0, 6), "- 5 5 5 0 0");
	keep(HISTORY_BALANCE, 70, 9, false);
	ck_assert_str_eq(shown(HISTORY_BALANCE, HISTORY_MINUTE_MS, 69, 2), "0 9");
	ck_assert_str_eq(shown(HISTORY_BALANCE, HISTORY_HOUR_MS, -60, 3), "- 0 9");
	ck_assert_str_eq(shown(HISTORY_BALANCE, HISTORY_DAY_MS, 0, 2), "9 9");
}
END_TEST

/* Before its first row a total is taken to be as it was found, or 0 where it was seen to be. */
START_TEST(totals)
{
	keep(HISTORY_COMPLETED, 5, 100, true);
	ck_assert_str_eq(shown(HISTORY_COMPLETED, HISTORY_MINUTE_MS, 3, 4), "100 100 100 100");
	keep(HISTORY_FAILED, 5, 2, false);
	ck_assert_str_eq(shown(HISTORY_FAILED, HISTORY_MINUTE_MS, 3, 4), "0 0 2 2");
	ck_assert_str_eq(shown(HISTORY_FAILED, HISTORY_HOUR_MS, -60, 2), "0 2");
}
END_TEST

/* A minute is counted again while it is new; an hour is the sum, or the most, of its minutes. */
START_TEST(steps)
{
	keep(HISTORY_SENT, 0, 10, true);
	keep(HISTORY_SENT, 0, 15, false);
	keep(HISTORY_SENT, 2, 15, false);
	keep(HISTORY_SENT, 61, 7, false);
	ck_assert_str_eq(shown(HISTORY_SENT, HISTORY_MINUTE_MS, -1, 5), "0 15 0 15 0");
	ck_assert_str_eq(shown(HISTORY_SENT, HISTORY_HOUR_MS, 0, 3), "30 7 0");
	ck_assert_str_eq(shown(HISTORY_SENT, HISTORY_DAY_MS, 0, 1), "37");
	keep(HISTORY_P99, 0, 40, true);
	keep(HISTORY_P99, 1, 90, false);
	keep(HISTORY_P99, 2, 50, false);
	ck_assert_str_eq(shown(HISTORY_P99, HISTORY_MINUTE_MS, -1, 5), "- 40 90 50 -");
	ck_assert_str_eq(shown(HISTORY_P99, HISTORY_HOUR_MS, 0, 2), "90 -");
}
END_TEST

/* Minutes go after hours, hours after weeks. */
START_TEST(old_ones_go)
{
	keep(HISTORY_SENT, 0, 1, true);
	keep(HISTORY_SENT, HISTORY_MINUTES_KEPT_MS / HISTORY_MINUTE_MS - 1, 1, false);
	ck_assert_int_eq(rows(), 2);
	keep(HISTORY_SENT, HISTORY_MINUTES_KEPT_MS / HISTORY_MINUTE_MS, 1, false);
	ck_assert_int_eq(rows(), 2);
	ck_assert_str_eq(shown(HISTORY_SENT, HISTORY_HOUR_MS, 0, 4), "1 0 1 1");
	keep(HISTORY_SENT, HISTORY_HOURS_KEPT_MS / HISTORY_MINUTE_MS + 60, 1, false);
	ck_assert_int_eq(
	        fixture_sql(&f, "SELECT count(*) FROM history WHERE step_ms = 3600000"), 3);
}
END_TEST

static const struct history_item *seen(
        const struct history_look *look, enum history_series s, int64_t subject)
{
	for (size_t i = 0; i < look->count; i++)
		if (look->items[i].series == s && look->items[i].subject == subject)
			return &look->items[i];
	return NULL;
}

/* What the books say. */
START_TEST(a_look)
{
	struct history_look look;
	account_id account;
	struct id id;

	fixture_begin(&f);
	fixture_pay(&f, &id, &account);
	fixture_end(&f);
	(void)fixture_sql(&f, "UPDATE outgoing_payment SET state = 'COMPLETED', sent = 10000, "
	                      "refunded = 0, waits = 0, "
	                      "packets = 4, finished_ms = created_ms + 1234");
	OK(store_history_look(f.reader, &f.arena, f.now_ms, &look));
	ck_assert_int_eq(seen(&look, HISTORY_SENT, (int64_t)f.usd)->figure, 10000);
	ck_assert_int_eq(seen(&look, HISTORY_PACKETS, (int64_t)f.usd)->figure, 4);
	ck_assert_int_eq(seen(&look, HISTORY_P50, 0)->figure, 1234);
	ck_assert_int_eq(seen(&look, HISTORY_P99, 0)->figure, 1234);
	ck_assert_ptr_nonnull(seen(&look, HISTORY_BALANCE, (int64_t)f.west));
	ck_assert_ptr_null(seen(&look, HISTORY_BALANCE, (int64_t)f.alice));
	ck_assert_int_eq(seen(&look, HISTORY_COMPLETED, 0)->figure, 0);
	/* Long ago is not looked at again. */
	OK(store_history_look(f.reader, &f.arena, f.now_ms + HISTORY_HOUR_MS, &look));
	ck_assert_ptr_null(seen(&look, HISTORY_SENT, (int64_t)f.usd));
	(void)fixture_sql(&f,
	        "UPDATE outgoing_payment SET state = 'SENDING', sent = 0, packets = 0, "
	        "finished_ms = NULL");
}
END_TEST

/* From one wallet to another and to no third: much is turned over, and little is there. */
static void turn_over(account_id from, account_id to, uint64_t amount)
{
	struct movement m = {.kind = MOVEMENT_DEPOSIT, .account = to, .amount = amount};
	struct legs legs = {0};
	int64_t group;

	id_new(f.now_ms, &m.id);
	OK(legs_add(f.b, &legs, from, to, amount));
	OK(legs_move(f.b, &legs, "movement", to, &group));
	OK(batch_movement_write(f.b, &m, group));
}

/* Each amount is below 2^63; together they pass it. */
START_TEST(sums_beyond_amounts)
{
	const uint64_t most = 9000000000000000000;
	const struct wallet_new carol = {.name = "carol", .asset = f.usd};
	struct movement m = {.kind = MOVEMENT_DEPOSIT, .account = f.alice, .amount = most};
	struct balance_row *rows_of;
	struct history_look look;
	account_id wallet, account;
	struct id id;
	size_t n;
	bool repeated, seen_wallets = false;

	fixture_begin(&f);
	OK(batch_wallet_add(f.b, &carol, &id, &wallet));
	id_new(f.now_ms, &m.id);
	OK(batch_move(f.b, &m, &repeated));
	turn_over(f.alice, wallet, most);
	fixture_pay(&f, &id, &account);
	fixture_pay(&f, &id, &account);
	fixture_end(&f);
	OK(store_balance_list(f.reader, &f.arena, &rows_of, &n));
	for (size_t i = 0; i < n; i++) {
		if (rows_of[i].kind != ACCOUNT_WALLET || rows_of[i].asset != f.usd)
			continue;
		seen_wallets = true;
		ck_assert_int_eq(rows_of[i].balance, (int64_t)most + 100000 - 2 * 10000);
	}
	ck_assert(seen_wallets);
	(void)fixture_sql(&f, "UPDATE outgoing_payment SET state = 'COMPLETED', waits = 0, "
	                      "debit_amount = 9000000000000000000, "
	                      "sent = 9000000000000000000, finished_ms = created_ms");
	OK(store_history_look(f.reader, &f.arena, f.now_ms, &look));
	ck_assert_int_eq(seen(&look, HISTORY_SENT, (int64_t)f.usd)->figure, INT64_MAX);
	(void)fixture_sql(&f, "UPDATE outgoing_payment SET state = 'SENDING', sent = 0, "
	                      "debit_amount = 10000, finished_ms = NULL");
	keep(HISTORY_SENT, 0, INT64_MAX, false);
	keep(HISTORY_SENT, 1, INT64_MAX - 1, false);
	ck_assert_str_eq(shown(HISTORY_SENT, HISTORY_HOUR_MS, 0, 2), "9223372036854775807 0");
}
END_TEST

/* ---- prices ---- */

static void price(enum rate_origin o, const char *rates)
{
	const struct asset_row assets[] = {{.code = "EUR"}, {.code = "GBP"}, {.code = "USD"}};
	struct rate_table *t = NULL;
	char json[256];

	snprintf(json, sizeof(json), "{\"base\":\"USD\",\"rates\":{%s}}", rates);
	OK(rate_table_parse(bytes_str(json), f.now_ms, &t, NULL));
	fixture_begin(&f);
	OK(batch_rate_history_add(f.b, o, t, assets, 3));
	fixture_end(&f);
	rate_table_free(t);
}

/* "0.93 0.92": newest first. */
static const char *prices(enum rate_origin o, const char *code)
{
	static char text[256];
	struct rate_history_row list[8];
	size_t count;

	text[0] = '\0';
	OK(store_rate_history(f.reader, o, code, INT64_MAX, 8, list, &count));
	for (size_t i = 0; i < count; i++) {
		char one[RATIO_TEXT_SIZE];

		ratio_format(&list[i].price, 8, one);
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
		        one);
	}
	return text;
}

START_TEST(prices_in_force)
{
	price(RATE_ORIGIN_URL, "\"USD\":1,\"EUR\":0.91,\"JPY\":150");
	f.now_ms += 1000;
	price(RATE_ORIGIN_URL, "\"EUR\":0.91,\"GBP\":0.8");
	f.now_ms += 1000;
	price(RATE_ORIGIN_URL, "\"EUR\":0.92,\"GBP\":0.8");
	price(RATE_ORIGIN_FILE, "\"EUR\":0.5");
	ck_assert_str_eq(prices(RATE_ORIGIN_URL, "EUR"), "0.92 0.91");
	ck_assert_str_eq(prices(RATE_ORIGIN_URL, "GBP"), "0.8");
	ck_assert_str_eq(prices(RATE_ORIGIN_FILE, "EUR"), "0.5");
	ck_assert_str_eq(prices(RATE_ORIGIN_URL, "JPY"), "");
	ck_assert_str_eq(prices(RATE_ORIGIN_URL, "USD"), "");
	/* A day later the last of the hour is left; when it is old, only what is in force. */
	f.now_ms += RATE_HISTORY_FINE_MS + HISTORY_HOUR_MS;
	price(RATE_ORIGIN_URL, "\"EUR\":0.93");
	ck_assert_str_eq(prices(RATE_ORIGIN_URL, "EUR"), "0.93 0.92");
	f.now_ms += RATE_HISTORY_KEPT_MS + 1;
	price(RATE_ORIGIN_URL, "\"EUR\":0.93,\"GBP\":0.8");
	ck_assert_str_eq(prices(RATE_ORIGIN_URL, "GBP"), "0.8");
	price(RATE_ORIGIN_URL, "\"EUR\":0.94");
	ck_assert_str_eq(prices(RATE_ORIGIN_URL, "EUR"), "0.94");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, balances);
	tcase_add_test(t, totals);
	tcase_add_test(t, steps);
	tcase_add_test(t, old_ones_go);
	tcase_add_test(t, a_look);
	tcase_add_test(t, sums_beyond_amounts);
	tcase_add_test(t, prices_in_force);
}

TEST_MAIN("history", fill)
