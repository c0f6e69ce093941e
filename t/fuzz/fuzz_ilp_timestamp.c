/* Digits that are a moment are written back the same; any number of milliseconds within the bounds
 * comes back the same. */
#include "fuzz/fuzz.h"

#include "codec/ilp_timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t out[ILP_TIMESTAMP_SIZE];
	struct cursor c;
	int64_t ms, again;

	if (size <= ILP_TIMESTAMP_SIZE &&
	        ilp_timestamp_decode(bytes_of(data, size), &ms) == RESULT_OK) {
		FUZZ_CHECK(ms >= ILP_TIMESTAMP_MIN_MS && ms <= ILP_TIMESTAMP_MAX_MS);
		ilp_timestamp_encode(ms, out);
		FUZZ_CHECK(bytes_eq(bytes_of(out, sizeof(out)), bytes_of(data, size)));
	}
	cursor_init(&c, bytes_of(data, size));
	ms = (int64_t)cursor_u64(&c);
	ilp_timestamp_encode(ms, out);
	FUZZ_CHECK(ilp_timestamp_decode(bytes_of(out, sizeof(out)), &again) == RESULT_OK);
	FUZZ_CHECK(again == ms || ms < ILP_TIMESTAMP_MIN_MS || ms > ILP_TIMESTAMP_MAX_MS);
	return 0;
}
