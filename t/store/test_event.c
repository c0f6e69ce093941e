/* The outbox: written with its cause, one event of a resource at a time, never dropped. */
#include "unit/harness.h"

#include <string.h>

#include "store/endpoint.h"
#include "store/incoming.h"
#include "store/wallet.h"
#include "store/fixture.h"

static struct fixture f;
static struct event_row rows[16];
static size_t count;
static int64_t next_ms;

#define LEASE_MS 10000

static const struct id one = {{1}}, two = {{2}};

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

static void add(const struct id *resource, const char *type)
{
	fixture_begin(&f);
	OK(batch_event_add(f.b, type, resource, "{\"a\":1}"));
	ck_assert_uint_eq(f.b->events, 1);
	fixture_end(&f);
}

static void claim(size_t expected)
{
	fixture_begin(&f);
	fixture_give(&f);
	OK(batch_event_claim(
	        f.b, ENDPOINT_CONFIGURED, LEASE_MS, &f.arena, rows, 16, &count, &next_ms));
	fixture_end(&f);
	ck_assert_uint_eq(count, expected);
}

static void end(const struct id *id, enum event_state state, int64_t retry_at_ms)
{
	bool good = state == EVENT_DELIVERED;
	struct event_end e = {*id, state, retry_at_ms, good ? 200 : 500, good ? "" : "status 500"};

	fixture_begin(&f);
	OK(batch_event_end(f.b, ENDPOINT_CONFIGURED, &e));
	fixture_end(&f);
}

static struct event_row get(const struct id *id)
{
	struct event_row row;

	OK(store_event_get(f.reader, &f.arena, id, &row));
	return row;
}

static struct event_row *list(const struct event_filter *filter, const struct id *after)
{
	struct page page = {.limit = 16};
	struct event_row *out;
	struct id next;

	if (after)
		page.after = *after;
	OK(store_event_list(f.reader, &f.arena, filter, &page, &out, &count, &next));
	ck_assert(id_is_zero(&next));
	return out;
}

static const struct event_filter all = {0};

START_TEST(numbered_by_resource)
{
	struct event_row *r;
	struct id newest;

	OK(store_event_newest(f.reader, &newest));
	ck_assert(id_is_zero(&newest));
	add(&one, "x.a");
	add(&two, "x.b");
	add(&one, "x.c");
	r = list(&all, NULL);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(r[0].type, "x.a");
	ck_assert_str_eq(r[1].type, "x.b");
	ck_assert_str_eq(r[2].type, "x.c");
	ck_assert_uint_eq(r[0].sequence, 1);
	ck_assert_uint_eq(r[1].sequence, 1);
	ck_assert_uint_eq(r[2].sequence, 2);
	ck_assert(id_eq(&r[2].resource, &one));
	ck_assert_str_eq(r[2].data, "{\"a\":1}");
	ck_assert_int_eq(r[2].created_ms, f.now_ms);
	OK(store_event_newest(f.reader, &newest));
	ck_assert(id_eq(&newest, &r[2].id));
	ck_assert_str_eq(list(&all, &r[0].id)->type, "x.b");
	ck_assert_uint_eq(count, 2);
	list(&(struct event_filter){.resource = &two}, NULL);
	ck_assert_uint_eq(count, 1);
}
END_TEST

static void add_each(uint8_t round)
{
	for (enum event_type t = 0; t < EVENT_TYPES; t++)
		add(&(struct id){{1, round, (uint8_t)t}}, event_type_name(t));
}

START_TEST(by_type)
{
	static const enum event_state parked = EVENT_PARKED, pending = EVENT_PENDING;
	struct event_filter filter = {0};
	enum event_type t;

	add_each(0);
	add_each(1);
	for (t = 0; t < EVENT_TYPES; t++) {
		const struct id of = {{1, 1, (uint8_t)t}};
		struct event_row *r;
		struct id first;

		filter = (struct event_filter){.type = &t};
		r = list(&filter, NULL);
		ck_assert_msg(count == 2, "%zu of %s", count, event_type_name(t));
		ck_assert_str_eq(r[0].type, event_type_name(t));
		first = r[0].id;
		r = list(&filter, &first);
		ck_assert_uint_eq(count, 1);
		ck_assert(id_eq(&r[0].resource, &of));
		filter.desc = true;
		r = list(&filter, NULL);
		ck_assert_uint_eq(count, 2);
		ck_assert(id_eq(&r[0].resource, &of) && id_eq(&r[1].id, &first));
		list(&filter, &first);
		ck_assert_uint_eq(count, 0);
		filter.resource = &of;
		list(&filter, NULL);
		ck_assert_uint_eq(count, 1);
	}
	/* with a state; that one is parked is an event, too */
	claim(16);
	end(&rows[0].id, EVENT_PARKED, 0);
	end(&rows[1].id, EVENT_DELIVERED, 0);
	t = EVENT_TYPE_OUTGOING_CREATED;
	filter = (struct event_filter){.type = &t, .state = &parked};
	list(&filter, NULL);
	ck_assert_uint_eq(count, 1);
	filter.state = &pending;
	list(&filter, NULL);
	ck_assert_uint_eq(count, 1);
	t = EVENT_TYPE_OUTGOING_ATTEMPT_FAILED;
	list(&filter, NULL);
	ck_assert_uint_eq(count, 1);
	filter.desc = true;
	list(&filter, NULL);
	ck_assert_uint_eq(count, 1);
	filter.state = &parked;
	list(&filter, NULL);
	ck_assert_uint_eq(count, 0);
	IS(event_type_parse("payment.created", &t), RESULT_THEIRS_MALFORMED);
	IS(event_type_parse("", &t), RESULT_THEIRS_MALFORMED);
	OK(event_type_parse("rates.jump", &t));
	ck_assert_int_eq(t, EVENT_TYPE_RATES_JUMP);
}
END_TEST

/* One that every payment makes may be far: then a page is short, and says where to go on. */
START_TEST(by_type_over_many)
{
	static const enum event_type type = EVENT_TYPE_INCOMING_COMPLETED;
	const struct event_filter filter = {.type = &type};
	struct page page = {.limit = 16};
	struct event_row *out;
	struct id next;

	add(&one, "incoming_payment.completed");
	fixture_begin(&f);
	for (int i = 0; i < EVENT_SCAN; i++)
		OK(batch_event_add(f.b, "outgoing_payment.created", &two, "{}"));
	fixture_end(&f);
	add(&one, "incoming_payment.completed");
	OK(store_event_list(f.reader, &f.arena, &filter, &page, &out, &count, &next));
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(out[0].sequence, 1);
	ck_assert(!id_is_zero(&next));
	page.after = next;
	OK(store_event_list(f.reader, &f.arena, &filter, &page, &out, &count, &next));
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(out[0].sequence, 2);
	ck_assert(id_is_zero(&next));
}
END_TEST

START_TEST(not_without_its_cause)
{
	fixture_begin(&f);
	OK(batch_event_add(f.b, "x.a", &one, "{}"));
	fixture_cancel(&f);
	list(&all, NULL);
	ck_assert_uint_eq(count, 0);
	fixture_begin(&f);
	IS(batch_event_add(f.b, "", &one, "{}"), RESULT_OURS_BUG);
	IS(batch_event_add(f.b, "x.a", &one, "[]"), RESULT_OURS_BUG);
	fixture_cancel(&f);
}
END_TEST

START_TEST(unknown)
{
	const struct event_end e = {one, EVENT_DELIVERED, 0, 200, ""};
	struct page page = {one, 16};
	struct event_row *out, row;
	struct id next;

	IS(store_event_get(f.reader, &f.arena, &one, &row), RESULT_THEIRS_NOT_FOUND);
	IS(store_event_list(f.reader, &f.arena, &all, &page, &out, &count, &next),
	        RESULT_THEIRS_NOT_FOUND);
	fixture_begin(&f);
	IS(batch_event_end(f.b, ENDPOINT_CONFIGURED, &e), RESULT_THEIRS_NOT_FOUND);
	IS(batch_event_redeliver(f.b, ENDPOINT_CONFIGURED, &one), RESULT_THEIRS_NOT_FOUND);
	fixture_cancel(&f);
}
END_TEST

/* The second of a resource waits for the first, through failures; another resource does not. */
START_TEST(in_order)
{
	struct id first, other;

	add(&one, "x.1");
	add(&one, "x.2");
	add(&two, "y.1");
	claim(2);
	ck_assert_str_eq(rows[0].type, "x.1");
	ck_assert_str_eq(rows[1].type, "y.1");
	ck_assert_uint_eq(rows[0].attempts, 1);
	first = rows[0].id;
	other = rows[1].id;
	ck_assert_int_eq(next_ms, f.now_ms + LEASE_MS);
	claim(0);
	end(&other, EVENT_DELIVERED, 0);
	end(&first, EVENT_PENDING, f.now_ms + 5000);
	claim(0);
	ck_assert_int_eq(next_ms, f.now_ms + 5000);
	f.now_ms += 5000;
	claim(1);
	ck_assert_str_eq(rows[0].type, "x.1");
	ck_assert_uint_eq(rows[0].attempts, 2);
	ck_assert_int_eq(rows[0].status, 500);
	end(&first, EVENT_DELIVERED, 0);
	claim(1);
	ck_assert_str_eq(rows[0].type, "x.2");
	end(&rows[0].id, EVENT_DELIVERED, 0);
	claim(0);
	ck_assert_int_eq(next_ms, 0);
	ck_assert_int_eq(get(&first).delivered_ms, f.now_ms);
	ck_assert_int_eq(get(&first).status, 200);
	ck_assert_str_eq(get(&first).error, "");
}
END_TEST

/* A delivery that never comes back is due again; its late word no longer counts. */
START_TEST(leases_end)
{
	const struct event_end late = {.state = EVENT_DELIVERED, .status = 200};
	struct event_end e = late;

	add(&one, "x.1");
	claim(1);
	e.id = rows[0].id;
	f.now_ms += LEASE_MS;
	claim(1);
	ck_assert_uint_eq(rows[0].attempts, 2);
	fixture_restart(&f);
	fixture_begin(&f);
	IS(batch_event_end(f.b, ENDPOINT_CONFIGURED, &e), RESULT_THEIRS_STATE);
	OK(batch_event_take_over(f.b));
	fixture_end(&f);
	claim(1);
	ck_assert(id_eq(&rows[0].id, &e.id));
	end(&e.id, EVENT_DELIVERED, 0);
	fixture_begin(&f);
	IS(batch_event_end(f.b, ENDPOINT_CONFIGURED, &e), RESULT_THEIRS_STATE);
	fixture_cancel(&f);
}
END_TEST

START_TEST(parked_and_asked_for_again)
{
	const enum event_state parked = EVENT_PARKED;
	const struct event_filter filter = {.state = &parked};
	struct event_row r;
	struct id first;

	add(&one, "x.1");
	add(&one, "x.2");
	claim(1);
	first = rows[0].id;
	end(&first, EVENT_PARKED, 0);
	ck_assert(id_eq(&list(&filter, NULL)->id, &first));
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(get(&first).state, EVENT_PARKED);
	/* That is told, as an event of the parked one ... */
	r = fixture_event(&f, &first, 1);
	ck_assert_str_eq(r.type, "webhook.dead_letter");
	ck_assert_str_eq(event_member(&r, "type"), "x.1");
	ck_assert_str_eq(event_member(&r, "status"), "500");
	ck_assert_str_eq(event_member(&r, "error"), "status 500");
	ck_assert_str_eq(event_member(&r, "attempts"), "1");
	/* ... and the next has its turn; what is asked for again waits for it. */
	claim(2);
	ck_assert_str_eq(rows[0].type, "x.2");
	ck_assert(id_eq(&rows[1].id, &r.id));
	/* Of one that says this, parked itself, nothing more is said. */
	end(&rows[1].id, EVENT_PARKED, 0);
	ck_assert_uint_eq(fixture_events(&f, &rows[1].id), 0);
	f.now_ms += 1000;
	fixture_begin(&f);
	OK(batch_event_redeliver(f.b, ENDPOINT_CONFIGURED, &first));
	OK(batch_event_redeliver(
	        f.b, ENDPOINT_CONFIGURED, &rows[0].id)); /* under way: nothing to do */
	fixture_end(&f);
	ck_assert_int_eq(get(&first).state, EVENT_WAITING);
	ck_assert_int_eq(get(&first).since_ms, f.now_ms);
	end(&rows[0].id, EVENT_DELIVERED, 0);
	claim(1);
	ck_assert(id_eq(&rows[0].id, &first));
	ck_assert_uint_eq(rows[0].attempts, 1);
	end(&first, EVENT_DELIVERED, 0);
	/* Also what was delivered; its first time stays. */
	f.now_ms += 1000;
	fixture_begin(&f);
	OK(batch_event_redeliver(f.b, ENDPOINT_CONFIGURED, &first));
	fixture_end(&f);
	claim(1);
	end(&first, EVENT_DELIVERED, 0);
	ck_assert_int_eq(get(&first).delivered_ms, f.now_ms - 1000);
}
END_TEST

START_TEST(hastened)
{
	struct event_end e = {.state = EVENT_PENDING, .retry_at_ms = f.now_ms + 3600000};
	struct id refused;

	add(&one, "x.1");
	add(&two, "y.1");
	claim(2);
	e.id = rows[0].id;
	refused = rows[1].id;
	fixture_begin(&f);
	OK(batch_event_end(f.b, ENDPOINT_CONFIGURED, &e)); /* no answer */
	fixture_end(&f);
	end(&refused, EVENT_PENDING, e.retry_at_ms); /* 500 */
	claim(0);
	fixture_begin(&f);
	OK(batch_event_hasten(f.b, ENDPOINT_CONFIGURED));
	fixture_end(&f);
	claim(1);
	ck_assert(id_eq(&rows[0].id, &e.id));
	end(&e.id, EVENT_DELIVERED, 0);
	/* One that is asked for again does not wait for its hour either. */
	fixture_begin(&f);
	OK(batch_event_redeliver(f.b, ENDPOINT_CONFIGURED, &refused));
	fixture_end(&f);
	claim(1);
	end(&refused, EVENT_DELIVERED, 0);
}
END_TEST

/* ---- of payments ---- */

START_TEST(of_payments)
{
	struct id id;
	account_id account;
	struct payment_row claimed;
	bool cancelled;
	struct event_row *r;

	fixture_begin(&f);
	fixture_pay(&f, &id, &account);
	fixture_end(&f);
	fixture_begin(&f);
	OK(fixture_claim(&f, 1000, &claimed));
	OK(batch_payment_renew(f.b, &id, 1000, &cancelled));
	OK(batch_payment_postpone(f.b, &id, f.now_ms + 2000, "ConnectorError"));
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "IdleTimeout"));
	fixture_end(&f);
	r = list(&all, NULL);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(r[0].type, "outgoing_payment.created");
	ck_assert_str_eq(r[1].type, "outgoing_payment.attempt_failed");
	ck_assert_str_eq(r[2].type, "outgoing_payment.failed");
	for (size_t i = 0; i < 3; i++) {
		ck_assert(id_eq(&r[i].resource, &id));
		ck_assert_uint_eq(r[i].sequence, i + 1);
		ck_assert_str_eq(event_member(&r[i], "debitAmount"), "10000");
		/* nothing arrived: none was taken at the end */
		ck_assert_str_eq(event_member(&r[i], "fee"), i < 2 ? "100" : "0");
		ck_assert_str_eq(event_member(&r[i], "receiver"), "$elsewhere.example/carol");
	}
	ck_assert_str_eq(event_member(&r[0], "state"), "SENDING");
	ck_assert_str_eq(event_member(&r[0], "balance"), "10000");
	ck_assert_str_eq(event_member(&r[0], "error"), "null");
	ck_assert_str_eq(event_member(&r[1], "error"), "ConnectorError");
	ck_assert_str_eq(event_member(&r[1], "nextAttemptAt"), "2023-11-14T22:13:22.000Z");
	ck_assert_str_eq(event_member(&r[2], "state"), "FAILED");
	ck_assert_str_eq(event_member(&r[2], "error"), "IdleTimeout");
	ck_assert_str_eq(event_member(&r[2], "refundedAmount"), "10000");
	ck_assert_str_eq(event_member(&r[2], "sentAmount"), "0");
	ck_assert_str_eq(event_member(&r[2], "balance"), "0");
	ck_assert_str_eq(event_member(&r[2], "client"), "null");
	ck_assert_str_eq(event_member(&r[2], "grantId"), "null");
}
END_TEST

/* ---- of liquidity ---- */

static void move(enum movement_kind kind, account_id account, uint64_t amount)
{
	struct movement m = {.kind = kind, .account = account, .amount = amount};
	bool repeated;

	id_new(f.now_ms, &m.id);
	fixture_begin(&f);
	OK(batch_move(f.b, &m, &repeated));
	fixture_end(&f);
}

static enum result asset_limits(uint64_t low, uint64_t high)
{
	enum result r;

	fixture_begin(&f);
	r = batch_asset_set_liquidity(f.b, f.usd, &low, &high);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

/* Told once at each limit, in the transaction that moved the money. The pool has 1,000,000. */
START_TEST(of_assets)
{
	struct asset_row row;
	struct event_row e;
	struct id id;
	char text[ID_TEXT_SIZE];

	OK(store_asset_get(f.reader, f.usd, &row));
	asset_row_id(&row, &id);
	IS(asset_limits(5, 5), RESULT_THEIRS_BAD_AMOUNT);
	IS(asset_limits(0, AMOUNT_MAX + 1), RESULT_THEIRS_BAD_AMOUNT);
	OK(asset_limits(900000, 2000000));
	ck_assert_uint_eq(fixture_events(&f, &id), 0);
	OK(store_asset_get(f.reader, f.usd, &row));
	ck_assert_uint_eq(row.liquidity.low, 900000);
	ck_assert_uint_eq(row.liquidity.high, 2000000);
	move(MOVEMENT_LIQUIDITY, row.pool, 999999);
	ck_assert_uint_eq(fixture_events(&f, &id), 0);
	move(MOVEMENT_LIQUIDITY, row.pool, 1);
	e = fixture_event(&f, &id, 1);
	ck_assert_str_eq(e.type, "asset.liquidity_high");
	ck_assert_str_eq(event_member(&e, "liquidityThreshold"), "2000000");
	ck_assert_str_eq(event_member(&e, "balance"), "2000000");
	id_format(&id, text);
	ck_assert_str_eq(event_member(&e, "id"), text);
	move(MOVEMENT_LIQUIDITY, row.pool, 5);
	ck_assert_uint_eq(fixture_events(&f, &id), 1);
	/* New limits look at what is there now. */
	OK(asset_limits(2000005, 0));
	e = fixture_event(&f, &id, 2);
	ck_assert_str_eq(e.type, "asset.liquidity_low");
	ck_assert_str_eq(event_member(&e, "balance"), "2000005");
	OK(asset_limits(0, 0));
	move(MOVEMENT_LIQUIDITY, row.pool, 5);
	ck_assert_uint_eq(fixture_events(&f, &id), 2);
	OK(store_asset_get(f.reader, f.usd, &row));
	ck_assert_uint_eq(row.liquidity.low, 0);
}
END_TEST

/* Once for each change, with the time that it began. */
START_TEST(of_silent_peers)
{
	const struct id nobody = {{9}};
	struct event_row e;
	struct peer_row peer;

	fixture_begin(&f);
	OK(batch_peer_down(f.b, &f.west_id, 0, ""));
	OK(batch_peer_down(f.b, &f.west_id, 1700000000000, "peer unreachable"));
	OK(batch_peer_down(f.b, &f.west_id, 1700000009000, "again"));
	ck_assert_int_eq(batch_peer_down(f.b, &nobody, 1, ""), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &peer));
	ck_assert_int_eq(peer.down_ms, 1700000000000);
	e = fixture_event(&f, &f.west_id, 1);
	ck_assert_str_eq(e.type, "peer.down");
	ck_assert_ptr_nonnull(strstr(e.data, "\"name\":\"west\""));
	ck_assert_ptr_nonnull(strstr(e.data, "\"reason\":\"peer unreachable\""));
	fixture_begin(&f);
	OK(batch_peer_down(f.b, &f.west_id, 0, ""));
	OK(batch_peer_down(f.b, &f.west_id, 0, ""));
	fixture_end(&f);
	e = fixture_event(&f, &f.west_id, 2);
	ck_assert_str_eq(e.type, "peer.up");
	ck_assert_ptr_nonnull(strstr(e.data, "\"downSince\":\"2023-11-14T22:13:20.000Z\""));
	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &peer));
	ck_assert_int_eq(peer.down_ms, 0);
	fixture_audit(&f, "silent peers");
}
END_TEST

/* What a peer may still send: 1,000,000 of credit at first. By packets, and by what it settles. */
START_TEST(of_peers)
{
	struct credit c = {f.west, f.alice, 600000, 600000, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	const uint64_t low = 500000, high = 1500000;
	const struct peer_change limits = {.liquidity_low = &low, .liquidity_high = &high};
	struct movement m = {.kind = MOVEMENT_SETTLE_IN, .account = f.west, .amount = 1200000};
	struct peer_row peer;
	struct event_row e;
	int64_t credit_batch;
	bool repeated;

	fixture_begin(&f);
	OK(batch_peer_set(f.b, &f.west_id, &limits));
	fixture_end(&f);
	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &peer));
	ck_assert_uint_eq(peer.liquidity.low, low);
	ck_assert_uint_eq(peer.liquidity.high, high);
	/* None without its cause. */
	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &credit_batch));
	fixture_cancel(&f);
	ck_assert_uint_eq(fixture_events(&f, &f.west_id), 0);
	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &credit_batch));
	fixture_end(&f);
	e = fixture_event(&f, &f.west_id, 1);
	ck_assert_str_eq(e.type, "peer.liquidity_low");
	ck_assert_str_eq(event_member(&e, "balance"), "400000");
	ck_assert_str_eq(event_member(&e, "name"), "west");
	id_new(f.now_ms, &m.id);
	for (int i = 0; i < 2; i++) {
		fixture_begin(&f);
		OK(batch_move(f.b, &m, &repeated));
		fixture_end(&f);
		ck_assert(repeated == (i == 1));
	}
	ck_assert_str_eq(fixture_event(&f, &f.west_id, 2).type, "peer.liquidity_high");
	ck_assert_uint_eq(fixture_events(&f, &m.id), 1);
	e = fixture_event(&f, &m.id, 1);
	ck_assert_str_eq(e.type, "settlement.received");
	ck_assert_str_eq(event_member(&e, "amount"), "1200000");
	/* What we pay is ours to know. */
	move(MOVEMENT_SETTLE_OUT, f.west, 600000);
	ck_assert_uint_eq(fixture_events(&f, &f.west_id), 2);
	/* A peer that is gone is silent, with its limits. */
	fixture_begin(&f);
	OK(batch_peer_remove(f.b, &f.west_id));
	fixture_end(&f);
	ck_assert_uint_eq(fixture_events(&f, &f.west_id), 2);
}
END_TEST

/* Once for a name in ten minutes. */
START_TEST(of_wallets_that_there_are_not)
{
	static const char url[] = "https://wallet.example/nobody";
	static const struct {
		int64_t after_ms;
		const char *name;
		size_t events; /* in all */
	} steps[] = {
	        {0, "nobody", 1},
	        {0, "nobody", 1},
	        {WALLET_ASKED_MS - 1, "nobody", 1},
	        {0, "nobody2", 2},
	        {1, "nobody", 3},
	        {1, "nobody", 3},
	};
	struct event_row *r;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		f.now_ms += steps[i].after_ms;
		fixture_begin(&f);
		OK(batch_wallet_asked(f.b, steps[i].name, url));
		fixture_end(&f);
		(void)list(&all, NULL);
		ck_assert_msg(count == steps[i].events, "step %zu: %zu", i, count);
	}
	r = list(&all, NULL);
	ck_assert_str_eq(r[0].type, "wallet_address.not_found");
	ck_assert_str_eq(event_member(&r[0], "walletAddressUrl"), url);
	ck_assert(id_eq(&r[0].resource, &r[2].resource));
	ck_assert(!id_eq(&r[0].resource, &r[1].resource));
	ck_assert_uint_eq(r[2].sequence, 2);
}
END_TEST

static void comes(uint64_t amount, int64_t incoming)
{
	struct credit c = {.peer = f.west,
	        .wallet = f.alice,
	        .amount_in = amount,
	        .amount_out = amount,
	        .expires_at_ms = f.now_ms + 1,
	        .incoming = incoming};
	int64_t batch;

	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &batch));
	OK(batch_credit(f.b, &c, &batch));
	fixture_end(&f);
}

/* What came without an incoming payment, once it is enough; told with the credit
 * that made it so. */
START_TEST(of_money_without_an_incoming_payment)
{
	struct incoming_new wanted = {.wallet = f.alice, .expires_ms = f.now_ms + 1000000};
	struct incoming_row row;
	struct event_row e;

	comes(1000, 0); /* there is no threshold */
	fixture_begin(&f);
	OK(batch_asset_set_withdrawal(f.b, f.usd, 500));
	IS(batch_asset_set_withdrawal(f.b, f.usd, AMOUNT_MAX + 1), RESULT_THEIRS_BAD_AMOUNT);
	IS(batch_asset_set_withdrawal(f.b, 99, 1), RESULT_THEIRS_NOT_FOUND);
	OK(batch_incoming_add(f.b, &wanted, &row));
	fixture_end(&f);
	comes(1000, row.key);
	comes(249, 0);
	ck_assert_uint_eq(fixture_events(&f, &f.alice_id), 0);
	comes(1, 0);
	e = fixture_event(&f, &f.alice_id, 1);
	ck_assert_str_eq(e.type, "wallet_address.web_monetization");
	ck_assert_ptr_nonnull(strstr(e.data, "\"receivedAmount\":{\"value\":\"500\""));
	comes(249, 0);
	ck_assert_uint_eq(fixture_events(&f, &f.alice_id), 1);
	comes(1000, 0);
	e = fixture_event(&f, &f.alice_id, 2);
	ck_assert_ptr_nonnull(strstr(e.data, "\"receivedAmount\":{\"value\":\"2498\""));
}
END_TEST

/* ---- the page that lists them ---- */

/* The types that a line of the table names: `a.b`, and `.c` for another of the same object. */
static size_t types_of(const char *line, char out[8][64])
{
	char object[64] = "", name[64];
	size_t n = 0;

	for (const char *end, *at = line + 1; (at = strchr(at, '`')) != NULL; at = end + 1) {
		end = strchr(at + 1, '`');
		ck_assert(end && n < 8);
		if (memchr(line + 2, '|', (size_t)(at - line - 2)))
			break; /* past the first column */
		snprintf(name, sizeof(name), "%.*s", (int)(end - at - 1), at + 1);
		if (name[0] != '.')
			snprintf(object, sizeof(object), "%.*s", (int)strcspn(name, "."), name);
		snprintf(out[n++], sizeof(*out), "%s%s", name[0] == '.' ? object : "", name);
	}
	return n;
}

/* docs/events.md has a line for each type that the program writes, and no other. */
START_TEST(documented)
{
	bool found[EVENT_TYPES] = {false};
	char line[1024], names[8][64];
	FILE *page = fopen(TOP_SRCDIR "/docs/events.md", "r");
	bool table = false;

	ck_assert_ptr_nonnull(page);
	while (fgets(line, sizeof(line), page)) {
		if (line[0] == '#')
			table = strcmp(line, "## Types\n") == 0;
		for (size_t i = 0, n = table && line[0] == '|' ? types_of(line, names) : 0; i < n;
		        i++) {
			size_t t = 0;

			while (t < EVENT_TYPES && strcmp(event_type_name(t), names[i]) != 0)
				t++;
			ck_assert_msg(t < EVENT_TYPES, "nothing writes %s", names[i]);
			ck_assert_msg(!found[t], "%s stands there twice", names[i]);
			found[t] = true;
		}
	}
	fclose(page);
	for (size_t t = 0; t < EVENT_TYPES; t++)
		ck_assert_msg(found[t], "docs/events.md has no %s", event_type_name(t));
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, numbered_by_resource);
	tcase_add_test(t, by_type);
	tcase_add_test(t, by_type_over_many);
	tcase_add_test(t, not_without_its_cause);
	tcase_add_test(t, unknown);
	tcase_add_test(t, in_order);
	tcase_add_test(t, leases_end);
	tcase_add_test(t, parked_and_asked_for_again);
	tcase_add_test(t, hastened);
	tcase_add_test(t, of_payments);
	tcase_add_test(t, of_assets);
	tcase_add_test(t, of_silent_peers);
	tcase_add_test(t, of_peers);
	tcase_add_test(t, of_wallets_that_there_are_not);
	tcase_add_test(t, of_money_without_an_incoming_payment);
	tcase_add_test(t, documented);
}

TEST_MAIN("event", fill)
