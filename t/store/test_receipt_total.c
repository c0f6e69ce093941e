/* What has arrived on connections with receipts. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/receipt_total.h"

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

static uint64_t add(uint8_t connection, uint64_t amount)
{
	const uint8_t key[RECEIPT_CONNECTION_SIZE] = {connection};
	uint64_t total;

	fixture_begin(&f);
	OK(batch_receipt_add(f.b, key, amount, &total));
	fixture_end(&f);
	return total;
}

START_TEST(sums)
{
	ck_assert_uint_eq(add(1, 5), 5);
	ck_assert_uint_eq(add(2, 7), 7);
	ck_assert_uint_eq(add(1, 10), 15);
	fixture_restart(&f);
	ck_assert_uint_eq(add(1, 1), 16);
	ck_assert_uint_eq(add(2, AMOUNT_MAX), AMOUNT_MAX);
}
END_TEST

/* A refused packet's amount is in no total. */
START_TEST(cancelled)
{
	const uint8_t key[RECEIPT_CONNECTION_SIZE] = {9};
	uint64_t total;

	fixture_begin(&f);
	OK(batch_receipt_add(f.b, key, 100, &total));
	fixture_cancel(&f);
	ck_assert_uint_eq(add(9, 1), 1);
}
END_TEST

/* Old connections go when new ones come. */
START_TEST(old_ones_go)
{
	add(1, 5);
	f.now_ms += RECEIPT_KEEP_MS;
	ck_assert_uint_eq(add(2, 1), 1);
	ck_assert_uint_eq(add(1, 5), 10);
	f.now_ms += RECEIPT_KEEP_MS + 1;
	ck_assert_uint_eq(add(3, 1), 1);
	ck_assert_uint_eq(add(1, 5), 5);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, sums);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, old_ones_go);
}

TEST_MAIN("receipt_total", fill)
