/* error_row: one refusal of a table that clients rely on: http/op_error, http/gnap_error.
 *
 * The body is {"error":{"code","description"}}, with "details" where there is more to say. Where it
 * says whom to ask for a grant, the answer has WWW-Authenticate. Spec: Open Payments, errors.
 */
#ifndef FLORIN_HTTP_ERROR_ROW_H
#define FLORIN_HTTP_ERROR_ROW_H

#include <jansson.h>

#include "http/request.h"

struct error_row {
	unsigned status;
	const char *code;
	const char *description; /* exact; "" where it is the reason alone */
	unsigned flags;
};

enum {
	ERROR_OPEN = 1,      /* it goes on with what is wrong: "DESCRIPTION: WHY", or "WHY" */
	ERROR_CHALLENGE = 2, /* WWW-Authenticate: GNAP as_uri=PUBLIC_URL/auth */
	ERROR_LATER = 4,     /* Retry-After: 1 */
};

/* why: one sentence, for an open row and only for one. details: NULL, or stolen. */
enum http_next error_row_reply(
        struct http_request *rq, const struct error_row *row, const char *why, json_t *details);

#endif
