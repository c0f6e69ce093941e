#include "unit/harness.h"
#include "unit/vectors.h"

#include "codec/ilp_address.h"

START_TEST(grammar)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ilp_addresses");
	json_array_foreach(vectors_cases(&v, "cases", 64), i, c)
	{
		struct bytes address = vectors_bytes(c, "address");

		ck_assert_msg((ilp_address_check(address) == RESULT_OK) == vectors_bool(c, "valid"),
		        "case %zu: %.*s", i, (int)address.n, (const char *)address.p);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(high_bit_is_no_letter)
{
	uint8_t address[] = "g.alice";

	ck_assert_int_eq(ilp_address_check(bytes_of(address, 7)), RESULT_OK);
	address[4] = 'i' | 0x80;
	ck_assert_int_eq(ilp_address_check(bytes_of(address, 7)), RESULT_THEIRS_MALFORMED);
}
END_TEST

START_TEST(length_limit)
{
	char address[ILP_ADDRESS_MAX + 1];

	for (size_t i = 0; i < sizeof(address); i++)
		address[i] = i == 1 ? '.' : 'g';
	ck_assert_int_eq(ilp_address_check(bytes_of(address, ILP_ADDRESS_MAX)), RESULT_OK);
	ck_assert_int_eq(
	        ilp_address_check(bytes_of(address, sizeof(address))), RESULT_THEIRS_TOO_BIG);
}
END_TEST

START_TEST(prefixes)
{
	static const struct {
		const char *prefix;
		enum result expected;
	} rows[] = {
	        {"", RESULT_OK},
	        {"g", RESULT_OK},
	        {"test2", RESULT_OK},
	        {"g.acme", RESULT_OK},
	        {"g.", RESULT_THEIRS_MALFORMED},
	        {"acme", RESULT_THEIRS_MALFORMED},
	        {".", RESULT_THEIRS_MALFORMED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(
		        ilp_address_check_prefix(bytes_str(rows[i].prefix)) == rows[i].expected,
		        "%s", rows[i].prefix);
}
END_TEST

START_TEST(whole_segments)
{
	static const struct {
		const char *address;
		const char *prefix;
		bool under;
		const char *segment;
	} rows[] = {
	        {"g.acme.bob", "g.acme", true, "bob"},
	        {"g.acme.bob.x.y", "g.acme", true, "bob"},
	        {"g.acme", "g.acme", true, ""},
	        {"g.acme", "", true, "g"},
	        {"g.acme", "g", true, "acme"},
	        {"g.acmebank.bob", "g.acme", false, ""},
	        {"g.acm", "g.acme", false, ""},
	        {"g.Acme.bob", "g.acme", false, ""},
	        {"test.acme", "g", false, ""},
	        {"gg.acme", "g", false, ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes address = bytes_str(rows[i].address);
		struct bytes prefix = bytes_str(rows[i].prefix);

		ck_assert_msg(ilp_address_under(address, prefix) == rows[i].under, "row %zu", i);
		ck_assert_msg(
		        bytes_eq_str(ilp_address_segment_after(address, prefix), rows[i].segment),
		        "row %zu", i);
	}
}
END_TEST

START_TEST(schemes)
{
	static const struct {
		const char *address;
		enum ilp_scheme scheme;
	} rows[] = {
	        {"g", ILP_SCHEME_G},
	        {"g.a", ILP_SCHEME_G},
	        {"private.a", ILP_SCHEME_PRIVATE},
	        {"example.a", ILP_SCHEME_EXAMPLE},
	        {"local.a", ILP_SCHEME_LOCAL},
	        {"self.a", ILP_SCHEME_SELF},
	        {"peer.config", ILP_SCHEME_PEER},
	        {"peers.config", ILP_SCHEME_NONE},
	        {"test.a", ILP_SCHEME_TEST},
	        {"test3.a", ILP_SCHEME_TEST},
	        {"test4.a", ILP_SCHEME_NONE},
	        {"", ILP_SCHEME_NONE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(ilp_address_scheme(bytes_str(rows[i].address)) == rows[i].scheme,
		        "%s", rows[i].address);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, grammar);
	tcase_add_test(t, high_bit_is_no_letter);
	tcase_add_test(t, length_limit);
	tcase_add_test(t, prefixes);
	tcase_add_test(t, whole_segments);
	tcase_add_test(t, schemes);
}

TEST_MAIN("ilp_address", fill)
