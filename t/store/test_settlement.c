/* Settlements: recorded, ordered, received, refused; what is due; calls to engines. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/settlement.h"

static struct fixture f;

#define REFUSED(expr, as) ck_assert_str_eq(result_name(expr), result_name(as))
#define ENGINE            "http://127.0.0.1:4000"

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

#define MANY 66

static void set(const struct settlement_change *c)
{
	fixture_begin(&f);
	OK(batch_settlement_set(f.b, &f.west_id, c));
	fixture_end(&f);
}

static void move(enum movement_kind kind, uint64_t amount, struct id *id)
{
	struct movement m = {
	        .kind = kind, .account = f.west, .amount = amount, .reference = "bank 7"};
	bool repeated;

	id_new(f.now_ms, &m.id);
	if (id)
		*id = m.id;
	fixture_begin(&f);
	OK(batch_move(f.b, &m, &repeated));
	fixture_end(&f);
}

static size_t list(struct settlement_row **rows)
{
	struct page page = {.limit = 100};
	size_t n;
	bool more;

	OK(store_settlement_list(f.reader, &f.arena, f.west, &page, rows, &n, &more));
	ck_assert(!more);
	return n;
}

/* The newest. */
static struct settlement_row newest(void)
{
	struct settlement_row *rows;

	ck_assert_uint_gt(list(&rows), 0);
	return rows[0];
}

static const struct settlement_change with_engine = {
        .terms = {.pays = true, .pay_at = 1000, .pay_to = 200, .claim_at = 500},
        .sets_pays = true,
        .sets_pay_at = true,
        .sets_pay_to = true,
        .sets_claim = true,
        .engine = ENGINE,
        .token = "secret",
};

static struct engine_call claim(bool *found, int64_t *next)
{
	struct engine_call c;

	fixture_begin(&f);
	OK(batch_engine_claim(f.b, &f.arena, &c, found, next));
	fixture_end(&f);
	return c;
}

static struct engine_call claim_one(void)
{
	int64_t next;
	bool found;
	struct engine_call c = claim(&found, &next);

	ck_assert(found);
	return c;
}

static void end_call(int64_t key, enum settlement_answer answer, int status)
{
	const struct engine_end e = {.key = key,
	        .answer = answer,
	        .next_ms = f.now_ms + 5000,
	        .status = status,
	        .error = answer == SETTLEMENT_TAKEN ? "" : "why"};

	fixture_begin(&f);
	OK(batch_engine_end(f.b, &e));
	fixture_end(&f);
}

/* ---- recorded ---- */

START_TEST(recorded)
{
	struct settlement_row *rows;
	struct id in, out;

	move(MOVEMENT_SETTLE_IN, 700, &in);
	move(MOVEMENT_SETTLE_OUT, 300, &out);
	ck_assert_int_eq(fixture_balance(&f, f.west), 400);
	ck_assert_uint_eq(list(&rows), 2);
	ck_assert(id_eq(&rows[0].id, &out) && !rows[0].received && rows[0].amount == 300);
	ck_assert(id_eq(&rows[1].id, &in) && rows[1].received && rows[1].amount == 700);
	ck_assert_int_eq(rows[0].state, SETTLEMENT_DONE);
	ck_assert(!rows[0].by_engine);
	ck_assert_str_eq(rows[0].reference, "bank 7");
	ck_assert_uint_eq(fixture_events(&f, &in), 1);
	ck_assert_uint_eq(fixture_events(&f, &out), 0);
}
END_TEST

/* ---- due ---- */

START_TEST(due_is_told_once)
{
	struct settlement_change c = with_engine;
	struct event_row e;

	c.engine = "";
	set(&c);
	move(MOVEMENT_SETTLE_IN, 999, NULL);
	ck_assert_uint_eq(fixture_events(&f, &f.west_id), 0);
	move(MOVEMENT_SETTLE_IN, 1, NULL);
	move(MOVEMENT_SETTLE_IN, 50, NULL);
	ck_assert_uint_eq(fixture_events(&f, &f.west_id), 1);
	e = fixture_event(&f, &f.west_id, 1);
	ck_assert_str_eq(e.type, "settlement.due");
	ck_assert_str_eq(event_member(&e, "direction"), "sent");
	ck_assert_str_eq(event_member(&e, "amount"), "800");
	ck_assert_str_eq(event_member(&e, "balance"), "1000");
	/* paid by hand; then the peer owes us */
	move(MOVEMENT_SETTLE_OUT, 850, NULL);
	move(MOVEMENT_SETTLE_OUT, 800, NULL);
	ck_assert_uint_eq(fixture_events(&f, &f.west_id), 2);
	e = fixture_event(&f, &f.west_id, 2);
	ck_assert_str_eq(event_member(&e, "direction"), "received");
	ck_assert_str_eq(event_member(&e, "amount"), "600");
	ck_assert_str_eq(event_member(&e, "balance"), "-600");
	/* terms that are set again are told again */
	set(&c);
	ck_assert_uint_eq(fixture_events(&f, &f.west_id), 3);
}
END_TEST

START_TEST(terms_are_kept)
{
	struct settlement_change c = with_engine, part = {.sets_claim = true};
	struct settlement_terms_row t;
	const char *engine, *token;
	uint8_t hash[32], wanted[32];

	set(&c);
	set(&part); /* clears the one, and leaves the rest */
	OK(store_settlement_terms(f.reader, &f.arena, f.west, &t));
	ck_assert(t.terms.pays && t.terms.pay_at == 1000 && t.terms.pay_to == 200);
	ck_assert_uint_eq(t.terms.claim_at, 0);
	ck_assert_str_eq(t.engine, ENGINE);
	ck_assert(t.token);
	OK(store_settlement_engine(f.reader, &f.arena, &f.west_id, f.west, &engine, &token));
	ck_assert_str_eq(engine, ENGINE);
	ck_assert_str_eq(token, "secret");
	sha256(bytes_str("secret"), wanted);
	OK(store_settlement_token(f.reader, f.west, hash));
	ck_assert_mem_eq(hash, wanted, 32);
	REFUSED(store_settlement_token(f.reader, f.east, hash), RESULT_THEIRS_NOT_FOUND);

	fixture_begin(&f);
	c.terms.pay_to = 1000;
	REFUSED(batch_settlement_set(f.b, &f.west_id, &c), RESULT_THEIRS_BAD_AMOUNT);
	c = with_engine;
	REFUSED(batch_settlement_set(f.b, &f.alice_id, &c), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	part = (struct settlement_change){.token = ""};
	set(&part);
	REFUSED(store_settlement_token(f.reader, f.west, hash), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

/* ---- ordered ---- */

static void order_due(void)
{
	int64_t next;

	fixture_begin(&f);
	OK(batch_settlement_order_due(f.b, &next));
	fixture_end(&f);
}

START_TEST(ordered_and_taken)
{
	struct engine_call open, settle;
	struct settlement_row row;
	int64_t next;
	bool found;

	set(&with_engine);
	move(MOVEMENT_SETTLE_IN, 1500, NULL);
	order_due();
	order_due(); /* once */
	ck_assert_int_eq(fixture_balance(&f, f.west), 200);
	row = newest();
	ck_assert(row.by_engine && !row.received && row.amount == 1300);
	ck_assert_int_eq(row.state, SETTLEMENT_ORDERED);

	/* the account first, and nothing beside it */
	open = claim_one();
	ck_assert_int_eq(open.kind, ENGINE_CALL_OPEN);
	ck_assert(id_eq(&open.peer, &f.west_id));
	ck_assert_str_eq(open.engine, ENGINE);
	ck_assert_str_eq(open.token, "secret");
	(void)claim(&found, &next);
	ck_assert(!found && next == 0);
	end_call(open.key, SETTLEMENT_TAKEN, 201);

	settle = claim_one();
	ck_assert_int_eq(settle.kind, ENGINE_CALL_SETTLE);
	ck_assert(id_eq(&settle.settlement, &row.id));
	ck_assert_uint_eq(settle.amount, 1300);
	ck_assert_uint_eq(settle.scale, 2);
	ck_assert_uint_eq(settle.attempts, 1);
	end_call(settle.key, SETTLEMENT_AGAIN, 0);
	(void)claim(&found, &next);
	ck_assert(!found && next == f.now_ms + 5000);
	f.now_ms += 5000;
	settle = claim_one();
	ck_assert(id_eq(&settle.settlement, &row.id));
	ck_assert_uint_eq(settle.attempts, 2);
	end_call(settle.key, SETTLEMENT_TAKEN, 201);
	row = newest();
	ck_assert_int_eq(row.state, SETTLEMENT_DONE);
	ck_assert_int_eq(row.status, 201);
	ck_assert_int_eq(fixture_balance(&f, f.west), 200);
	fixture_begin(&f);
	REFUSED(batch_engine_end(f.b, &(struct engine_end){.key = settle.key, .error = ""}),
	        RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
}
END_TEST

static struct engine_call unanswered_order(int status)
{
	struct engine_call settle;
	struct engine_end e = {.answer = SETTLEMENT_AGAIN, .status = status, .error = "none"};

	settle = claim_one();
	ck_assert_int_eq(settle.kind, ENGINE_CALL_SETTLE);
	e.key = settle.key;
	e.next_ms = f.now_ms + 5000;
	e.unanswered = status == 0 || status >= 500;
	fixture_begin(&f);
	OK(batch_engine_end(f.b, &e));
	fixture_end(&f);
	f.now_ms += 5000;
	return claim_one();
}

static void add_peer(const char *name, struct id *id, account_id *account)
{
	char address[64], token[64];
	const struct peer_new p = {.name = name,
	        .asset = f.usd,
	        .ilp_address = address,
	        .url = "http://127.0.0.1:1/ilp",
	        .outgoing_token = "to-them",
	        .incoming_token = token,
	        .credit_limit = 1000000};

	(void)snprintf(address, sizeof(address), "test.%s", name);
	(void)snprintf(token, sizeof(token), "from-%s", name);
	OK(batch_peer_add(f.b, &p, id, account));
}

/* More peers than one transaction orders for: the later ones have their turn, also where the
 * earlier ones rest. */
START_TEST(many_are_due)
{
	account_id peers[MANY];
	struct movement m = {.kind = MOVEMENT_SETTLE_IN, .amount = 1500, .reference = ""};
	struct id ids[MANY];
	bool repeated;
	int64_t next;

	fixture_begin(&f);
	for (int i = 0; i < MANY; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "many%d", i);
		add_peer(name, &ids[i], &peers[i]);
		OK(batch_settlement_set(f.b, &ids[i], &with_engine));
	}
	fixture_end(&f);
	fixture_begin(&f);
	for (int i = 0; i < MANY; i++) {
		m.account = peers[i];
		id_new(f.now_ms, &m.id);
		OK(batch_move(f.b, &m, &repeated));
	}
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_settlement_order_due(f.b, &next));
	fixture_end(&f);
	ck_assert_int_eq(next, f.now_ms);
	ck_assert_int_eq(fixture_balance(&f, peers[0]), 200);
	ck_assert_int_eq(fixture_balance(&f, peers[MANY - 1]), 1500);
	fixture_begin(&f);
	OK(batch_settlement_order_due(f.b, &next));
	fixture_end(&f);
	ck_assert_int_eq(next, 0);
	ck_assert_int_eq(fixture_balance(&f, peers[MANY - 1]), 200);
}
END_TEST

/* A refusal after an attempt without an answer proves nothing, and after a definite one it does. */
START_TEST(refused_after_no_answer)
{
	static const int statuses[] = {0, 502, 429};
	struct engine_call settle;
	struct settlement_row row;
	int64_t before;

	set(&with_engine);
	end_call(claim_one().key, SETTLEMENT_TAKEN, 201);
	move(MOVEMENT_SETTLE_IN, 1500, NULL);
	order_due();
	before = fixture_balance(&f, f.west);
	settle = unanswered_order(statuses[_i]);
	end_call(settle.key, SETTLEMENT_REFUSED, 400);
	row = newest();
	if (statuses[_i] == 429) {
		ck_assert_int_eq(row.state, SETTLEMENT_TAKEN_BACK);
		ck_assert_int_gt(fixture_balance(&f, f.west), before);
		return;
	}
	ck_assert_int_eq(row.state, SETTLEMENT_ORDERED);
	ck_assert_int_eq(row.status, 400);
	ck_assert_int_eq(fixture_balance(&f, f.west), before);
	/* The engine's own word, under the same key, ends it. */
	f.now_ms += 5000;
	settle = claim_one();
	end_call(settle.key, SETTLEMENT_TAKEN, 201);
	ck_assert_int_eq(newest().state, SETTLEMENT_DONE);
	ck_assert_int_eq(fixture_balance(&f, f.west), before);
}
END_TEST

START_TEST(refused)
{
	struct settlement_row row;
	struct engine_call c;
	int64_t next;

	set(&with_engine);
	end_call(claim_one().key, SETTLEMENT_TAKEN, 201);
	move(MOVEMENT_SETTLE_IN, 1500, NULL);
	order_due();
	c = claim_one();
	end_call(c.key, SETTLEMENT_REFUSED, 400);
	row = newest();
	ck_assert_int_eq(row.state, SETTLEMENT_TAKEN_BACK);
	ck_assert_str_eq(row.error, "why");
	ck_assert_int_eq(fixture_balance(&f, f.west), 1500);
	/* what is due is told again, and the engine rests */
	ck_assert_uint_eq(fixture_events(&f, &f.west_id), 2);
	fixture_begin(&f);
	OK(batch_settlement_order_due(f.b, &next));
	fixture_end(&f);
	ck_assert_int_eq(next, f.now_ms + SETTLEMENT_REFUSED_PAUSE_MS);
	ck_assert_int_eq(fixture_balance(&f, f.west), 1500);
	f.now_ms = next;
	order_due();
	ck_assert_int_eq(fixture_balance(&f, f.west), 200);
}
END_TEST

/* What the ledger does not allow is tried again soon. */
START_TEST(not_now)
{
	struct settlement_change c = with_engine;
	int64_t next;

	c.terms.pay_to = -1000001; /* the peer may owe us 1,000,000 */
	set(&c);
	move(MOVEMENT_SETTLE_IN, 1500, NULL);
	fixture_begin(&f);
	OK(batch_settlement_order_due(f.b, &next));
	ck_assert_int_eq(next, f.now_ms + SETTLEMENT_BUSY_PAUSE_MS);
	OK(batch_settlement_order_due(f.b, &next));
	ck_assert_int_eq(next, f.now_ms + SETTLEMENT_BUSY_PAUSE_MS);
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.west), 1500);
	c.terms.pay_to = -1000000;
	set(&c);
	fixture_begin(&f);
	OK(batch_settlement_order_due(f.b, &next));
	ck_assert_int_eq(next, 0);
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.west), -1000000);
}
END_TEST

/* A person says how an order ended, once, and not in the middle of a call. */
START_TEST(decided)
{
	struct engine_call call;
	struct id one, two;
	bool repeated;

	set(&with_engine);
	end_call(claim_one().key, SETTLEMENT_TAKEN, 201);
	id_new(f.now_ms, &one);
	id_new(f.now_ms, &two);
	fixture_begin(&f);
	OK(batch_settlement_order(f.b, &one, f.west, 30, NULL, &repeated));
	OK(batch_settlement_order(f.b, &two, f.west, 40, NULL, &repeated));
	fixture_end(&f);
	call = claim_one();
	ck_assert(id_eq(&call.settlement, &one));
	fixture_begin(&f);
	REFUSED(batch_settlement_decide(f.b, f.west, &one, true), RESULT_THEIRS_STATE);
	REFUSED(batch_settlement_decide(f.b, f.east, &two, true), RESULT_THEIRS_NOT_FOUND);
	OK(batch_settlement_decide(f.b, f.west, &two, false));
	fixture_end(&f);
	end_call(call.key, SETTLEMENT_AGAIN, 409);
	fixture_begin(&f);
	OK(batch_settlement_decide(f.b, f.west, &one, true));
	REFUSED(batch_settlement_decide(f.b, f.west, &one, false), RESULT_THEIRS_STATE);
	REFUSED(batch_settlement_decide(f.b, f.west, &two, true), RESULT_THEIRS_STATE);
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.west), -30);
}
END_TEST

/* An id is of one thing for ever: what was recorded was not ordered, and the other way round. */
START_TEST(ids_are_of_one_thing)
{
	struct movement m = {
	        .kind = MOVEMENT_SETTLE_OUT, .account = f.west, .amount = 70, .reference = ""};
	struct movement deposit = {
	        .id = {{7}}, .kind = MOVEMENT_DEPOSIT, .account = f.alice, .amount = 70};
	struct id by_hand, order = {{8}};
	bool repeated;

	set(&with_engine);
	move(MOVEMENT_SETTLE_OUT, 70, &by_hand);
	fixture_begin(&f);
	OK(batch_move(f.b, &deposit, &repeated));
	REFUSED(batch_settlement_order(f.b, &by_hand, f.west, 70, NULL, &repeated),
	        RESULT_THEIRS_CONFLICT);
	REFUSED(batch_settlement_order(f.b, &deposit.id, f.west, 70, NULL, &repeated),
	        RESULT_THEIRS_CONFLICT);
	OK(batch_settlement_order(f.b, &order, f.west, 70, NULL, &repeated));
	m.id = order;
	REFUSED(batch_move(f.b, &m, &repeated), RESULT_THEIRS_CONFLICT);
	m.id = by_hand;
	OK(batch_move(f.b, &m, &repeated));
	ck_assert(repeated);
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.west), -140);
}
END_TEST

/* A process that dies in a call makes it again. */
START_TEST(restarted)
{
	struct engine_call c, again;
	int64_t next;
	bool found;

	set(&with_engine);
	c = claim_one();
	fixture_restart(&f);
	(void)claim(&found, &next);
	ck_assert(!found);
	fixture_begin(&f);
	OK(batch_engine_take_over(f.b));
	fixture_end(&f);
	again = claim_one();
	ck_assert_int_eq(again.key, c.key);
	ck_assert_uint_eq(again.attempts, 2);
}
END_TEST

START_TEST(ordered_by_hand)
{
	struct id id;
	bool repeated;

	id_new(f.now_ms, &id);
	fixture_begin(&f);
	REFUSED(batch_settlement_order(f.b, &id, f.west, 70, "r", &repeated), RESULT_THEIRS_STATE);
	OK(batch_settlement_set(f.b, &f.west_id, &with_engine));
	OK(batch_settlement_order(f.b, &id, f.west, 70, "r", &repeated));
	ck_assert(!repeated);
	OK(batch_settlement_order(f.b, &id, f.west, 70, "r", &repeated));
	ck_assert(repeated);
	REFUSED(batch_settlement_order(f.b, &id, f.west, 71, "r", &repeated),
	        RESULT_THEIRS_CONFLICT);
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.west), -70);
	id_new(f.now_ms, &id);
	fixture_begin(&f);
	REFUSED(batch_settlement_order(f.b, &id, f.west, 1000000, "r", &repeated),
	        RESULT_THEIRS_INSUFFICIENT);
	/* a peer with an order that is not answered stays */
	REFUSED(batch_settlement_leave(f.b, f.west), RESULT_THEIRS_STATE);
	fixture_end(&f);
}
END_TEST

START_TEST(another_engine)
{
	struct settlement_change c = {.engine = "http://127.0.0.1:5000"};
	struct engine_call a, b;
	int64_t next;
	bool found;

	set(&with_engine);
	end_call(claim_one().key, SETTLEMENT_TAKEN, 201);
	set(&c);
	a = claim_one();
	b = claim_one(); /* engines don't wait for each other */
	ck_assert_int_eq(a.kind, ENGINE_CALL_CLOSE);
	ck_assert_str_eq(a.engine, ENGINE);
	ck_assert_int_eq(b.kind, ENGINE_CALL_OPEN);
	ck_assert_str_eq(b.engine, "http://127.0.0.1:5000");
	end_call(a.key, SETTLEMENT_TAKEN, 204);
	end_call(b.key, SETTLEMENT_REFUSED, 400);
	(void)claim(&found, &next);
	ck_assert(!found && next == 0);
	fixture_begin(&f);
	OK(batch_settlement_leave(f.b, f.west));
	fixture_end(&f);
	ck_assert_int_eq(claim_one().kind, ENGINE_CALL_CLOSE);
}
END_TEST

/* ---- received ---- */

static enum result take(const char *key, const char *digits, unsigned scale, uint8_t hash,
        struct settlement_row *out)
{
	uint8_t hashes[32];
	struct settlement_in in = {.peer = f.west, .key = key, .hash = hashes};
	enum result r;

	memset(hashes, hash, sizeof(hashes));
	OK(settlement_quantity_read(digits, scale, &in.quantity));
	fixture_begin(&f);
	r = batch_settlement_take(f.b, &in, &f.arena, out);
	fixture_end(&f);
	return r;
}

/* Each engine sees its own token, also in the calls that it gets when another has come. */
START_TEST(tokens_are_an_engines_own)
{
	struct settlement_change first = {.engine = ENGINE, .token = "first"};
	struct settlement_change second = {.engine = "http://127.0.0.1:5000", .token = "second"};
	struct settlement_change newer = {.token = "newer"};
	struct id id = {{9}};
	struct engine_call a, b;
	bool repeated;

	set(&first);
	end_call(claim_one().key, SETTLEMENT_TAKEN, 201);
	fixture_begin(&f);
	OK(batch_settlement_order(f.b, &id, f.west, 70, NULL, &repeated));
	fixture_end(&f);
	set(&second);
	set(&newer);
	a = claim_one();
	b = claim_one();
	ck_assert_int_eq(a.kind, ENGINE_CALL_SETTLE);
	ck_assert_str_eq(a.engine, ENGINE);
	ck_assert_str_eq(a.token, "first");
	ck_assert_int_eq(b.kind, ENGINE_CALL_OPEN);
	ck_assert_str_eq(b.token, "newer");
	end_call(a.key, SETTLEMENT_TAKEN, 201);
	end_call(b.key, SETTLEMENT_TAKEN, 201);
	a = claim_one();
	ck_assert_int_eq(a.kind, ENGINE_CALL_CLOSE);
	ck_assert_str_eq(a.token, "first");
	end_call(a.key, SETTLEMENT_TAKEN, 204);
	fixture_begin(&f);
	OK(batch_settlement_leave(f.b, f.west));
	fixture_end(&f);
	b = claim_one();
	ck_assert_str_eq(b.engine, "http://127.0.0.1:5000");
	ck_assert_str_eq(b.token, "newer");
	end_call(b.key, SETTLEMENT_TAKEN, 204);
}
END_TEST

START_TEST(received)
{
	static const struct {
		const char *key, *digits;
		unsigned scale;
		uint8_t hash;
		enum result result;
		uint64_t credited;
		const char *leftover;
		int64_t balance; /* then */
	} rows[] = {
	        {"a", "12345", 3, 1, RESULT_OK, 1234, "5", 1234},
	        {"a", "12345", 3, 1, RESULT_OK, 1234, "5", 1234},          /* repeated */
	        {"a", "12345", 4, 2, RESULT_THEIRS_CONFLICT, 0, "", 1234}, /* changed */
	        {"b", "4", 3, 3, RESULT_OK, 0, "9", 1234},                 /* less than one */
	        {"c", "1", 3, 4, RESULT_OK, 1, "0", 1235},                 /* which it makes */
	        {"b", "4", 3, 3, RESULT_OK, 0, "9", 1235},                 /* long ago */
	        {"d", "0", 9, 5, RESULT_OK, 0, "0", 1235},
	        {"e", "9223372036854775808", 2, 6, RESULT_THEIRS_BAD_AMOUNT, 0, "", 1235},
	        {"e", "7", 2, 7, RESULT_OK, 7, "0", 1242}, /* nothing was kept */
	};
	struct settlement_row *all, row;

	set(&with_engine);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum result r =
		        take(rows[i].key, rows[i].digits, rows[i].scale, rows[i].hash, &row);

		ck_assert_msg(r == rows[i].result, "row %zu: %s", i, result_name(r));
		if (!r) {
			ck_assert_msg(row.amount == rows[i].credited, "row %zu", i);
			ck_assert_str_eq(row.leftover, rows[i].leftover);
			ck_assert_str_eq(row.engine_key, rows[i].key);
			ck_assert_uint_eq(fixture_events(&f, &row.id), rows[i].credited ? 1 : 0);
		}
		ck_assert_msg(fixture_balance(&f, f.west) == rows[i].balance, "row %zu", i);
	}
	ck_assert_uint_eq(list(&all), 5);
}
END_TEST

/* What the engine of one peer says is not another's. */
START_TEST(keys_are_a_peers_own)
{
	struct settlement_row row;
	uint8_t hash[32] = {1};
	struct settlement_in in = {.peer = f.south, .key = "a", .hash = hash};

	OK(take("a", "100", 2, 1, &row));
	OK(settlement_quantity_read("300", 2, &in.quantity));
	fixture_begin(&f);
	OK(batch_settlement_take(f.b, &in, &f.arena, &row));
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.west), 100);
	ck_assert_int_eq(fixture_balance(&f, f.south), 300);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, recorded);
	tcase_add_test(t, due_is_told_once);
	tcase_add_test(t, terms_are_kept);
	tcase_add_test(t, ordered_and_taken);
	tcase_add_test(t, refused);
	tcase_add_test(t, many_are_due);
	tcase_add_loop_test(t, refused_after_no_answer, 0, 3);
	tcase_add_test(t, not_now);
	tcase_add_test(t, decided);
	tcase_add_test(t, restarted);
	tcase_add_test(t, ordered_by_hand);
	tcase_add_test(t, another_engine);
	tcase_add_test(t, tokens_are_an_engines_own);
	tcase_add_test(t, ids_are_of_one_thing);
	tcase_add_test(t, received);
	tcase_add_test(t, keys_are_a_peers_own);
}

TEST_MAIN("settlement", fill)
