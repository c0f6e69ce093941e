/* visit_state: what is kept of a visit (store/visit.h) as what remote_pay knows, and back. Pure. */
#ifndef FLORIN_WEB_VISIT_STATE_H
#define FLORIN_WEB_VISIT_STATE_H

#include "base/arena.h"
#include "ilp/remote_pay.h"
#include "store/visit.h"

/* v->facts and v->secret of what p knows; why: what went wrong, "" for nothing. They live in the
 * arena. Errors: OURS_MEMORY. */
MUST_USE enum result visit_state_write(
        const struct remote_pay *p, const char *why, struct arena *a, struct visit_row *v);
/* The known part of *p (zeroed at first) of v's; *why in the arena. Errors: OURS_STORE (they are
 * not what was written), OURS_MEMORY. */
MUST_USE enum result visit_state_read(
        const struct visit_row *v, struct arena *a, struct remote_pay *p, const char **why);

#endif
