/* Whatever a person pastes as a key: what is accepted is written as a JWK that is the same key. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/jwk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jwk k, again;
	const char *why = NULL;
	json_t *value;

	if (jwk_parse_text(bytes_of(data, size), &k, &why) != RESULT_OK) {
		FUZZ_CHECK(why && *why);
		return 0;
	}
	FUZZ_CHECK(jwk_is_public_key(k.public_key));
	if (!k.kid[0])
		memcpy(k.kid, "k", 2);
	value = jwk_json(&k);
	if (!value)
		return 0;
	FUZZ_CHECK(jwk_parse(value, &again, &why) == RESULT_OK);
	FUZZ_CHECK(memcmp(k.public_key, again.public_key, sizeof(k.public_key)) == 0);
	FUZZ_CHECK(strcmp(k.kid, again.kid) == 0);
	json_decref(value);
	return 0;
}
