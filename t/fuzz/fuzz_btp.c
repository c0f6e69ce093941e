#include "fuzz/fuzz.h"

#include "codec/btp.h"

static uint8_t storage[BTP_ENTRIES_MAX * (BTP_NAME_MAX + BTP_DATA_MAX + 16) + 131072];

static void expect_same(const struct btp_packet *a, const struct btp_packet *b)
{
	FUZZ_CHECK(a->type == b->type && a->request_id == b->request_id);
	FUZZ_CHECK(a->amount == b->amount && a->entry_count == b->entry_count);
	FUZZ_CHECK(bytes_eq(a->code, b->code) && bytes_eq(a->name, b->name));
	FUZZ_CHECK(bytes_eq(a->triggered_at, b->triggered_at) && bytes_eq(a->data, b->data));
	for (size_t i = 0; i < a->entry_count; i++) {
		FUZZ_CHECK(bytes_eq(a->entries[i].name, b->entries[i].name));
		FUZZ_CHECK(a->entries[i].content_type == b->entries[i].content_type);
		FUZZ_CHECK(bytes_eq(a->entries[i].data, b->entries[i].data));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct btp_packet p, again;
	struct buf b;

	if (btp_decode(bytes_of(data, size), &p) != RESULT_OK)
		return 0;
	buf_init(&b, storage, sizeof(storage));
	btp_encode(&b, &p);
	FUZZ_CHECK(!b.failed && b.len <= size);
	FUZZ_CHECK(btp_decode(buf_view(&b), &again) == RESULT_OK);
	expect_same(&p, &again);
	return 0;
}
