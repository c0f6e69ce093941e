/* Lists of one wallet's outgoing payments, as clients see them. */
#include "unit/harness.h"

#include <stdlib.h>
#include <string.h>

#include "store/fixture.h"
#include "store/pages.h"
#include "store/outgoing.h"

#define CLIENT "https://shop.example/a"
#define LISTED PAGES_LISTED

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

static struct payment_row pay(const char *client)
{
	struct quote_row q = {.wallet = f.alice,
	        .kind = QUOTE_FIXED_SEND,
	        .receiver = "https://elsewhere.example/op/incoming-payments/1",
	        .client = client,
	        .debit_amount = 100,
	        .receive_amount = 90,
	        .receive_code = "EUR",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	struct payment_new p = {.wallet = f.alice, .client = client};
	struct payment_row row = {.created_ms = f.now_ms, .client = client ? client : ""};

	OK(ratio_make(9, 10, &q.min_rate));
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	OK(batch_payment_create(f.b, &p, NULL, &row.id, &row.account));
	return row;
}

static void page_is(struct list_query q, const struct payment_row *all, size_t from, size_t count,
        bool newer, bool older)
{
	struct payment_row *rows;
	struct list_edges edges;
	size_t n;

	OK(store_outgoing_list(f.reader, &f.arena, &q, &rows, &n, &edges));
	ck_assert_uint_eq(n, count);
	for (size_t i = 0; i < n; i++) {
		ck_assert_mem_eq(rows[i].id.b, all[from + i].id.b, sizeof(rows[i].id.b));
		ck_assert_str_eq(rows[i].client, all[from + i].client);
		ck_assert_int_eq(rows[i].account, all[from + i].account);
	}
	ck_assert_int_eq(edges.newer, newer);
	ck_assert_int_eq(edges.older, older);
}

static int by_age(const void *va, const void *vb)
{
	const struct payment_row *a = va, *b = vb;

	if (a->created_ms != b->created_ms)
		return a->created_ms > b->created_ms ? -1 : 1;
	return -memcmp(a->id.b, b->id.b, sizeof(a->id.b));
}

static struct payment_row all[LISTED], own[LISTED], others[LISTED];
static size_t own_n, others_n;

/* Three at each of three moments; every second one by a client. */
static void make(void)
{
	size_t n = 0;

	for (int moment = 0; moment < 3; moment++, f.now_ms += 10) {
		fixture_begin(&f);
		for (int i = 0; i < 3; i++, n++)
			all[n] = pay(n % 2 ? CLIENT : NULL);
		fixture_end(&f);
	}
	qsort(all, LISTED, sizeof(all[0]), by_age);
	own_n = others_n = 0;
	for (size_t i = 0; i < LISTED; i++)
		if (*all[i].client)
			own[own_n++] = all[i];
		else
			others[others_n++] = all[i];
	ck_assert_uint_eq(own_n, 4);
}

START_TEST(pages)
{
	struct list_query q = {.wallet = f.alice, .limit = PAGES_LIMIT};

	make();
	for (size_t i = 0; i < PAGE_CASES; i++) {
		const struct page_case *c = &page_cases[i];

		q.cursor = c->cursor < 0 ? (struct id){{0}} : all[c->cursor].id;
		q.newer = c->newer;
		page_is(q, all, c->from, c->count, c->has_newer, c->has_older);
	}
	q = (struct list_query){.wallet = f.alice, .limit = LISTED};
	page_is(q, all, 0, LISTED, false, false);
}
END_TEST

START_TEST(of_a_client)
{
	struct list_query q = {.wallet = f.alice, .client = CLIENT, .limit = 3};
	struct payment_row *rows;
	struct list_edges edges;
	size_t n;

	make();
	page_is(q, own, 0, 3, false, true);
	q.cursor = own[2].id;
	page_is(q, own, 3, 1, true, false);
	q.newer = true;
	page_is(q, own, 0, 2, false, true);
	q.newer = false;
	q.cursor = others[0].id;
	IS(store_outgoing_list(f.reader, &f.arena, &q, &rows, &n, &edges), RESULT_THEIRS_NOT_FOUND);
	q = (struct list_query){.wallet = f.alice, .client = "https://nobody.example", .limit = 3};
	page_is(q, own, 0, 0, false, false);
}
END_TEST

START_TEST(unknown_cursors)
{
	struct list_query q = {.wallet = f.alice, .limit = 3, .cursor = {{1}}};
	struct payment_row *rows;
	struct list_edges edges;
	size_t n;

	make();
	IS(store_outgoing_list(f.reader, &f.arena, &q, &rows, &n, &edges), RESULT_THEIRS_NOT_FOUND);
	q = (struct list_query){.wallet = f.bob, .limit = 3};
	page_is(q, all, 0, 0, false, false);
	q.cursor = all[0].id; /* another wallet's */
	IS(store_outgoing_list(f.reader, &f.arena, &q, &rows, &n, &edges), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, pages);
	tcase_add_test(t, of_a_client);
	tcase_add_test(t, unknown_cursors);
}

TEST_MAIN("outgoing", fill)
