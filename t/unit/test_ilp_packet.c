#include "unit/harness.h"
#include "unit/vectors.h"

#include <string.h>

#include "codec/ilp_packet.h"

static uint8_t storage[ILP_PACKET_MAX];

static void check_prepare(struct vectors *v, const json_t *c, struct bytes packet, size_t i)
{
	struct ilp_prepare p;
	struct buf b;

	ck_assert_msg(ilp_prepare_decode(packet, &p) == RESULT_OK, "case %zu", i);
	ck_assert_uint_eq(p.amount, vectors_u64(c, "amount"));
	ck_assert_int_eq(p.expires_at_ms, vectors_int(c, "expires_at_unix_ms"));
	vectors_expect_hex(
	        v, c, "execution_condition", bytes_of(p.condition, ILP_CONDITION_SIZE), i);
	ck_assert(bytes_eq(p.destination, vectors_bytes(c, "destination")));
	vectors_expect_hex(v, c, "data", p.data, i);
	buf_init(&b, storage, sizeof(storage));
	ilp_prepare_encode(&b, &p);
	ck_assert(!b.failed);
	ck_assert_msg(bytes_eq(buf_view(&b), packet), "case %zu", i);
}

static void check_fulfill(struct vectors *v, const json_t *c, struct bytes packet, size_t i)
{
	struct ilp_fulfill f;
	struct buf b;

	ck_assert_msg(ilp_fulfill_decode(packet, &f) == RESULT_OK, "case %zu", i);
	vectors_expect_hex(v, c, "fulfillment", bytes_of(f.fulfillment, ILP_FULFILLMENT_SIZE), i);
	vectors_expect_hex(v, c, "data", f.data, i);
	buf_init(&b, storage, sizeof(storage));
	ilp_fulfill_encode(&b, f.fulfillment, f.data);
	ck_assert(!b.failed);
	ck_assert_msg(bytes_eq(buf_view(&b), packet), "case %zu", i);
}

static void check_reject(struct vectors *v, const json_t *c, struct bytes packet, size_t i)
{
	struct ilp_reject r;
	struct buf b;

	ck_assert_msg(ilp_reject_decode(packet, &r) == RESULT_OK, "case %zu", i);
	ck_assert_str_eq(r.code, vectors_text(c, "code"));
	ck_assert(bytes_eq(r.triggered_by, vectors_bytes(c, "triggered_by")));
	vectors_expect_hex(v, c, "message_hex", r.message, i);
	vectors_expect_hex(v, c, "data", r.data, i);
	buf_init(&b, storage, sizeof(storage));
	ilp_reject_encode(&b, r.code, r.triggered_by, r.message, r.data);
	ck_assert(!b.failed);
	ck_assert_msg(bytes_eq(buf_view(&b), packet), "case %zu", i);
}

START_TEST(valid_both_ways)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ilp_packets_valid");
	json_array_foreach(vectors_cases(&v, "cases", 220), i, c)
	{
		struct bytes packet = vectors_hex(&v, c, "packet");
		enum ilp_type type = 0;

		ck_assert_int_eq(ilp_packet_type(packet, &type), RESULT_OK);
		ck_assert_int_eq(type, vectors_int(c, "type_id"));
		switch (type) {
		case ILP_PREPARE:
			check_prepare(&v, c, packet, i);
			break;
		case ILP_FULFILL:
			check_fulfill(&v, c, packet, i);
			break;
		case ILP_REJECT:
			check_reject(&v, c, packet, i);
			break;
		}
	}
	vectors_close(&v);
}
END_TEST

static enum result decode_any(struct bytes packet)
{
	union {
		struct ilp_prepare prepare;
		struct ilp_fulfill fulfill;
		struct ilp_reject reject;
	} out;
	enum ilp_type type = 0;
	enum result r = ilp_packet_type(packet, &type);

	if (r)
		return r;
	switch (type) {
	case ILP_PREPARE:
		return ilp_prepare_decode(packet, &out.prepare);
	case ILP_FULFILL:
		return ilp_fulfill_decode(packet, &out.fulfill);
	case ILP_REJECT:
		return ilp_reject_decode(packet, &out.reject);
	}
	return RESULT_OURS_BUG;
}

/* "implementation-defined" in the vectors: year 0 is a year of the calendar, a message of 8192
 * bytes is over the ASN.1 limit. */
static bool is_refused(const json_t *c)
{
	const char *expected = vectors_text(c, "expected");

	if (strcmp(expected, "implementation-defined") == 0)
		return strcmp(vectors_text(c, "description"), "timestamp year 0") != 0;
	return strcmp(expected, "reject") == 0;
}

START_TEST(malformed)
{
	struct vectors v;
	json_t *c;
	size_t i, refused = 0;

	vectors_open(&v, "ilp_packets_malformed");
	json_array_foreach(vectors_cases(&v, "cases", 62), i, c)
	{
		enum result r = decode_any(vectors_hex(&v, c, "packet"));

		ck_assert_msg((r != RESULT_OK) == is_refused(c), "%s: %s",
		        vectors_text(c, "description"), result_name(r));
		ck_assert(r == RESULT_OK || result_class(r) == RESULT_CLASS_THEIRS);
		refused += r != RESULT_OK;
	}
	ck_assert_uint_eq(refused, 57);
	vectors_close(&v);
}
END_TEST

/* Every proper prefix of a packet is refused, and none is read past its end. */
START_TEST(every_truncation)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ilp_packets_valid");
	json_array_foreach(vectors_cases(&v, "cases", 220), i, c)
	{
		struct bytes packet = vectors_hex(&v, c, "packet");

		for (size_t n = 0; packet.n < 1000 && n < packet.n; n++)
			ck_assert_int_eq(
			        decode_any(bytes_of(packet.p, n)), RESULT_THEIRS_TRUNCATED);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(patch_changes_only_amount_and_expiry)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ilp_packets_valid");
	json_array_foreach(vectors_cases(&v, "cases", 220), i, c)
	{
		struct bytes packet = vectors_hex(&v, c, "packet");
		uint8_t *copy = arena_memdup(&v.arena, packet.p, packet.n);
		struct ilp_prepare p, again;

		if (vectors_int(c, "type_id") != ILP_PREPARE)
			continue;
		ck_assert_int_eq(ilp_prepare_decode(bytes_of(copy, packet.n), &p), RESULT_OK);
		ilp_prepare_patch(copy, &p, 77, 1767782984097);
		ck_assert_int_eq(ilp_prepare_decode(bytes_of(copy, packet.n), &again), RESULT_OK);
		ck_assert_uint_eq(again.amount, 77);
		ck_assert_int_eq(again.expires_at_ms, 1767782984097);
		ck_assert_uint_eq(p.amount, 77);
		ck_assert_mem_eq(copy, packet.p, p.amount_at);
		ck_assert_mem_eq(copy + p.amount_at + 25, packet.p + p.amount_at + 25,
		        packet.n - p.amount_at - 25);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(encoders_keep_the_limits)
{
	static const uint8_t many[ILP_DATA_MAX + 1];
	static const struct {
		size_t by, message, data;
		bool fails;
	} rows[] = {
	        {0, 0, 0, false},
	        {ILP_ADDRESS_MAX, ILP_MESSAGE_MAX, ILP_DATA_MAX, false},
	        {ILP_ADDRESS_MAX + 1, 0, 0, true},
	        {0, ILP_MESSAGE_MAX + 1, 0, true},
	        {0, 0, ILP_DATA_MAX + 1, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b;

		buf_init(&b, storage, sizeof(storage));
		ilp_reject_encode(&b, ILP_F00_BAD_REQUEST, bytes_of(many, rows[i].by),
		        bytes_of(many, rows[i].message), bytes_of(many, rows[i].data));
		ck_assert_msg(b.failed == rows[i].fails, "row %zu", i);
	}
}
END_TEST

START_TEST(f08)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "f08_error_data");
	json_array_foreach(vectors_cases(&v, "cases", 12), i, c)
	{
		struct bytes data = vectors_hex(&v, c, "data");
		bool usable = vectors_bool(c, "usable");
		struct ilp_f08_data d;
		uint64_t max = 0;
		struct buf b;

		ck_assert_int_eq(ilp_f08_decode(data, &d), RESULT_OK);
		ck_assert_uint_eq(d.received, vectors_u64(c, "received_amount"));
		ck_assert_uint_eq(d.maximum, vectors_u64(c, "maximum_amount"));
		ck_assert(
		        ilp_f08_new_max(&d, vectors_u64(c, "source_amount_sent"), &max) == usable);
		if (usable)
			ck_assert_uint_eq(max, vectors_u64(c, "new_max_packet_floor"));
		ck_assert(vectors_bool(c, "fatal_zero") == (usable && max == 0));
		buf_init(&b, storage, ILP_F08_DATA_SIZE);
		ilp_f08_encode(&b, &d);
		ck_assert(!b.failed && bytes_eq(buf_view(&b), data));
	}
	json_array_foreach(vectors_cases(&v, "short_data", 3), i, c)
	{
		struct bytes data = vectors_hex(&v, c, "data");
		struct ilp_f08_data d;

		ck_assert_int_eq(ilp_f08_decode(data, &d),
		        data.n < ILP_F08_DATA_SIZE ? RESULT_THEIRS_TRUNCATED : RESULT_OK);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(code_classes)
{
	ck_assert_int_eq(ilp_code_class(ILP_F02_UNREACHABLE), ILP_CODE_FINAL);
	ck_assert_int_eq(ilp_code_class(ILP_T04_INSUFFICIENT_LIQUIDITY), ILP_CODE_TEMPORARY);
	ck_assert_int_eq(ilp_code_class(ILP_R00_TRANSFER_TIMED_OUT), ILP_CODE_RELATIVE);
	ck_assert_int_eq(ilp_code_class("X17"), ILP_CODE_FINAL);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, valid_both_ways);
	tcase_add_test(t, malformed);
	tcase_add_test(t, every_truncation);
	tcase_add_test(t, patch_changes_only_amount_and_expiry);
	tcase_add_test(t, encoders_keep_the_limits);
	tcase_add_test(t, f08);
	tcase_add_test(t, code_classes);
}

TEST_MAIN("ilp_packet", fill)
