/* Endpoints of webhooks: what each is given, in its own order; their secrets. */
#include "unit/harness.h"

#include <string.h>

#include "store/endpoint.h"
#include "store/fixture.h"

static struct fixture f;
static struct event_row rows[16];
static size_t count;
static int64_t next_ms;

#define LEASE_MS 10000
#define URL      "https://host.example/hook"

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

static void happens(const struct id *resource, const char *type)
{
	fixture_begin(&f);
	OK(batch_event_add(f.b, type, resource, "{}"));
	fixture_end(&f);
}

static struct endpoint_row add(const char *secrets, const char *types)
{
	const struct endpoint_change wanted = {.url = URL, .secrets = secrets, .types = types};
	struct endpoint_row row;

	fixture_begin(&f);
	OK(batch_endpoint_add(f.b, &f.arena, &wanted, &row));
	fixture_end(&f);
	return row;
}

static enum result set(
        const struct id *id, const struct endpoint_change *change, struct endpoint_row *out)
{
	enum result r;

	fixture_begin(&f);
	r = batch_endpoint_set(f.b, &f.arena, id, change, out);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

static struct endpoint_row get(const struct id *id)
{
	struct endpoint_row row;

	OK(store_endpoint_get(f.reader, &f.arena, id, &row));
	return row;
}

/* All that is for it; whether more is to come after each step. */
static void give(struct endpoint_row e)
{
	bool more = true;

	while (more) {
		fixture_begin(&f);
		OK(batch_endpoint_give(f.b, &e, &more));
		fixture_end(&f);
	}
}

static void claim(int64_t endpoint, size_t expected)
{
	fixture_begin(&f);
	OK(batch_event_claim(f.b, endpoint, LEASE_MS, &f.arena, rows, 16, &count, &next_ms));
	fixture_end(&f);
	ck_assert_uint_eq(count, expected);
}

static void taken(int64_t endpoint, const struct id *id)
{
	const struct event_end e = {*id, EVENT_DELIVERED, 0, 200, ""};

	fixture_begin(&f);
	OK(batch_event_end(f.b, endpoint, &e));
	fixture_end(&f);
}

static const char *secrets_of(const struct id *id)
{
	static char secrets[ENDPOINT_SECRETS_SIZE];

	fixture_begin(&f);
	OK(batch_endpoint_secrets(f.b, id, secrets));
	fixture_end(&f);
	return secrets;
}

START_TEST(each_in_its_own_order)
{
	struct endpoint_row a, b;
	struct id first;

	happens(&one, "x.before");
	a = add("a", NULL);
	b = add("b", " x.b y.a ");
	happens(&one, "x.a");
	happens(&one, "x.b");
	happens(&two, "y.a");
	give(a);
	give(b);
	claim(a.key, 2);
	ck_assert_str_eq(rows[0].type, "x.a");
	ck_assert_str_eq(rows[1].type, "y.a");
	first = rows[0].id;
	claim(b.key, 2);
	ck_assert_str_eq(rows[0].type, "x.b");
	ck_assert_uint_eq(rows[0].sequence, 3);
	ck_assert_str_eq(rows[1].type, "y.a");
	/* What one took is still to come for the other. */
	taken(b.key, &rows[1].id);
	ck_assert_int_eq(rows[1].attempts, 1);
	OK(store_delivery_get(f.reader, &f.arena, a.key, &rows[1].id, &rows[2]));
	ck_assert_int_eq(rows[2].state, EVENT_PENDING);
	OK(store_delivery_get(f.reader, &f.arena, b.key, &rows[1].id, &rows[2]));
	ck_assert_int_eq(rows[2].state, EVENT_DELIVERED);
	IS(store_delivery_get(f.reader, &f.arena, b.key, &first, &rows[2]),
	        RESULT_THEIRS_NOT_FOUND);
	taken(a.key, &first);
	claim(a.key, 1);
	ck_assert_str_eq(rows[0].type, "x.b");
	/* The configured one was given nothing yet: all four are to be delivered. */
	OK(store_event_get(f.reader, &f.arena, &first, &rows[2]));
	ck_assert_int_eq(rows[2].state, EVENT_PENDING);
	ck_assert_int_eq(rows[2].next_ms, 0);
}
END_TEST

START_TEST(types)
{
	static const struct {
		const char *types, *type;
		bool wanted;
	} cases[] = {
	        {"", "a.b", true},
	        {" a.b ", "a.b", true},
	        {" a.b ", "a.bc", false},
	        {" a.bc ", "a.b", false},
	        {" xa.b ", "a.b", false},
	        {" xa.b a.b ", "a.b", true},
	        {" c.d a.b ", "a.b", true},
	        {" a.b c.d ", "c.d", true},
	        {" a.b c.d ", "b", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint_row e = add("a", cases[i].types);

		happens(&one, cases[i].type);
		give(e);
		fixture_begin(&f);
		OK(batch_event_claim(f.b, e.key, LEASE_MS, &f.arena, rows, 16, &count, &next_ms));
		OK(batch_endpoint_remove(f.b, &e.id));
		fixture_end(&f);
		ck_assert_msg((count == 1) == cases[i].wanted, "case %zu", i);
	}
}
END_TEST

START_TEST(many_at_a_time)
{
	struct endpoint_row e = add("a", NULL);
	bool more;

	for (int i = 0; i < ENDPOINT_GIVEN_MAX + 1; i++)
		happens(&one, "x.a");
	fixture_begin(&f);
	OK(batch_endpoint_give(f.b, &e, &more));
	ck_assert(more);
	OK(batch_endpoint_give(f.b, &e, &more));
	ck_assert(!more);
	OK(batch_endpoint_give(f.b, &e, &more));
	ck_assert(!more);
	fixture_end(&f);
	ck_assert_int_eq(get(&e.id).given, e.given);
	claim(e.key, 1);
}
END_TEST

START_TEST(secrets)
{
	struct endpoint_row e = add("first-secret", NULL), row;
	char longest[ENDPOINT_SECRET_MAX + 1];
	char none[ENDPOINT_SECRETS_SIZE];
	const struct id configured = {{[6] = 0x70, [8] = 0x80, [15] = 1}};

	ck_assert_str_eq(secrets_of(&e.id), "first-secret");
	OK(set(&e.id, &(struct endpoint_change){.secrets = "second", .keep_secret = true}, &row));
	ck_assert_str_eq(secrets_of(&e.id), "second first-secret");
	OK(set(&e.id, &(struct endpoint_change){.secrets = "third", .keep_secret = true}, &row));
	ck_assert_str_eq(secrets_of(&e.id), "third second");
	OK(set(&e.id, &(struct endpoint_change){.url = "https://else.example/"}, &row));
	ck_assert_str_eq(secrets_of(&e.id), "third second");
	ck_assert_str_eq(row.url, "https://else.example/");
	OK(set(&e.id, &(struct endpoint_change){.secrets = "a b"}, &row));
	ck_assert_str_eq(secrets_of(&e.id), "a b");
	memset(longest, 'x', ENDPOINT_SECRET_MAX);
	longest[ENDPOINT_SECRET_MAX] = '\0';
	OK(set(&e.id, &(struct endpoint_change){.secrets = longest}, &row));
	OK(set(&e.id, &(struct endpoint_change){.secrets = longest, .keep_secret = true}, &row));
	ck_assert_uint_eq(strlen(secrets_of(&e.id)), 2 * ENDPOINT_SECRET_MAX + 1);
	fixture_restart(&f);
	ck_assert_uint_eq(strlen(secrets_of(&e.id)), 2 * ENDPOINT_SECRET_MAX + 1);
	fixture_begin(&f);
	IS(batch_endpoint_secrets(f.b, &configured, none), RESULT_THEIRS_NOT_FOUND);
	fixture_cancel(&f);
	IS(set(&configured, &(struct endpoint_change){.url = URL}, &row), RESULT_THEIRS_STATE);
	IS(set(&one, &(struct endpoint_change){.url = URL}, &row), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

/* Off: it is given nothing; what is gone is gone, and its place is free. */
START_TEST(changes)
{
	const bool off = false;
	struct endpoint_row e = add("a", NULL), row, all[ENDPOINTS_MAX];

	f.now_ms += 5;
	OK(set(&e.id, &(struct endpoint_change){.enabled = &off, .types = " a.b "}, &row));
	ck_assert(!row.enabled);
	ck_assert_str_eq(row.types, " a.b ");
	ck_assert_int_eq(row.created_ms, f.now_ms - 5);
	ck_assert_int_eq(row.changed_ms, f.now_ms);
	OK(store_endpoint_list(f.reader, &f.arena, all, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(all[0].key, ENDPOINT_CONFIGURED);
	ck_assert(id_eq(&all[1].id, &e.id));
	for (size_t i = count; i < ENDPOINTS_MAX; i++)
		(void)add("a", NULL);
	fixture_begin(&f);
	IS(batch_endpoint_add(
	           f.b, &f.arena, &(struct endpoint_change){.url = URL, .secrets = "a"}, &row),
	        RESULT_THEIRS_TOO_BIG);
	OK(batch_endpoint_remove(f.b, &e.id));
	IS(batch_endpoint_remove(f.b, &e.id), RESULT_THEIRS_NOT_FOUND);
	IS(batch_endpoint_remove(f.b, &all[0].id), RESULT_THEIRS_STATE);
	OK(batch_endpoint_add(
	        f.b, &f.arena, &(struct endpoint_change){.url = URL, .secrets = "a"}, &row));
	fixture_end(&f);
	IS(store_endpoint_get(f.reader, &f.arena, &e.id, &row), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

/* As after a restore with another master key. */
START_TEST(a_secret_that_no_key_opens)
{
	char text[ENDPOINT_SECRETS_SIZE];
	struct endpoint_row e = add("a", NULL), row;

	(void)fixture_sql(
	        &f, "UPDATE webhook_endpoint SET sealed_secret = x'00010203' WHERE key > 1");
	fixture_begin(&f);
	IS(batch_endpoint_secrets(f.b, &e.id, text), RESULT_OURS_STORE);
	OK(batch_endpoint_remove(f.b, &e.id));
	fixture_end(&f);
	IS(store_endpoint_get(f.reader, &f.arena, &e.id, &row), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

/* Which endpoint did not take it is told; each parks for itself. */
START_TEST(parked)
{
	struct endpoint_row e = add("a", NULL);
	struct event_end end = {.state = EVENT_PARKED, .error = "status 500", .status = 500};
	struct event_row told;
	char text[ID_TEXT_SIZE];

	happens(&one, "x.a");
	happens(&one, "x.b");
	give(e);
	claim(e.key, 1);
	end.id = rows[0].id;
	fixture_begin(&f);
	OK(batch_event_end(f.b, e.key, &end));
	fixture_end(&f);
	told = fixture_event(&f, &end.id, 1);
	ck_assert_str_eq(told.type, "webhook.dead_letter");
	id_format(&e.id, text);
	ck_assert_str_eq(event_member(&told, "endpointId"), text);
	claim(e.key, 1);
	ck_assert_str_eq(rows[0].type, "x.b");
	fixture_begin(&f);
	IS(batch_event_redeliver(f.b, ENDPOINT_CONFIGURED, &end.id), RESULT_THEIRS_NOT_FOUND);
	OK(batch_event_redeliver(f.b, e.key, &end.id));
	fixture_end(&f);
	taken(e.key, &rows[0].id);
	claim(e.key, 1);
	ck_assert(id_eq(&rows[0].id, &end.id));
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, each_in_its_own_order);
	tcase_add_test(t, types);
	tcase_add_test(t, many_at_a_time);
	tcase_add_test(t, secrets);
	tcase_add_test(t, changes);
	tcase_add_test(t, parked);
	tcase_add_test(t, a_secret_that_no_key_opens);
}

TEST_MAIN("endpoint", fill)
