/* Nothing that a stranger can make opens; what we seal opens to what it was. */
#include "fuzz/fuzz.h"

#include "codec/envelope.h"

static uint8_t sealed_storage[ENVELOPE_MAX], plain_storage[ENVELOPE_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct secret32 key = {{1}};
	static const uint8_t iv[ENVELOPE_IV_SIZE];
	static struct envelope *e;
	struct bytes in = bytes_of(data, size);
	struct buf sealed, plain;

	if (!e)
		e = envelope_new(&key);
	FUZZ_CHECK(e);
	buf_init(&plain, plain_storage, sizeof(plain_storage));
	FUZZ_CHECK(envelope_open(e, in, &plain) == RESULT_THEIRS_UNAUTHENTIC);
	FUZZ_CHECK(plain.len == 0 && !plain.failed);
	buf_init(&sealed, sealed_storage, sizeof(sealed_storage));
	envelope_seal(e, iv, in, &sealed);
	FUZZ_CHECK(sealed.failed == (size > ENVELOPE_MAX - ENVELOPE_SIZE));
	if (sealed.failed)
		return 0;
	FUZZ_CHECK(envelope_open(e, buf_view(&sealed), &plain) == RESULT_OK);
	FUZZ_CHECK(bytes_eq(buf_view(&plain), in));
	return 0;
}
