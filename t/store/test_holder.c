/* Conformance: what an account holder's pages list. */
#include "unit/harness.h"

#include <string.h>

#include "base/limits.h"
#include "store/fixture.h"
#include "store/grant.h"
#include "store/holder.h"
#include "store/incoming.h"

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

static struct id request(account_id wallet)
{
	struct incoming_new n = {.wallet = wallet, .expires_ms = f.now_ms + 1000000};
	struct incoming_row row;

	f.now_ms++;
	fixture_begin(&f);
	OK(batch_incoming_add(f.b, &n, &row));
	fixture_end(&f);
	return row.id;
}

static struct id payment(account_id *account)
{
	struct id id;

	f.now_ms++;
	fixture_begin(&f);
	fixture_pay(&f, &id, account);
	fixture_end(&f);
	return id;
}

/* Both directions and several wallets in one order, in pages of any size; nobody else's. */
START_TEST(payments_of_several_wallets)
{
	const account_id both[] = {f.alice, f.bob}, one[] = {f.bob};
	struct holder_place place;
	struct holder_entry out[LIMIT_PAGE_SIZE];
	struct id made[6];
	account_id account;
	size_t n, seen;

	/* what the fixture put in is older */
	place = HOLDER_PLACE_FIRST;
	OK(store_holder_payments(f.reader, both, 2, &place, 5, out, &n));
	ck_assert_uint_eq(n, 2);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(out[i].kind, HOLDER_DEPOSIT);
		ck_assert_uint_eq(out[i].amount, 100000);
		ck_assert(out[i].wallet == f.alice || out[i].wallet == f.bob);
	}
	made[5] = request(f.alice);
	made[4] = payment(&account);
	made[3] = request(f.bob);
	made[2] = payment(&account);
	made[1] = request(f.alice);
	made[0] = request(f.bob);
	for (size_t limit = 1; limit <= 7; limit++) {
		place = HOLDER_PLACE_FIRST;
		seen = 0;
		do {
			OK(store_holder_payments(f.reader, both, 2, &place, limit, out, &n));
			for (size_t i = 0; i < n; i++) {
				bool sent = seen == 2 || seen == 4;

				place = out[i].place;
				if (seen++ >= 6)
					continue;
				ck_assert(id_eq(&out[i].place.id, &made[seen - 1]));
				ck_assert_int_eq(
				        out[i].kind, sent ? HOLDER_OUTGOING : HOLDER_INCOMING);
			}
		} while (n == limit);
		ck_assert_uint_eq(seen, 8);
	}
	place = HOLDER_PLACE_FIRST;
	OK(store_holder_payments(f.reader, one, 1, &place, 5, out, &n));
	ck_assert_uint_eq(n, 3);
	ck_assert(id_eq(&out[1].place.id, &made[3]));
	ck_assert_int_eq(out[2].kind, HOLDER_DEPOSIT);
	/* what arrives meanwhile moves nothing */
	place = out[0].place;
	(void)request(f.bob);
	OK(store_holder_payments(f.reader, one, 1, &place, 5, out, &n));
	ck_assert_uint_eq(n, 2);
	ck_assert(id_eq(&out[0].place.id, &made[3]));
	OK(store_holder_payments(f.reader, NULL, 0, &place, 5, out, &n));
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(the_payment_of_a_quote)
{
	account_id account;
	struct id id = payment(&account), found;
	struct payment_row row = fixture_payment(&f, &id);

	OK(store_payment_of_quote(f.reader, &row.quote_id, &found));
	ck_assert(id_eq(&found, &id));
	IS(store_payment_of_quote(f.reader, &id, &found), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, payments_of_several_wallets);
	tcase_add_test(t, the_payment_of_a_quote);
}

TEST_MAIN("holder", fill)
