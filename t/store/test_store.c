/* Conformance: what every engine must do with setup, money moves and payments. */
#include "unit/harness.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "store/fee.h"
#include "store/fixture.h"
#include "store/journal.h"
#include "store/wallet.h"
#include "store/outgoing.h"

static struct fixture f;

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_teardown(&f);
}

START_TEST(opening)
{
	struct store_options other = f.options;
	struct secret32 wrong = {{1}};
	char why[STORE_WHY_SIZE];
	struct store *second;
	struct reader *reader;

	IS(store_create(&f.options, why), RESULT_THEIRS_CONFLICT);
	IS(store_open(&f.options, why, &second), RESULT_RETRY_BUSY);
	ck_assert_str_eq(why, "another process uses this database");
	OK(reader_open(&f.options, why, &reader));
	reader_close(reader);
	other.master_key = &wrong;
	IS(reader_open(&other, why, &reader), RESULT_OURS_CONFIG);
	other = f.options;
	other.url = "mongodb:x";
	IS(store_open(&other, why, &second), RESULT_OURS_CONFIG);
	other.url = "sqlite:missing.db";
	IS(store_open(&other, why, &second), RESULT_OURS_IO);
	ck_assert_uint_eq(store_generation(f.store), 1);
	fixture_restart(&f);
	ck_assert_uint_eq(store_generation(f.store), 2);
	fixture_audit(&f, "restart");
}
END_TEST

START_TEST(assets)
{
	struct asset_row *rows, row;
	size_t n;
	asset_id id;

	OK(store_asset_list(f.reader, &f.arena, &rows, &n));
	ck_assert_uint_eq(n, 5);
	ck_assert_str_eq(rows[0].code, "BTC");
	fixture_begin(&f);
	IS(batch_asset_add(f.b, "USD", 2, &id), RESULT_THEIRS_CONFLICT);
	IS(batch_asset_add(f.b, "U-D", 2, &id), RESULT_THEIRS_BAD_ASSET);
	IS(batch_asset_add(f.b, "CHF", 19, &id), RESULT_THEIRS_BAD_ASSET);
	OK(batch_asset_add(f.b, "CHF", 18, &id));
	fixture_end(&f);
	OK(store_asset_find(f.reader, "CHF", &row));
	ck_assert_uint_eq(row.scale, 18);
	fixture_audit(&f, "assets");
}
END_TEST

/* Each change is a version; the asset has the newest of either side. */
START_TEST(fees)
{
	static const struct {
		enum fee_side side;
		uint64_t fixed;
		unsigned bps;
		bool makes_one;
	} steps[] = {
	        {FEE_SENDING, 0, 0, false},
	        {FEE_SENDING, 7, 25, true},
	        {FEE_SENDING, 7, 25, false},
	        {FEE_RECEIVING, 7, 25, true},
	        {FEE_RECEIVING, AMOUNT_MAX, BPS_ONE - 1, true},
	        {FEE_SENDING, 0, 0, true},
	};
	struct fee_row row, *rows;
	struct asset_row usd;
	size_t made = 0, n;
	bool more;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		fixture_begin(&f);
		OK(batch_fee_set(f.b, f.usd, steps[i].side, steps[i].fixed, steps[i].bps, &row));
		fixture_end(&f);
		made += steps[i].makes_one;
		ck_assert_uint_eq(row.fixed, steps[i].fixed);
		ck_assert_uint_eq(row.bps, steps[i].bps);
		OK(store_fee_list(f.reader, &f.arena, f.usd, INT64_MAX, 10, &rows, &n, &more));
		ck_assert_uint_eq(n, made);
		if (steps[i].makes_one)
			ck_assert_int_eq(rows[0].version, row.version);
		fixture_audit(&f, "fees");
	}
	OK(store_asset_find(f.reader, "USD", &usd));
	ck_assert_uint_eq(usd.fee_fixed, 0);
	ck_assert_uint_eq(usd.fee_bps, 0);
	ck_assert_uint_eq(usd.receive_fee_fixed, AMOUNT_MAX);
	ck_assert_uint_eq(usd.receive_fee_bps, BPS_ONE - 1);
	OK(store_fee_list(f.reader, &f.arena, f.usd, rows[0].version, 2, &rows, &n, &more));
	ck_assert_uint_eq(n, 2);
	ck_assert(more);
	ck_assert_int_eq(rows[1].side, FEE_RECEIVING);
	fixture_begin(&f);
	IS(batch_fee_set(f.b, 99, FEE_SENDING, 1, 1, &row), RESULT_THEIRS_NOT_FOUND);
	IS(batch_fee_set(f.b, f.usd, FEE_SENDING, 1, BPS_ONE, &row), RESULT_THEIRS_BAD_AMOUNT);
	IS(batch_fee_set(f.b, f.usd, FEE_SENDING, AMOUNT_MAX + 1, 0, &row),
	        RESULT_THEIRS_BAD_AMOUNT);
	fixture_end(&f);
}
END_TEST

START_TEST(wallets)
{
	struct wallet_new w = {.name = "carol", .asset = f.usd, .user = "alice"};
	struct page page = {.limit = 2};
	struct wallet_row *rows, row;
	struct id id;
	account_id account;
	size_t n;
	bool more;

	fixture_begin(&f);
	OK(batch_wallet_add(f.b, &w, &id, &account));
	IS(batch_wallet_add(f.b, &w, &id, &account), RESULT_THEIRS_CONFLICT);
	w.name = "erin";
	w.user_max = 2;
	IS(batch_wallet_add(f.b, &w, &id, &account), RESULT_THEIRS_REFUSED);
	w.name = "Carol";
	IS(batch_wallet_add(f.b, &w, &id, &account), RESULT_THEIRS_MALFORMED);
	w.name = "dave";
	w.asset = 99;
	IS(batch_wallet_add(f.b, &w, &id, &account), RESULT_THEIRS_BAD_ASSET);
	IS(batch_wallet_close(f.b, &f.alice_id), RESULT_THEIRS_STATE);
	fixture_end(&f);

	OK(store_wallet_list(f.reader, &f.arena, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 2);
	ck_assert(more);
	ck_assert_str_eq(rows[0].name, "alice");
	page.after = rows[1].id;
	OK(store_wallet_list(f.reader, &f.arena, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 1);
	ck_assert(!more);
	ck_assert_str_eq(rows[0].name, "carol");
	ck_assert_str_eq(rows[0].user, "alice");

	OK(store_wallet_find(f.reader, &f.arena, "carol", &row));
	fixture_begin(&f);
	OK(batch_wallet_close(f.b, &row.id));
	IS(batch_wallet_close(f.b, &row.id), RESULT_THEIRS_STATE);
	fixture_end(&f);
	OK(store_wallet_get(f.reader, &f.arena, &row.id, &row));
	ck_assert_int_eq(row.state, WALLET_CLOSED);
	OK(store_wallet_of_account(f.reader, &f.arena, f.bob, &row));
	ck_assert_str_eq(row.name, "bob");
	IS(store_wallet_find(f.reader, &f.arena, "nobody", &row), RESULT_THEIRS_NOT_FOUND);
	fixture_audit(&f, "wallets");
}
END_TEST

/* What a wallet says about itself. */
START_TEST(wallet_says)
{
	struct wallet_property many[WALLET_PROPERTIES_MAX + 1], *rows;
	static const struct wallet_property two[] = {{"b", "2", false}, {"a", "", true}};
	struct wallet_change c = {
	        .public_name = "Alice A.", .properties = two, .properties_count = 2};
	struct wallet_row w;
	char long_name[PUBLIC_NAME_MAX + 2];
	size_t n;

	fixture_begin(&f);
	OK(batch_wallet_set(f.b, f.alice, &c));
	fixture_end(&f);
	OK(store_wallet_of_account(f.reader, &f.arena, f.alice, &w));
	ck_assert_str_eq(w.public_name, "Alice A.");
	ck_assert(wallet_is_active(&w));
	OK(store_wallet_properties(f.reader, &f.arena, f.alice, &rows, &n));
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(rows[0].key, "a");
	ck_assert_str_eq(rows[0].text, "");
	ck_assert(rows[0].visible && !rows[1].visible);

	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	for (size_t i = 0; i < WALLET_PROPERTIES_MAX + 1; i++)
		many[i] = (struct wallet_property){arena_printf(&f.arena, "k%zu", i), "v", true};
	fixture_begin(&f);
	IS(batch_wallet_set(f.b, f.west, &c), RESULT_THEIRS_NOT_FOUND);
	IS(batch_wallet_set(f.b, 9999, &c), RESULT_THEIRS_NOT_FOUND);
	c = (struct wallet_change){.public_name = long_name};
	IS(batch_wallet_set(f.b, f.alice, &c), RESULT_THEIRS_MALFORMED);
	c.public_name = "a\nb";
	IS(batch_wallet_set(f.b, f.alice, &c), RESULT_THEIRS_MALFORMED);
	c = (struct wallet_change){
	        .properties = many, .properties_count = WALLET_PROPERTIES_MAX + 1};
	IS(batch_wallet_set(f.b, f.alice, &c), RESULT_THEIRS_TOO_BIG);
	c.properties_count = 2;
	many[1].key = many[0].key;
	IS(batch_wallet_set(f.b, f.alice, &c), RESULT_THEIRS_CONFLICT);
	many[1].key = "";
	IS(batch_wallet_set(f.b, f.alice, &c), RESULT_THEIRS_MALFORMED);
	fixture_end(&f);
	OK(store_wallet_properties(f.reader, &f.arena, f.alice, &rows, &n));
	ck_assert_uint_eq(n, 2);
	many[1].key = "k1";
	c.properties_count = WALLET_PROPERTIES_MAX;
	fixture_begin(&f);
	OK(batch_wallet_set(f.b, f.alice, &c));
	fixture_end(&f);
	OK(store_wallet_properties(f.reader, &f.arena, f.alice, &rows, &n));
	ck_assert_uint_eq(n, WALLET_PROPERTIES_MAX);
	c.properties_count = 0;
	fixture_begin(&f);
	OK(batch_wallet_set(f.b, f.alice, &c));
	fixture_end(&f);
	OK(store_wallet_properties(f.reader, &f.arena, f.alice, &rows, &n));
	ck_assert_uint_eq(n, 0);
	fixture_audit(&f, "properties");
}
END_TEST

/* What a peer may do is changed while it works. */
START_TEST(live_peers)
{
	uint64_t limits[] = {100, 5, 700, 900};
	struct peer_change c = {.packets_per_s = &limits[0],
	        .in_flight = &limits[1],
	        .amount_per_s = &limits[2],
	        .debt_limit = &limits[3],
	        .incoming_token = "west-2"};
	enum peer_state state = PEER_DRAINING;
	struct peer_row row;
	struct account account;
	uint8_t hash[32], strange[32] = {1};

	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &row));
	ck_assert_int_eq(row.state, PEER_ACTIVE);
	ck_assert_uint_eq(row.packets_per_s + row.in_flight + row.amount_per_s + row.debt_limit, 0);
	memcpy(hash, row.incoming_token_hashes[0], 32);

	fixture_begin(&f);
	OK(batch_peer_set(f.b, &f.west_id, &c));
	fixture_end(&f);
	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &row));
	ck_assert_uint_eq(row.packets_per_s, 100);
	ck_assert_uint_eq(row.in_flight, 5);
	ck_assert_uint_eq(row.amount_per_s, 700);
	ck_assert_uint_eq(row.debt_limit, 900);
	ck_assert_uint_eq(row.incoming_tokens, 2);
	OK(store_account_get(f.reader, f.west, &account));
	ck_assert_uint_eq(account.debt_limit, 900);

	/* a token that is another's, or nobody's; one of its own; the last */
	c = (struct peer_change){.revoked_token = strange};
	fixture_begin(&f);
	IS(batch_peer_set(f.b, &f.west_id, &c), RESULT_THEIRS_NOT_FOUND);
	c.revoked_token = hash;
	IS(batch_peer_set(f.b, &f.east_id, &c), RESULT_THEIRS_NOT_FOUND);
	OK(batch_peer_set(f.b, &f.west_id, &c));
	IS(batch_peer_set(f.b, &f.west_id, &c), RESULT_THEIRS_NOT_FOUND);
	sha256(bytes_str("west-2"), hash);
	IS(batch_peer_set(f.b, &f.west_id, &c), RESULT_THEIRS_STATE);
	fixture_end(&f);
	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &row));
	ck_assert_uint_eq(row.incoming_tokens, 1);
	ck_assert_mem_eq(row.incoming_token_hashes[0], hash, 32);

	c = (struct peer_change){.state = &state};
	fixture_begin(&f);
	OK(batch_peer_set(f.b, &f.west_id, &c));
	fixture_end(&f);
	OK(store_peer_get(f.reader, &f.arena, &f.west_id, &row));
	ck_assert_int_eq(row.state, PEER_DRAINING);
	ck_assert_str_eq(peer_state_name(row.state), "DRAINING");
	ck_assert_uint_eq(row.debt_limit, 900);
	limits[0] = (uint64_t)AMOUNT_MAX + 1;
	c = (struct peer_change){.debt_limit = &limits[0]};
	fixture_begin(&f);
	IS(batch_peer_set(f.b, &f.west_id, &c), RESULT_THEIRS_BAD_AMOUNT);
	fixture_cancel(&f);
	fixture_audit(&f, "live peers");
}
END_TEST

/* The journal, both ways, in parts; accounts in order. */
START_TEST(journal)
{
	struct journal_range range = {.limit = 2};
	struct journal_filter filter = {.limit = 3};
	struct transfer_row *rows;
	struct account *accounts, last;
	int64_t end, next, seen = 0;
	size_t count, found = 0;
	bool more = true;

	fixture_begin(&f);
	for (uint8_t i = 1; i <= 5; i++) {
		struct movement m = {.id = {{i}},
		        .kind = MOVEMENT_DEPOSIT,
		        .account = i % 2 ? f.alice : f.bob,
		        .amount = i};
		bool repeated;

		OK(batch_move(f.b, &m, &repeated));
	}
	fixture_end(&f);
	OK(store_journal_end(f.reader, &end));
	do {
		OK(store_journal_transfers(f.reader, &f.arena, &range, &rows, &count, &next));
		for (size_t i = 0; i < count; i++)
			ck_assert_int_eq(rows[i].id, ++seen);
		range.from = next;
	} while (next);
	ck_assert_int_eq(seen, end);
	range = (struct journal_range){.back = true, .limit = 100};
	OK(store_journal_transfers(f.reader, &f.arena, &range, &rows, &count, &next));
	ck_assert_int_eq(rows[0].id, end);
	ck_assert_int_eq(rows[count - 1].id, 1);
	ck_assert_int_eq(next, 0);
	range = (struct journal_range){.back = true, .limit = 2, .account = f.bob};
	OK(store_journal_transfers(f.reader, &f.arena, &range, &rows, &count, &next));
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(rows[0].posted, 4);
	ck_assert_uint_eq(rows[1].posted, 2);
	ck_assert_int_eq(rows[1].credit, f.bob);
	range.from = end + 100;
	range.back = false;
	OK(store_journal_transfers(f.reader, &f.arena, &range, &rows, &count, &next));
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(next, 0);

	memset(&last, 0, sizeof(last));
	while (more) {
		OK(store_journal_accounts(f.reader, &f.arena, &filter, &accounts, &count, &more));
		for (size_t i = 0; i < count; i++) {
			ck_assert(last.id == 0 || accounts[i].asset > last.asset ||
			          accounts[i].kind != last.kind || accounts[i].id > last.id);
			found += accounts[i].kind == ACCOUNT_WALLET;
			last = accounts[i];
		}
		filter.after = &last;
	}
	ck_assert_uint_eq(found, 2);
	filter = (struct journal_filter){.asset = f.eur, .kind = "wallet", .limit = 3};
	OK(store_journal_accounts(f.reader, &f.arena, &filter, &accounts, &count, &more));
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(accounts[0].id, f.bob);
}
END_TEST

START_TEST(peers)
{
	const char *const routes[] = {"test.more", "test.other"};
	struct peer_new p = {.name = "north",
	        .asset = f.usd,
	        .ilp_address = "test.north",
	        .url = "https://north.example/ilp",
	        .outgoing_token = "secret-out",
	        .incoming_token = "secret-in",
	        .credit_limit = 500,
	        .max_packet = 100,
	        .spread_bps = 50,
	        .routes = routes,
	        .routes_count = 2};
	struct peer_change c = {0};
	struct peer_row *rows, row;
	struct route_row *table;
	uint64_t limit = 10;
	unsigned spread = 20000;
	uint8_t hash[32];
	struct id id;
	account_id account;
	size_t n;

	fixture_begin(&f);
	OK(batch_peer_add(f.b, &p, &id, &account));
	fixture_end(&f);
	fixture_begin(&f);
	IS(batch_peer_add(f.b, &p, &id, &account), RESULT_THEIRS_CONFLICT);
	fixture_cancel(&f);
	OK(store_peer_find(f.reader, &f.arena, "north", &row));
	ck_assert_str_eq(row.outgoing_token, "secret-out");
	ck_assert_uint_eq(row.incoming_tokens, 1);
	sha256(bytes_str("secret-in"), hash);
	ck_assert_mem_eq(row.incoming_token_hashes[0], hash, 32);
	OK(store_route_list(f.reader, &f.arena, &table, &n));
	ck_assert_uint_eq(n, 6);

	fixture_begin(&f);
	c.spread_bps = &spread;
	IS(batch_peer_set(f.b, &row.id, &c), RESULT_THEIRS_BAD_AMOUNT);
	spread = 75;
	c.credit_limit = &limit;
	c.outgoing_token = "secret-new";
	c.incoming_token = "secret-in-2";
	c.routes_remove = routes;
	c.routes_remove_count = 1;
	OK(batch_peer_set(f.b, &row.id, &c));
	fixture_end(&f);
	OK(store_peer_get(f.reader, &f.arena, &row.id, &row));
	ck_assert_uint_eq(row.credit_limit, 10);
	ck_assert_uint_eq(row.spread_bps, 75);
	ck_assert_uint_eq(row.max_packet, 100);
	ck_assert_uint_eq(row.incoming_tokens, 2);
	ck_assert_str_eq(row.outgoing_token, "secret-new");
	OK(store_peer_list(f.reader, &f.arena, &rows, &n));
	ck_assert_uint_eq(n, 4);
	ck_assert_str_eq(rows[0].name, "east");

	fixture_begin(&f);
	OK(batch_peer_remove(f.b, &row.id));
	fixture_end(&f);
	IS(store_peer_find(f.reader, &f.arena, "north", &row), RESULT_THEIRS_NOT_FOUND);
	fixture_begin(&f);
	OK(batch_peer_add(f.b, &p, &id, &account)); /* the name and token are free again */
	fixture_end(&f);
	fixture_audit(&f, "peers");
}
END_TEST

START_TEST(parents)
{
	struct peer_new p = {.name = "up",
	        .asset = f.usd,
	        .ilp_address = "test.up",
	        .url = "https://up.example/ilp",
	        .outgoing_token = "a",
	        .incoming_token = "b",
	        .relation = PEER_RELATION_PARENT};
	struct route_row *table;
	struct id id;
	account_id account;
	size_t n;

	fixture_begin(&f);
	OK(batch_peer_add(f.b, &p, &id, &account));
	fixture_end(&f);
	OK(store_route_list(f.reader, &f.arena, &table, &n));
	ck_assert_str_eq(table[0].prefix, "");
	ck_assert_int_eq(table[0].peer, account);
	p.name = "up2";
	p.incoming_token = "c";
	fixture_begin(&f);
	IS(batch_peer_add(f.b, &p, &id, &account), RESULT_THEIRS_CONFLICT);
	fixture_cancel(&f);
}
END_TEST

/* What a parent says lives as long as it is our parent. */
START_TEST(assigned_address)
{
	struct peer_new p = {.name = "up",
	        .asset = f.usd,
	        .ilp_address = "",
	        .url = "https://up.example/ilp",
	        .outgoing_token = "a",
	        .incoming_token = "b",
	        .relation = PEER_RELATION_PARENT};
	char long_one[ILP_ADDRESS_MAX + 2];
	struct peer_row row;
	struct id id, other;
	account_id account;

	memset(long_one, 'x', sizeof(long_one));
	long_one[sizeof(long_one) - 1] = '\0';
	OK(store_peer_find(f.reader, &f.arena, "west", &row));
	other = row.id;
	fixture_begin(&f);
	OK(batch_peer_add(f.b, &p, &id, &account));
	OK(batch_peer_assign(f.b, &id, "test.up.me"));
	IS(batch_peer_assign(f.b, &other, "test.up.me"), RESULT_THEIRS_NOT_FOUND);
	IS(batch_peer_assign(f.b, &id, ""), RESULT_THEIRS_MALFORMED);
	IS(batch_peer_assign(f.b, &id, long_one), RESULT_THEIRS_MALFORMED);
	fixture_end(&f);
	OK(store_peer_get(f.reader, &f.arena, &id, &row));
	ck_assert_str_eq(row.assigned, "test.up.me");
	ck_assert_str_eq(row.ilp_address, "");
	ck_assert_int_eq(row.relation, PEER_RELATION_PARENT);
	fixture_begin(&f);
	OK(batch_peer_remove(f.b, &id));
	IS(batch_peer_assign(f.b, &id, "test.up.me"), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	fixture_audit(&f, "assigned address");
}
END_TEST

START_TEST(children)
{
	struct peer_new p = {.name = "kid",
	        .asset = f.usd,
	        .ilp_address = ".kid",
	        .url = "https://kid.example/ilp",
	        .outgoing_token = "a",
	        .incoming_token = "b",
	        .relation = PEER_RELATION_CHILD};
	static const struct {
		enum peer_relation relation;
		const char *address;
	} refused[] = {{PEER_RELATION_CHILD, ""}, {PEER_RELATION_CHILD, "."},
	        {PEER_RELATION_PEER, ".kid"}, {PEER_RELATION_PEER, ""},
	        {PEER_RELATION_PARENT, ".up"}};
	struct wallet_new w = {.asset = f.usd};
	struct peer_row row;
	struct id id;
	account_id account;

	fixture_begin(&f);
	OK(batch_peer_add(f.b, &p, &id, &account));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct peer_new bad = p;

		bad.name = "bad";
		bad.incoming_token = "c";
		bad.relation = refused[i].relation;
		bad.ilp_address = refused[i].address;
		IS(batch_peer_add(f.b, &bad, &id, &account), RESULT_THEIRS_MALFORMED);
	}
	/* what is below our address belongs to one */
	p.name = "other";
	p.incoming_token = "d";
	p.ilp_address = ".alice.x";
	IS(batch_peer_add(f.b, &p, &id, &account), RESULT_THEIRS_CONFLICT);
	p.ilp_address = ".far.away";
	OK(batch_peer_add(f.b, &p, &id, &account));
	w.name = "kid";
	IS(batch_wallet_add(f.b, &w, &id, &account), RESULT_THEIRS_CONFLICT);
	w.name = "far";
	IS(batch_wallet_add(f.b, &w, &id, &account), RESULT_THEIRS_CONFLICT);
	w.name = "fa";
	OK(batch_wallet_add(f.b, &w, &id, &account));
	fixture_end(&f);
	OK(store_peer_find(f.reader, &f.arena, "kid", &row));
	ck_assert_str_eq(row.ilp_address, ".kid");
	ck_assert_int_eq(row.relation, PEER_RELATION_CHILD);
}
END_TEST

START_TEST(movements)
{
	struct movement m = {.kind = MOVEMENT_DEPOSIT, .account = f.alice, .amount = 500};
	bool repeated;

	id_new(f.now_ms, &m.id);
	fixture_begin(&f);
	OK(batch_move(f.b, &m, &repeated));
	ck_assert(!repeated);
	OK(batch_move(f.b, &m, &repeated));
	ck_assert(repeated);
	m.amount = 501;
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_CONFLICT);
	id_new(f.now_ms, &m.id);
	m.amount = 0;
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_BAD_AMOUNT);
	m.amount = AMOUNT_MAX;
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_BAD_AMOUNT);
	m.kind = MOVEMENT_WITHDRAWAL;
	m.amount = 100501;
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_INSUFFICIENT);
	m.amount = 100500;
	OK(batch_move(f.b, &m, &repeated));
	id_new(f.now_ms, &m.id);
	m.account = f.west;
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_BAD_TYPE);
	m.account = 12345;
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_NOT_FOUND);
	m = (struct movement){.id = m.id, MOVEMENT_SETTLE_IN, f.west, 300};
	OK(batch_move(f.b, &m, &repeated));
	id_new(f.now_ms, &m.id);
	m = (struct movement){.id = m.id, MOVEMENT_SETTLE_OUT, f.west, 100};
	OK(batch_move(f.b, &m, &repeated));
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 0);
	ck_assert_int_eq(fixture_balance(&f, f.west), 200);
	fixture_audit(&f, "movements");
}
END_TEST

/* More than a millisecond has, and a clock that goes back a little. */
START_TEST(ids_in_order)
{
	struct id last = {{0}}, id;

	fixture_begin(&f);
	for (int i = 0; i < 20000; i++) {
		if (i == 15000)
			f.b->now_ms -= 3;
		batch_id_new(f.b, &id);
		ck_assert_int_lt(memcmp(last.b, id.b, sizeof(id.b)), 0);
		ck_assert_int_eq(id.b[6] >> 4, 7);
		last = id;
	}
	f.b->now_ms += 1000;
	batch_id_new(f.b, &id);
	ck_assert_int_lt(memcmp(last.b, id.b, sizeof(id.b)), 0);
	ck_assert_int_eq(id.b[4] << 8 | id.b[5], f.b->now_ms & 0xffff);
	fixture_cancel(&f);
}
END_TEST

START_TEST(idempotency)
{
	uint8_t hash[32] = {1}, other[32] = {2};
	struct idempotency_key k = {"admin", "POST /x", "key", hash};
	const char *body;
	int status;

	fixture_begin(&f);
	IS(batch_idempotency_get(f.b, &k, &f.arena, &status, &body), RESULT_THEIRS_NOT_FOUND);
	OK(batch_idempotency_put(f.b, &k, 201, "{\"a\":1}"));
	OK(batch_idempotency_get(f.b, &k, &f.arena, &status, &body));
	ck_assert_int_eq(status, 201);
	ck_assert_str_eq(body, "{\"a\":1}");
	k.request_hash = other;
	IS(batch_idempotency_get(f.b, &k, &f.arena, &status, &body), RESULT_THEIRS_CONFLICT);
	k.route = "POST /y";
	IS(batch_idempotency_get(f.b, &k, &f.arena, &status, &body), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	f.now_ms += IDEMPOTENCY_KEEP_MS + 1;
	k.route = "POST /x";
	fixture_begin(&f);
	IS(batch_idempotency_get(f.b, &k, &f.arena, &status, &body), RESULT_THEIRS_NOT_FOUND);
	OK(batch_idempotency_put(f.b, &k, 200, "{}"));
	fixture_end(&f);
}
END_TEST

/* As long as the store was opened for. */
START_TEST(idempotency_for_a_day)
{
	const int64_t day_ms = 24 * 3600 * 1000;
	uint8_t hash[32] = {1};
	struct idempotency_key k = {"admin", "POST /x", "key", hash};
	const char *body;
	int status;

	f.options.idempotency_ms = day_ms;
	fixture_restart(&f);
	fixture_begin(&f);
	OK(batch_idempotency_put(f.b, &k, 201, "{}"));
	fixture_end(&f);
	f.now_ms += day_ms - 1;
	fixture_begin(&f);
	OK(batch_idempotency_get(f.b, &k, &f.arena, &status, &body));
	fixture_end(&f);
	f.now_ms += 2;
	fixture_begin(&f);
	IS(batch_idempotency_get(f.b, &k, &f.arena, &status, &body), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
}
END_TEST

/* However many are too old: each answer that is kept removes some, and none stands in its
 * way. */
START_TEST(old_answers)
{
	uint8_t hash[32] = {1};
	char name[16];
	struct idempotency_key k = {"admin", "POST /x", name, hash};
	const char *body;
	int status;

	fixture_begin(&f);
	for (unsigned i = 0; i < 2 * LIMIT_SWEEP_ROWS; i++) {
		snprintf(name, sizeof(name), "%u", i);
		OK(batch_idempotency_put(f.b, &k, 201, "[]"));
	}
	fixture_end(&f);
	f.now_ms += 1;
	snprintf(name, sizeof(name), "last");
	fixture_begin(&f);
	OK(batch_idempotency_put(f.b, &k, 201, "[]"));
	fixture_end(&f);
	f.now_ms += IDEMPOTENCY_KEEP_MS + 1;
	fixture_begin(&f);
	IS(batch_idempotency_get(f.b, &k, &f.arena, &status, &body), RESULT_THEIRS_NOT_FOUND);
	OK(batch_idempotency_put(f.b, &k, 200, "{}"));
	OK(batch_idempotency_get(f.b, &k, &f.arena, &status, &body));
	ck_assert_str_eq(body, "{}");
	fixture_end(&f);
}
END_TEST

/* ---- payments ---- */

START_TEST(quotes)
{
	struct quote_row q = {.wallet = f.alice,
	        .kind = QUOTE_FIXED_DELIVERY,
	        .receiver = "$x.example",
	        .debit_amount = 1000,
	        .fee = 10,
	        .receive_amount = 900,
	        .receive_code = "EUR",
	        .receive_scale = 2,
	        .max_packet = 77,
	        .client = "https://shop.example/till",
	        .own_rate_to = f.eur,
	        .receiver_made = true,
	        .expires_ms = f.now_ms + 1000};
	struct quote_row back;
	struct payment_new p = {.wallet = f.bob, .client = "https://shop.example/pos"};
	struct id id;
	account_id account;

	OK(ratio_make(909, 1000, &q.min_rate));
	OK(ratio_make(91, 100, &q.own_rate));
	fixture_begin(&f);
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	IS(batch_payment_create(f.b, &p, NULL, &id, &account), RESULT_THEIRS_FORBIDDEN);
	p.wallet = f.alice;
	p.quote_id = f.alice_id;
	IS(batch_payment_create(f.b, &p, NULL, &id, &account), RESULT_THEIRS_NOT_FOUND);
	p.quote_id = q.id;
	OK(batch_payment_create(f.b, &p, NULL, &id, &account));
	IS(batch_payment_create(f.b, &p, NULL, &id, &account), RESULT_THEIRS_CONFLICT);
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	q.debit_amount = q.fee;
	IS(batch_quote_add(f.b, &q), RESULT_THEIRS_BAD_AMOUNT);
	q.debit_amount = 200000;
	q.wallet = f.west;
	IS(batch_quote_add(f.b, &q), RESULT_THEIRS_BAD_TYPE);
	q.wallet = f.alice;
	q.client = NULL;
	IS(batch_quote_add(f.b, &q), RESULT_THEIRS_INSUFFICIENT);
	fixture_end(&f);
	OK(store_quote_get(f.reader, &f.arena, &p.quote_id, &back));
	ck_assert_int_eq(ratio_cmp(&back.min_rate, &q.min_rate), 0);
	ck_assert_int_eq(back.kind, QUOTE_FIXED_DELIVERY);
	ck_assert_uint_eq(back.max_packet, 77);
	ck_assert_str_eq(back.client, "https://shop.example/till");
	ck_assert_int_eq(ratio_cmp(&back.own_rate, &q.own_rate), 0);
	ck_assert_uint_eq(back.own_rate_to, f.eur);
	ck_assert(back.receiver_made);
	ck_assert_str_eq(fixture_payment(&f, &id).client, "https://shop.example/pos");
	f.now_ms += 1001;
	fixture_begin(&f);
	p.quote_id = back.id;
	IS(batch_payment_create(f.b, &p, NULL, &id, &account), RESULT_THEIRS_EXPIRED);
	fixture_end(&f);
	fixture_audit(&f, "quotes");
}
END_TEST

/* What the unexpired and unused quotes of a wallet would take together is at most what it
 * has. */
START_TEST(quotes_are_capped)
{
	struct quote_row q = {.wallet = f.alice,
	        .receiver = "$x.example",
	        .debit_amount = 60000,
	        .receive_amount = 1,
	        .receive_code = "EUR",
	        .expires_ms = f.now_ms + 30000};
	struct payment_new p = {.wallet = f.alice};
	struct id id, first;
	account_id account;

	fixture_begin(&f);
	OK(batch_quote_add(f.b, &q));
	first = q.id;
	IS(batch_quote_add(f.b, &q), RESULT_THEIRS_INSUFFICIENT);
	q.debit_amount = 40000; /* to the last unit */
	OK(batch_quote_add(f.b, &q));
	q.debit_amount = 1;
	IS(batch_quote_add(f.b, &q), RESULT_THEIRS_INSUFFICIENT);
	q.wallet = f.bob; /* another wallet's */
	OK(batch_quote_add(f.b, &q));
	q.wallet = f.alice;
	fixture_end(&f);
	/* a used quote has left the wallet, and counts no longer */
	fixture_begin(&f);
	p.quote_id = first;
	OK(batch_payment_create(f.b, &p, NULL, &id, &account));
	IS(batch_quote_add(f.b, &q), RESULT_THEIRS_INSUFFICIENT);
	fixture_end(&f);
	f.now_ms += 30001;
	fixture_begin(&f);
	q.debit_amount = 40000;
	q.expires_ms = f.now_ms + 30000;
	OK(batch_quote_add(f.b, &q));
	fixture_end(&f);
	fixture_audit(&f, "capped quotes");
}
END_TEST

/* A client's quotes are held against the balance when one is used, the newest first;
 * another client's are no matter. */
START_TEST(quotes_of_clients)
{
	struct quote_row q = {.wallet = f.alice,
	        .receiver = "$x.example",
	        .debit_amount = 60000,
	        .receive_amount = 1,
	        .receive_code = "EUR",
	        .client = "https://shop.example/till",
	        .expires_ms = f.now_ms + 30000};
	struct payment_new p = {.wallet = f.alice, .client = q.client};
	struct id older, newer, id;
	account_id account;

	fixture_begin(&f);
	OK(batch_quote_add(f.b, &q));
	older = q.id;
	fixture_end(&f);
	f.now_ms++;
	fixture_begin(&f);
	OK(batch_quote_add(f.b, &q));
	newer = q.id;
	q.client = "https://stranger.example/";
	q.debit_amount = 1000000;
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	IS(batch_payment_create(f.b, &p, NULL, &id, &account), RESULT_THEIRS_INSUFFICIENT);
	q.client = NULL;
	q.debit_amount = 100000;
	OK(batch_quote_add(f.b, &q));
	p.quote_id = older;
	IS(batch_payment_create(f.b, &p, NULL, &id, &account), RESULT_THEIRS_CONFLICT);
	p.quote_id = newer;
	OK(batch_payment_create(f.b, &p, NULL, &id, &account));
	/* What they come to may be more than an amount can be. */
	q.client = "https://greedy.example/";
	q.debit_amount = 100;
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	fixture_end(&f);
	f.now_ms++;
	fixture_begin(&f);
	q.debit_amount = AMOUNT_MAX;
	OK(batch_quote_add(f.b, &q));
	OK(batch_quote_add(f.b, &q));
	IS(batch_payment_create(f.b, &p, NULL, &id, &account), RESULT_THEIRS_CONFLICT);
	fixture_end(&f);
	fixture_audit(&f, "quotes of clients");
}
END_TEST

static void attempts_are(account_id account, size_t expected, const char *last_error, bool ended)
{
	struct attempt_row *rows;
	size_t n;

	OK(store_attempt_list(f.reader, &f.arena, account, &rows, &n));
	ck_assert_uint_eq(n, expected);
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(rows[i].number, i + 1);
	ck_assert_str_eq(rows[n - 1].error, last_error);
	ck_assert_int_eq(rows[n - 1].ended_ms != 0, ended);
}

/* Each attempt leaves a row; one that a crash cut off has no end. */
START_TEST(attempts)
{
	struct payment_row row;
	struct id id;
	account_id account;

	fixture_begin(&f);
	fixture_pay(&f, &id, &account);
	fixture_end(&f);
	fixture_begin(&f);
	OK(fixture_claim(&f, 100, &row));
	fixture_end(&f);
	attempts_are(account, 1, "", false);
	fixture_begin(&f);
	OK(batch_payment_postpone(f.b, &id, f.now_ms + 500, "IdleTimeout"));
	fixture_end(&f);
	attempts_are(account, 1, "IdleTimeout", true);
	ck_assert_int_eq(fixture_payment(&f, &id).lease_until_ms, f.now_ms + 500);
	f.now_ms += 500;
	fixture_begin(&f);
	OK(fixture_claim(&f, 100, &row));
	fixture_end(&f);
	fixture_restart(&f);
	attempts_are(account, 2, "", false);
	fixture_begin(&f);
	OK(fixture_claim(&f, 100, &row));
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "no route"));
	fixture_end(&f);
	attempts_are(account, 3, "no route", true);
	fixture_audit(&f, "attempts");
}
END_TEST

static enum payment_state cancel(const struct id *id, enum result expected)
{
	enum payment_state state = PAYMENT_FUNDING;

	fixture_begin(&f);
	IS(batch_payment_cancel(f.b, id, "not wanted", &state), expected);
	fixture_end(&f);
	return state;
}

/* Nobody works on it: at once. At work: when the attempt ends, however it would have ended
 * but complete. After a crash: with the next attempt. */
START_TEST(cancelling)
{
	struct payment_row row;
	struct id waiting, working, lost, done;
	account_id account;
	bool cancelled;

	fixture_begin(&f);
	fixture_pay(&f, &waiting, &account);
	fixture_end(&f);
	ck_assert_int_eq(cancel(&waiting, RESULT_OK), PAYMENT_CANCELLED);
	row = fixture_payment(&f, &waiting);
	ck_assert_int_eq(row.state, PAYMENT_CANCELLED);
	ck_assert_str_eq(row.error, "not wanted");
	ck_assert_uint_eq(row.refunded, 10000);
	(void)cancel(&waiting, RESULT_THEIRS_STATE);
	(void)cancel(&f.alice_id, RESULT_THEIRS_NOT_FOUND);

	fixture_begin(&f);
	fixture_pay(&f, &working, &account);
	OK(fixture_claim(&f, 100, &row));
	OK(batch_payment_renew(f.b, &working, 100, &cancelled));
	ck_assert(!cancelled);
	fixture_end(&f);
	ck_assert_int_eq(cancel(&working, RESULT_OK), PAYMENT_SENDING);
	fixture_begin(&f);
	OK(batch_payment_renew(f.b, &working, 100, &cancelled));
	ck_assert(cancelled);
	OK(batch_payment_postpone(f.b, &working, f.now_ms + 500, "IdleTimeout"));
	fixture_end(&f);
	row = fixture_payment(&f, &working);
	ck_assert_int_eq(row.state, PAYMENT_CANCELLED);
	ck_assert_str_eq(row.error, "not wanted");

	fixture_begin(&f);
	fixture_pay(&f, &done, &account);
	OK(fixture_claim(&f, 100, &row));
	fixture_end(&f);
	(void)cancel(&done, RESULT_OK);
	fixture_begin(&f);
	OK(batch_payment_finish(f.b, &done, PAYMENT_COMPLETED, NULL));
	fixture_end(&f);
	ck_assert_int_eq(fixture_payment(&f, &done).state, PAYMENT_COMPLETED);

	fixture_begin(&f);
	fixture_pay(&f, &lost, &account);
	OK(fixture_claim(&f, 100, &row));
	fixture_end(&f);
	(void)cancel(&lost, RESULT_OK);
	fixture_restart(&f);
	fixture_begin(&f);
	OK(fixture_claim(&f, 100, &row));
	ck_assert(id_eq(&row.id, &lost) && row.cancel_asked);
	OK(batch_payment_finish(f.b, &lost, PAYMENT_FAILED, "Cancelled"));
	fixture_end(&f);
	ck_assert_int_eq(fixture_payment(&f, &lost).state, PAYMENT_CANCELLED);
	fixture_audit(&f, "cancelled");
}
END_TEST

/* Completed: the fee is taken, the rest goes back. */
START_TEST(payment_completes)
{
	struct settlement s = {.packets = 3, .delivered = 4455};
	struct payment_row row;
	struct transfer_row *lines;
	struct id id;
	account_id account;
	int64_t claim;
	size_t n;

	fixture_begin(&f);
	fixture_pay(&f, &id, &account);
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 90000);
	fixture_begin(&f);
	OK(fixture_claim(&f, 10000, &row));
	ck_assert(id_eq(&row.id, &id));
	ck_assert_uint_eq(row.attempts, 1);
	IS(fixture_claim(&f, 10000, &row), RESULT_THEIRS_NOT_FOUND);
	s.flight = (struct flight){account, f.east, 9900, 8900, 45};
	OK(batch_window_reserve(f.b, &s.flight, f.now_ms + 1000));
	s.flight.amount_in = 1;
	IS(batch_window_reserve(f.b, &s.flight, f.now_ms + 1000), RESULT_THEIRS_INSUFFICIENT);
	fixture_end(&f);
	fixture_audit(&f, "reserved");

	fixture_begin(&f);
	s.flight = (struct flight){account, f.east, 4950, 4450, 23};
	OK(batch_window_settle(f.b, &s, &claim));
	ck_assert_int_eq(claim, 0);
	IS(batch_payment_finish(f.b, &id, PAYMENT_COMPLETED, NULL), RESULT_THEIRS_STATE);
	s.flight = (struct flight){account, f.east, 4950, 0, 0};
	OK(batch_window_release(f.b, &s.flight));
	OK(batch_payment_finish(f.b, &id, PAYMENT_COMPLETED, NULL));
	IS(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "x"), RESULT_THEIRS_STATE);
	fixture_end(&f);
	row = fixture_payment(&f, &id);
	ck_assert_int_eq(row.state, PAYMENT_COMPLETED);
	ck_assert_uint_eq(row.sent, 5050);
	ck_assert_uint_eq(row.refunded, 4950);
	ck_assert_uint_eq(row.delivered, 4455);
	ck_assert_uint_eq(row.packets, 3);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 94950);
	ck_assert_int_eq(fixture_balance(&f, f.east), 4450);
	OK(store_payment_transfers(f.reader, &f.arena, account, &lines, &n));
	ck_assert_uint_eq(n, 6); /* funding, three legs of the window, fee, refund */
	ck_assert_str_eq(lines[0].reason, "funding");
	fixture_audit(&f, "completed");
}
END_TEST

/* One that ended half-way: of the fee the same part; what is in doubt is not counted. */
START_TEST(fee_of_a_part)
{
	static const struct {
		enum payment_state end;
		uint64_t fulfilled, doubted, fee;
	} cases[] = {
	        {PAYMENT_FAILED, 4950, 0, 50},
	        {PAYMENT_CANCELLED, 9899, 0, 99},
	        {PAYMENT_FAILED, 3300, 3300, 33},
	        {PAYMENT_FAILED, 98, 0, 0},
	        {PAYMENT_FAILED, 0, 9900, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t fulfilled = cases[i].fulfilled, doubted = cases[i].doubted;
		uint64_t rest = 9900 - fulfilled - doubted;
		int64_t before = fixture_balance(&f, f.alice), claim;
		struct settlement s = {.packets = 3, .delivered = fulfilled};
		struct payment_row row;
		struct event_row event;
		account_id account;
		struct id id;

		fixture_begin(&f);
		fixture_pay(&f, &id, &account);
		OK(fixture_claim(&f, 100, &row));
		ck_assert_uint_eq(row.fee, 100);
		s.flight = (struct flight){account, f.south, 9900, 9900, 0};
		OK(batch_window_reserve(f.b, &s.flight, f.now_ms + 1000));
		fixture_end(&f);
		fixture_begin(&f);
		s.flight.amount_in = s.flight.amount_out = fulfilled;
		if (fulfilled)
			OK(batch_window_settle(f.b, &s, &claim));
		s.flight.amount_in = s.flight.amount_out = doubted;
		if (doubted)
			OK(batch_window_doubt(f.b, &s.flight));
		s.flight.amount_in = s.flight.amount_out = rest;
		if (rest)
			OK(batch_window_release(f.b, &s.flight));
		OK(batch_payment_finish(f.b, &id, cases[i].end, "no route"));
		fixture_end(&f);
		row = fixture_payment(&f, &id);
		ck_assert_int_eq(row.state, cases[i].end);
		ck_assert_uint_eq(row.fee, cases[i].fee);
		ck_assert_uint_eq(row.sent, fulfilled + doubted + cases[i].fee);
		ck_assert_uint_eq(row.sent + row.refunded, 10000);
		ck_assert_int_eq(before - fixture_balance(&f, f.alice), (int64_t)row.sent);
		event = fixture_event(&f, &id, fixture_events(&f, &id));
		ck_assert_uint_eq(strtoull(event_member(&event, "fee"), NULL, 10), cases[i].fee);
		fixture_audit(&f, "fee of a part");
	}
}
END_TEST

/* Failed before anything was sent: no fee, all of it goes back. */
START_TEST(payment_fails)
{
	struct payment_row row;
	struct page page = {.limit = 10};
	struct payment_row *rows;
	struct id id, second;
	account_id account;
	size_t n;
	bool more, cancelled;

	fixture_begin(&f);
	fixture_pay(&f, &id, &account);
	OK(fixture_claim(&f, 100, &row));
	OK(batch_payment_postpone(f.b, &id, f.now_ms + 500, "no route"));
	fixture_pay(&f, &second, &account);
	fixture_end(&f);
	fixture_begin(&f);
	OK(fixture_claim(&f, 100, &row));
	ck_assert(id_eq(&row.id, &second));
	OK(batch_payment_finish(f.b, &second, PAYMENT_FAILED, "no route"));
	IS(batch_payment_renew(f.b, &second, 100, &cancelled), RESULT_THEIRS_STATE);
	fixture_end(&f);
	row = fixture_payment(&f, &second);
	ck_assert_uint_eq(row.refunded, 10000);
	ck_assert_str_eq(row.error, "no route");
	ck_assert_int_eq(fixture_balance(&f, f.alice), 90000);
	OK(store_payment_list(f.reader, &f.arena, 0, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 2);
	ck_assert(id_eq(&rows[0].id, &second));
	OK(store_payment_list(f.reader, &f.arena, f.bob, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 0);
	f.now_ms += 500;
	fixture_begin(&f);
	OK(fixture_claim(&f, 100, &row));
	ck_assert(id_eq(&row.id, &id));
	fixture_end(&f);
	fixture_audit(&f, "failed");
}
END_TEST

START_TEST(payment_local)
{
	struct quote_row q = {.wallet = f.alice,
	        .receiver = "$here/bob",
	        .local_receiver = f.bob,
	        .debit_amount = 1010,
	        .fee = 10,
	        .receive_amount = 900,
	        .receive_code = "EUR",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 1000};
	struct payment_new p = {.wallet = f.alice};
	struct payment_local local = {.amount_out = 905, .spread = 5};
	struct payment_row row;
	struct id id;
	account_id account;

	fixture_begin(&f);
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	OK(batch_payment_create(f.b, &p, &local, &id, &account));
	IS(fixture_claim(&f, 1, &row), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	row = fixture_payment(&f, &id);
	ck_assert_int_eq(row.state, PAYMENT_COMPLETED);
	ck_assert_uint_eq(row.sent, 1010);
	ck_assert_uint_eq(row.delivered, 905);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 98990);
	ck_assert_int_eq(fixture_balance(&f, f.bob), 100905);
	fixture_audit(&f, "local");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, opening);
	tcase_add_test(t, assets);
	tcase_add_test(t, fees);
	tcase_add_test(t, wallets);
	tcase_add_test(t, wallet_says);
	tcase_add_test(t, live_peers);

	tcase_add_test(t, journal);
	tcase_add_test(t, peers);
	tcase_add_test(t, parents);
	tcase_add_test(t, assigned_address);
	tcase_add_test(t, children);
	tcase_add_test(t, movements);
	tcase_add_test(t, ids_in_order);
	tcase_add_test(t, idempotency);
	tcase_add_test(t, idempotency_for_a_day);
	tcase_add_test(t, old_answers);
	tcase_add_test(t, quotes);
	tcase_add_test(t, quotes_are_capped);
	tcase_add_test(t, quotes_of_clients);
	tcase_add_test(t, attempts);
	tcase_add_test(t, cancelling);
	tcase_add_test(t, payment_completes);
	tcase_add_test(t, fee_of_a_part);
	tcase_add_test(t, payment_fails);
	tcase_add_test(t, payment_local);
}

TEST_MAIN("store", fill)
