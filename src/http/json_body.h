/* json_body: the JSON body of a request, checked before and after it is parsed.
 *
 * Content-Type must be application/json (or end in +json). The text passes codec/json_scan (size,
 * depth, tokens, UTF-8) before jansson sees it; repeated member names are refused. Body and object
 * are wiped when the request ends, since either may hold secrets.
 */
#ifndef FLORIN_HTTP_JSON_BODY_H
#define FLORIN_HTTP_JSON_BODY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/result.h"
#include "codec/json_spec.h"
#include "http/request.h"

/* What is wrong with a body, for APIs with their own error codes. */
struct http_body_fault {
	unsigned status;  /* 415, 413, 400; 500 where memory is out */
	const char *code; /* "bad_type", "too_large", "malformed" */
	char text[96];
};

/* http_json_body without a reply: *fault says what it would be. */
MUST_USE enum result http_json_load(
        struct http_request *rq, bool empty_ok, json_t **out, struct http_body_fault *fault);

/* The object that is the body, borrowed: it lives as long as the request. An empty body is {} where
 * `empty_ok`. On an error the reply is set (415, 413 or 400 with what is wrong and where), and the
 * handler returns HTTP_DONE. Errors: THEIRS_BAD_TYPE, THEIRS_TOO_BIG, THEIRS_MALFORMED,
 * OURS_MEMORY. */
MUST_USE enum result http_json_body(struct http_request *rq, bool empty_ok, json_t **out);

/* http_json_body, then json_spec_read; on an error the reply is set and names the member. */
MUST_USE enum result http_json_read(struct http_request *rq, bool empty_ok,
        const struct json_member *members, size_t count, int flags);

#endif
