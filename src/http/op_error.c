#include "http/op_error.h"

#include "http/reply.h"
#include "ilp/node.h"

/* clang-format off */
static const struct op_error_row rows[OP_ERRORS] = {
	[OP_ERROR_INVALID_TOKEN] = {401, "invalid_token", "Invalid Token", true},
	[OP_ERROR_INACTIVE_TOKEN] = {403, "inactive_token", "Inactive Token", true},
	[OP_ERROR_INSUFFICIENT_GRANT] = {403, "insufficient_grant", "Insufficient Grant", true},
	[OP_ERROR_UNAUTHORIZED] = {403, "unauthorized", "unauthorized", false},
	[OP_ERROR_SIGNATURE] = {401, "invalid_signature", "Signature validation error", true},
	[OP_ERROR_NOT_ACCEPTABLE] = {406, "not_acceptable", "must accept application/json", false},
	[OP_ERROR_NO_WALLET_ADDRESS] = {400, "invalid_request", "wallet-address is required", false},
	[OP_ERROR_UNKNOWN_WALLET_ADDRESS] = {404, "unknown_wallet_address", "unknown wallet address", false},
	[OP_ERROR_INACTIVE_WALLET_ADDRESS] = {400, "inactive_wallet_address", "inactive wallet address", false},
	[OP_ERROR_INVALID_AMOUNT] = {400, "invalid_amount", "invalid amount", false},
	[OP_ERROR_INVALID_EXPIRES_AT] = {400, "invalid_expires_at", "invalid expiresAt", false},
	[OP_ERROR_METADATA_TOO_LARGE] = {400, "metadata_too_large", "metadata is too large", false},
	[OP_ERROR_INVALID_RECEIVER] = {400, "invalid_receiver", "invalid receiver", false},
	[OP_ERROR_NON_POSITIVE_RECEIVE_AMOUNT] = {400, "non_positive_receive_amount", "non-positive receive amount", false},
	[OP_ERROR_INVALID_QUOTE] = {400, "invalid_quote", "invalid quote", false},
	[OP_ERROR_UNKNOWN_QUOTE] = {404, "unknown_quote", "unknown quote", false},
	[OP_ERROR_UNKNOWN_INCOMING_PAYMENT] = {404, "unknown_incoming_payment", "unknown incoming payment", false},
	[OP_ERROR_UNKNOWN_OUTGOING_PAYMENT] = {404, "unknown_outgoing_payment", "unknown outgoing payment", false},
	[OP_ERROR_WRONG_STATE] = {409, "wrong_state", "wrong state", false},
	[OP_ERROR_LAST_NEEDS_CURSOR] = {400, "invalid_request", "last requires cursor", false},
	[OP_ERROR_FIRST_AND_LAST] = {400, "invalid_request", "first and last are mutually exclusive", false},
	[OP_ERROR_PAGE_SIZE] = {400, "invalid_request", "first and last must be from 1 to 100", false},
	[OP_ERROR_UNKNOWN_CURSOR] = {400, "invalid_request", "unknown cursor", false},
};
/* clang-format on */

const struct op_error_row *op_error_row(enum op_error e)
{
	return &rows[e];
}

/* Where the memory for it is out the answer goes without. */
static const struct op_error_row *begin(struct http_request *rq, enum op_error e)
{
	const struct node_loop *l = http_app(rq);
	const char *where;

	if (!rows[e].challenge)
		return &rows[e];
	where = arena_printf(&rq->arena, "GNAP as_uri=%s/auth", l->node->options.public_url);
	if (where)
		http_reply_header(rq, "WWW-Authenticate", where);
	return &rows[e];
}

enum http_next op_error(struct http_request *rq, enum op_error e)
{
	const struct op_error_row *row = begin(rq, e);

	return http_reply_error(rq, row->status, row->code, "%s", row->description);
}

enum http_next op_error_why(struct http_request *rq, enum op_error e, const char *why)
{
	const struct op_error_row *row = begin(rq, e);

	return http_reply_error(rq, row->status, row->code, "%s: %s", row->description, why);
}

enum http_next op_error_details(struct http_request *rq, enum op_error e, json_t *details)
{
	const struct op_error_row *row = begin(rq, e);

	return http_reply_error_details(rq, row->status, row->code, row->description, details);
}
