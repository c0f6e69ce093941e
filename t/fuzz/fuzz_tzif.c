/* Any bytes: refused, or a zone whose clocks are near UTC at every moment, and stay as they are
 * within a second but for a change. There is no encoder: nobody writes these files here. */
#include "fuzz/fuzz.h"

#include "codec/tzif.h"

#define STEP_MS INT64_C(7776000123) /* some 90 days */
#define FROM_MS (-STEP_MS * 800)
#define TO_MS   (STEP_MS * 1600)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tzif z;

	if (size > TZIF_BYTES_MAX || tzif_decode(bytes_of(data, size), &z))
		return 0;
	FUZZ_CHECK(z.types > 0 && z.types <= TZIF_TYPES_MAX && z.changes <= TZIF_CHANGES_MAX);
	for (int64_t at = FROM_MS; at < TO_MS; at += STEP_MS) {
		int32_t offset = tzif_offset_s(&z, at);

		FUZZ_CHECK(offset >= -TZIF_OFFSET_MAX && offset <= TZIF_OFFSET_MAX);
	}
	(void)tzif_offset_s(&z, INT64_MAX / 1000);
	(void)tzif_offset_s(&z, INT64_MIN / 1000);
	return 0;
}
