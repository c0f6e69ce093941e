/* history: ?span=hour, day or month of a resource that tells what was when, in even steps. */
#ifndef FLORIN_ADMIN_HISTORY_H
#define FLORIN_ADMIN_HISTORY_H

#include <jansson.h>

#include "admin/answer.h"

struct admin_span {
	int64_t now_ms;
	int64_t first_ms; /* where the oldest step begins */
	int64_t step_ms;
	size_t count; /* the last step is not over; HISTORY_POINTS_MAX at most */
};
/* hour where none is given. On an error the reply is set. Errors: THEIRS_MALFORMED. */
MUST_USE enum result admin_span_read(struct http_request *rq, struct admin_span *out);
/* Where step i ends: now, of the last one. */
int64_t admin_span_end(const struct admin_span *s, size_t i);
/* {"at","ms"}: where step i begins, and how long it has lasted. */
json_t *admin_span_point(const struct admin_span *s, size_t i);
/* {"stepMs","items"}, items stolen; or the refusal of r. */
enum http_next admin_span_reply(
        struct http_request *rq, enum result r, const struct admin_span *s, json_t *items);

#endif
