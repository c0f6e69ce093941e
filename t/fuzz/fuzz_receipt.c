/* A stranger's receipt decodes, but verifies only when it is made again with the secret. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct secret32 secret = {{1}};
	uint8_t storage[RECEIPT_SIZE];
	struct receipt r, again;
	struct buf b;

	FUZZ_CHECK(receipt_verify(bytes_of(data, size), &secret, &r) != RESULT_OK);
	if (receipt_decode(bytes_of(data, size), &r) != RESULT_OK)
		return 0;
	buf_init(&b, storage, sizeof(storage));
	receipt_encode(&b, &r, &secret);
	FUZZ_CHECK(!b.failed && b.len == RECEIPT_SIZE);
	FUZZ_CHECK(receipt_verify(buf_view(&b), &secret, &again) == RESULT_OK);
	FUZZ_CHECK(memcmp(r.nonce, again.nonce, sizeof(r.nonce)) == 0);
	FUZZ_CHECK(r.stream_id == again.stream_id && r.total_received == again.total_received);
	return 0;
}
