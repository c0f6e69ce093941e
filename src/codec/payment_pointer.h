/* payment_pointer: from what a person types to the URL that answers.
 *
 * $host/path is https://host/path; no path is /.well-known/pay. Strict ASCII; no port, user, query
 * or fragment. The host is written in lower case, the path is kept as it is. Spec: RFC 0026.
 * t/vectors/payment_pointers.json: rfc_valid, and valid of the account URLs.
 */
#ifndef FLORIN_CODEC_PAYMENT_POINTER_H
#define FLORIN_CODEC_PAYMENT_POINTER_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

#define PAYMENT_POINTER_WELL_KNOWN "/.well-known/pay"

enum payment_pointer_rules {
	PAYMENT_POINTER_STRICT,
	/* docs/configuration.md, `dev`: a port is allowed; localhost, loopback or
	 * a port is http. */
	PAYMENT_POINTER_DEV,
};

/* The URL of a payment pointer, NUL-terminated.
 * Errors: THEIRS_MALFORMED, THEIRS_TOO_BIG (the URL would pass URL_MAX_CHARS). */
MUST_USE enum result payment_pointer_resolve(
        struct bytes pointer, enum payment_pointer_rules rules, char out[URL_MAX_CHARS + 1]);

/* The endpoint of an account given as http(s) URL: host in lower case, the scheme's own port
 * dropped, one trailing slash dropped, /.well-known/pay for no path; query and fragment stay.
 * Whether http may be used is the outbound policy's to say. Errors: as above; also for a user or
 * another scheme, and, in strict rules, another port. */
MUST_USE enum result payment_pointer_endpoint(
        struct bytes url, enum payment_pointer_rules rules, char out[URL_MAX_CHARS + 1]);

/* The pointer of an account URL. Errors: as payment_pointer_endpoint; THEIRS_BAD_TYPE where the URL
 * has no pointer (http, a query or a fragment). */
MUST_USE enum result payment_pointer_from_url(struct bytes url, char out[URL_MAX_CHARS + 1]);

#endif
