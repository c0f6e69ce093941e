#include "fuzz/fuzz.h"

#include "net/websocket_head.h"

#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

/* What is whole is whole by itself, and no shorter beginning of it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t used = 0, again = 0;

	if (websocket_head_answer(bytes_of(data, size), ACCEPT, &used) != RESULT_OK || used == 0)
		return 0;
	FUZZ_CHECK(used <= size && used <= WEBSOCKET_HEAD_MAX);
	FUZZ_CHECK(websocket_head_answer(bytes_of(data, used), ACCEPT, &again) == RESULT_OK);
	FUZZ_CHECK(again == used);
	FUZZ_CHECK(websocket_head_answer(bytes_of(data, used - 1), ACCEPT, &again) == RESULT_OK);
	FUZZ_CHECK(again == 0);
	return 0;
}
