/* What goes by itself when its time is over, and what never does. */
#include "unit/harness.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "store/fixture.h"
#include "store/grant.h"
#include "store/incoming.h"
#include "store/login.h"
#include "store/outgoing.h"
#include "store/sweep.h"

static struct fixture f;

#define GONE(expr) IS(expr, RESULT_THEIRS_NOT_FOUND)

#define RECEIVER       "https://other.example/incoming-payments/1"
#define DAY_MS         ((int64_t)86400000)
#define GRANT_KEPT     (LIMIT_GRANT_KEPT_DAYS * DAY_MS)
#define TOKEN_KEPT     (LIMIT_TOKEN_KEPT_DAYS * DAY_MS)
#define TOKEN_MS       600000
#define INTERACTION_MS 600000

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "end");
	fixture_teardown(&f);
}

struct made {
	struct id id;
	struct grant_secrets secrets;
};

static struct made add(bool outgoing)
{
	static const struct grant_finish finish = {"https://shop.example/back", "nonce"};
	struct access_item item = {.type = outgoing ? ACCESS_OUTGOING_PAYMENT : ACCESS_QUOTE,
	        .actions = 1U << ACTION_CREATE,
	        .identifier = outgoing ? "https://wallet.example/alice" : NULL,
	        .wallet = outgoing ? f.alice : 0};
	struct grant_new g = {.client = "https://shop.example/store",
	        .access = &item,
	        .access_count = 1,
	        .interactive = outgoing,
	        .finish = outgoing ? &finish : NULL,
	        .interaction_ms = INTERACTION_MS,
	        .token_ms = TOKEN_MS};
	struct made m;

	fixture_begin(&f);
	OK(batch_grant_add(f.b, &g, &m.id, &m.secrets));
	fixture_end(&f);
	return m;
}

static void accept(struct made *m, int64_t ends_ms, char ref[TOKEN_TEXT_SIZE])
{
	struct interaction_accept a = {
	        .id = m->secrets.interaction_id, .wallet = f.alice, .ends_ms = ends_ms};

	fixture_begin(&f);
	OK(batch_interaction_accept(f.b, &a, ref));
	fixture_end(&f);
}

/* Agreed to, with its token. */
static struct made issued(int64_t ends_ms)
{
	struct made m = add(true);
	char ref[TOKEN_TEXT_SIZE];
	struct grant_continue c = {.id = m.id, .interact_ref = ref, .token_ms = TOKEN_MS};
	enum continue_outcome outcome;
	struct grant_secrets s;
	struct grant_row g;

	accept(&m, ends_ms, ref);
	c.token = m.secrets.continue_token;
	fixture_begin(&f);
	OK(batch_grant_continue(f.b, &c, &f.arena, &outcome, &g, &s));
	fixture_end(&f);
	ck_assert_int_eq(outcome, CONTINUE_ISSUED);
	s.interaction_id = m.secrets.interaction_id;
	memcpy(s.interaction_nonce, m.secrets.interaction_nonce, sizeof(s.interaction_nonce));
	m.secrets = s;
	return m;
}

static void rotate(struct made *m)
{
	struct token_rotate t = {.id = m->secrets.token_id, .token_ms = TOKEN_MS};
	char old[TOKEN_TEXT_SIZE];
	struct grant_row g;

	memcpy(old, m->secrets.access_token, sizeof(old));
	t.token = old;
	fixture_begin(&f);
	OK(batch_token_rotate(f.b, &t, &f.arena, &g, &m->secrets));
	fixture_end(&f);
}

static void revoke(const struct made *m)
{
	fixture_begin(&f);
	OK(batch_grant_revoke(f.b, &m->id, NULL));
	fixture_end(&f);
}

/* A payment of alice's under the grant. */
static void pay(const struct made *m)
{
	struct quote_row q = {.wallet = f.alice,
	        .kind = QUOTE_FIXED_SEND,
	        .receiver = RECEIVER,
	        .debit_amount = 100,
	        .receive_amount = 100,
	        .receive_code = "USD",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	struct payment_grant under = {.spend = {.receiver = RECEIVER,
	                                      .debit = 100,
	                                      .debit_asset = f.usd,
	                                      .receive = 100,
	                                      .receive_code = "USD",
	                                      .receive_scale = 2}};
	struct payment_new p = {.wallet = f.alice, .grant = &under};
	account_id account;
	struct grant_row g;
	struct id id;

	OK(store_grant_get(f.reader, &f.arena, &m->id, &g));
	under.spend.grant = g.key;
	p.client = g.client;
	fixture_begin(&f);
	OK(ratio_make(1, 1, &q.min_rate));
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	OK(batch_payment_create(f.b, &p, NULL, &id, &account));
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "x"));
	fixture_end(&f);
}

static struct swept step(void)
{
	struct swept s;

	fixture_begin(&f);
	OK(batch_sweep(f.b, &s));
	fixture_end(&f);
	return s;
}

/* Until nothing is due; the steps that it took. */
static unsigned sweep(void)
{
	for (unsigned n = 0;; n++) {
		struct swept s;
		bool due;

		OK(store_sweep_due(f.reader, f.now_ms, &due));
		if (!due)
			return n;
		ck_assert_uint_lt(n, 1000);
		s = step();
		OK(store_sweep_due(f.reader, f.now_ms, &due));
		ck_assert(s.more == due);
	}
}

static enum result grant_is(const struct made *m)
{
	struct grant_row g;

	return store_grant_get(f.reader, &f.arena, &m->id, &g);
}

static enum result token_is(const char *value)
{
	struct token_row t;

	return store_token_find(f.reader, &f.arena, value, &t);
}

static enum grant_state state_of(const struct made *m)
{
	struct grant_row g;

	OK(store_grant_get(f.reader, &f.arena, &m->id, &g));
	return g.state;
}

/* ---- tests ---- */

/* Nobody has to touch an interaction for it to end. */
START_TEST(interactions)
{
	struct made m = add(true), late;
	struct interaction_row i;
	char ref[TOKEN_TEXT_SIZE];

	f.now_ms += INTERACTION_MS / 2;
	late = add(true);
	accept(&late, 0, ref);
	ck_assert_uint_eq(sweep(), 0);
	f.now_ms += INTERACTION_MS / 2 - 1;
	ck_assert_uint_eq(sweep(), 0);
	ck_assert_int_eq(state_of(&m), GRANT_PENDING);
	f.now_ms += 1;
	ck_assert_uint_eq(step().expired, 1);
	ck_assert_int_eq(state_of(&m), GRANT_EXPIRED);
	f.now_ms += INTERACTION_MS;
	ck_assert_uint_eq(sweep(), 0);
	ck_assert_int_eq(state_of(&late), GRANT_APPROVED);
	(void)add(false); /* the newest stays */
	f.now_ms += GRANT_KEPT;
	ck_assert_uint_eq(sweep(), 1);
	GONE(grant_is(&m));
	GONE(grant_is(&late)); /* its client never came back */
	GONE(store_interaction_find(
	        f.reader, &f.arena, &m.secrets.interaction_id, m.secrets.interaction_nonce, &i));
}
END_TEST

/* What nobody was asked for goes some time after its token. */
START_TEST(without_a_person)
{
	struct made plain = add(false), rotated = add(false), back = add(false);

	(void)add(false); /* the newest stays */
	f.now_ms += DAY_MS;
	revoke(&back);
	f.now_ms += GRANT_KEPT - DAY_MS + TOKEN_MS - 1;
	sweep();
	OK(grant_is(&plain));
	OK(token_is(plain.secrets.access_token));
	rotate(&rotated); /* an expired one may be */
	f.now_ms += 1;
	sweep();
	GONE(grant_is(&plain));
	GONE(token_is(plain.secrets.access_token));
	OK(grant_is(&back));
	OK(grant_is(&rotated));
	f.now_ms += DAY_MS;
	sweep();
	GONE(grant_is(&back));
	OK(token_is(rotated.secrets.access_token));
	f.now_ms += GRANT_KEPT;
	sweep();
	GONE(grant_is(&rotated));
}
END_TEST

/* What a person agreed to stays as long as there is a token, be it expired. */
START_TEST(with_a_person)
{
	struct made open = issued(0), until = issued(f.now_ms + 40 * DAY_MS), ended = issued(0);

	(void)add(false); /* the newest stays */
	f.now_ms += DAY_MS;
	revoke(&ended);
	for (int64_t day = 1; day < 40 + LIMIT_GRANT_KEPT_DAYS; day++) {
		ck_assert_uint_le(sweep(), 2);
		IS(grant_is(&ended),
		        day < 1 + LIMIT_GRANT_KEPT_DAYS ? RESULT_OK : RESULT_THEIRS_NOT_FOUND);
		OK(grant_is(&until));
		OK(token_is(until.secrets.access_token));
		f.now_ms += DAY_MS;
	}
	sweep();
	GONE(grant_is(&until));
	f.now_ms += 4000 * DAY_MS;
	sweep();
	OK(grant_is(&open));
	rotate(&open);
	OK(token_is(open.secrets.access_token));
}
END_TEST

/* Whatever its end: where money refers to it, it stays. */
START_TEST(with_payments)
{
	struct made alive = issued(0), ended = issued(0), over = issued(f.now_ms + DAY_MS);

	pay(&alive);
	pay(&ended);
	pay(&over);
	revoke(&ended);
	f.now_ms += 4000 * DAY_MS;
	ck_assert_uint_le(sweep(), 2);
	ck_assert_int_eq(state_of(&alive), GRANT_ISSUED);
	ck_assert_int_eq(state_of(&ended), GRANT_REVOKED);
	ck_assert_int_eq(state_of(&over), GRANT_ISSUED);
	ck_assert_uint_eq(sweep(), 0);
	revoke(&alive);
	f.now_ms += 4000 * DAY_MS;
	sweep();
	ck_assert_int_eq(state_of(&alive), GRANT_REVOKED);
}
END_TEST

/* A long chain of rotated tokens goes in bounded steps, and the last one stays. */
START_TEST(tokens)
{
	struct made m = issued(0);
	char first[TOKEN_TEXT_SIZE], last[TOKEN_TEXT_SIZE];
	unsigned many = 5 * LIMIT_SWEEP_ROWS / 2;

	memcpy(first, m.secrets.access_token, sizeof(first));
	for (unsigned i = 0; i < many; i++) {
		memcpy(last, m.secrets.access_token, sizeof(last));
		rotate(&m);
	}
	f.now_ms += TOKEN_KEPT - 1;
	ck_assert_uint_eq(sweep(), 0);
	OK(token_is(first));
	f.now_ms += 1;
	ck_assert(step().more);
	GONE(token_is(first));
	OK(token_is(last));
	ck_assert(step().more);
	ck_assert(!step().more);
	GONE(token_is(last));
	OK(token_is(m.secrets.access_token));
}
END_TEST

/* More tokens than one step removes: the grant goes after the last of them. */
START_TEST(grant_of_many_tokens)
{
	struct made m = issued(0);
	struct swept s;

	(void)add(false); /* the newest stays */
	for (unsigned i = 0; i < LIMIT_SWEEP_ROWS + 10; i++)
		rotate(&m);
	revoke(&m);
	f.now_ms += GRANT_KEPT;
	s = step();
	ck_assert(s.more);
	ck_assert_uint_eq(s.removed, 0);
	OK(grant_is(&m));
	ck_assert_uint_eq(step().removed, 1);
	GONE(grant_is(&m));
	GONE(token_is(m.secrets.access_token));
}
END_TEST

START_TEST(many_grants)
{
	struct made first = add(false), last;
	unsigned many = 2 * LIMIT_SWEEP_ROWS;

	for (unsigned i = 0; i < many; i++)
		last = add(false);
	f.now_ms += GRANT_KEPT + TOKEN_MS;
	ck_assert_uint_eq(step().removed, LIMIT_SWEEP_ROWS);
	GONE(grant_is(&first));
	OK(grant_is(&last));
	(void)add(false); /* the newest stays */
	ck_assert_uint_ge(sweep(), 2);
	GONE(grant_is(&last));
}
END_TEST

/* A key is never given again: an incoming payment keeps that of a grant that has gone. */
START_TEST(keys)
{
	struct made old = add(false), last = add(false), next;
	struct grant_row g;
	int64_t key;

	OK(store_grant_get(f.reader, &f.arena, &last.id, &g));
	key = g.key;
	f.now_ms += GRANT_KEPT + TOKEN_MS;
	ck_assert_uint_eq(step().removed, 1);
	GONE(grant_is(&old));
	OK(grant_is(&last));
	ck_assert_uint_eq(sweep(), 0);
	next = add(false);
	OK(store_grant_get(f.reader, &f.arena, &next.id, &g));
	ck_assert_int_eq(g.key, key + 1);
	f.now_ms += DAY_MS;
	ck_assert_uint_eq(step().removed, 1);
	GONE(grant_is(&last));
	OK(grant_is(&next));
}
END_TEST

START_TEST(sessions)
{
	struct user_row user;
	struct session_row row;
	struct session_new s = {
	        .idle_ms = DAY_MS, .life_ms = DAY_MS, .password_hash = "$argon2id$hash"};

	fixture_begin(&f);
	OK(batch_password_set(f.b, "alice", "$argon2id$hash"));
	fixture_end(&f);
	OK(store_user_of_wallet(f.reader, &f.arena, "alice", &user));
	s.user = user.id;
	for (uint8_t i = 0; i < 3; i++) {
		s.hash[0] = i;
		s.life_ms = (i + 1) * DAY_MS;
		fixture_begin(&f);
		OK(batch_session_add(f.b, &s));
		fixture_end(&f);
	}
	f.now_ms += DAY_MS - 1;
	ck_assert_uint_eq(sweep(), 0);
	f.now_ms += 1;
	ck_assert_uint_eq(sweep(), 1);
	/* Read at a time when it was good: the row is gone. */
	s.hash[0] = 0;
	GONE(store_session_get(f.reader, &f.arena, s.hash, f.now_ms - DAY_MS, &row));
	s.hash[0] = 1;
	OK(store_session_get(f.reader, &f.arena, s.hash, f.now_ms - DAY_MS, &row));
}
END_TEST

/* ---- what strangers asked for ---- */

static int64_t rows_of(const char *table)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	return fixture_sql(&f, sql);
}

static struct incoming_row asked(const char *client)
{
	struct incoming_new n = {
	        .wallet = f.alice, .client = client, .expires_ms = f.now_ms + DAY_MS};
	struct incoming_row row;

	fixture_begin(&f);
	OK(batch_incoming_add(f.b, &n, &row));
	fixture_end(&f);
	return row;
}

static void expire(void)
{
	size_t ended;
	int64_t next_ms;

	fixture_begin(&f);
	OK(batch_incoming_expire(f.b, &ended, &next_ms));
	fixture_end(&f);
}

static enum result incoming_is(const struct incoming_row *i)
{
	struct incoming_row row;

	return store_incoming_get(f.reader, &f.arena, &i->id, &row);
}

START_TEST(unpaid)
{
	struct incoming_row gone = asked("https://shop.example/a"), ours = asked(NULL),
	                    paid = asked("https://shop.example/a"),
	                    newest = asked("https://shop.example/a");
	struct credit c = {.peer = f.west,
	        .wallet = f.alice,
	        .amount_in = 100,
	        .amount_out = 100,
	        .expires_at_ms = f.now_ms + 1,
	        .incoming = paid.key};
	int64_t events, batch;

	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &batch));
	fixture_end(&f);
	events = rows_of("event");
	f.now_ms += DAY_MS;
	expire();
	f.now_ms += LIMIT_EMPTY_KEPT_DAYS * DAY_MS - 1;
	ck_assert_uint_eq(sweep(), 0);
	OK(incoming_is(&gone));
	f.now_ms += 1;
	ck_assert_uint_eq(step().removed, 1);
	GONE(incoming_is(&gone));
	OK(incoming_is(&ours));
	OK(incoming_is(&paid));
	OK(incoming_is(&newest));
	ck_assert_int_eq(rows_of("event"), events); /* one ended with money: told; one went */
	ck_assert_uint_eq(sweep(), 0);
	(void)asked(NULL);
	ck_assert_uint_eq(step().removed, 1);
	GONE(incoming_is(&newest));
}
END_TEST

START_TEST(many_unpaid)
{
	for (int i = 0; i < 2 * LIMIT_SWEEP_ROWS + 1; i++)
		(void)asked("https://shop.example/a");
	f.now_ms += DAY_MS;
	expire();
	f.now_ms += LIMIT_EMPTY_KEPT_DAYS * DAY_MS;
	ck_assert_uint_eq(step().removed, LIMIT_SWEEP_ROWS);
	ck_assert_uint_eq(sweep(), 1);
	ck_assert_int_eq(rows_of("incoming_payment"), 1);
	ck_assert_int_eq(rows_of("event"), 1);
}
END_TEST

START_TEST(quotes)
{
	struct quote_row q = {.wallet = f.alice,
	        .client = "https://shop.example/a",
	        .receiver = RECEIVER,
	        .debit_amount = 100,
	        .receive_amount = 100,
	        .receive_code = "USD",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	struct payment_new p = {.wallet = f.alice};
	account_id account;
	struct id id;

	fixture_begin(&f);
	OK(ratio_make(1, 1, &q.min_rate));
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	p.client = q.client;
	OK(batch_payment_create(f.b, &p, NULL, &id, &account));
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "x"));
	for (int i = 0; i < LIMIT_SWEEP_ROWS + 1; i++)
		OK(batch_quote_add(f.b, &q));
	fixture_end(&f);
	f.now_ms += 30000 + LIMIT_QUOTE_KEPT_DAYS * DAY_MS - 1;
	ck_assert_uint_eq(sweep(), 0);
	f.now_ms += 1;
	ck_assert(step().more);
	ck_assert_uint_eq(sweep(), 1);
	ck_assert_int_eq(rows_of("quote"), 1); /* the one that was used */
}
END_TEST

/* A payment that the host never funded does not keep what it was for. */
START_TEST(unpaid_of_a_payment)
{
	struct incoming_row gone = asked("https://shop.example/a");
	struct quote_row q = {.wallet = f.bob,
	        .client = "https://shop.example/a",
	        .receiver = RECEIVER,
	        .local_receiver = f.alice,
	        .local_incoming = gone.key,
	        .debit_amount = 100,
	        .receive_amount = 100,
	        .receive_code = "USD",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	const struct payment_local local = {.amount_out = 100};
	struct payment_new p = {.wallet = f.bob, .client = q.client};
	enum payment_state state;
	account_id account;
	struct id id;

	f.store->headless = true;
	(void)asked(NULL);
	fixture_begin(&f);
	OK(ratio_make(1, 1, &q.min_rate));
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	OK(batch_payment_create(f.b, &p, &local, &id, &account));
	fixture_end(&f);
	f.now_ms += DAY_MS;
	expire();
	f.now_ms += LIMIT_EMPTY_KEPT_DAYS * DAY_MS;
	ck_assert_uint_eq(sweep(), 0);
	OK(incoming_is(&gone));
	fixture_begin(&f);
	OK(batch_payment_cancel(f.b, &id, "x", &state));
	fixture_end(&f);
	ck_assert_int_eq(state, PAYMENT_CANCELLED);
	ck_assert_uint_eq(step().removed, 1);
	GONE(incoming_is(&gone));
	ck_assert_str_eq(fixture_payment(&f, &id).quote.receiver, RECEIVER);
	fixture_audit(&f, "of a payment");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, interactions);
	tcase_add_test(t, without_a_person);
	tcase_add_test(t, with_a_person);
	tcase_add_test(t, with_payments);
	tcase_add_test(t, tokens);
	tcase_add_test(t, grant_of_many_tokens);
	tcase_add_test(t, many_grants);
	tcase_add_test(t, keys);
	tcase_add_test(t, sessions);
	tcase_add_test(t, unpaid);
	tcase_add_test(t, many_unpaid);
	tcase_add_test(t, unpaid_of_a_payment);
	tcase_add_test(t, quotes);
}

TEST_MAIN("sweep", fill)
