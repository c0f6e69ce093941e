#include "events/envelope.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"

#define FRAME_BYTES 256 /* all of an envelope but its type and data */

struct bytes event_envelope(const struct event_row *e, struct arena *a)
{
	size_t size = FRAME_BYTES + strlen(e->type) + strlen(e->data);
	char id[ID_TEXT_SIZE], time[TIME_TEXT_SIZE];
	char *text = arena_alloc(a, size);
	int n;

	if (!text)
		return bytes_of(NULL, 0);
	id_format(&e->id, id);
	time_format(e->created_ms, time);
	/* The type is one of our words, and the data is JSON already. */
	n = snprintf(text, size,
	        "{\"id\":\"%s\",\"type\":\"%s\",\"createdAt\":\"%s\",\"sequence\":%llu,\"data\":%"
	        "s}",
	        id, e->type, time, (unsigned long long)e->sequence, e->data);
	return bytes_of(text, (size_t)n);
}

static void hex(const uint8_t in[32], char out[65])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 32; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[64] = '\0';
}

/* "t.id.body" */
static struct bytes signed_text(
        int64_t unix_s, const struct id *id, struct bytes body, struct arena *a)
{
	size_t size = 24 + ID_TEXT_SIZE + body.n;
	char text[ID_TEXT_SIZE];
	char *whole = arena_alloc(a, size);
	int n;

	if (!whole)
		return bytes_of(NULL, 0);
	id_format(id, text);
	n = snprintf(whole, size, "%lld.%s.", (long long)unix_s, text);
	memcpy(whole + n, body.p, body.n);
	return bytes_of(whole, (size_t)n + body.n);
}

enum result event_sign(const char *secrets, int64_t unix_s, const struct id *id, struct bytes body,
        struct arena *a, char out[EVENT_SIGNATURE_SIZE])
{
	struct bytes text = signed_text(unix_s, id, body, a);
	int at = snprintf(out, EVENT_SIGNATURE_SIZE, "t=%lld", (long long)unix_s);
	unsigned count = 0;

	if (!text.p)
		return RESULT_OURS_MEMORY;
	for (const char *s = secrets + strspn(secrets, " "); *s; s += strspn(s, " ")) {
		size_t n = strcspn(s, " ");
		uint8_t mac[32];
		char mac_text[65];

		if (++count > EVENT_SECRETS_MAX)
			return RESULT_OURS_CONFIG;
		hmac_sha256(bytes_of(s, n), text, mac);
		hex(mac, mac_text);
		at += snprintf(out + at, EVENT_SIGNATURE_SIZE - (size_t)at, ", v1=%s", mac_text);
		s += n;
	}
	return count ? RESULT_OK : RESULT_OURS_CONFIG;
}
