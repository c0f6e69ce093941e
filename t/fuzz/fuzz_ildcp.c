#include "fuzz/fuzz.h"

#include "codec/ildcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t storage[ILDCP_DATA_MAX];
	struct ildcp_info info, again;
	struct buf b;

	if (ildcp_response_decode(bytes_of(data, size), &info) != RESULT_OK)
		return 0;
	buf_init(&b, storage, sizeof(storage));
	ildcp_response_data(&b, &info);
	FUZZ_CHECK(!b.failed);
	FUZZ_CHECK(ildcp_response_decode(buf_view(&b), &again) == RESULT_OK);
	FUZZ_CHECK(bytes_eq(info.address, again.address));
	FUZZ_CHECK(info.asset_scale == again.asset_scale);
	FUZZ_CHECK(bytes_eq(info.asset_code, again.asset_code));
	return 0;
}
