/* trace: what the sender of a payment decided, packet by packet, for people who ask. In memory
 * alone, for the newest TRACES_MAX payments that wanted one, each of at most TRACE_LINES_MAX lines.
 *
 * A line is a JSON object. The outbound thread writes, any thread begins and reads.
 */
#ifndef FLORIN_ILP_TRACE_H
#define FLORIN_ILP_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/result.h"

#define TRACES_MAX      16
#define TRACE_LINES_MAX 2000
#define TRACE_LINE_SIZE 320
#define TRACE_BYTES_MAX (TRACE_LINES_MAX * 200)

struct traces;

/* NULL when memory is out. */
struct traces *traces_new(void);
void traces_free(struct traces *t);
/* In the place of the oldest. Without memory there is none. */
void traces_begin(struct traces *t, const struct id *payment);
bool traces_has(struct traces *t, const struct id *payment);
/* One line, without its end. Where there is no trace, or it is full, nothing is kept. */
void traces_add(struct traces *t, const struct id *payment, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
/* The lines from number `after` on (0: all), as the text of a JSON array; *next: how many there
 * are. *cut: there were more than are kept. Errors: THEIRS_NOT_FOUND, OURS_MEMORY. */
MUST_USE enum result traces_read(struct traces *t, struct arena *a, const struct id *payment,
        size_t after, const char **out, size_t *next, bool *cut);

#endif
