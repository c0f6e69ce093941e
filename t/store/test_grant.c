/* Grants in the store: their life, tokens, interactions, spending under limits. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/grant.h"
#include "store/sweep.h"
#include "store/writer.h"

static struct fixture f;

#define CLIENT   "https://shop.example/store"
#define ALICE    "https://wallet.example/alice"
#define RECEIVER "https://other.example/incoming-payments/1"
#define HOUR_MS  3600000
#define TOKEN_MS 600000

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "end");
	fixture_teardown(&f);
}

/* ---- what the tests ask for ---- */

static struct access_item incoming(void)
{
	return (struct access_item){.type = ACCESS_INCOMING_PAYMENT,
	        .actions = 1U << ACTION_CREATE | 1U << ACTION_READ_ALL};
}

static struct access_item outgoing(uint64_t cap)
{
	struct access_item item = {.type = ACCESS_OUTGOING_PAYMENT,
	        .actions = 1U << ACTION_CREATE | 1U << ACTION_READ,
	        .identifier = ALICE,
	        .wallet = f.alice,
	        .limits = {.given = true, .cap = CAP_DEBIT, .amount = cap, .scale = 2}};

	snprintf(item.limits.code, sizeof(item.limits.code), "USD");
	return item;
}

static struct grant_new ask(const struct access_item *access, bool interactive)
{
	return (struct grant_new){.client = CLIENT,
	        .access = access,
	        .access_count = 1,
	        .interactive = interactive,
	        .client_name = interactive ? "A shop" : NULL,
	        .pending_max = 3,
	        .interaction_ms = 600000,
	        .token_ms = TOKEN_MS};
}

struct made {
	struct id id;
	struct grant_secrets secrets;
};

static struct made add(const struct grant_new *g)
{
	struct made m;

	fixture_begin(&f);
	OK(batch_grant_add(f.b, g, &m.id, &m.secrets));
	fixture_end(&f);
	return m;
}

static enum continue_outcome go_on(
        const struct made *m, const char *token, const char *ref, struct grant_secrets *out)
{
	struct grant_continue c = {
	        .id = m->id, .token = token, .interact_ref = ref, .token_ms = TOKEN_MS};
	enum continue_outcome outcome;
	struct grant_row g;

	fixture_begin(&f);
	OK(batch_grant_continue(f.b, &c, &f.arena, &outcome, &g, out));
	fixture_end(&f);
	return outcome;
}

static const uint8_t session[32] = {1}, thief[32] = {2};

static enum result accept(const struct made *m, const uint8_t *who, char ref[TOKEN_TEXT_SIZE])
{
	struct interaction_accept i = {
	        .id = m->secrets.interaction_id, .session = who, .wallet = f.alice};
	enum result r;

	fixture_begin(&f);
	r = batch_interaction_accept(f.b, &i, ref);
	fixture_end(&f);
	return r;
}

static enum result bind(const struct made *m, const uint8_t *who)
{
	enum result r;

	fixture_begin(&f);
	r = batch_interaction_bind(f.b, &m->secrets.interaction_id, who, NULL);
	fixture_end(&f);
	return r;
}

static enum result revoke(const struct made *m, const char *token)
{
	enum result r;

	fixture_begin(&f);
	r = batch_grant_revoke(f.b, &m->id, token);
	fixture_end(&f);
	return r;
}

static enum result lookup(const char *value, struct token_row *t)
{
	enum result r = store_token_find(f.reader, &f.arena, value, t);

	return r ? r : token_check(t, f.now_ms);
}

static struct made interactive(uint64_t cap, const struct grant_finish *finish)
{
	struct access_item item = outgoing(cap);
	struct grant_new g = ask(&item, true);

	g.finish = finish;
	return add(&g);
}

static const struct grant_finish finish = {"https://shop.example/back?x=1", "nonce"};

/* Agreed to and with its token. */
static struct made issued(uint64_t cap)
{
	struct made m = interactive(cap, &finish);
	struct grant_secrets s;
	char ref[TOKEN_TEXT_SIZE];

	OK(bind(&m, session));
	OK(accept(&m, session, ref));
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, ref, &s), CONTINUE_ISSUED);
	m.secrets = s;
	return m;
}

/* ---- life ---- */

START_TEST(non_interactive)
{
	struct access_item item = incoming();
	struct grant_new g = ask(&item, false);
	struct made m = add(&g);
	struct grant_secrets s;
	struct token_row t;

	ck_assert_uint_eq(strlen(m.secrets.access_token), 43);
	ck_assert_uint_eq(strlen(m.secrets.continue_token), 43);
	ck_assert_str_ne(m.secrets.access_token, m.secrets.continue_token);
	ck_assert(id_is_zero(&m.secrets.interaction_id));
	OK(lookup(m.secrets.access_token, &t));
	ck_assert_str_eq(t.grant.client, CLIENT);
	ck_assert_int_eq(t.grant.state, GRANT_ISSUED);
	ck_assert_uint_eq(t.grant.access_count, 1);
	ck_assert(access_item_eq(&t.grant.access[0], &item));
	ck_assert_int_eq(t.expires_ms, f.now_ms + TOKEN_MS);
	/* It can be cancelled by its continuation, but has nothing more to give. */
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, NULL, &s), CONTINUE_DONE);
	ck_assert_int_eq(go_on(&m, m.secrets.access_token, NULL, &s), CONTINUE_INVALID);
	IS(revoke(&m, m.secrets.access_token), RESULT_THEIRS_UNAUTHORIZED);
	OK(revoke(&m, m.secrets.continue_token));
	OK(revoke(&m, m.secrets.continue_token));
	IS(lookup(m.secrets.access_token, &t), RESULT_THEIRS_UNAUTHORIZED);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, NULL, &s), CONTINUE_INVALID);
}
END_TEST

START_TEST(refused_requests)
{
	struct access_item in = incoming(), out = outgoing(1), nowhere = outgoing(1);
	struct grant_new g = ask(&out, false);
	struct grant_secrets s;
	struct id id;

	fixture_begin(&f);
	IS(batch_grant_add(f.b, &g, &id, &s), RESULT_THEIRS_MALFORMED);
	nowhere.wallet = 0;
	g = ask(&nowhere, true);
	IS(batch_grant_add(f.b, &g, &id, &s), RESULT_THEIRS_MALFORMED);
	g = ask(&in, false);
	g.access_count = 0;
	IS(batch_grant_add(f.b, &g, &id, &s), RESULT_THEIRS_MALFORMED);
	g.subject = ALICE;
	g.subject_wallet = f.alice;
	IS(batch_grant_add(f.b, &g, &id, &s), RESULT_THEIRS_MALFORMED);
	g.interactive = true;
	OK(batch_grant_add(f.b, &g, &id, &s));
	fixture_end(&f);
}
END_TEST

START_TEST(finish_flow)
{
	struct made m = interactive(500, &finish);
	struct grant_secrets s;
	struct interaction_row i;
	struct token_row t;
	char ref[TOKEN_TEXT_SIZE], again[TOKEN_TEXT_SIZE];

	ck_assert_str_eq(m.secrets.access_token, "");
	ck_assert_uint_eq(strlen(m.secrets.interaction_nonce), 43);
	ck_assert_uint_eq(strlen(m.secrets.server_nonce), 32);
	IS(store_interaction_find(f.reader, &f.arena, &m.secrets.interaction_id, "guess", &i),
	        RESULT_THEIRS_NOT_FOUND);
	OK(store_interaction_find(
	        f.reader, &f.arena, &m.secrets.interaction_id, m.secrets.interaction_nonce, &i));
	ck_assert_str_eq(i.finish_uri, finish.uri);
	ck_assert_str_eq(i.client_nonce, finish.nonce);
	ck_assert_str_eq(i.server_nonce, m.secrets.server_nonce);
	ck_assert_str_eq(i.grant.client_name, "A shop");
	ck_assert(!i.bound);

	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, NULL, &s), CONTINUE_CANNOT_POLL);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, "x", &s), CONTINUE_UNKNOWN_REF);
	IS(accept(&m, session, ref), RESULT_THEIRS_FORBIDDEN);
	OK(bind(&m, session));
	IS(bind(&m, thief), RESULT_THEIRS_FORBIDDEN);
	OK(bind(&m, session));
	IS(accept(&m, thief, ref), RESULT_THEIRS_FORBIDDEN);
	OK(accept(&m, session, ref));
	OK(accept(&m, session, again));
	ck_assert_str_eq(ref, again);
	IS(accept(&m, thief, again), RESULT_THEIRS_FORBIDDEN);

	ck_assert_int_eq(go_on(&m, "wrong", ref, &s), CONTINUE_INVALID);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, "x", &s), CONTINUE_UNKNOWN_REF);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, NULL, &s), CONTINUE_CANNOT_POLL);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, ref, &s), CONTINUE_ISSUED);
	ck_assert_str_eq(s.continue_token, m.secrets.continue_token);
	OK(lookup(s.access_token, &t));
	ck_assert_int_eq(t.grant.wallet, f.alice);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, ref, &s), CONTINUE_USED_REF);
	ck_assert_str_eq(s.access_token, "");
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, "x", &s), CONTINUE_UNKNOWN_REF);
	IS(accept(&m, session, again), RESULT_THEIRS_STATE);
}
END_TEST

/* A reference opens its own grant only. */
START_TEST(foreign_reference)
{
	struct made one = interactive(500, &finish), two = interactive(500, &finish);
	struct grant_secrets s;
	char ref[TOKEN_TEXT_SIZE], other[TOKEN_TEXT_SIZE];

	OK(bind(&one, session));
	OK(bind(&two, session));
	OK(accept(&one, session, ref));
	OK(accept(&two, session, other));
	ck_assert_str_ne(ref, other);
	ck_assert_int_eq(go_on(&one, one.secrets.continue_token, other, &s), CONTINUE_UNKNOWN_REF);
	ck_assert_int_eq(go_on(&one, two.secrets.continue_token, ref, &s), CONTINUE_INVALID);
	ck_assert_int_eq(go_on(&one, one.secrets.continue_token, ref, &s), CONTINUE_ISSUED);
}
END_TEST

START_TEST(polling)
{
	struct made m = interactive(500, NULL);
	const char *token = m.secrets.continue_token;
	struct grant_secrets s;
	char ref[TOKEN_TEXT_SIZE];

	ck_assert_int_eq(go_on(&m, token, NULL, &s), CONTINUE_TOO_FAST);
	f.now_ms += CONTINUE_WAIT_MS - 1;
	ck_assert_int_eq(go_on(&m, token, NULL, &s), CONTINUE_TOO_FAST);
	f.now_ms += 1;
	ck_assert_int_eq(go_on(&m, token, NULL, &s), CONTINUE_WAIT);
	ck_assert_int_eq(go_on(&m, token, NULL, &s), CONTINUE_TOO_FAST);
	OK(bind(&m, session));
	OK(accept(&m, session, ref));
	/* A reference is never too fast. */
	ck_assert_int_eq(go_on(&m, token, NULL, &s), CONTINUE_TOO_FAST);
	f.now_ms += CONTINUE_WAIT_MS;
	ck_assert_int_eq(go_on(&m, token, NULL, &s), CONTINUE_ISSUED);
	ck_assert_uint_eq(strlen(s.access_token), 43);
	ck_assert_int_eq(go_on(&m, token, NULL, &s), CONTINUE_DONE);
	ck_assert_int_eq(go_on(&m, token, ref, &s), CONTINUE_USED_REF);
}
END_TEST

START_TEST(rejected)
{
	struct made m = interactive(500, &finish);
	struct grant_secrets s;
	char ref[TOKEN_TEXT_SIZE];

	OK(bind(&m, session));
	fixture_begin(&f);
	IS(batch_interaction_reject(f.b, &m.secrets.interaction_id, thief),
	        RESULT_THEIRS_FORBIDDEN);
	OK(batch_interaction_reject(f.b, &m.secrets.interaction_id, session));
	IS(batch_interaction_reject(f.b, &m.secrets.interaction_id, session), RESULT_THEIRS_STATE);
	fixture_end(&f);
	IS(accept(&m, session, ref), RESULT_THEIRS_STATE);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, NULL, &s), CONTINUE_DENIED);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, "x", &s), CONTINUE_DENIED);
	OK(revoke(&m, m.secrets.continue_token));
}
END_TEST

START_TEST(expired)
{
	struct made m = interactive(500, &finish), other = interactive(500, &finish);
	struct grant_secrets s;
	char ref[TOKEN_TEXT_SIZE];
	struct grant_row g;
	struct swept swept;

	OK(bind(&m, session));
	f.now_ms += 600000;
	IS(accept(&m, session, ref), RESULT_THEIRS_EXPIRED);
	IS(bind(&other, session), RESULT_THEIRS_EXPIRED);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, "x", &s), CONTINUE_EXPIRED);
	OK(store_grant_get(f.reader, &f.arena, &m.id, &g));
	ck_assert_int_eq(g.state, GRANT_EXPIRED);
	fixture_begin(&f);
	OK(batch_sweep(f.b, &swept));
	fixture_end(&f);
	ck_assert_uint_eq(swept.expired, 1);
	OK(store_grant_get(f.reader, &f.arena, &other.id, &g));
	ck_assert_int_eq(g.state, GRANT_EXPIRED);
}
END_TEST

/* A client's pending grants are counted; those whose time is over are not. */
START_TEST(pending_cap)
{
	struct access_item item = outgoing(1), in = incoming();
	struct grant_new g = ask(&item, true), plain = ask(&in, false);
	struct made first = add(&g);
	struct grant_secrets s;
	struct id id;

	add(&g);
	add(&g);
	fixture_begin(&f);
	IS(batch_grant_add(f.b, &g, &id, &s), RESULT_THEIRS_TOO_BIG);
	OK(batch_grant_add(f.b, &plain, &id, &s));
	g.client = "https://other.example";
	OK(batch_grant_add(f.b, &g, &id, &s));
	g.client = CLIENT;
	fixture_end(&f);
	OK(revoke(&first, first.secrets.continue_token));
	add(&g);
	f.now_ms += 600000;
	add(&g);
}
END_TEST

/* ---- consent ---- */

START_TEST(owner)
{
	struct made m = interactive(500, &finish);
	struct interaction_accept i = {.id = m.secrets.interaction_id, .session = session};
	struct interaction_row row;
	char ref[TOKEN_TEXT_SIZE];
	uint8_t digest[32];

	OK(bind(&m, session));
	OK(store_interaction_find(
	        f.reader, &f.arena, &m.secrets.interaction_id, m.secrets.interaction_nonce, &row));
	OK(interaction_digest(&row, &f.arena, digest));
	fixture_begin(&f);
	/* Bob may not agree for alice, and not to something that was not shown. */
	i.wallet = f.bob;
	i.digest = digest;
	IS(batch_interaction_accept(f.b, &i, ref), RESULT_THEIRS_FORBIDDEN);
	i.wallet = f.alice;
	digest[0] ^= 1;
	IS(batch_interaction_accept(f.b, &i, ref), RESULT_THEIRS_CONFLICT);
	digest[0] ^= 1;
	i.ends_ms = f.now_ms;
	IS(batch_interaction_accept(f.b, &i, ref), RESULT_THEIRS_MALFORMED);
	i.ends_ms = f.now_ms + HOUR_MS;
	OK(batch_interaction_accept(f.b, &i, ref));
	fixture_end(&f);
}
END_TEST

/* Every part of what is shown changes its name. */
START_TEST(digests)
{
	struct interaction_row a = {.finish_uri = "f"}, b;
	uint8_t one[32], two[32];

	a.grant.client = "c";
	a.grant.client_name = "n";
	a.grant.subject = "";
	a.grant.access_count = 1;
	a.grant.access[0] = outgoing(500);
	OK(interaction_digest(&a, &f.arena, one));
	for (int i = 0; i < 12; i++) {
		struct access_item *x = &b.grant.access[0];

		b = a;
		switch (i) {
		case 0:
			b.grant.client = "d";
			break;
		case 1:
			b.grant.client_name = "m";
			break;
		case 2:
			b.grant.subject = "s";
			break;
		case 3:
			b.finish_uri = "g";
			break;
		case 4:
			b.grant.access_count = 0;
			break;
		case 5:
			x->actions |= 1U << ACTION_LIST;
			break;
		case 6:
			x->limits.amount++;
			break;
		case 7:
			x->limits.interval = "R/2026-01-01/P1D";
			break;
		case 8:
			x->limits.receiver = RECEIVER;
			break;
		case 9:
			x->limits.cap = CAP_RECEIVE;
			break;
		case 10:
			x->limits.code[0] = 'X';
			break;
		case 11:
			x->identifier = "https://wallet.example/bob";
			break;
		default:
			ck_abort();
		}
		OK(interaction_digest(&b, &f.arena, two));
		ck_assert_msg(memcmp(one, two, sizeof(one)) != 0, "case %d", i);
	}
}
END_TEST

/* A login moves the interaction from the session that opened it, and only from that. */
START_TEST(rebinding)
{
	static const uint8_t after_login[32] = {3};
	struct made m = interactive(500, &finish);
	char ref[TOKEN_TEXT_SIZE];

	OK(bind(&m, session));
	fixture_begin(&f);
	IS(batch_interaction_bind(f.b, &m.secrets.interaction_id, thief, thief),
	        RESULT_THEIRS_FORBIDDEN);
	OK(batch_interaction_bind(f.b, &m.secrets.interaction_id, after_login, session));
	fixture_end(&f);
	IS(accept(&m, session, ref), RESULT_THEIRS_FORBIDDEN);
	OK(accept(&m, after_login, ref));
}
END_TEST

/* The identity provider has no session of ours. */
START_TEST(provider)
{
	struct made m = interactive(500, NULL);
	struct interaction_accept i = {.id = m.secrets.interaction_id};
	char ref[TOKEN_TEXT_SIZE];
	struct grant_row g;

	fixture_begin(&f);
	OK(batch_interaction_accept(f.b, &i, ref));
	IS(batch_interaction_accept(f.b, &i, ref), RESULT_THEIRS_STATE);
	fixture_end(&f);
	OK(store_grant_get(f.reader, &f.arena, &m.id, &g));
	ck_assert_int_eq(g.state, GRANT_APPROVED);
	ck_assert_int_eq(g.wallet, f.alice);
}
END_TEST

/* ---- tokens ---- */

static enum result rotate(
        const struct id *id, const char *value, uint8_t signature, struct grant_secrets *out)
{
	struct token_rotate t = {
	        .id = *id, .token = value, .token_ms = TOKEN_MS, .signature = {signature}};
	struct grant_row g;
	enum result r;

	fixture_begin(&f);
	r = batch_token_rotate(f.b, &t, &f.arena, &g, out);
	fixture_end(&f);
	return r;
}

START_TEST(rotation)
{
	struct made m = issued(500);
	struct grant_secrets *old = &m.secrets, new, again, third;
	struct id unknown = {{9}};
	struct token_row t;

	IS(rotate(&unknown, old->access_token, 1, &new), RESULT_THEIRS_NOT_FOUND);
	IS(rotate(&old->token_id, "wrong", 1, &new), RESULT_THEIRS_UNAUTHORIZED);
	/* Of an expired one too. */
	f.now_ms += TOKEN_MS;
	IS(lookup(old->access_token, &t), RESULT_THEIRS_UNAUTHORIZED);
	OK(rotate(&old->token_id, old->access_token, 1, &new));
	ck_assert_str_ne(new.access_token, old->access_token);
	ck_assert(!id_eq(&new.token_id, &old->token_id));
	OK(lookup(new.access_token, &t));
	ck_assert_int_eq(t.expires_ms, f.now_ms + TOKEN_MS);
	IS(lookup(old->access_token, &t), RESULT_THEIRS_UNAUTHORIZED);
	/* The same request again, in time; another one; too late. */
	OK(rotate(&old->token_id, old->access_token, 1, &again));
	ck_assert_str_eq(again.access_token, new.access_token);
	ck_assert(id_eq(&again.token_id, &new.token_id));
	IS(rotate(&old->token_id, old->access_token, 2, &again), RESULT_THEIRS_STATE);
	f.now_ms += ROTATE_REPEAT_MS + 1;
	IS(rotate(&old->token_id, old->access_token, 1, &again), RESULT_THEIRS_STATE);
	ck_assert_str_eq(again.access_token, "");
	/* A chain: what was rotated away twice does not come back. */
	OK(rotate(&new.token_id, new.access_token, 3, &third));
	IS(rotate(&old->token_id, old->access_token, 1, &again), RESULT_THEIRS_STATE);
	OK(lookup(third.access_token, &t));
}
END_TEST

START_TEST(revocation)
{
	struct made m = issued(500);
	struct grant_secrets *s = &m.secrets, new;
	struct id unknown = {{9}};
	struct token_row t;
	struct grant_row g;

	OK(lookup(s->access_token, &t));
	fixture_begin(&f);
	OK(batch_token_check(f.b, t.key));
	IS(batch_token_revoke(f.b, &unknown, s->access_token), RESULT_THEIRS_NOT_FOUND);
	IS(batch_token_revoke(f.b, &s->token_id, "wrong"), RESULT_THEIRS_UNAUTHORIZED);
	OK(batch_token_revoke(f.b, &s->token_id, s->access_token));
	OK(batch_token_revoke(f.b, &s->token_id, s->access_token));
	IS(batch_token_check(f.b, t.key), RESULT_THEIRS_UNAUTHORIZED);
	fixture_end(&f);
	IS(lookup(s->access_token, &t), RESULT_THEIRS_UNAUTHORIZED);
	IS(rotate(&s->token_id, s->access_token, 1, &new), RESULT_THEIRS_STATE);
	/* The grant stays. */
	OK(store_grant_get(f.reader, &f.arena, &m.id, &g));
	ck_assert_int_eq(g.state, GRANT_ISSUED);
}
END_TEST

START_TEST(cancelled)
{
	struct made m = issued(500);
	struct grant_secrets new;
	struct token_row t;

	OK(revoke(&m, m.secrets.continue_token));
	IS(lookup(m.secrets.access_token, &t), RESULT_THEIRS_UNAUTHORIZED);
	IS(rotate(&m.secrets.token_id, m.secrets.access_token, 1, &new), RESULT_THEIRS_STATE);
}
END_TEST

/* What is stored gives no secret away, and another master key finds nothing. */
START_TEST(restart)
{
	struct made m = issued(500);
	struct token_row t;

	fixture_restart(&f);
	OK(lookup(m.secrets.access_token, &t));
	IS(store_token_find(f.reader, &f.arena, "x", &t), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

/* ---- lists ---- */

static size_t list(const struct grant_filter *filter)
{
	struct page page = {.limit = 10};
	struct grant_row *rows;
	size_t n;
	bool more;

	OK(store_grant_list(f.reader, &f.arena, filter, &page, &rows, &n, &more));
	for (size_t i = 1; i < n; i++)
		ck_assert_int_gt(rows[i - 1].key, rows[i].key);
	return n;
}

START_TEST(lists)
{
	struct access_item item = incoming();
	struct grant_new g = ask(&item, false);
	struct page page = {.limit = 2};
	struct grant_row *rows;
	size_t n;
	bool more;

	add(&g);
	interactive(5, &finish);
	issued(7);
	g.client = "https://other.example";
	add(&g);
	ck_assert_uint_eq(list(&(struct grant_filter){0}), 4);
	ck_assert_uint_eq(list(&(struct grant_filter){.client = CLIENT}), 3);
	ck_assert_uint_eq(list(&(struct grant_filter){.wallet = f.alice}), 1);
	ck_assert_uint_eq(list(&(struct grant_filter){.wallet = f.bob}), 0);
	ck_assert_uint_eq(list(&(struct grant_filter){.state = "PENDING"}), 1);
	ck_assert_uint_eq(
	        list(&(struct grant_filter){.state = "FINALIZED", .reason = "ISSUED"}), 3);
	ck_assert_uint_eq(list(&(struct grant_filter){.client = CLIENT, .state = "FINALIZED"}), 2);
	OK(store_grant_list(
	        f.reader, &f.arena, &(struct grant_filter){0}, &page, &rows, &n, &more));
	ck_assert(n == 2 && more);
	ck_assert_uint_eq(rows[1].access_count, 1);
	page.after = rows[1].id;
	OK(store_grant_list(
	        f.reader, &f.arena, &(struct grant_filter){0}, &page, &rows, &n, &more));
	ck_assert(n == 2 && !more);
}
END_TEST

/* ---- spending ---- */

/* A payment of alice's under the grant: in one transaction. */
static enum result pay(const struct made *m, uint64_t debit, uint64_t receive, const char *code,
        account_id *account, struct grant_spend *after)
{
	struct quote_row q = {.wallet = f.alice,
	        .kind = QUOTE_FIXED_SEND,
	        .receiver = RECEIVER,
	        .debit_amount = debit,
	        .receive_amount = receive,
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	struct payment_grant under = {.spend = {.receiver = RECEIVER,
	                                      .debit = debit,
	                                      .debit_asset = f.usd,
	                                      .receive = receive,
	                                      .receive_code = code,
	                                      .receive_scale = 2}};
	struct payment_new p = {.wallet = f.alice, .client = CLIENT, .grant = &under};
	struct grant_row g;
	struct id id;
	enum result r;

	OK(store_grant_get(f.reader, &f.arena, &m->id, &g));
	under.spend.grant = g.key;
	snprintf(q.receive_code, sizeof(q.receive_code), "%s", code);
	fixture_begin(&f);
	OK(ratio_make(1, 1, &q.min_rate));
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	r = batch_payment_create(f.b, &p, NULL, &id, account);
	ck_assert(under.refused == (r != RESULT_OK));
	*after = under.after;
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

/* Ends as failed after `sent` went out. */
static void end_failed(account_id account, uint64_t sent, uint64_t received)
{
	struct flight part = {account, f.south, sent, sent, 0};
	struct settlement s = {.flight = part, .packets = 1, .delivered = received};
	struct payment_row *rows;
	struct page page = {.limit = 100};
	int64_t claim;
	size_t n, i;
	bool more;

	OK(store_payment_list(f.reader, &f.arena, 0, &page, &rows, &n, &more));
	for (i = 0; i < n && rows[i].account != account; i++)
		;
	ck_assert_uint_lt(i, n);
	fixture_begin(&f);
	if (sent) {
		OK(batch_window_reserve(f.b, &part, f.now_ms + 20000));
		fixture_end(&f);
		fixture_begin(&f);
		OK(batch_window_settle(f.b, &s, &claim));
	}
	OK(batch_payment_finish(f.b, &rows[i].id, PAYMENT_FAILED, "x")); /* and settles */
	OK(batch_grant_settle(f.b, account, 0, 0));                      /* once */
	fixture_end(&f);
}

static struct grant_spent_row spent(const struct made *m)
{
	struct grant_spent_row out;
	struct grant_row g;

	OK(store_grant_get(f.reader, &f.arena, &m->id, &g));
	OK(store_grant_spent(f.reader, &g, 0, f.now_ms, &out));
	return out;
}

START_TEST(limit)
{
	struct made m = issued(1000);
	struct grant_spend after;
	account_id first, second, third;

	ck_assert(!spent(&m).any);
	OK(pay(&m, 600, 500, "EUR", &first, &after));
	ck_assert_uint_eq(after.debit, 600);
	ck_assert_uint_eq(after.receive, 500);
	IS(pay(&m, 401, 1, "EUR", &second, &after), RESULT_THEIRS_FORBIDDEN);
	OK(pay(&m, 400, 300, "EUR", &second, &after));
	ck_assert_uint_eq(after.debit, 1000);
	ck_assert_uint_eq(after.receive, 800);
	IS(pay(&m, 1, 1, "EUR", &third, &after), RESULT_THEIRS_FORBIDDEN);
	ck_assert_uint_eq(spent(&m).debit, 1000);
	/* What was not sent comes back. */
	end_failed(first, 150, 120);
	ck_assert_uint_eq(spent(&m).debit, 550);
	/* How much of it arrived is the receiver's word: all of that side stays counted. */
	ck_assert_uint_eq(spent(&m).receive, 800);
	IS(pay(&m, 451, 1, "EUR", &third, &after), RESULT_THEIRS_FORBIDDEN);
	OK(pay(&m, 450, 1, "EUR", &third, &after));
	end_failed(third, 0, 0);
	end_failed(second, 0, 0);
	ck_assert_uint_eq(spent(&m).debit, 150);
	/* A payment without a grant has nothing to settle. */
	fixture_begin(&f);
	OK(batch_grant_settle(f.b, 99999, 1, 1));
	fixture_end(&f);
}
END_TEST

/* What was in doubt when a payment failed counts as spent until it goes back to the payer. */
START_TEST(doubt_released)
{
	static const struct {
		uint64_t sent, doubtful;
		enum doubt_end end;
		uint64_t debit, receive; /* that stay counted */
	} rows[] = {
	        {0, 200, DOUBT_TO_PAYER, 0, 0},
	        {100, 200, DOUBT_TO_PAYER, 100, 500},
	        {100, 200, DOUBT_TO_PEER, 300, 500},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made m = issued(1000);
		struct flight part = {.to = f.south, .amount_in = rows[i].doubtful};
		struct page page = {.limit = 100};
		struct doubt_row *doubts;
		struct grant_spend after;
		account_id account;
		size_t n;
		bool more;

		OK(pay(&m, 600, 500, "EUR", &account, &after));
		part.from = account;
		part.amount_out = part.amount_in;
		fixture_begin(&f);
		OK(batch_window_reserve(f.b, &part, f.now_ms + 1000));
		fixture_end(&f);
		f.now_ms += 1001;
		fixture_begin(&f);
		OK(batch_window_doubt(f.b, &part));
		fixture_end(&f);
		end_failed(account, rows[i].sent, rows[i].sent);
		ck_assert_uint_eq(spent(&m).debit, rows[i].sent + rows[i].doubtful);
		OK(store_doubt_list(f.reader, &f.arena, true, &page, &doubts, &n, &more));
		fixture_begin(&f);
		OK(batch_doubt_release(f.b, &doubts[n - 1].id, rows[i].end));
		fixture_end(&f);
		ck_assert_uint_eq(spent(&m).debit, rows[i].debit);
		ck_assert_uint_eq(spent(&m).receive, rows[i].receive);
		fixture_audit(&f, "released");
	}
	fixture_begin(&f);
	OK(batch_grant_refund(f.b, 99999, 1));
	fixture_end(&f);
}
END_TEST

/* Receives are summed by asset, debits over all. */
START_TEST(assets)
{
	struct made m = issued(1000);
	struct grant_spend after;
	account_id account;

	OK(pay(&m, 100, 90, "EUR", &account, &after));
	OK(pay(&m, 100, 80, "GBP", &account, &after));
	ck_assert_uint_eq(after.debit, 200);
	ck_assert_uint_eq(after.receive, 80);
	ck_assert_uint_eq(spent(&m).receive, 80);
	ck_assert_str_eq(spent(&m).receive_code, "GBP");
	OK(pay(&m, 100, 90, "EUR", &account, &after));
	ck_assert_uint_eq(after.receive, 180);
	ck_assert_uint_eq(spent(&m).debit, 300);
}
END_TEST

static struct made issued_item(const struct access_item *items, size_t n)
{
	struct grant_new g = ask(items, true);
	struct made m;
	struct grant_secrets s;
	char ref[TOKEN_TEXT_SIZE];

	g.access_count = n;
	g.finish = &finish;
	m = add(&g);
	OK(bind(&m, session));
	OK(accept(&m, session, ref));
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, ref, &s), CONTINUE_ISSUED);
	m.secrets = s;
	return m;
}

/* A day each: FIXTURE_START_MS is 2023-11-14T22:13:20Z. */
START_TEST(windows)
{
	struct access_item item = outgoing(1000);
	struct made m;
	struct grant_spend after;
	account_id first, second;

	item.limits.interval = "R1/2023-11-14T22:13:20Z/P1D";
	m = issued_item(&item, 1);
	OK(pay(&m, 1000, 1, "EUR", &first, &after));
	IS(pay(&m, 1, 1, "EUR", &second, &after), RESULT_THEIRS_FORBIDDEN);
	f.now_ms += 24 * HOUR_MS - 1;
	IS(pay(&m, 1, 1, "EUR", &second, &after), RESULT_THEIRS_FORBIDDEN);
	f.now_ms += 1;
	ck_assert(spent(&m).any);
	ck_assert_uint_eq(spent(&m).debit, 0);
	OK(pay(&m, 700, 1, "EUR", &second, &after));
	ck_assert_uint_eq(after.debit, 700);
	/* A release goes to the window of the payment's creation. */
	end_failed(first, 0, 0);
	ck_assert_uint_eq(spent(&m).debit, 700);
	IS(pay(&m, 301, 1, "EUR", &first, &after), RESULT_THEIRS_FORBIDDEN);
	/* After the last window. */
	f.now_ms += 24 * HOUR_MS;
	IS(pay(&m, 1, 1, "EUR", &first, &after), RESULT_THEIRS_FORBIDDEN);
	ck_assert_uint_eq(spent(&m).debit, 0);
}
END_TEST

/* The holder's end date, a revoked grant, and the receiver. */
START_TEST(ended)
{
	struct made m = interactive(1000, &finish), revoked = issued(1000), only;
	struct interaction_accept i = {
	        .id = m.secrets.interaction_id, .session = session, .wallet = f.alice};
	struct access_item item = outgoing(1000);
	struct grant_spend after;
	struct grant_secrets s, next;
	struct token_row t;
	account_id account;
	char ref[TOKEN_TEXT_SIZE];

	OK(bind(&m, session));
	fixture_begin(&f);
	i.ends_ms = f.now_ms + HOUR_MS;
	OK(batch_interaction_accept(f.b, &i, ref));
	fixture_end(&f);
	ck_assert_int_eq(go_on(&m, m.secrets.continue_token, ref, &s), CONTINUE_ISSUED);
	OK(pay(&m, 1, 1, "EUR", &account, &after));
	OK(revoke(&revoked, NULL));
	IS(pay(&revoked, 1, 1, "EUR", &account, &after), RESULT_THEIRS_UNAUTHORIZED);
	f.now_ms += HOUR_MS - TOKEN_MS + 1;
	OK(rotate(&s.token_id, s.access_token, 1, &next));
	s = next;
	f.now_ms += TOKEN_MS - 2;
	OK(lookup(s.access_token, &t));
	OK(pay(&m, 1, 1, "EUR", &account, &after));
	f.now_ms += 1;
	IS(lookup(s.access_token, &t), RESULT_THEIRS_EXPIRED);
	IS(pay(&m, 1, 1, "EUR", &account, &after), RESULT_THEIRS_FORBIDDEN);
	IS(rotate(&s.token_id, s.access_token, 2, &next), RESULT_THEIRS_STATE);

	item.limits.receiver = "https://other.example/incoming-payments/2";
	only = issued_item(&item, 1);
	IS(pay(&only, 1, 1, "EUR", &account, &after), RESULT_THEIRS_FORBIDDEN);
}
END_TEST

/* Of several items that allow the same, the one with room takes it. */
START_TEST(two_items)
{
	struct access_item items[] = {outgoing(100), outgoing(250)};
	struct made m;
	struct grant_spend after;
	account_id account;

	m = issued_item(items, 2);
	OK(pay(&m, 80, 1, "EUR", &account, &after));
	ck_assert_uint_eq(after.access_index, 0);
	OK(pay(&m, 80, 1, "EUR", &account, &after));
	ck_assert_uint_eq(after.access_index, 1);
	OK(pay(&m, 20, 1, "EUR", &account, &after));
	ck_assert_uint_eq(after.access_index, 0);
	IS(pay(&m, 171, 1, "EUR", &account, &after), RESULT_THEIRS_FORBIDDEN);
	OK(pay(&m, 170, 1, "EUR", &account, &after));
	ck_assert_uint_eq(after.access_index, 1);
}
END_TEST

/* The payments of one transaction count among each other. */
START_TEST(one_transaction)
{
	struct made m = issued(1000);
	struct grant_spend s = {.receiver = RECEIVER,
	                           .debit = 300,
	                           .debit_asset = f.usd,
	                           .receive = 1,
	                           .receive_code = "EUR",
	                           .receive_scale = 2},
	                   after;
	struct grant_row g;
	size_t taken = 0;

	OK(store_grant_get(f.reader, &f.arena, &m.id, &g));
	s.grant = g.key;
	fixture_begin(&f);
	for (int i = 0; i < 10; i++) {
		s.payment_account = 5000 + i;
		taken += batch_grant_spend(f.b, &s, &after) == RESULT_OK;
	}
	ck_assert_uint_eq(taken, 3);
	IS(batch_grant_spend(f.b, &(struct grant_spend){.grant = 777}, &after),
	        RESULT_THEIRS_NOT_FOUND);
	s.payment_account = 5000;
	s.debit = 1;
	IS(batch_grant_spend(f.b, &s, &after), RESULT_THEIRS_CONFLICT);
	fixture_cancel(&f);
}
END_TEST

/* ---- what is told ---- */

/* The grants of which a person was asked, at their end; of every one its revocation. */
START_TEST(told)
{
	struct made yes = interactive(1000, NULL), no = interactive(1000, NULL), late, plain;
	struct access_item item = incoming();
	struct grant_new g = ask(&item, false);
	struct grant_secrets out;
	struct grant_spend after;
	struct event_row e;
	struct payment_row p;
	struct page page = {.limit = 1};
	struct payment_row *rows;
	struct swept swept;
	char ref[TOKEN_TEXT_SIZE], id[ID_TEXT_SIZE];
	account_id account;
	size_t n;
	bool more;

	plain = add(&g);
	OK(bind(&yes, session));
	OK(accept(&yes, session, ref));
	ck_assert_uint_eq(fixture_events(&f, &yes.id), 0);
	f.now_ms += CONTINUE_WAIT_MS;
	ck_assert_int_eq(go_on(&yes, yes.secrets.continue_token, NULL, &out), CONTINUE_ISSUED);
	e = fixture_event(&f, &yes.id, 1);
	ck_assert_str_eq(e.type, "grant.finalized");
	ck_assert_str_eq(event_member(&e, "reason"), "ISSUED");
	ck_assert_str_eq(event_member(&e, "state"), "FINALIZED");
	ck_assert_str_eq(event_member(&e, "client"), CLIENT);
	id_format(&f.alice_id, id);
	ck_assert_str_eq(event_member(&e, "walletAddressId"), id);
	id_format(&yes.id, id);
	ck_assert_str_eq(event_member(&e, "id"), id);
	/* A payment says what it was made under, and who asked for it. */
	OK(pay(&yes, 400, 300, "EUR", &account, &after));
	OK(store_payment_list(f.reader, &f.arena, 0, &page, &rows, &n, &more));
	p = rows[0];
	e = fixture_event(&f, &p.id, 1);
	ck_assert_str_eq(event_member(&e, "grantId"), id);
	ck_assert_str_eq(event_member(&e, "client"), CLIENT);
	OK(revoke(&yes, NULL));
	OK(revoke(&yes, NULL));
	ck_assert_uint_eq(fixture_events(&f, &yes.id), 2);
	e = fixture_event(&f, &yes.id, 2);
	ck_assert_str_eq(e.type, "grant.revoked");
	ck_assert_str_eq(event_member(&e, "reason"), "REVOKED");
	OK(bind(&no, session));
	fixture_begin(&f);
	OK(batch_interaction_reject(f.b, &no.secrets.interaction_id, session));
	fixture_end(&f);
	e = fixture_event(&f, &no.id, 1);
	ck_assert_str_eq(event_member(&e, "reason"), "REJECTED");
	ck_assert_str_eq(event_member(&e, "walletAddressId"), "null");
	late = interactive(1000, NULL);
	f.now_ms += HOUR_MS;
	fixture_begin(&f);
	OK(batch_sweep(f.b, &swept));
	fixture_end(&f);
	e = fixture_event(&f, &late.id, 1);
	ck_assert_str_eq(event_member(&e, "reason"), "EXPIRED");
	ck_assert_uint_eq(fixture_events(&f, &plain.id), 0);
	OK(revoke(&plain, plain.secrets.continue_token));
	ck_assert_str_eq(fixture_event(&f, &plain.id, 1).type, "grant.revoked");
}
END_TEST

/* ---- property: never above the limit, and as many as fit ---- */

static uint64_t seed = 20261125;

static unsigned any(unsigned below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(seed >> 33) % below;
}

#define OPEN_MAX 64

START_TEST(property)
{
	const uint64_t cap = 2000;
	struct access_item item = outgoing(cap);
	struct {
		account_id account;
		uint64_t debit;
		int window;
	} open[OPEN_MAX];
	uint64_t counted[40] = {0};
	size_t n = 0;
	int window = 0;
	struct made m;

	item.limits.interval = "R/2023-11-14T22:13:20Z/PT1H";
	m = issued_item(&item, 1);
	for (int step = 0; step < 600; step++) {
		unsigned what = any(20);

		if (what < 12 && n < OPEN_MAX) {
			struct grant_spend after;
			account_id account;
			uint64_t debit = 1 + any(600);
			enum result r = pay(&m, debit, debit, "EUR", &account, &after);

			IS(r, counted[window] + debit <= cap ? RESULT_OK : RESULT_THEIRS_FORBIDDEN);
			if (r)
				continue;
			counted[window] += debit;
			ck_assert_uint_eq(after.debit, counted[window]);
			open[n].account = account;
			open[n].debit = debit;
			open[n++].window = window;
		} else if (what < 19 && n > 0) {
			size_t at = any((unsigned)n);
			uint64_t sent = any(2) ? 0 : any((unsigned)open[at].debit);

			end_failed(open[at].account, sent, sent);
			counted[open[at].window] -= open[at].debit - sent;
			open[at] = open[--n];
		} else if (what == 19 && window < 39) {
			window++;
			f.now_ms += HOUR_MS;
		}
		if (step % 50 == 0) {
			ck_assert_uint_eq(spent(&m).debit, counted[window]);
			fixture_audit(&f, "property");
			arena_reset(&f.arena);
		}
	}
}
END_TEST

/* ---- many at once, through the writer ---- */

static int64_t wall_now(void *self)
{
	return ((struct fixture *)self)->now_ms;
}

static int64_t mono_now(void *self)
{
	(void)self;
	return 0;
}

static void random_bytes(void *self, void *p, size_t n)
{
	(void)self;
	random_fill(p, n);
}

static const struct env env = {&f, wall_now, mono_now, random_bytes};

#define AT_ONCE 64

struct paying {
	struct op op;
	int64_t grant;
	uint64_t debit;
};

/* As a request does it: the payment and its reservation in one transaction. */
static enum result paying_apply(struct op *op, struct batch *b)
{
	struct paying *p = OWNER_OF(op, struct paying, op);
	struct quote_row q = {.wallet = f.alice,
	        .receiver = RECEIVER,
	        .debit_amount = p->debit,
	        .receive_amount = p->debit,
	        .receive_code = "EUR",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	struct payment_grant under = {.spend = {.grant = p->grant,
	                                      .receiver = RECEIVER,
	                                      .debit = p->debit,
	                                      .debit_asset = f.usd,
	                                      .receive = p->debit,
	                                      .receive_code = "EUR",
	                                      .receive_scale = 2}};
	struct payment_new new = {.wallet = f.alice, .client = CLIENT, .grant = &under};
	account_id account;
	struct id id;
	enum result r = ratio_make(1, 1, &q.min_rate);

	if (!r)
		r = batch_quote_add(b, &q);
	new.quote_id = q.id;
	return r ? r : batch_payment_create(b, &new, NULL, &id, &account);
}

struct giver {
	pthread_t thread;
	struct writer *writer;
	struct paying *first;
	size_t count;
};

static void *give(void *arg)
{
	struct giver *g = arg;

	for (size_t i = 0; i < g->count; i++) {
		struct mail_list list;

		mail_list_init(&list);
		mail_list_add(&list, &g->first[i].op.task.mail);
		ck_assert_int_eq(writer_submit(g->writer, &list), RESULT_OK);
	}
	return NULL;
}

static void nothing(struct task *t)
{
	(void)t;
}

/* Equal payments from four threads: exactly as many as fit, whatever their order. */
static void at_once(struct mailbox *home, uint64_t cap, uint64_t debit)
{
	struct made m = issued(cap);
	struct paying ops[AT_ONCE] = {0};
	struct giver givers[4];
	struct writer *w;
	struct grant_row g;
	size_t taken = 0, home_n = 0;

	OK(store_grant_get(f.reader, &f.arena, &m.id, &g));
	OK(writer_new(f.store, &env, &w));
	OK(writer_start(w));
	for (size_t i = 0; i < AT_ONCE; i++) {
		ops[i].op.apply = paying_apply;
		ops[i].op.task.home = home;
		ops[i].op.task.done = nothing;
		ops[i].grant = g.key;
		ops[i].debit = debit;
	}
	for (size_t i = 0; i < 4; i++) {
		givers[i] = (struct giver){0, w, &ops[i * AT_ONCE / 4], AT_ONCE / 4};
		ck_assert_int_eq(pthread_create(&givers[i].thread, NULL, give, &givers[i]), 0);
	}
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_join(givers[i].thread, NULL), 0);
	while (home_n < AT_ONCE) {
		struct mail_list arrived;

		mail_list_init(&arrived);
		ck_assert(mailbox_wait(home, &arrived, -1));
		home_n += arrived.count;
	}
	writer_stop(w);
	writer_free(w);
	for (size_t i = 0; i < AT_ONCE; i++) {
		if (ops[i].op.result == RESULT_OK)
			taken++;
		else
			IS(ops[i].op.result, RESULT_THEIRS_FORBIDDEN);
	}
	ck_assert_uint_eq(taken, cap / debit < AT_ONCE ? cap / debit : AT_ONCE);
	ck_assert_uint_eq(spent(&m).debit, taken * debit);
}

START_TEST(concurrent)
{
	struct mailbox home;

	OK(mailbox_init(&home, 0));
	for (uint64_t round = 0; round < 20; round++)
		at_once(&home, 500 + any(3000), 7 + any(150));
	mailbox_clear(&home);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, non_interactive);
	tcase_add_test(t, refused_requests);
	tcase_add_test(t, finish_flow);
	tcase_add_test(t, foreign_reference);
	tcase_add_test(t, polling);
	tcase_add_test(t, rejected);
	tcase_add_test(t, expired);
	tcase_add_test(t, pending_cap);
	tcase_add_test(t, owner);
	tcase_add_test(t, digests);
	tcase_add_test(t, rebinding);
	tcase_add_test(t, provider);
	tcase_add_test(t, rotation);
	tcase_add_test(t, revocation);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, restart);
	tcase_add_test(t, lists);
	tcase_add_test(t, limit);
	tcase_add_test(t, doubt_released);
	tcase_add_test(t, assets);
	tcase_add_test(t, windows);
	tcase_add_test(t, ended);
	tcase_add_test(t, two_items);
	tcase_add_test(t, one_transaction);
	tcase_add_test(t, told);
	tcase_add_test(t, property);
	tcase_add_test(t, concurrent);
}

TEST_MAIN("grant store", fill)
