/* wallet_address: the one form in which wallet addresses are kept, compared and shown.
 *
 * Scheme and host in lower case, the scheme's own port dropped, one trailing slash dropped; the
 * path keeps its case (only the wallet's own server knows whether it matters: ilp/node.h does that
 * for ours). Two addresses are the same where these texts are.
 * Spec: Open Payments, wallet addresses.
 */
#ifndef FLORIN_CODEC_WALLET_ADDRESS_H
#define FLORIN_CODEC_WALLET_ADDRESS_H

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

#define WALLET_ADDRESS_SIZE (URL_MAX_CHARS + 1)

/* Errors: THEIRS_MALFORMED (no http(s) URL; a user, query or fragment), THEIRS_TOO_BIG. Whether
 * http, a port or the host may be used is the outbound policy's to say. */
MUST_USE enum result wallet_address_canonical(struct bytes url, char out[WALLET_ADDRESS_SIZE]);

#endif
