/* crowd: how many connections there are, in all and from each address. Shared by the loops. */
#ifndef FLORIN_HTTP_CROWD_H
#define FLORIN_HTTP_CROWD_H

#include <stdbool.h>

#include "base/result.h"
#include "http/request.h"

struct crowd;

/* max: connections in all; max_each: from one address (0: no limit). Errors: OURS_MEMORY. */
MUST_USE enum result crowd_new(unsigned max, unsigned max_each, struct crowd **out);
void crowd_free(struct crowd *c);
/* Counts one more; false (and not counted) where that is over a limit. exempt: only the total
 * counts. */
bool crowd_enter(struct crowd *c, const struct http_address *a, bool exempt);
/* Takes back one crowd_enter that returned true, with the same `exempt`. */
void crowd_leave(struct crowd *c, const struct http_address *a, bool exempt);
/* One connection counts from now on for `to`, which may have max of them, instead of for `from`, as
 * which it entered and was not exempt. False, and nothing has changed: `to` has as many. */
bool crowd_move(struct crowd *c, const struct http_address *from, const struct http_address *to,
        unsigned max);
/* Whether crowd_enter would say yes now. */
bool crowd_has_room(struct crowd *c, const struct http_address *a, bool exempt);
unsigned crowd_total(struct crowd *c);

#endif
