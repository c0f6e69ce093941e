/* A run of primitives: an integer, a saturating one, octets, until the input ends. What was read
 * strictly is canonical, so writing it gives the bytes back. */
#include "fuzz/fuzz.h"

#include "codec/oer.h"

static uint8_t storage[1 << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c, again;
	struct buf b;

	if (size > sizeof(storage))
		return 0;
	cursor_init(&c, bytes_of(data, size));
	while (!c.failed && cursor_left(&c)) {
		const uint8_t *start = c.p;
		uint64_t strict = oer_uint(&c);
		struct bytes octets = oer_octets(&c, SIZE_MAX);

		if (c.failed)
			break;
		buf_init(&b, storage, sizeof(storage));
		oer_put_uint(&b, strict);
		oer_put_octets(&b, octets);
		FUZZ_CHECK(!b.failed);
		FUZZ_CHECK(bytes_eq(buf_view(&b), bytes_of(start, (size_t)(c.p - start))));
	}
	cursor_init(&c, bytes_of(data, size));
	cursor_init(&again, bytes_of(data, size));
	while (!c.failed && cursor_left(&c)) {
		uint64_t saturating = oer_uint_saturating(&c);
		uint64_t strict = oer_uint(&again);

		FUZZ_CHECK(
		        again.failed ? c.failed || saturating == UINT64_MAX : saturating == strict);
		if (again.failed)
			break;
	}
	return 0;
}
