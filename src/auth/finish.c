#include "auth/finish.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "codec/form.h"

#define NAME_BYTES 64   /* longer than any name of ours, escaped */
#define BASE_BYTES 8192 /* two nonces, a reference and a URL, each within its limit */

void finish_hash(const char *client_nonce, const char *our_nonce, const char *reference,
        const char *grant_endpoint, char out[FINISH_HASH_SIZE])
{
	const char *const lines[] = {client_nonce, our_nonce, reference, grant_endpoint};
	uint8_t text[BASE_BYTES], hash[32];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			buf_u8(&b, '\n');
		buf_bytes(&b, bytes_str(lines[i]));
	}
	assert(!b.failed);
	sha256(buf_view(&b), hash);
	base64_encode(bytes_of(hash, sizeof(hash)), BASE64_STD, out);
}

static bool is_ours(const char *parameter, size_t n)
{
	static const char *const ours[] = {"hash", "interact_ref", "result"};
	const char *equals = memchr(parameter, '=', n);
	char name[NAME_BYTES];
	struct buf b;

	if (equals)
		n = (size_t)(equals - parameter);
	buf_init(&b, name, sizeof(name) - 1);
	if (form_unescape(bytes_of(parameter, n), &b))
		return false;
	name[b.len] = '\0';
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (strlen(name) == b.len && strcmp(name, ours[i]) == 0)
			return true;
	}
	return false;
}

static void put(struct buf *out, char separator, const char *name, const char *value)
{
	buf_u8(out, (uint8_t)separator);
	buf_bytes(out, bytes_str(name));
	buf_u8(out, '=');
	form_escape(bytes_str(value), out);
}

enum result finish_uri(const char *uri, const char *result, const char *reference, const char *hash,
        struct buf *out)
{
	size_t base = strcspn(uri, "?");
	char separator = '?';

	buf_put(out, uri, base);
	for (const char *p = uri + base; *p;) {
		size_t n = strcspn(++p, "&");

		if (n > 0 && !is_ours(p, n)) {
			buf_u8(out, (uint8_t)separator);
			buf_put(out, p, n);
			separator = '&';
		}
		p += n;
	}
	if (reference) {
		put(out, separator, "hash", hash);
		put(out, '&', "interact_ref", reference);
	} else {
		put(out, separator, "result", result);
	}
	buf_u8(out, '\0');
	return out->failed ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}

void finish_origin(const char *uri, char *out, size_t n)
{
	const char *host = strstr(uri, "://");
	size_t length;

	out[0] = '\0';
	if (!host)
		return;
	length = (size_t)(host - uri) + 3;
	length += strcspn(host + 3, "/?#");
	/* What could end the directive of a policy can't be in a host. */
	if (length >= n || strcspn(uri, " ;,'\"\t") < length)
		return;
	memcpy(out, uri, length);
	out[length] = '\0';
}
