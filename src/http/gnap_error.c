#include "http/gnap_error.h"

/* clang-format off */
static const struct error_row rows[GNAP_ERRORS] = {
	[GNAP_ERROR_REQUEST] = {400, "invalid_request", "", ERROR_OPEN},
	[GNAP_ERROR_TOO_LARGE] = {413, "invalid_request", "", ERROR_OPEN},
	[GNAP_ERROR_BAD_TYPE] = {415, "invalid_request", "", ERROR_OPEN},
	[GNAP_ERROR_SIGNATURE] = {401, "invalid_client", "", ERROR_OPEN | ERROR_CHALLENGE},
	[GNAP_ERROR_TOO_MANY_REQUESTS] = {429, "too_many_attempts", "more requests than allowed", ERROR_LATER},
	[GNAP_ERROR_CLIENT] = {400, "invalid_client", "", ERROR_OPEN},
	[GNAP_ERROR_NO_PUBLIC_NAME] = {400, "invalid_client", "the client's wallet address must answer with a document that has a publicName", 0},
	[GNAP_ERROR_TOO_MANY_PENDING] = {429, "too_many_attempts", "this client has too many grants that nobody has decided on", 0},
	[GNAP_ERROR_CONTINUATION] = {401, "invalid_continuation", "there is no such grant, or its continuation token is another", ERROR_CHALLENGE},
	[GNAP_ERROR_ENDED] = {401, "invalid_continuation", "there is nothing to continue", ERROR_CHALLENGE},
	[GNAP_ERROR_EXPIRED] = {401, "invalid_continuation", "the interaction was not finished in time", ERROR_CHALLENGE},
	[GNAP_ERROR_UNKNOWN_REF] = {404, "invalid_continuation", "the interact_ref does not belong to this grant", 0},
	[GNAP_ERROR_USED_REF] = {401, "request_denied", "the interact_ref was used before", ERROR_CHALLENGE},
	[GNAP_ERROR_NOT_POLLED] = {401, "request_denied", "this grant can't be polled: it goes on with its interact_ref", ERROR_CHALLENGE},
	[GNAP_ERROR_GIVEN] = {401, "request_denied", "this grant has given all that it has", ERROR_CHALLENGE},
	[GNAP_ERROR_DENIED] = {401, "user_denied", "the holder of the wallet has declined", ERROR_CHALLENGE},
	[GNAP_ERROR_TOO_FAST] = {400, "too_fast", "wait before asking again", 0},
	[GNAP_ERROR_NO_TOKEN] = {401, "invalid_client", "the request must carry its access token", ERROR_CHALLENGE},
	[GNAP_ERROR_TOKEN] = {404, "invalid_rotation", "there is no such token, or the one that was sent is another", 0},
	[GNAP_ERROR_TOKEN_ENDED] = {404, "invalid_rotation", "the token was rotated or revoked, or its grant has ended", 0},
	[GNAP_ERROR_BUSY] = {503, "request_denied", "the server is busy: try again later", ERROR_LATER},
	[GNAP_ERROR_FAILED] = {500, "request_denied", "the server has failed", 0},
};
/* clang-format on */

const struct error_row *gnap_error_row(enum gnap_error e)
{
	return &rows[e];
}

enum http_next gnap_error(struct http_request *rq, enum gnap_error e)
{
	return error_row_reply(rq, &rows[e], NULL, NULL);
}

enum http_next gnap_error_why(struct http_request *rq, enum gnap_error e, const char *why)
{
	return error_row_reply(rq, &rows[e], why, NULL);
}
