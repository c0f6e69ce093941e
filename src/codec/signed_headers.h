/* signed_headers: the header lines of a signed request, as a client of Open Payments sends it: its
 * token, the digest of its body, and the signature over them, the method and the address.
 * Spec: Open Payments, request headers, HTTP signatures.
 */
#ifndef FLORIN_CODEC_SIGNED_HEADERS_H
#define FLORIN_CODEC_SIGNED_HEADERS_H

#include "codec/http_sig.h"

#define SIGNED_TOKEN_MAX 2048 /* characters of an access token */
#define SIGNED_JSON_TYPE "application/json"

struct signed_headers {
	char authorization[sizeof("Authorization: GNAP ") + SIGNED_TOKEN_MAX]; /* "" for none */
	char digest[sizeof("Content-Digest: ") + CONTENT_DIGEST_SIZE];         /* "" for none */
	char input[sizeof("Signature-Input: ") + HTTP_SIG_INPUT_SIZE];
	char signature[sizeof("Signature: ") + HTTP_SIG_HEADER_SIZE];
	const char *lines[5]; /* of the above, NULL at the end */
};

struct signed_request {
	const char *method;
	const char *url;   /* as it is requested */
	const char *token; /* NULL for none */
	struct bytes body; /* JSON, sent with its length and as SIGNED_JSON_TYPE; empty for none */
};

/* The owner wipes *out where there is a token.
 * Errors: THEIRS_TOO_BIG (token), THEIRS_MALFORMED (keyid; a token that is empty or has blanks or
 * control characters), OURS_MEMORY. */
MUST_USE enum result signed_headers_make(const struct signed_request *rq,
        const struct http_sig_signer *signer, int64_t created_s, struct signed_headers *out);

#endif
