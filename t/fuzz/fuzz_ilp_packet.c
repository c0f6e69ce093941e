#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/ilp_packet.h"

#define INPUT_MAX (64 * 1024)

static uint8_t storage[ILP_PACKET_MAX];

static bool same_array(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, 32) == 0;
}

static void prepare(struct bytes in)
{
	static uint8_t copy[INPUT_MAX];
	struct ilp_prepare p, again;
	struct buf b;

	if (ilp_prepare_decode(in, &p) != RESULT_OK)
		return;
	buf_init(&b, storage, sizeof(storage));
	ilp_prepare_encode(&b, &p);
	FUZZ_CHECK(!b.failed);
	FUZZ_CHECK(ilp_prepare_decode(buf_view(&b), &again) == RESULT_OK);
	FUZZ_CHECK(p.amount == again.amount && p.expires_at_ms == again.expires_at_ms);
	FUZZ_CHECK(same_array(p.condition, again.condition));
	FUZZ_CHECK(bytes_eq(p.destination, again.destination) && bytes_eq(p.data, again.data));

	/* a patch changes its two fields and no other byte */
	memcpy(copy, in.p, in.n);
	ilp_prepare_patch(copy, &p, ~p.amount, -p.expires_at_ms);
	FUZZ_CHECK(ilp_prepare_decode(bytes_of(copy, in.n), &again) == RESULT_OK);
	FUZZ_CHECK(again.amount == p.amount);
	memcpy(copy + p.amount_at, in.p + p.amount_at, 25);
	FUZZ_CHECK(memcmp(copy, in.p, in.n) == 0);
}

static void fulfill(struct bytes in)
{
	struct ilp_fulfill f, again;
	struct buf b;

	if (ilp_fulfill_decode(in, &f) != RESULT_OK)
		return;
	buf_init(&b, storage, sizeof(storage));
	ilp_fulfill_encode(&b, f.fulfillment, f.data);
	FUZZ_CHECK(!b.failed);
	FUZZ_CHECK(ilp_fulfill_decode(buf_view(&b), &again) == RESULT_OK);
	FUZZ_CHECK(same_array(f.fulfillment, again.fulfillment));
	FUZZ_CHECK(bytes_eq(f.data, again.data));
}

static void f08(struct bytes data)
{
	struct ilp_f08_data d, again;
	uint64_t max;
	struct buf b;

	if (ilp_f08_decode(data, &d) != RESULT_OK)
		return;
	buf_init(&b, storage, ILP_F08_DATA_SIZE);
	ilp_f08_encode(&b, &d);
	FUZZ_CHECK(ilp_f08_decode(buf_view(&b), &again) == RESULT_OK);
	FUZZ_CHECK(d.received == again.received && d.maximum == again.maximum);
	/* what a refusal allows is always less than what was refused */
	FUZZ_CHECK(!ilp_f08_new_max(&d, 1000, &max) || max < 1000);
}

static void reject(struct bytes in)
{
	struct ilp_reject r, again;
	static uint8_t reject_storage[ILP_PACKET_MAX];
	struct buf b;

	if (ilp_reject_decode(in, &r) != RESULT_OK)
		return;
	f08(r.data);
	buf_init(&b, reject_storage, sizeof(reject_storage));
	ilp_reject_encode(&b, r.code, r.triggered_by, r.message, r.data);
	FUZZ_CHECK(!b.failed);
	FUZZ_CHECK(ilp_reject_decode(buf_view(&b), &again) == RESULT_OK);
	FUZZ_CHECK(memcmp(r.code, again.code, sizeof(r.code)) == 0);
	FUZZ_CHECK(bytes_eq(r.triggered_by, again.triggered_by));
	FUZZ_CHECK(bytes_eq(r.message, again.message) && bytes_eq(r.data, again.data));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);

	if (size > INPUT_MAX)
		return 0;
	prepare(in);
	fulfill(in);
	reject(in);
	return 0;
}
