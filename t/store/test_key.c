/* Keys of wallets and of the node. */
#include "unit/harness.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "store/fixture.h"
#include "store/key.h"

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

/* A public key of its own for each number. */
static const uint8_t *key_of(uint8_t number)
{
	static uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
	uint8_t seed[crypto_sign_SEEDBYTES] = {number}, pair[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(public_key, pair, seed);
	return public_key;
}

static enum result add(
        account_id wallet, const char *kid, uint8_t number, struct wallet_key_row *out)
{
	enum result r;

	fixture_begin(&f);
	r = batch_wallet_key_add(f.b, &f.arena, wallet, kid, key_of(number), out);
	fixture_end(&f);
	return r;
}

static size_t published(account_id wallet)
{
	struct wallet_key_row *rows;
	size_t count;

	OK(store_wallet_key_published(f.reader, &f.arena, wallet, &rows, &count));
	return count;
}

START_TEST(adding)
{
	struct wallet_key_row k, again, found;

	OK(add(f.alice, "k", 1, &k));
	ck_assert_int_eq(k.wallet, f.alice);
	ck_assert_int_eq(k.created_ms, f.now_ms);
	OK(store_wallet_key_find(f.reader, &f.arena, f.alice, "k", &found));
	ck_assert(id_eq(&found.id, &k.id));
	ck_assert_str_eq(found.kid, "k");
	ck_assert_mem_eq(found.public_key, key_of(1), 32);
	ck_assert_int_eq(found.revoked_ms, 0);
	/* the same again is the same; another key under the kid is not */
	OK(add(f.alice, "k", 1, &again));
	ck_assert(id_eq(&again.id, &k.id));
	IS(add(f.alice, "k", 2, &again), RESULT_THEIRS_CONFLICT);
	/* one key may be published by two wallets and under two kids */
	OK(add(f.bob, "k", 1, &again));
	OK(add(f.alice, "K", 1, &again));
	ck_assert_uint_eq(published(f.alice), 2);
	ck_assert_uint_eq(published(f.bob), 1);
	IS(store_wallet_key_find(f.reader, &f.arena, f.bob, "K", &found), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

START_TEST(refusals)
{
	static const uint8_t zero[32] = {0};
	char long_kid[300];
	struct wallet_key_row k;

	memset(long_kid, 'x', sizeof(long_kid));
	long_kid[257] = '\0';
	IS(add(f.alice, "", 1, &k), RESULT_THEIRS_MALFORMED);
	IS(add(f.alice, "a\nb", 1, &k), RESULT_THEIRS_MALFORMED);
	IS(add(f.alice, long_kid, 1, &k), RESULT_THEIRS_MALFORMED);
	long_kid[256] = '\0';
	OK(add(f.alice, long_kid, 1, &k));
	IS(add(f.west, "k", 1, &k), RESULT_THEIRS_NOT_FOUND);
	IS(add(999999, "k", 1, &k), RESULT_THEIRS_NOT_FOUND);
	fixture_begin(&f);
	IS(batch_wallet_key_add(f.b, &f.arena, f.alice, "k", zero, &k), RESULT_THEIRS_MALFORMED);
	fixture_end(&f);
	ck_assert_uint_eq(published(f.alice), 1);
}
END_TEST

START_TEST(limit)
{
	struct wallet_key_row k;

	for (int i = 0; i < WALLET_KEYS_MAX; i++) {
		char kid[16];

		snprintf(kid, sizeof(kid), "k%d", i);
		OK(add(f.alice, kid, 1, &k));
	}
	IS(add(f.alice, "one more", 1, &k), RESULT_THEIRS_TOO_BIG);
	OK(add(f.alice, "k0", 1, &k));
	OK(add(f.bob, "one more", 1, &k));
}
END_TEST

START_TEST(revoking)
{
	struct wallet_key_row first, k, *rows;
	struct page page = {.limit = 10};
	size_t count;
	bool more;

	OK(add(f.alice, "k", 1, &first));
	fixture_begin(&f);
	IS(batch_wallet_key_revoke(f.b, &f.arena, f.bob, &first.id, &k), RESULT_THEIRS_NOT_FOUND);
	OK(batch_wallet_key_revoke(f.b, &f.arena, f.alice, &first.id, &k));
	fixture_end(&f);
	IS(store_wallet_key_find(f.reader, &f.arena, f.alice, "k", &k), RESULT_THEIRS_NOT_FOUND);
	ck_assert_uint_eq(published(f.alice), 0);
	OK(store_wallet_key_get(f.reader, &f.arena, f.alice, &first.id, &k));
	ck_assert_int_eq(k.revoked_ms, f.now_ms);
	/* again is no change */
	f.now_ms += 1000;
	fixture_begin(&f);
	OK(batch_wallet_key_revoke(f.b, &f.arena, f.alice, &first.id, &k));
	fixture_end(&f);
	ck_assert_int_eq(k.revoked_ms, f.now_ms - 1000);
	/* the kid is free, for this key or another */
	OK(add(f.alice, "k", 2, &k));
	ck_assert(!id_eq(&k.id, &first.id));
	OK(store_wallet_key_list(f.reader, &f.arena, f.alice, &page, &rows, &count, &more));
	ck_assert_uint_eq(count, 2);
	ck_assert(!more && id_eq(&rows[0].id, &first.id));
	page = (struct page){.after = first.id, .limit = 1};
	OK(store_wallet_key_list(f.reader, &f.arena, f.alice, &page, &rows, &count, &more));
	ck_assert_uint_eq(count, 1);
	ck_assert(!more && id_eq(&rows[0].id, &k.id));
}
END_TEST

/* Once each, with the change that it is about. */
START_TEST(told)
{
	struct wallet_key_row k, again;
	struct event_row e;
	char wallet[ID_TEXT_SIZE];

	OK(add(f.alice, "k", 1, &k));
	OK(add(f.alice, "k", 1, &again));
	IS(add(f.alice, "k", 2, &again), RESULT_THEIRS_CONFLICT);
	ck_assert_uint_eq(fixture_events(&f, &k.id), 1);
	e = fixture_event(&f, &k.id, 1);
	ck_assert_str_eq(e.type, "key.added");
	ck_assert_str_eq(event_member(&e, "kid"), "k");
	id_format(&f.alice_id, wallet);
	ck_assert_str_eq(event_member(&e, "walletAddressId"), wallet);
	ck_assert_str_eq(event_member(&e, "revokedAt"), "null");
	for (int i = 0; i < 2; i++) {
		fixture_begin(&f);
		OK(batch_wallet_key_revoke(f.b, &f.arena, f.alice, &k.id, &again));
		fixture_end(&f);
	}
	ck_assert_uint_eq(fixture_events(&f, &k.id), 2);
	e = fixture_event(&f, &k.id, 2);
	ck_assert_str_eq(e.type, "key.revoked");
	ck_assert_str_eq(event_member(&e, "revokedAt"), "2023-11-14T22:13:20.000Z");
}
END_TEST

START_TEST(use)
{
	struct wallet_key_row k;

	OK(add(f.alice, "k", 1, &k));
	f.now_ms += 5;
	fixture_begin(&f);
	OK(batch_wallet_key_used(f.b, &k.id));
	fixture_end(&f);
	OK(store_wallet_key_find(f.reader, &f.arena, f.alice, "k", &k));
	ck_assert_int_eq(k.last_used_ms, f.now_ms);
}
END_TEST

START_TEST(closed_wallet)
{
	struct movement out = {.kind = MOVEMENT_WITHDRAWAL, .account = f.alice, .amount = 100000};
	struct wallet_key_row k;
	bool repeated;

	id_new(f.now_ms, &out.id);
	fixture_begin(&f);
	OK(batch_move(f.b, &out, &repeated));
	OK(batch_wallet_close(f.b, &f.alice_id));
	fixture_end(&f);
	IS(add(f.alice, "k", 1, &k), RESULT_THEIRS_STATE);
}
END_TEST

/* ---- the node ---- */

static struct node_key_row rows[NODE_KEYS_MAX];

static size_t node_keys(int64_t now_ms)
{
	size_t count;

	OK(store_node_key_published(f.reader, now_ms, rows, &count));
	return count;
}

/* The key that signs is published, and is the published one's other half. */
static struct id signing(int64_t now_ms)
{
	uint8_t public_key[crypto_sign_PUBLICKEYBYTES], pair[NODE_PRIVATE_KEY_SIZE];
	struct id id;
	size_t i, count = node_keys(now_ms);

	OK(store_node_key_signing(f.reader, now_ms, &id, pair));
	for (i = 0; i < count && !id_eq(&rows[i].id, &id); i++)
		;
	ck_assert_uint_lt(i, count);
	crypto_sign_ed25519_sk_to_pk(public_key, pair);
	ck_assert_mem_eq(public_key, rows[i].public_key, sizeof(public_key));
	return id;
}

START_TEST(first_node_key)
{
	struct id id, after;

	ck_assert_uint_eq(node_keys(f.now_ms), 1);
	id = signing(f.now_ms);
	ck_assert(id_eq(&id, &rows[0].id));
	fixture_restart(&f);
	after = signing(f.now_ms);
	ck_assert(id_eq(&id, &after));
}
END_TEST

START_TEST(rotation)
{
	struct node_key_row made;
	struct id old = signing(f.now_ms), now;
	int64_t at;

	fixture_begin(&f);
	IS(batch_node_key_rotate(f.b, &made), RESULT_THEIRS_STATE);
	fixture_end(&f);
	f.now_ms += NODE_KEY_INTERVAL_MS;
	at = f.now_ms;
	fixture_begin(&f);
	OK(batch_node_key_rotate(f.b, &made));
	fixture_end(&f);
	/* published at once, signing a little later, the old one published for a day */
	ck_assert_uint_eq(node_keys(at), 2);
	ck_assert(id_eq(&rows[0].id, &made.id) && id_eq(&rows[1].id, &old));
	now = signing(at + NODE_KEY_LEAD_MS - 1);
	ck_assert(id_eq(&now, &old));
	now = signing(at + NODE_KEY_LEAD_MS);
	ck_assert(id_eq(&now, &made.id));
	ck_assert_uint_eq(node_keys(at + NODE_KEY_OVERLAP_MS - 1), 2);
	ck_assert_uint_eq(node_keys(at + NODE_KEY_OVERLAP_MS), 1);
	now = signing(at + NODE_KEY_OVERLAP_MS);
	ck_assert(id_eq(&now, &made.id));
}
END_TEST

/* "3 1" are the numbers of the keys, newest first. */
static void check_list(struct key_filter filter, const char *expected)
{
	struct page page = {.limit = 2};
	struct wallet_key_row *keys;
	char got[64] = "";
	size_t count;
	bool more = true;

	while (more) {
		OK(store_key_list(f.reader, &f.arena, &filter, &page, &keys, &count, &more));
		for (size_t i = 0; i < count; i++) {
			int number = 1;

			while (memcmp(keys[i].public_key, key_of((uint8_t)number), 32) != 0)
				number++;
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%d",
			        *got ? " " : "", number);
			page.after = keys[i].id;
		}
	}
	ck_assert_str_eq(got, expected);
}

START_TEST(of_all_wallets)
{
	struct wallet_key_row k[6], found;

	check_list((struct key_filter){.state = KEY_ANY}, "");
	for (uint8_t i = 1; i <= 5; i++) {
		f.now_ms += 5;
		OK(add(i % 2 ? f.alice : f.bob, i < 4 ? "a" : "b", i, &k[i]));
		if (i == 1 || i == 4) {
			fixture_begin(&f);
			OK(batch_wallet_key_revoke(f.b, &f.arena, k[i].wallet, &k[i].id, &found));
			fixture_end(&f);
		}
	}
	check_list((struct key_filter){.state = KEY_ANY}, "5 4 3 2 1");
	check_list((struct key_filter){.state = KEY_ACTIVE}, "5 3 2");
	check_list((struct key_filter){.state = KEY_REVOKED}, "4 1");
	check_list((struct key_filter){f.alice, NULL, KEY_ANY}, "5 3 1");
	check_list((struct key_filter){f.alice, NULL, KEY_ACTIVE}, "5 3");
	check_list((struct key_filter){f.bob, NULL, KEY_REVOKED}, "4");
	check_list((struct key_filter){0, "a", KEY_ANY}, "3 2 1");
	check_list((struct key_filter){0, "a", KEY_REVOKED}, "1");
	check_list((struct key_filter){f.bob, "a", KEY_ANY}, "2");
	check_list((struct key_filter){f.alice, "b", KEY_REVOKED}, "");
	check_list((struct key_filter){0, "A", KEY_ANY}, "");
	OK(store_key_get(f.reader, &f.arena, &k[4].id, &found));
	ck_assert_int_eq(found.wallet, f.bob);
	ck_assert_int_ne(found.revoked_ms, 0);
	IS(store_key_get(f.reader, &f.arena, &(struct id){{9}}, &found), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, adding);
	tcase_add_test(t, refusals);
	tcase_add_test(t, limit);
	tcase_add_test(t, revoking);
	tcase_add_test(t, of_all_wallets);
	tcase_add_test(t, told);
	tcase_add_test(t, use);
	tcase_add_test(t, closed_wallet);
	tcase_add_test(t, first_node_key);
	tcase_add_test(t, rotation);
}

TEST_MAIN("key", fill)
