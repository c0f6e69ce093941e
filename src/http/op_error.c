#include "http/op_error.h"

/* clang-format off */
static const struct error_row rows[OP_ERRORS] = {
	[OP_ERROR_INVALID_TOKEN] = {401, "invalid_token", "Invalid Token", ERROR_CHALLENGE},
	[OP_ERROR_INACTIVE_TOKEN] = {403, "inactive_token", "Inactive Token", ERROR_CHALLENGE},
	[OP_ERROR_INSUFFICIENT_GRANT] = {403, "insufficient_grant", "Insufficient Grant", ERROR_CHALLENGE},
	[OP_ERROR_UNAUTHORIZED] = {403, "unauthorized", "unauthorized", 0},
	[OP_ERROR_SIGNATURE] = {401, "invalid_signature", "Signature validation error", ERROR_OPEN | ERROR_CHALLENGE},
	[OP_ERROR_TOO_MANY_REQUESTS] = {429, "too_many_requests", "more requests than allowed", ERROR_LATER},
	[OP_ERROR_BUSY] = {503, "busy", "the server is busy: try again later", ERROR_LATER},
	[OP_ERROR_NOT_ACCEPTABLE] = {406, "not_acceptable", "must accept application/json", 0},
	[OP_ERROR_INVALID_REQUEST] = {400, "invalid_request", "", ERROR_OPEN},
	[OP_ERROR_NO_WALLET_ADDRESS] = {400, "invalid_request", "wallet-address is required", 0},
	[OP_ERROR_UNKNOWN_WALLET_ADDRESS] = {404, "unknown_wallet_address", "unknown wallet address", 0},
	[OP_ERROR_INACTIVE_WALLET_ADDRESS] = {400, "inactive_wallet_address", "inactive wallet address", 0},
	[OP_ERROR_INVALID_AMOUNT] = {400, "invalid_amount", "invalid amount", 0},
	[OP_ERROR_INVALID_EXPIRES_AT] = {400, "invalid_expires_at", "invalid expiresAt", 0},
	[OP_ERROR_METADATA_TOO_LARGE] = {400, "metadata_too_large", "metadata is too large", 0},
	[OP_ERROR_INVALID_RECEIVER] = {400, "invalid_receiver", "invalid receiver", 0},
	[OP_ERROR_NON_POSITIVE_RECEIVE_AMOUNT] = {400, "non_positive_receive_amount", "non-positive receive amount", 0},
	[OP_ERROR_INVALID_QUOTE] = {400, "invalid_quote", "invalid quote", 0},
	[OP_ERROR_UNKNOWN_QUOTE] = {404, "unknown_quote", "unknown quote", 0},
	[OP_ERROR_UNKNOWN_INCOMING_PAYMENT] = {404, "unknown_incoming_payment", "unknown incoming payment", 0},
	[OP_ERROR_UNKNOWN_OUTGOING_PAYMENT] = {404, "unknown_outgoing_payment", "unknown outgoing payment", 0},
	[OP_ERROR_WRONG_STATE] = {409, "wrong_state", "wrong state", 0},
	[OP_ERROR_LAST_NEEDS_CURSOR] = {400, "invalid_request", "last requires cursor", 0},
	[OP_ERROR_FIRST_AND_LAST] = {400, "invalid_request", "first and last are mutually exclusive", 0},
	[OP_ERROR_PAGE_SIZE] = {400, "invalid_request", "first and last must be from 1 to 100", 0},
	[OP_ERROR_UNKNOWN_CURSOR] = {400, "invalid_request", "unknown cursor", 0},
};
/* clang-format on */

const struct error_row *op_error_row(enum op_error e)
{
	return &rows[e];
}

enum http_next op_error(struct http_request *rq, enum op_error e)
{
	return error_row_reply(rq, &rows[e], NULL, NULL);
}

enum http_next op_error_why(struct http_request *rq, enum op_error e, const char *why)
{
	return error_row_reply(rq, &rows[e], why, NULL);
}

enum http_next op_error_details(struct http_request *rq, enum op_error e, json_t *details)
{
	return error_row_reply(rq, &rows[e], NULL, details);
}
