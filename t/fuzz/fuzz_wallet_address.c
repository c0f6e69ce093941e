/* A wallet address that is accepted is printable ASCII; its canonical form is that of nothing else
 * but itself, but for the slashes at its end, of which each pass drops one. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/wallet_address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char one[WALLET_ADDRESS_SIZE], two[WALLET_ADDRESS_SIZE];
	size_t n;

	if (wallet_address_canonical(bytes_of(data, size), one) != RESULT_OK)
		return 0;
	for (const char *p = one; *p; p++)
		FUZZ_CHECK(*p > ' ' && *p < 0x7f);
	FUZZ_CHECK(wallet_address_canonical(bytes_str(one), two) == RESULT_OK);
	n = strlen(one);
	if (one[n - 1] == '/')
		one[n - 1] = '\0';
	FUZZ_CHECK(strcmp(one, two) == 0);
	return 0;
}
