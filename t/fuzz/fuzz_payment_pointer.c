/* Whatever resolves, resolves to a URL that is an account's: printable ASCII, a scheme that the
 * rules allow, and again itself as endpoint. A pointer made from a URL leads back to that URL's
 * endpoint. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "base/text.h"
#include "codec/payment_pointer.h"

static void check_url(const char *url, enum payment_pointer_rules rules)
{
	char again[URL_MAX_CHARS + 1];

	FUZZ_CHECK(strlen(url) <= URL_MAX_CHARS);
	for (const char *p = url; *p; p++)
		FUZZ_CHECK(*p > ' ' && *p < 0x7f);
	FUZZ_CHECK(text_starts(url, "https://") || text_starts(url, "http://"));
	FUZZ_CHECK(payment_pointer_endpoint(bytes_str(url), rules, again) == RESULT_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	char url[URL_MAX_CHARS + 1], pointer[URL_MAX_CHARS + 1], again[URL_MAX_CHARS + 1];

	if (payment_pointer_resolve(in, PAYMENT_POINTER_STRICT, url) == RESULT_OK) {
		check_url(url, PAYMENT_POINTER_STRICT);
		FUZZ_CHECK(text_starts(url, "https://"));
		FUZZ_CHECK(payment_pointer_resolve(in, PAYMENT_POINTER_DEV, again) == RESULT_OK);
	}
	if (payment_pointer_resolve(in, PAYMENT_POINTER_DEV, url) == RESULT_OK)
		check_url(url, PAYMENT_POINTER_DEV);
	if (payment_pointer_endpoint(in, PAYMENT_POINTER_STRICT, url) == RESULT_OK)
		check_url(url, PAYMENT_POINTER_STRICT);
	if (payment_pointer_from_url(in, pointer) == RESULT_OK) {
		enum result by_url = payment_pointer_endpoint(in, PAYMENT_POINTER_STRICT, url);

		/* both ways or, where /.well-known/pay does not fit any more, neither */
		FUZZ_CHECK(by_url == RESULT_OK || by_url == RESULT_THEIRS_TOO_BIG);
		FUZZ_CHECK(payment_pointer_resolve(
		                   bytes_str(pointer), PAYMENT_POINTER_STRICT, again) == by_url);
		FUZZ_CHECK(by_url != RESULT_OK || strcmp(url, again) == 0);
	}
	return 0;
}
