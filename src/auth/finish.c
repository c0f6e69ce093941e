#include "auth/finish.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

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

/* How many characters "host" or "host:port" takes; 0 where the text begins with neither. A policy
 * reads `*` as other hosts, `;` as the end of a directive, and `@` as no name that we know of. */
static size_t authority_length(const char *p)
{
	static const char name[] =
	        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	static const char six[] = "0123456789abcdefABCDEF:.";
	size_t n = *p == '[' ? 1 + strspn(p + 1, six) : strspn(p, name), digits;

	if (*p == '[')
		n = n > 1 && p[n] == ']' ? n + 1 : 0;
	if (n == 0 || p[n] != ':')
		return n;
	digits = strspn(p + n + 1, "0123456789");
	return digits ? n + 1 + digits : 0;
}

void finish_origin(const char *uri, char *out, size_t n)
{
	static const char *const schemes[] = {"https://", "http://"};
	size_t scheme = 0, length;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncasecmp(uri, schemes[i], strlen(schemes[i])) == 0)
			scheme = strlen(schemes[i]);
	length = scheme ? authority_length(uri + scheme) : 0;
	if (length == 0 || scheme + length >= n || !strchr("/?#", uri[scheme + length]))
		return;
	length += scheme;
	memcpy(out, uri, length);
	out[length] = '\0';
}
