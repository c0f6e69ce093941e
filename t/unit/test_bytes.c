#include "unit/harness.h"

#include "base/bytes.h"

/* In order: each is before all that follow. */
START_TEST(order)
{
	static const char *const texts[] = {"", "a", "a.b", "a.bc", "aa", "b", "\x7f", "\xff"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
			int found = bytes_compare(bytes_str(texts[i]), bytes_str(texts[k]));

			ck_assert_msg(
			        (found > 0) - (found < 0) == (i > k) - (i < k), "%zu %zu", i, k);
		}
	}
	ck_assert_int_eq(bytes_compare(bytes_of(NULL, 0), bytes_of(NULL, 0)), 0);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, order);
}

TEST_MAIN("bytes", fill)
