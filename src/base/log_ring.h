/* log_ring: the newest lines of this process's log, kept in memory to be looked at, and how many
 * errors and warnings there were of each event.
 *
 * What is kept are the very lines that were written to stderr, so nothing is in here that the log
 * does not hold. Both lines and bytes are bounded: a flood drops the oldest. Any thread may call
 * any of this; a lock is held for as long as it takes to copy, never while something is waited for.
 */
#ifndef FLORIN_BASE_LOG_RING_H
#define FLORIN_BASE_LOG_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/result.h"

#define LOG_RING_LINES   4096
#define LOG_RING_BYTES   (512 * 1024)
#define LOG_EVENTS_MAX   128 /* events by level that are counted apart; more are one, "other" */
#define LOG_HOUR_MINUTES 60

struct log_kept {
	uint64_t number; /* of the process's lines, from 1 */
	int64_t at_ms;
	enum log_level level;
	const char *event;   /* a literal */
	const char *request; /* id of the request that was served; "" none */
	const char *text;    /* the line, without its end */
};

/* log.c: a line was written. event is a literal; the line's last request_n bytes are its request's
 * id. */
void log_ring_add(int64_t at_ms, enum log_level level, const char *event, const char *line,
        size_t n, size_t request_n);

struct log_filter {
	const char *request;  /* exactly; NULL: any */
	const char *text;     /* somewhere in the line, in any case of ASCII letters; NULL: any */
	enum log_level level; /* this one and what is graver */
	uint64_t before;      /* lines with a smaller number only; 0: from the newest */
};

/* The newest `max` lines that match, newest first, copied into the arena; *more where an older one
 * does, too. Errors: OURS_MEMORY. */
MUST_USE enum result log_ring_read(struct arena *a, const struct log_filter *f, size_t max,
        struct log_kept **out, size_t *count, bool *more);

struct log_count {
	const char *event;
	enum log_level level; /* ERROR or WARN: others are not counted */
	uint64_t total;       /* since the start */
	uint32_t last_hour;
};

/* -> how many */
size_t log_ring_counts(int64_t now_ms, struct log_count out[LOG_EVENTS_MAX]);

/* For tests: as after a start. */
void log_ring_clear(void);

#endif
