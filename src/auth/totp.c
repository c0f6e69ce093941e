#include "auth/totp.h"

#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

/* The digits of what was typed; false where it is no code. */
static bool digits_of(const char *code, char out[TOTP_DIGITS + 1])
{
	size_t n = 0;

	for (; *code; code++) {
		if (*code == ' ')
			continue;
		if (*code < '0' || *code > '9' || n == TOTP_DIGITS)
			return false;
		out[n++] = *code;
	}
	out[n] = '\0';
	return n == TOTP_DIGITS;
}

enum result totp_check(struct bytes secret, const char *code, int64_t now_ms, int64_t *step)
{
	int64_t now = now_ms / 1000 / TOTP_STEP_S;
	char given[TOTP_DIGITS + 1], right[TOTP_DIGITS + 1];
	enum result r = RESULT_THEIRS_UNAUTHENTIC;

	if (!digits_of(code, given))
		return r;
	/* All of them, so that the time taken does not tell which. */
	for (int64_t at = now - TOTP_DRIFT; at <= now + TOTP_DRIFT; at++) {
		if (oath_hotp_generate((const char *)secret.p, secret.n, (uint64_t)at, TOTP_DIGITS,
		            false, OATH_HOTP_DYNAMIC_TRUNCATION, right) != OATH_OK)
			return RESULT_OURS_BUG;
		if (secret_eq_bytes(bytes_of(right, TOTP_DIGITS), bytes_of(given, TOTP_DIGITS))) {
			*step = at;
			r = RESULT_OK;
		}
	}
	secret_wipe(right, sizeof(right));
	return r;
}

enum result totp_text(struct bytes secret, char out[TOTP_TEXT_SIZE])
{
	char *text = NULL;
	size_t n = 0;
	enum result r = RESULT_OK;

	if (oath_base32_encode((const char *)secret.p, secret.n, &text, &n) != OATH_OK)
		return RESULT_OURS_BUG;
	if (n < TOTP_TEXT_SIZE)
		memcpy(out, text, n + 1);
	else
		r = RESULT_THEIRS_TOO_BIG;
	secret_wipe(text, n);
	free(text);
	return r;
}
