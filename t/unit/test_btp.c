#include "unit/harness.h"
#include "unit/vectors.h"

#include "codec/btp.h"

#define VECTORS_COUNT 18

static uint8_t storage[70000];

static void expect_entries(struct vectors *v, const json_t *c, const struct btp_packet *p)
{
	const json_t *entries = vectors_get(c, "protocol_data");

	ck_assert_uint_eq(json_array_size(entries), p->entry_count);
	for (size_t i = 0; i < p->entry_count; i++) {
		const json_t *e = json_array_get(entries, i);
		const char *name = vectors_text(e, "name");

		ck_assert(bytes_eq_str(p->entries[i].name, name));
		ck_assert_int_eq(vectors_int(e, "content_type"), p->entries[i].content_type);
		vectors_expect_hex(v, e, "data", p->entries[i].data, i);
		ck_assert_ptr_nonnull(btp_find(p, name));
	}
}

static void expect_error(const json_t *c, const struct btp_packet *p)
{
	const char *iso = vectors_text(c, "triggered_at");
	char time[BTP_TIME_SIZE];

	ck_assert(bytes_eq_str(p->code, vectors_text(c, "code")));
	ck_assert(bytes_eq_str(p->name, vectors_text(c, "name")));
	ck_assert(bytes_eq_str(p->data, vectors_text(c, "data_utf8")));
	ck_assert_str_eq(iso, "2026-06-01T01:02:03.004Z");
	btp_time(1780275723004, time);
	ck_assert(bytes_eq_str(p->triggered_at, time));
}

START_TEST(packets_of_btp_packet_both_ways)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "btp");
	json_array_foreach(vectors_cases(&v, "cases", VECTORS_COUNT), i, c)
	{
		struct bytes packet = vectors_hex(&v, c, "packet");
		struct btp_packet p;
		struct buf b;

		ck_assert_int_eq(btp_decode(packet, &p), RESULT_OK);
		ck_assert_int_eq(p.type, vectors_int(c, "type"));
		ck_assert_int_eq(p.request_id, vectors_int(c, "request_id"));
		expect_entries(&v, c, &p);
		if (p.type == BTP_ERROR)
			expect_error(c, &p);
		if (p.type == BTP_TRANSFER)
			ck_assert_uint_eq(p.amount, vectors_u64(c, "amount"));
		buf_init(&b, storage, sizeof(storage));
		btp_encode(&b, &p);
		ck_assert(!b.failed);
		vectors_expect_hex(&v, c, "packet", buf_view(&b), i);
		/* Each cut is seen, but for what lies behind the last field. */
		for (size_t n = 0; n < packet.n; n++)
			ck_assert_int_eq(
			        btp_decode(bytes_of(packet.p, n), &p), RESULT_THEIRS_TRUNCATED);
	}
	vectors_close(&v);
}
END_TEST

static const struct {
	const char *hex;
	enum result expected;
} malformed[] = {
        {"", RESULT_THEIRS_TRUNCATED}, {"06000000", RESULT_THEIRS_TRUNCATED},
        {"0600000001", RESULT_THEIRS_TRUNCATED},
        {"0500000001020100", RESULT_THEIRS_MALFORMED}, /* a type of BTP 1 */
        {"0000000001020100", RESULT_THEIRS_MALFORMED},
        {"060000000100", RESULT_THEIRS_TRUNCATED}, /* no count */
        {"06000000018102010000", RESULT_THEIRS_NONCANONICAL},
        {"060000000180", RESULT_THEIRS_NONCANONICAL},
        {"06000000010100", RESULT_THEIRS_NONCANONICAL},     /* a count of no bytes */
        {"060000000103020001", RESULT_THEIRS_NONCANONICAL}, /* ... with a leading zero */
        {"0600000001020111", RESULT_THEIRS_TOO_BIG},        /* 17 entries */
        {"06000000010908ffffffffffffffff", RESULT_THEIRS_TOO_BIG},
        {"0600000001020101", RESULT_THEIRS_TRUNCATED},
        {"06000000010601010369", RESULT_THEIRS_TRUNCATED},
        {"0600000001070101016100", RESULT_THEIRS_TRUNCATED},
        {"060000000106010101610002", RESULT_THEIRS_TRUNCATED},
        {"0700000001020100", RESULT_THEIRS_TRUNCATED}, /* no amount */
        {"0200000001054630300100", RESULT_THEIRS_TRUNCATED},
        {"0600000001030100ff", RESULT_OK}, /* more behind the last field */
        {"0600000001020100ff", RESULT_OK}, /* and behind the contents */
};

START_TEST(what_does_not_parse)
{
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		struct btp_packet p;
		size_t n = 0;
		enum result r;

		ck_assert_int_eq(hex_decode(malformed[i].hex, strlen(malformed[i].hex), storage,
		                         sizeof(storage), &n),
		        RESULT_OK);
		r = btp_decode(bytes_of(storage, n), &p);
		ck_assert_msg(
		        r == malformed[i].expected, "%s: %s", malformed[i].hex, result_name(r));
	}
}
END_TEST

START_TEST(times_without_trailing_zeros)
{
	char time[BTP_TIME_SIZE];

	btp_time(1780275723000, time);
	ck_assert_str_eq(time, "20260601010203Z");
	btp_time(1780275723500, time);
	ck_assert_str_eq(time, "20260601010203.5Z");
	btp_time(1780275723010, time);
	ck_assert_str_eq(time, "20260601010203.01Z");
	btp_time(1780275720000, time);
	ck_assert_str_eq(time, "20260601010200Z");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, packets_of_btp_packet_both_ways);
	tcase_add_test(t, what_does_not_parse);
	tcase_add_test(t, times_without_trailing_zeros);
}

TEST_MAIN("btp", fill)
