/* gnap_answer: the parts that the authorization server's answers are made of.
 *
 * The functions that make JSON give NULL where memory is out; json_pack passes that on, and
 * http_reply_json answers it with 500. Spec: Open Payments, authorization server
 */
#ifndef FLORIN_HTTP_GNAP_ANSWER_H
#define FLORIN_HTTP_GNAP_ANSWER_H

#include <jansson.h>

#include "http/request.h"
#include "store/grant.h"

/* {"access_token":{"value"},"uri"} and, where wait_ms is not 0, "wait" in seconds, rounded up. */
json_t *gnap_continue_json(
        const struct http_request *rq, const struct id *grant, const char *token, int64_t wait_ms);
/* {"value","manage","expires_in","access"} */
json_t *gnap_token_json(const struct http_request *rq, const struct grant_secrets *s,
        const struct access_item *access, size_t count);
/* {"sub_ids":[{"id","format":"uri"}]} */
json_t *gnap_subject_json(const char *subject);
/* PUBLIC_URL/auth/interact/{id}/{nonce}; new text in the arena, NULL without memory. */
char *gnap_interact_url(struct http_request *rq, const struct grant_secrets *s);

/* The JSON body, {} where it is empty, borrowed. On an error the reply is set: invalid_request,
 * with 400, 413 or 415. Errors: as http_json_load. */
MUST_USE enum result gnap_body(struct http_request *rq, json_t **out);

/* RETRY_* and OURS_* of an operation: 503 or 500, code request_denied. */
enum http_next gnap_failed(struct http_request *rq, enum result r);

#endif
