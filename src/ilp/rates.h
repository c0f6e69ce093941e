/* rates: the price lists in force, shared by the snapshots that were made with them.
 *
 * A book never changes once it is shared: each of these makes another one of what was before.
 * Spec: docs/configuration.md [rates].
 */
#ifndef FLORIN_ILP_RATES_H
#define FLORIN_ILP_RATES_H

#include <stdatomic.h>

#include "model/rate_book.h"

#define RATES_FILE_BYTES_MAX (256 * 1024)

struct rates {
	_Atomic unsigned holds;
	struct rate_book *book;
	unsigned jump_bps[RATE_ORIGINS]; /* 0: nothing is held */
};

struct rates_options {
	bool used[RATE_ORIGINS];
	int64_t max_age_ms[RATE_ORIGINS];
	unsigned jump_bps[RATE_ORIGINS];
	const char *priority; /* as rate_book_order */
};

/* No prices yet. Errors: THEIRS_MALFORMED (priority), OURS_MEMORY. */
MUST_USE enum result rates_new(const struct rates_options *o, struct rates **out);
struct rates *rates_hold(struct rates *r);
void rates_release(struct rates *r);

/* With another list of one source, which is taken, also on an error: after the one before, its
 * jumps held. Errors: OURS_MEMORY. */
MUST_USE enum result rates_with(const struct rates *before, enum rate_origin origin,
        struct rate_table *table, struct rates **out);
/* With what is held of a code (NULL: of each) in force. Errors: THEIRS_NOT_FOUND (nothing is held),
 * OURS_MEMORY. */
MUST_USE enum result rates_accepting(
        const struct rates *before, enum rate_origin origin, const char *code, struct rates **out);

/* The list of a file, as of the time of its last change. Errors: those of rate_table_parse, and
 * OURS_IO (missing or unreadable), THEIRS_TOO_BIG. */
MUST_USE enum result rates_read_file(
        const char *file, struct rate_table **out, struct rate_fault *fault);
/* The text of a file of prices, to be freed, and its last change. Errors: OURS_IO, OURS_MEMORY,
 * THEIRS_TOO_BIG. */
MUST_USE enum result rates_read_text(const char *file, char **text, size_t *n, int64_t *changed_ms);

#endif
