/* totp: one-time codes of a clock (RFC 6238): six digits, SHA-1, a new one each 30 seconds, as
 * every authenticator app makes them. The arithmetic is liboath's.
 */
#ifndef FLORIN_AUTH_TOTP_H
#define FLORIN_AUTH_TOTP_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define TOTP_DIGITS    6
#define TOTP_STEP_S    30
#define TOTP_DRIFT     1  /* steps that the other clock may be off, either way */
#define TOTP_TEXT_SIZE 64 /* of a secret in base32, with its NUL */

/* Which time step `code` is of: now's, or one within TOTP_DRIFT of it; blanks in it do not count. A
 * step is used once: the caller refuses one that is not above the newest that he has seen.
 * Errors: THEIRS_UNAUTHENTIC (of none), OURS_BUG (the library fails). */
MUST_USE enum result totp_check(
        struct bytes secret, const char *code, int64_t now_ms, int64_t *step);
/* The secret as it is typed into an app: base32. Errors: OURS_BUG, THEIRS_TOO_BIG. */
MUST_USE enum result totp_text(struct bytes secret, char out[TOTP_TEXT_SIZE]);

#endif
