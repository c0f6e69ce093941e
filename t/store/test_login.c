/* Conformance: users' passwords and sessions. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/login.h"
#include "store/passkey.h"

#define IDLE_MS 1000
#define LIFE_MS 5000

static struct fixture f;

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "end");
	fixture_teardown(&f);
}

static struct user_row user_of(const char *wallet)
{
	struct user_row user;

	OK(store_user_of_wallet(f.reader, &f.arena, wallet, &user));
	return user;
}

static void set_password(const char *user, const char *hash)
{
	fixture_begin(&f);
	OK(batch_password_set(f.b, user, hash));
	fixture_end(&f);
}

/* A session whose token's hash is 32 times `mark`. */
static enum result add(const char *hash, uint8_t mark, const uint8_t *replaced)
{
	struct session_new s = {.user = user_of("alice").id,
	        .password_hash = hash,
	        .idle_ms = IDLE_MS,
	        .life_ms = LIFE_MS,
	        .replaced = replaced};
	enum result r;

	memset(s.hash, mark, sizeof(s.hash));
	fixture_begin(&f);
	r = batch_session_add(f.b, &s);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

static const uint8_t *marked(uint8_t mark)
{
	static uint8_t hash[SESSION_HASH_BYTES];

	memset(hash, mark, sizeof(hash));
	return hash;
}

static bool is_open(uint8_t mark, int64_t now_ms)
{
	struct id alice = user_of("alice").id;
	struct session_row s;
	enum result r = store_session_get(f.reader, &f.arena, marked(mark), now_ms, &s);

	if (r == RESULT_THEIRS_NOT_FOUND)
		return false;
	OK(r);
	ck_assert_str_eq(s.user_name, "alice");
	ck_assert(id_eq(&s.user, &alice));
	return true;
}

START_TEST(passwords)
{
	struct user_row user;

	IS(store_user_of_wallet(f.reader, &f.arena, "nobody", &user), RESULT_THEIRS_NOT_FOUND);
	ck_assert_str_eq(user_of("alice").password_hash, "");
	fixture_begin(&f);
	IS(batch_password_set(f.b, "nobody", "h"), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	set_password("alice", "$argon2id$one");
	set_password("alice", "$argon2id$two");
	user = user_of("alice");
	ck_assert_str_eq(user.name, "alice");
	ck_assert_str_eq(user.password_hash, "$argon2id$two");
	ck_assert_str_eq(user_of("bob").password_hash, "");
	OK(store_user_get(f.reader, &f.arena, &user.id, &user));
	ck_assert_str_eq(user.password_hash, "$argon2id$two");
	fixture_restart(&f);
	ck_assert_str_eq(user_of("alice").password_hash, "$argon2id$two");
}
END_TEST

START_TEST(wallets_of_a_user)
{
	struct wallet_new w = {.name = "savings", .asset = f.eur, .user = "alice"};
	struct wallet_row *rows;
	struct id id, alice = user_of("alice").id;
	account_id account;
	size_t n;

	fixture_begin(&f);
	OK(batch_wallet_add(f.b, &w, &id, &account));
	fixture_end(&f);
	OK(store_user_wallets(f.reader, &f.arena, &alice, &rows, &n));
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(rows[0].name, "alice");
	ck_assert_str_eq(rows[1].name, "savings");
	fixture_begin(&f);
	OK(batch_wallet_close(f.b, &id));
	fixture_end(&f);
	OK(store_user_wallets(f.reader, &f.arena, &alice, &rows, &n));
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(a_session_ends_idle_and_at_its_end)
{
	struct id user;

	set_password("alice", "$argon2id$one");
	OK(add("$argon2id$one", 1, NULL));
	ck_assert(is_open(1, f.now_ms));
	ck_assert(is_open(1, f.now_ms + IDLE_MS - 1));
	ck_assert(!is_open(1, f.now_ms + IDLE_MS));
	ck_assert(!is_open(2, f.now_ms));
	/* used again and again it lives to its end */
	for (int64_t at = 0; at < LIFE_MS; at += IDLE_MS - 1) {
		ck_assert(is_open(1, f.now_ms));
		fixture_begin(&f);
		OK(batch_session_check(f.b, marked(1), &user));
		OK(batch_session_touch(f.b, marked(1)));
		fixture_end(&f);
		f.now_ms += IDLE_MS - 1;
	}
	ck_assert(!is_open(1, f.now_ms + 6));
	fixture_begin(&f);
	f.now_ms += 6;
	fixture_end(&f);
	fixture_begin(&f);
	IS(batch_session_check(f.b, marked(1), &user), RESULT_THEIRS_UNAUTHORIZED);
	OK(batch_session_touch(f.b, marked(1)));
	fixture_end(&f);
	ck_assert(!is_open(1, f.now_ms));
}
END_TEST

START_TEST(a_session_is_ended)
{
	struct id user;

	set_password("alice", "$argon2id$one");
	OK(add("$argon2id$one", 1, NULL));
	OK(add("$argon2id$one", 2, NULL));
	fixture_begin(&f);
	OK(batch_session_end(f.b, marked(1)));
	OK(batch_session_end(f.b, marked(9)));
	IS(batch_session_check(f.b, marked(1), &user), RESULT_THEIRS_UNAUTHORIZED);
	OK(batch_session_check(f.b, marked(2), &user));
	fixture_end(&f);
	ck_assert(!is_open(1, f.now_ms));
	ck_assert(is_open(2, f.now_ms));
	/* a login takes the place of the browser's session */
	OK(add("$argon2id$one", 3, marked(2)));
	ck_assert(!is_open(2, f.now_ms));
	ck_assert(is_open(3, f.now_ms));
	/* another password ends them all */
	set_password("alice", "$argon2id$two");
	ck_assert(!is_open(3, f.now_ms));
}
END_TEST

START_TEST(the_password_must_still_be_the_one)
{
	struct session_new s = {.user = user_of("alice").id,
	        .password_hash = "$argon2id$one",
	        .renewed = "$argon2id$renewed",
	        .hash = {5},
	        .idle_ms = IDLE_MS,
	        .life_ms = LIFE_MS};

	IS(add("$argon2id$one", 1, NULL), RESULT_THEIRS_STATE);
	set_password("alice", "$argon2id$one");
	fixture_begin(&f);
	OK(batch_session_add(f.b, &s));
	fixture_end(&f);
	ck_assert_str_eq(user_of("alice").password_hash, "$argon2id$renewed");
	/* Another login checked the same password while it was renewed: its own renewal comes to
	 * nothing. */
	s.hash[0] = 6;
	s.renewed = "$argon2id$renewed-too";
	fixture_begin(&f);
	OK(batch_session_add(f.b, &s));
	fixture_end(&f);
	ck_assert_str_eq(user_of("alice").password_hash, "$argon2id$renewed");
	OK(add("$argon2id$one", 1, NULL));
	OK(add("$argon2id$renewed", 2, NULL));
	IS(add("$argon2id$renewed-too", 1, NULL), RESULT_THEIRS_STATE);
	/* What was checked before another password was set is none any more. */
	set_password("alice", "$argon2id$two");
	IS(add("$argon2id$one", 1, NULL), RESULT_THEIRS_STATE);
	IS(add("$argon2id$renewed", 1, NULL), RESULT_THEIRS_STATE);
}
END_TEST

static bool is_known(const char *user, uint8_t mark, int64_t now_ms)
{
	struct id id = user_of(user).id;
	uint8_t hash[SESSION_HASH_BYTES];
	bool known;

	memset(hash, mark, sizeof(hash));
	OK(store_browser_known(f.reader, &id, hash, now_ms, &known));
	return known;
}

static void sign_in_with(uint8_t mark)
{
	uint8_t browser[SESSION_HASH_BYTES];
	struct session_new s = {.user = user_of("alice").id,
	        .browser = browser,
	        .idle_ms = IDLE_MS,
	        .life_ms = LIFE_MS};

	memset(browser, mark, sizeof(browser));
	memset(s.hash, mark, sizeof(s.hash));
	f.now_ms++;
	fixture_begin(&f);
	OK(batch_session_end(f.b, s.hash));
	OK(batch_session_add(f.b, &s));
	fixture_end(&f);
}

/* Of one user, the newest ones, for a year, and for one password. */
START_TEST(browsers_are_known)
{
	struct id alice = user_of("alice").id;
	uint8_t kept[SESSION_HASH_BYTES] = {1};
	int64_t until_ms;

	set_password("alice", "$argon2id$one");
	sign_in_with(1);
	until_ms = f.now_ms + BROWSER_KNOWN_MS;
	ck_assert(is_known("alice", 1, until_ms - 1));
	ck_assert(!is_known("alice", 1, until_ms));
	ck_assert(!is_known("alice", 2, f.now_ms));
	ck_assert(!is_known("bob", 1, f.now_ms));
	for (uint8_t i = 2; i <= BROWSERS_PER_USER_MAX; i++)
		sign_in_with(i);
	sign_in_with(1);
	sign_in_with(99);
	ck_assert(is_known("alice", 1, f.now_ms));
	ck_assert(!is_known("alice", 2, f.now_ms));
	ck_assert(is_known("alice", 3, f.now_ms));
	ck_assert(is_known("alice", 99, f.now_ms));
	fixture_begin(&f);
	OK(batch_password_change(f.b, &alice, "$argon2id$one", "$argon2id$two", kept));
	fixture_end(&f);
	ck_assert(!is_known("alice", 99, f.now_ms));
	sign_in_with(3);
	set_password("alice", "$argon2id$three");
	ck_assert(!is_known("alice", 3, f.now_ms));
}
END_TEST

static size_t listed(const char *wallet)
{
	struct session_listed rows[SESSIONS_PER_USER_MAX];
	struct id user = user_of(wallet).id;
	size_t n;

	OK(store_session_list(f.reader, &user, f.now_ms, rows, &n));
	for (size_t i = 1; i < n; i++)
		ck_assert_int_ge(rows[i - 1].created_ms, rows[i].created_ms);
	return n;
}

START_TEST(a_user_ends_own_sessions)
{
	struct id alice = user_of("alice").id, bob = user_of("bob").id;

	set_password("alice", "$argon2id$one");
	for (uint8_t i = 1; i <= 4; i++) {
		f.now_ms++;
		OK(add("$argon2id$one", i, NULL));
	}
	ck_assert_uint_eq(listed("alice"), 4);
	ck_assert_uint_eq(listed("bob"), 0);
	fixture_begin(&f);
	OK(batch_session_end_of(f.b, &bob, marked(1)));
	OK(batch_session_end_others(f.b, &bob, marked(9)));
	fixture_end(&f);
	ck_assert_uint_eq(listed("alice"), 4);
	fixture_begin(&f);
	OK(batch_session_end_of(f.b, &alice, marked(1)));
	fixture_end(&f);
	ck_assert(!is_open(1, f.now_ms));
	ck_assert_uint_eq(listed("alice"), 3);
	fixture_begin(&f);
	OK(batch_session_end_others(f.b, &alice, marked(3)));
	fixture_end(&f);
	ck_assert_uint_eq(listed("alice"), 1);
	ck_assert(is_open(3, f.now_ms));
	f.now_ms += IDLE_MS;
	ck_assert_uint_eq(listed("alice"), 0);
}
END_TEST

START_TEST(a_user_changes_the_password)
{
	struct id alice = user_of("alice").id;

	set_password("alice", "$argon2id$one");
	OK(add("$argon2id$one", 1, NULL));
	OK(add("$argon2id$one", 2, NULL));
	fixture_begin(&f);
	IS(batch_password_change(f.b, &alice, "$argon2id$other", "$argon2id$two", marked(1)),
	        RESULT_THEIRS_STATE);
	fixture_end(&f);
	ck_assert_uint_eq(listed("alice"), 2);
	fixture_begin(&f);
	OK(batch_password_change(f.b, &alice, "$argon2id$one", "$argon2id$two", marked(1)));
	fixture_end(&f);
	ck_assert_str_eq(user_of("alice").password_hash, "$argon2id$two");
	ck_assert(is_open(1, f.now_ms) && !is_open(2, f.now_ms));
}
END_TEST

static enum result add_passkey(const struct id *user, uint8_t mark)
{
	uint8_t bytes[32];
	struct passkey_row p = {.user = *user,
	        .credential = bytes_of(bytes, sizeof(bytes)),
	        .algorithm = -8,
	        .public_key = bytes_of(bytes, sizeof(bytes)),
	        .counter = 5,
	        .name = "phone"};
	enum result r;

	memset(bytes, mark, sizeof(bytes));
	fixture_begin(&f);
	r = batch_passkey_add(f.b, &p);
	fixture_end(&f);
	return r;
}

static enum result use_asked(int64_t key, const struct id *user, uint32_t counter, int64_t asked_ms)
{
	enum result r;

	fixture_begin(&f);
	r = batch_passkey_used(f.b, key, user, counter, asked_ms);
	fixture_end(&f);
	return r;
}

static enum result use_passkey(int64_t key, const struct id *user, uint32_t counter)
{
	return use_asked(key, user, counter, f.now_ms);
}

START_TEST(passkeys)
{
	struct id alice = user_of("alice").id, bob = user_of("bob").id;
	struct passkey_row row, *rows;
	uint8_t bytes[32];
	size_t n;

	memset(bytes, 1, sizeof(bytes));
	IS(store_passkey_find(f.reader, &f.arena, bytes_of(bytes, sizeof(bytes)), &row),
	        RESULT_THEIRS_NOT_FOUND);
	OK(add_passkey(&alice, 1));
	IS(add_passkey(&alice, 1), RESULT_THEIRS_CONFLICT);
	IS(add_passkey(&bob, 1), RESULT_THEIRS_CONFLICT);
	OK(store_passkey_find(f.reader, &f.arena, bytes_of(bytes, sizeof(bytes)), &row));
	ck_assert(id_eq(&row.user, &alice));
	ck_assert_uint_eq(row.counter, 5);
	ck_assert_mem_eq(row.public_key.p, bytes, sizeof(bytes));
	ck_assert_int_eq(row.used_ms, 0);
	/* the device counts on */
	IS(use_passkey(row.key, &alice, 5), RESULT_THEIRS_CONFLICT);
	IS(use_passkey(row.key, &alice, 0), RESULT_THEIRS_CONFLICT);
	IS(use_passkey(row.key, &bob, 6), RESULT_THEIRS_NOT_FOUND);
	OK(use_passkey(row.key, &alice, 6));
	IS(use_passkey(row.key, &alice, 6), RESULT_THEIRS_CONFLICT);
	/* what it signed once is no way in again, whether or not it counts */
	IS(use_asked(row.key, &alice, 7, f.now_ms), RESULT_THEIRS_CONFLICT);
	f.now_ms += 2000;
	IS(use_asked(row.key, &alice, 7, f.now_ms - 2000), RESULT_THEIRS_CONFLICT);
	OK(use_asked(row.key, &alice, 7, f.now_ms - 1000));
	IS(use_asked(row.key, &alice, 8, f.now_ms - 1000), RESULT_THEIRS_CONFLICT);
	for (uint8_t i = 2; i <= PASSKEYS_PER_USER_MAX; i++)
		OK(add_passkey(&alice, i));
	IS(add_passkey(&alice, 99), RESULT_THEIRS_TOO_BIG);
	OK(store_passkey_list(f.reader, &f.arena, &alice, &rows, &n));
	ck_assert_uint_eq(n, PASSKEYS_PER_USER_MAX);
	ck_assert_int_eq(rows[0].used_ms, f.now_ms);
	fixture_begin(&f);
	OK(batch_passkey_remove(f.b, row.key, &bob));
	fixture_end(&f);
	OK(store_passkey_find(f.reader, &f.arena, bytes_of(bytes, sizeof(bytes)), &row));
	fixture_begin(&f);
	OK(batch_passkey_remove(f.b, row.key, &alice));
	fixture_end(&f);
	IS(store_passkey_find(f.reader, &f.arena, bytes_of(bytes, sizeof(bytes)), &row),
	        RESULT_THEIRS_NOT_FOUND);
	IS(use_passkey(row.key, &alice, 9), RESULT_THEIRS_NOT_FOUND);
	/* a password from the operator ends the rest */
	OK(store_passkey_list(f.reader, &f.arena, &alice, &rows, &n));
	ck_assert_uint_eq(n, PASSKEYS_PER_USER_MAX - 1);
	OK(add_passkey(&bob, 1));
	set_password("alice", "$argon2id$one");
	OK(store_passkey_list(f.reader, &f.arena, &alice, &rows, &n));
	ck_assert_uint_eq(n, 0);
	OK(store_passkey_list(f.reader, &f.arena, &bob, &rows, &n));
	ck_assert_uint_eq(n, 1);
	/* a session without a password */
	OK(add(NULL, 9, NULL));
	ck_assert(is_open(9, f.now_ms));
}
END_TEST

START_TEST(sessions_of_a_user_are_bounded)
{
	set_password("alice", "$argon2id$one");
	for (uint8_t i = 0; i < SESSIONS_PER_USER_MAX + 3; i++) {
		f.now_ms++;
		OK(add("$argon2id$one", i, NULL));
	}
	for (uint8_t i = 0; i < SESSIONS_PER_USER_MAX + 3; i++)
		ck_assert_int_eq(is_open(i, f.now_ms), i >= 3);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, passwords);
	tcase_add_test(t, wallets_of_a_user);
	tcase_add_test(t, a_session_ends_idle_and_at_its_end);
	tcase_add_test(t, a_session_is_ended);
	tcase_add_test(t, the_password_must_still_be_the_one);
	tcase_add_test(t, browsers_are_known);
	tcase_add_test(t, a_user_ends_own_sessions);
	tcase_add_test(t, a_user_changes_the_password);
	tcase_add_test(t, passkeys);
	tcase_add_test(t, sessions_of_a_user_are_bounded);
}

TEST_MAIN("login", fill)
