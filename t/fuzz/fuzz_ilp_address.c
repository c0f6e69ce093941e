/* A valid address is under each of its prefixes, and its segments joined are the address. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/ilp_address.h"

static uint8_t joined[ILP_ADDRESS_MAX + 1];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes address = bytes_of(data, size);
	struct bytes prefix = bytes_of(data, 0);
	struct bytes segment;
	struct buf b;

	if (ilp_address_check_prefix(address) != RESULT_OK) {
		FUZZ_CHECK(ilp_address_check(address) != RESULT_OK);
		return 0;
	}
	FUZZ_CHECK(size == 0 || ilp_address_scheme(address) != ILP_SCHEME_NONE);
	FUZZ_CHECK(ilp_address_check(address) != RESULT_OK || memchr(data, '.', size) != NULL);
	buf_init(&b, joined, sizeof(joined));
	while ((segment = ilp_address_segment_after(address, prefix)).n > 0) {
		FUZZ_CHECK(ilp_address_under(address, prefix));
		FUZZ_CHECK(ilp_address_check_prefix(prefix) == RESULT_OK);
		if (b.len)
			buf_u8(&b, '.');
		buf_bytes(&b, segment);
		prefix = bytes_of(data, b.len);
	}
	FUZZ_CHECK(!b.failed && bytes_eq(buf_view(&b), address));
	return 0;
}
