/* op_error: what the resource server says when it says no.
 *
 * Clients decide what to do by status and description, literally: the texts of this table are an
 * interface. It is the only place where they stand; docs/http.md lists it, and a test compares the
 * two. Codes are ours, and stay. Spec: Open Payments, errors.
 */
#ifndef FLORIN_HTTP_OP_ERROR_H
#define FLORIN_HTTP_OP_ERROR_H

#include "http/error_row.h"

enum op_error {
	/* who asks, and what for */
	OP_ERROR_INVALID_TOKEN,
	OP_ERROR_INACTIVE_TOKEN,
	OP_ERROR_INSUFFICIENT_GRANT,
	OP_ERROR_UNAUTHORIZED, /* the grant's limits */
	OP_ERROR_SIGNATURE,
	OP_ERROR_TOO_MANY_REQUESTS, /* signed by one key */
	OP_ERROR_BUSY,
	/* the request */
	OP_ERROR_NOT_ACCEPTABLE,
	OP_ERROR_INVALID_REQUEST, /* what the tables of members can't say */
	OP_ERROR_NO_WALLET_ADDRESS,
	OP_ERROR_UNKNOWN_WALLET_ADDRESS,
	OP_ERROR_INACTIVE_WALLET_ADDRESS,
	OP_ERROR_INVALID_AMOUNT,
	OP_ERROR_INVALID_EXPIRES_AT,
	OP_ERROR_METADATA_TOO_LARGE,
	OP_ERROR_INVALID_RECEIVER,
	OP_ERROR_NON_POSITIVE_RECEIVE_AMOUNT,
	OP_ERROR_INVALID_QUOTE,
	OP_ERROR_UNKNOWN_QUOTE,
	OP_ERROR_UNKNOWN_INCOMING_PAYMENT,
	OP_ERROR_UNKNOWN_OUTGOING_PAYMENT,
	OP_ERROR_WRONG_STATE,
	/* lists */
	OP_ERROR_LAST_NEEDS_CURSOR,
	OP_ERROR_FIRST_AND_LAST,
	OP_ERROR_PAGE_SIZE,
	OP_ERROR_UNKNOWN_CURSOR,
	OP_ERRORS
};

const struct error_row *op_error_row(enum op_error e);

enum http_next op_error(struct http_request *rq, enum op_error e);
/* Of a row that is open: why is one sentence. */
enum http_next op_error_why(struct http_request *rq, enum op_error e, const char *why);
/* With "details"; steals them. */
enum http_next op_error_details(struct http_request *rq, enum op_error e, json_t *details);

#endif
