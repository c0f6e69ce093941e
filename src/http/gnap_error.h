/* gnap_error: what the authorization server says when it says no.
 *
 * Clients decide what to do by status and code, literally: those of this table are an interface. It
 * is the only place where they stand; docs/gnap.md lists it, and a test compares the two.
 * Spec: RFC 9635 3.6; Open Payments, errors, continuation, tokens
 */
#ifndef FLORIN_HTTP_GNAP_ERROR_H
#define FLORIN_HTTP_GNAP_ERROR_H

#include "http/error_row.h"

enum gnap_error {
	GNAP_ERROR_REQUEST,
	GNAP_ERROR_TOO_LARGE,
	GNAP_ERROR_BAD_TYPE,
	/* who asks */
	GNAP_ERROR_SIGNATURE,
	GNAP_ERROR_TOO_MANY_REQUESTS, /* signed by one key */
	GNAP_ERROR_CLIENT,            /* it or its key is not found, or may not ask for this */
	GNAP_ERROR_NO_PUBLIC_NAME,
	GNAP_ERROR_TOO_MANY_PENDING,
	/* going on */
	GNAP_ERROR_CONTINUATION,
	GNAP_ERROR_ENDED,
	GNAP_ERROR_EXPIRED,
	GNAP_ERROR_UNKNOWN_REF,
	GNAP_ERROR_USED_REF,
	GNAP_ERROR_NOT_POLLED,
	GNAP_ERROR_GIVEN,
	GNAP_ERROR_DENIED,
	GNAP_ERROR_TOO_FAST,
	/* tokens */
	GNAP_ERROR_NO_TOKEN,
	GNAP_ERROR_TOKEN,
	GNAP_ERROR_TOKEN_ENDED,
	/* ours */
	GNAP_ERROR_BUSY,
	GNAP_ERROR_FAILED,
	GNAP_ERRORS
};

const struct error_row *gnap_error_row(enum gnap_error e);

enum http_next gnap_error(struct http_request *rq, enum gnap_error e);
/* Of a row that is open: why is one sentence. */
enum http_next gnap_error_why(struct http_request *rq, enum gnap_error e, const char *why);

#endif
