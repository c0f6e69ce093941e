/* Rows that readers keep: found without the database, and gone with the commit of a change. */
#include "unit/harness.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "store/fixture.h"
#include "store/grant.h"
#include "store/kept.h"
#include "store/key.h"
#include "store/sqlite_sql.h"
#include "store/wallet.h"

static struct fixture f;

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_teardown(&f);
}

/* ---- the slots ---- */

struct thing {
	int number;
	const char *text;
};

static bool copy_thing(struct arena *a, const void *from, void *to)
{
	const struct thing *t = from;

	*(struct thing *)to = (struct thing){t->number, arena_strdup(a, t->text)};
	return ((struct thing *)to)->text != NULL;
}

static bool find(struct kept *k, enum kept_kind kind, const char *name, struct kept_key *key,
        struct thing *out)
{
	kept_key_init(key, kind);
	kept_key_put(key, name, strlen(name));
	return kept_find(k, key, copy_thing, &f.arena, out);
}

static void put(struct kept *k, const struct kept_key *key, const struct thing *t)
{
	kept_put(k, key, copy_thing, t, sizeof(*t));
}

START_TEST(slots)
{
	struct store_changes *changes = store_changes_new();
	struct kept *k = kept_new(changes);
	static char large[KEPT_ROW_BYTES];
	struct thing one = {1, "one"}, out = {0, NULL};
	struct kept_key key, late;

	ck_assert_ptr_nonnull(k);
	ck_assert(!find(k, KEPT_WALLET, "a", &key, &out));
	put(k, &key, &one);
	ck_assert(find(k, KEPT_WALLET, "a", &key, &out));
	ck_assert_int_eq(out.number, 1);
	ck_assert_str_eq(out.text, "one");
	ck_assert_ptr_ne(out.text, one.text);
	/* another kind, another name, another change */
	ck_assert(!find(k, KEPT_TOKEN, "a", &key, &out));
	ck_assert(!find(k, KEPT_WALLET, "ab", &key, &out));
	ck_assert(!find(k, KEPT_WALLET, "", &key, &out));
	kept_changed(changes, 1U << KEPT_TOKEN);
	ck_assert(find(k, KEPT_WALLET, "a", &key, &out));
	/* what was read before a change is not kept beyond it, whenever it is put */
	ck_assert(!find(k, KEPT_WALLET, "b", &late, &out));
	kept_changed(changes, 1U << KEPT_WALLET);
	put(k, &late, &one);
	ck_assert(!find(k, KEPT_WALLET, "b", &key, &out));
	ck_assert(!find(k, KEPT_WALLET, "a", &key, &out));
	/* what is too large takes no other's place for long, and is not kept */
	memset(large, 'x', sizeof(large) - 1);
	put(k, &key, &(struct thing){2, large});
	ck_assert(!find(k, KEPT_WALLET, "a", &key, &out));
	put(k, &key, &one);
	ck_assert(find(k, KEPT_WALLET, "a", &key, &out));
	kept_free(k);
	store_changes_free(changes);
	/* without counters nothing is kept */
	ck_assert_ptr_null(kept_new(NULL));
	ck_assert(!find(NULL, KEPT_WALLET, "a", &key, &out));
	put(NULL, &key, &one);
}
END_TEST

/* More names than slots: each is found as itself or not at all. */
START_TEST(crowded)
{
	struct store_changes *changes = store_changes_new();
	struct kept *k = kept_new(changes);
	struct thing out;
	struct kept_key key;
	char name[32];
	int found = 0;

	for (int i = 0; i < 4 * KEPT_SLOTS; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		ck_assert(!find(k, KEPT_WALLET_KEY, name, &key, &out));
		put(k, &key, &(struct thing){i, name});
	}
	for (int i = 0; i < 4 * KEPT_SLOTS; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		if (!find(k, KEPT_WALLET_KEY, name, &key, &out))
			continue;
		found++;
		ck_assert_int_eq(out.number, i);
		ck_assert_str_eq(out.text, name);
	}
	ck_assert_int_gt(found, KEPT_SLOTS / 2);
	ck_assert_int_le(found, KEPT_SLOTS);
	kept_free(k);
	store_changes_free(changes);
}
END_TEST

/* ---- what is read through them ---- */

static struct wallet_key_row add_key(void)
{
	uint8_t public_key[32], pair[crypto_sign_SECRETKEYBYTES];
	struct wallet_key_row k;

	crypto_sign_keypair(public_key, pair);
	fixture_begin(&f);
	OK(batch_wallet_key_add(f.b, &f.arena, f.alice, "k", public_key, &k));
	fixture_end(&f);
	return k;
}

static enum result find_key(struct wallet_key_row *out)
{
	return store_wallet_key_find(f.reader, &f.arena, f.alice, "k", out);
}

START_TEST(keys)
{
	struct wallet_key_row k = add_key(), found, again;

	OK(find_key(&found));
	OK(find_key(&again));
	ck_assert(id_eq(&again.id, &k.id));
	ck_assert_str_eq(again.kid, "k");
	ck_assert_mem_eq(again.public_key, k.public_key, sizeof(k.public_key));
	ck_assert_ptr_ne(again.kid, found.kid);
	/* a change that is not committed is none */
	fixture_begin(&f);
	OK(batch_wallet_key_revoke(f.b, &f.arena, f.alice, &k.id, &again));
	OK(find_key(&found));
	fixture_cancel(&f);
	OK(find_key(&found));
	fixture_begin(&f);
	OK(batch_wallet_key_revoke(f.b, &f.arena, f.alice, &k.id, &again));
	fixture_end(&f);
	IS(find_key(&found), RESULT_THEIRS_NOT_FOUND);
	/* its kid is free for another */
	k = add_key();
	OK(find_key(&found));
	ck_assert(id_eq(&found.id, &k.id));
}
END_TEST

/* That a key is kept at all shows where it is changed by a way that nobody counts. */
START_TEST(keys_are_kept)
{
	struct wallet_key_row k = add_key(), found;
	struct query q;

	OK(find_key(&found));
	query_start(&q, f.store->db, STMT_WALLET_KEY_REVOKE);
	query_put_id(&q, &k.id);
	query_put_int(&q, f.now_ms);
	OK(query_run(&q));
	OK(find_key(&found));
	kept_changed(f.options.changes, 1U << KEPT_WALLET_KEY);
	IS(find_key(&found), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

START_TEST(wallets)
{
	struct wallet_row named, numbered;
	struct id id;
	account_id account;
	const struct wallet_new new = {.name = "shop", .public_name = "A shop", .asset = f.usd};

	IS(store_wallet_find(f.reader, &f.arena, "shop", &named), RESULT_THEIRS_NOT_FOUND);
	fixture_begin(&f);
	OK(batch_wallet_add(f.b, &new, &id, &account));
	fixture_end(&f);
	for (int i = 0; i < 2; i++) {
		OK(store_wallet_find(f.reader, &f.arena, "shop", &named));
		OK(store_wallet_of_account(f.reader, &f.arena, account, &numbered));
		ck_assert(id_eq(&named.id, &id) && id_eq(&numbered.id, &id));
		ck_assert_str_eq(named.public_name, "A shop");
		ck_assert_str_eq(numbered.name, "shop");
		ck_assert_str_eq(numbered.user, "shop");
		ck_assert_int_eq(named.account, account);
		ck_assert_int_eq(named.state, WALLET_OPEN);
	}
	fixture_begin(&f);
	OK(batch_wallet_set(f.b, account, &(struct wallet_change){.public_name = "Another"}));
	fixture_end(&f);
	OK(store_wallet_find(f.reader, &f.arena, "shop", &named));
	ck_assert_str_eq(named.public_name, "Another");
	fixture_begin(&f);
	OK(batch_wallet_close(f.b, &id));
	fixture_end(&f);
	OK(store_wallet_find(f.reader, &f.arena, "shop", &named));
	OK(store_wallet_of_account(f.reader, &f.arena, account, &numbered));
	ck_assert_int_eq(named.state, WALLET_CLOSED);
	ck_assert_int_eq(numbered.state, WALLET_CLOSED);
}
END_TEST

static void expect_properties(const struct wallet_property *wanted, size_t n)
{
	struct wallet_property *rows;
	size_t count;

	for (int again = 0; again < 2; again++) {
		OK(store_wallet_properties(f.reader, &f.arena, f.alice, &rows, &count));
		ck_assert_uint_eq(count, n);
		for (size_t i = 0; i < n; i++) {
			ck_assert_str_eq(rows[i].key, wanted[i].key);
			ck_assert_str_eq(rows[i].text, wanted[i].text);
			ck_assert(rows[i].visible == wanted[i].visible);
		}
	}
}

START_TEST(properties)
{
	static char large[WALLET_PROPERTY_VALUE_MAX + 1];
	const struct wallet_property some[] = {{"a", "1", true}, {"b", "", false}},
	                             more[] = {{"a", large, true}, {"b", large, true}};

	memset(large, 'x', sizeof(large) - 1);
	expect_properties(NULL, 0);
	for (int i = 0; i < 4; i++) {
		const struct wallet_property *rows = i % 2 ? more : some;
		const struct wallet_change c = {
		        .properties = rows, .properties_count = i == 3 ? 0 : 2};

		fixture_begin(&f);
		OK(batch_wallet_set(f.b, f.alice, &c));
		fixture_end(&f);
		expect_properties(rows, c.properties_count);
	}
}
END_TEST

static void grant(struct id *id, struct grant_secrets *secrets)
{
	const struct access_item items[] = {
	        {.type = ACCESS_INCOMING_PAYMENT,
	                .actions = 1U << ACTION_CREATE,
	                .identifier = "https://node.example/alice",
	                .wallet = f.alice},
	        {.type = ACCESS_QUOTE, .actions = 1U << ACTION_READ},
	};
	const struct grant_new new = {.client = "https://client.example/me",
	        .access = items,
	        .access_count = COUNT(items),
	        .token_ms = 600000};

	fixture_begin(&f);
	OK(batch_grant_add(f.b, &new, id, secrets));
	fixture_end(&f);
}

START_TEST(tokens)
{
	struct grant_secrets s, other;
	struct token_row t;
	struct id id, other_id;

	grant(&id, &s);
	grant(&other_id, &other);
	for (int i = 0; i < 2; i++) {
		OK(store_token_find(f.reader, &f.arena, s.access_token, &t));
		ck_assert(id_eq(&t.grant.id, &id));
		ck_assert_str_eq(t.grant.client, "https://client.example/me");
		ck_assert_str_eq(t.grant.subject, "");
		ck_assert_uint_eq(t.grant.access_count, 2);
		ck_assert_str_eq(t.grant.access[0].identifier, "https://node.example/alice");
		ck_assert_ptr_null(t.grant.access[1].identifier);
		OK(token_check(&t, f.now_ms));
		IS(token_check(&t, f.now_ms + 600000), RESULT_THEIRS_UNAUTHORIZED);
	}
	IS(store_token_find(f.reader, &f.arena, "another", &t), RESULT_THEIRS_NOT_FOUND);
	OK(store_token_find(f.reader, &f.arena, other.access_token, &t));
	fixture_begin(&f);
	OK(batch_token_revoke(f.b, &s.token_id, s.access_token));
	fixture_end(&f);
	OK(store_token_find(f.reader, &f.arena, s.access_token, &t));
	IS(token_check(&t, f.now_ms), RESULT_THEIRS_UNAUTHORIZED);
	fixture_begin(&f);
	OK(batch_grant_revoke(f.b, &other_id, NULL));
	fixture_end(&f);
	OK(store_token_find(f.reader, &f.arena, other.access_token, &t));
	IS(token_check(&t, f.now_ms), RESULT_THEIRS_UNAUTHORIZED);
}
END_TEST

/* ---- statements ---- */

/* Every statement that changes rows of these tables is marked, and no other is. */
START_TEST(marks)
{
	static const struct {
		const char *table;
		unsigned bits;
	} tables[] = {
	        {"wallet ", 1U << KEPT_WALLET},
	        {"wallet_user ", 1U << KEPT_WALLET},
	        {"wallet_property ", 1U << KEPT_WALLET},
	        {"wallet_key ", 1U << KEPT_WALLET_KEY},
	        {"gnap_grant ", 1U << KEPT_TOKEN},
	        {"grant_access ", 1U << KEPT_TOKEN},
	        {"grant_token ", 1U << KEPT_TOKEN},
	};
	static const char *const ways[] = {
	        "UPDATE ", "UPDATE OR IGNORE ", "DELETE FROM ", "INSERT OR REPLACE INTO "};
	unsigned seen = 0;

	for (size_t i = 0; i < STATEMENTS; i++) {
		const struct sqlite_statement *s = &sqlite_statements[i];
		unsigned bits = 0;

		for (size_t t = 0; t < COUNT(tables); t++) {
			char start[64];

			for (size_t w = 0; w < COUNT(ways); w++) {
				snprintf(start, sizeof(start), "%s%s", ways[w], tables[t].table);
				if (strncmp(s->text, start, strlen(start)) == 0)
					bits |= tables[t].bits;
			}
			snprintf(start, sizeof(start), "INSERT INTO %s", tables[t].table);
			if (strncmp(s->text, start, strlen(start)) == 0 &&
			        (strstr(s->text, "DO UPDATE") ||
			                strcmp(tables[t].table, "wallet_property ") == 0))
				bits |= tables[t].bits;
		}
		ck_assert_msg(s->changes == bits, "%s", s->name);
		/* what the marks go by is how a statement begins */
		ck_assert_msg(s->who == SQLITE_FOR_READ || strncmp(s->text, "WITH", 4) != 0, "%s",
		        s->name);
		seen |= bits;
	}
	ck_assert_uint_eq(seen, (1U << KEPT_KINDS) - 1);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, slots);
	tcase_add_test(t, crowded);
	tcase_add_test(t, keys);
	tcase_add_test(t, keys_are_kept);
	tcase_add_test(t, wallets);
	tcase_add_test(t, properties);
	tcase_add_test(t, tokens);
	tcase_add_test(t, marks);
}

TEST_MAIN("kept", fill)
