/* What is read as an interval has windows that follow each other without a gap, and the moment that
 * is asked about lies in the window that is given. The last 8 bytes are the moment. */
#include "fuzz/fuzz.h"

#include "base/bytes.h"
#include "model/interval.h"

#define NEXT 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct interval_window w, next[NEXT];
	struct interval i;
	struct cursor c;
	int64_t now, end;
	size_t n;

	if (size < 8)
		return 0;
	cursor_init(&c, bytes_of(data + size - 8, 8));
	now = (int64_t)(cursor_u64(&c) >> 16); /* to the year 10889 */
	if (interval_parse((const char *)data, size - 8, &i))
		return 0;
	n = interval_next(&i, now, next, NEXT);
	for (size_t k = 0; k < n; k++) {
		FUZZ_CHECK(next[k].start_ms < next[k].end_ms);
		FUZZ_CHECK(next[k].end_ms > now);
		FUZZ_CHECK(k == 0 || next[k].start_ms == next[k - 1].end_ms);
		FUZZ_CHECK(interval_at(&i, next[k].start_ms, &w) == RESULT_OK);
		FUZZ_CHECK(w.start_ms == next[k].start_ms && w.end_ms == next[k].end_ms);
	}
	if (interval_at(&i, now, &w) == RESULT_OK) {
		FUZZ_CHECK(w.start_ms - INTERVAL_SKEW_MS <= now && now < w.end_ms);
		FUZZ_CHECK(n > 0 && next[0].start_ms == w.start_ms);
	}
	FUZZ_CHECK(!interval_end(&i, &end) || n == 0 || next[n - 1].end_ms <= end);
	return 0;
}
