/* target: splits a raw request target that passed the gate into decoded segments and query. */
#ifndef FLORIN_HTTP_TARGET_H
#define FLORIN_HTTP_TARGET_H

#include "base/result.h"
#include "http/request.h"

/* Fills segments and query of rq from rq->target; text comes from rq->arena. Each piece is decoded
 * exactly once ('+' is a plus sign). A path that ends with a slash ends with an empty segment.
 * Errors: THEIRS_MALFORMED (".." or "." as a segment, not UTF-8, control characters, a query member
 * twice), THEIRS_TOO_BIG (more than HTTP_SEGMENTS_MAX, HTTP_QUERY_MAX), OURS_MEMORY. */
MUST_USE enum result target_split(struct http_request *rq);

#endif
