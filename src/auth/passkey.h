/* passkey: WebAuthn with libfido2: what a browser says about a new key of a person's device, and a
 * signature by it.
 *
 * The relying party is the host of our public URL. A challenge is made for one browser (its cookie)
 * and one purpose, and is good for PASSKEY_CHALLENGE_MS; nothing of it is stored. Attestation is
 * not asked for: which device a person trusts is theirs to know. The person must have been verified
 * by the device (PIN, finger), since no password stands beside it.
 * Spec: WebAuthn Level 2, 7.1 and 7.2.
 */
#ifndef FLORIN_AUTH_PASSKEY_H
#define FLORIN_AUTH_PASSKEY_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

#define PASSKEY_ID_MAX         1023 /* bytes of a credential's id (WebAuthn 6.5.1) */
#define PASSKEY_PUBLIC_MAX     64
#define PASSKEY_CHALLENGE_MS   300000
#define PASSKEY_CHALLENGE_SIZE 55 /* base64url of 8 + 32 bytes, with its NUL */
#define PASSKEY_HOST_SIZE      256
#define PASSKEY_DATA_MAX       4096 /* bytes of what a browser sends of one */

struct passkey {
	uint8_t id[PASSKEY_ID_MAX];
	size_t id_n;
	int algorithm; /* COSE: -7 is ES256, -8 EdDSA */
	uint8_t public_key[PASSKEY_PUBLIC_MAX];
	size_t public_n;
	uint32_t counter; /* of the device's signatures; 0: it does not count */
};

/* Once, before the others. */
void passkey_start(void);

/* The host of a public URL, which is the relying party's id. Errors: THEIRS_TOO_BIG. */
MUST_USE enum result passkey_host(const char *public_url, char out[PASSKEY_HOST_SIZE]);

/* cookie: what marks the browser; purpose: "login" and so on. */
void passkey_challenge(const struct secret32 *key, const char *cookie, const char *purpose,
        int64_t now_ms, char out[PASSKEY_CHALLENGE_SIZE]);

/* What a browser sends: its words, what the device signed beside them, and the signature (empty of
 * a new key). */
struct passkey_answer {
	struct bytes client_data;
	struct bytes auth_data;
	struct bytes signature;
};

/* What is expected of it. */
struct passkey_wanted {
	const struct secret32 *key; /* as of the challenge */
	const char *cookie, *purpose;
	const char *public_url; /* the origin */
	int64_t now_ms;
};

/* A new key. Errors: THEIRS_MALFORMED, THEIRS_UNAUTHENTIC (another challenge, site or purpose, or
 * nobody was verified), THEIRS_BAD_TYPE (an algorithm that is not known here), OURS_MEMORY. */
MUST_USE enum result passkey_register(
        const struct passkey_wanted *w, const struct passkey_answer *a, struct passkey *out);
/* What a signature tells; whether it is good for another time is the caller's to say. */
struct passkey_use {
	uint32_t counter; /* the device's */
	int64_t asked_ms; /* when its challenge was made */
};

/* A signature by this key. Errors: as above. */
MUST_USE enum result passkey_check(const struct passkey_wanted *w, const struct passkey_answer *a,
        const struct passkey *by, struct passkey_use *out);

#endif
