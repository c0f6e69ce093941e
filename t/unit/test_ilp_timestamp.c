#include "unit/harness.h"
#include "unit/vectors.h"

#include "codec/ilp_timestamp.h"

START_TEST(vectors_both_ways)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "timestamps");
	json_array_foreach(vectors_cases(&v, "cases", 57), i, c)
	{
		struct bytes wire = vectors_bytes(c, "wire");
		uint8_t out[ILP_TIMESTAMP_SIZE];
		int64_t ms = 0;

		if (!vectors_bool(c, "valid")) {
			ck_assert_msg(ilp_timestamp_decode(wire, &ms) == RESULT_THEIRS_MALFORMED,
			        "%s", (const char *)wire.p);
			continue;
		}
		ck_assert_int_eq(ilp_timestamp_decode(wire, &ms), RESULT_OK);
		ck_assert_int_eq(ms, vectors_int(c, "unix_ms"));
		ilp_timestamp_encode(ms, out);
		ck_assert(bytes_eq(bytes_of(out, sizeof(out)), wire));
	}
	vectors_close(&v);
}
END_TEST

START_TEST(bounds)
{
	static const struct {
		int64_t ms;
		const char *wire;
	} rows[] = {
	        {0, "19700101000000000"},
	        {-1, "19691231235959999"},
	        {ILP_TIMESTAMP_MIN_MS, "00000101000000000"},
	        {INT64_MIN, "00000101000000000"},
	        {ILP_TIMESTAMP_MAX_MS, "99991231235959999"},
	        {INT64_MAX, "99991231235959999"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t out[ILP_TIMESTAMP_SIZE];

		ilp_timestamp_encode(rows[i].ms, out);
		ck_assert_msg(bytes_eq_str(bytes_of(out, sizeof(out)), rows[i].wire), "row %zu", i);
	}
}
END_TEST

START_TEST(short_input)
{
	int64_t ms;

	ck_assert_int_eq(
	        ilp_timestamp_decode(bytes_str("2026010100000000"), &ms), RESULT_THEIRS_TRUNCATED);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, vectors_both_ways);
	tcase_add_test(t, bounds);
	tcase_add_test(t, short_input);
}

TEST_MAIN("ilp_timestamp", fill)
