/* content_digest: the Content-Digest field, over the bytes of a body as they were received.
 *
 * Spec: RFC 9530 2, 5, 6.
 */
#ifndef FLORIN_CODEC_CONTENT_DIGEST_H
#define FLORIN_CODEC_CONTENT_DIGEST_H

#include "base/bytes.h"
#include "base/result.h"

/* Every digest of an algorithm that we know (sha-512, sha-256) must be the body's, and there must
 * be one; others are not looked at.
 * Errors: THEIRS_MALFORMED (no dictionary, an algorithm twice, no bytes of the right length),
 * THEIRS_BAD_TYPE (no algorithm that we know), THEIRS_UNAUTHENTIC (another body's). */
MUST_USE enum result content_digest_check(struct bytes field, struct bytes body);

/* sha-512=:BASE64: */
#define CONTENT_DIGEST_SIZE (sizeof("sha-512=::") + BASE64_LEN(64))
void content_digest_make(struct bytes body, char out[CONTENT_DIGEST_SIZE]);

#endif
