/* What is read as a time and written is read as the same time. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TIME_TEXT_SIZE];
	int64_t ms, again;

	if (time_parse((const char *)data, size, &ms))
		return 0;
	time_format(ms, text);
	FUZZ_CHECK(strlen(text) == TIME_TEXT_SIZE - 1);
	FUZZ_CHECK(time_parse(text, strlen(text), &again) == RESULT_OK);
	FUZZ_CHECK(again == ms);
	return 0;
}
