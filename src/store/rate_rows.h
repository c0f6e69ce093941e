/* rate_rows: prices as they were last taken from a source, kept over restarts so that a jump is
 * seen whenever it comes; and what the host is told of sources. Common errors: store.h and batch.h.
 */
#ifndef FLORIN_STORE_RATE_ROWS_H
#define FLORIN_STORE_RATE_ROWS_H

#include "model/rate_book.h"
#include "store/batch.h"

/* What events call a source: it has no UUID but this (version 8, of its name). */
void rate_origin_id(enum rate_origin o, struct id *out);

/* The list as it was kept; NULL where there is none. */
MUST_USE enum result store_rate_table(
        struct reader *r, struct arena *a, enum rate_origin o, struct rate_table **out);

/* Keeps the list of a source, where its prices differ from those that are kept. Each price that is
 * newly held is an event (rates.jump). */
MUST_USE enum result batch_rates_keep(
        struct batch *b, enum rate_origin o, const struct rate_table *t);

struct rate_staleness {
	enum rate_origin origin;
	bool stale;
	int64_t as_of_ms;   /* of its list; 0: there is none */
	int64_t max_age_ms; /* 0: it does not age */
	const char *reason; /* why there is no newer one; "" where nothing failed */
};
/* The source went stale (an event, rates.stale, once until it is fresh again) or is fresh. */
MUST_USE enum result batch_rates_stale(struct batch *b, const struct rate_staleness *s);

#endif
