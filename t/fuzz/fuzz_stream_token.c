/* The plaintext format ignores nothing, so encoding gives the very bytes back; as text of an
 * address the same bytes never open. */
#include "fuzz/fuzz.h"

#include "codec/stream_credentials.h"

static uint8_t storage[STREAM_TOKEN_PLAIN_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct secret32 secret = {{1}};
	static struct stream_credentials *server;
	struct bytes in = bytes_of(data, size);
	char text[STREAM_TOKEN_TEXT_SIZE];
	struct stream_token t, again;
	struct secret32 shared, shared_again;
	struct buf b;

	if (!server)
		server = stream_credentials_new(&secret);
	FUZZ_CHECK(server);
	buf_init(&b, storage, sizeof(storage));
	FUZZ_CHECK(stream_credentials_open(server, in, &b, &t, &shared) != RESULT_OK);
	if (size > STREAM_TOKEN_PLAIN_MAX || stream_token_decode(in, &t) != RESULT_OK)
		return 0;
	buf_init(&b, storage, sizeof(storage));
	stream_token_encode(&b, &t);
	FUZZ_CHECK(!b.failed && bytes_eq(buf_view(&b), in));
	FUZZ_CHECK(stream_credentials_seal(server, &t, text, &shared) == RESULT_OK);
	buf_init(&b, storage, sizeof(storage));
	FUZZ_CHECK(stream_credentials_open(server, bytes_str(text), &b, &again, &shared_again) ==
	           RESULT_OK);
	FUZZ_CHECK(bytes_eq(buf_view(&b), in));
	FUZZ_CHECK(secret_eq(&shared, &shared_again));
	return 0;
}
