#include "unit/harness.h"
#include "unit/vectors.h"

#include "codec/ildcp.h"
#include "codec/ilp_timestamp.h"

static uint8_t storage[ILP_PACKET_MAX];

START_TEST(request)
{
	struct vectors v;
	const json_t *c;
	struct ilp_prepare p;
	struct buf b;

	vectors_open(&v, "ildcp");
	c = vectors_get(v.root, "request");
	ck_assert_int_eq(ilp_prepare_decode(vectors_hex(&v, c, "packet"), &p), RESULT_OK);
	ck_assert(ildcp_is_request(&p));
	ck_assert_int_eq(ildcp_request_check(&p), RESULT_OK);
	buf_init(&b, storage, sizeof(storage));
	ildcp_request_encode(&b, p.expires_at_ms);
	ck_assert(!b.failed);
	vectors_expect_hex(&v, c, "packet", buf_view(&b), 0);
	vectors_expect_hex(&v, v.root, "condition", bytes_of(ildcp_condition, 32), 0);

	p.amount = 1;
	ck_assert_int_eq(ildcp_request_check(&p), RESULT_THEIRS_BAD_AMOUNT);
	p.amount = 0;
	p.condition = ildcp_fulfillment;
	ck_assert_int_eq(ildcp_request_check(&p), RESULT_THEIRS_UNAUTHENTIC);
	p.destination = bytes_str("peer.config.x");
	ck_assert(!ildcp_is_request(&p));
	vectors_close(&v);
}
END_TEST

START_TEST(condition_is_the_hash_of_zeros)
{
	uint8_t hash[32];

	sha256(bytes_of(ildcp_fulfillment, sizeof(ildcp_fulfillment)), hash);
	ck_assert_mem_eq(hash, ildcp_condition, sizeof(hash));
}
END_TEST

START_TEST(responses_both_ways)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ildcp");
	json_array_foreach(vectors_cases(&v, "responses", 5), i, c)
	{
		struct bytes packet = vectors_hex(&v, c, "fulfill_packet");
		struct ilp_fulfill f;
		struct ildcp_info info;
		struct buf b;

		ck_assert_int_eq(ilp_fulfill_decode(packet, &f), RESULT_OK);
		vectors_expect_hex(&v, c, "data", f.data, i);
		ck_assert_int_eq(ildcp_response_decode(f.data, &info), RESULT_OK);
		ck_assert(bytes_eq(info.address, vectors_bytes(c, "client_address")));
		ck_assert_uint_eq(info.asset_scale, (uint64_t)vectors_int(c, "asset_scale"));
		ck_assert(bytes_eq(info.asset_code, vectors_bytes(c, "asset_code")));
		buf_init(&b, storage, sizeof(storage));
		ildcp_response_encode(&b, &info);
		ck_assert(!b.failed);
		ck_assert_msg(bytes_eq(buf_view(&b), packet), "case %zu", i);
		for (size_t n = 0; n < f.data.n; n++)
			ck_assert_int_eq(ildcp_response_decode(bytes_of(f.data.p, n), &info),
			        RESULT_THEIRS_TRUNCATED);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(bad_responses)
{
	static const uint8_t code[ILDCP_ASSET_CODE_MAX + 1];
	const struct ildcp_info long_code = {
	        .address = bytes_str("g.a"),
	        .asset_code = bytes_of(code, sizeof(code)),
	};
	struct ildcp_info info;
	struct buf b;

	ck_assert_int_eq(
	        ildcp_response_decode(bytes_str("\3acm\2\3USD"), &info), RESULT_THEIRS_MALFORMED);
	buf_init(&b, storage, sizeof(storage));
	ildcp_response_encode(&b, &long_code);
	ck_assert(b.failed);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, request);
	tcase_add_test(t, condition_is_the_hash_of_zeros);
	tcase_add_test(t, responses_both_ways);
	tcase_add_test(t, bad_responses);
}

TEST_MAIN("ildcp", fill)
