/* rate_feed: the price list of [rates] url, fetched again and again on the outbound thread.
 *
 * Each list that is good goes into the snapshots with the time at which it was asked for. A fetch
 * that fails changes nothing: the list before stays in force until it is older than max_age_s, and
 * then there is no rate (never 1). Only the operator chooses the URL, so [outbound] allow applies.
 * Spec: contract section 3 [rates]
 */
#ifndef FLORIN_ILP_RATE_FEED_H
#define FLORIN_ILP_RATE_FEED_H

#include "ilp/node.h"

#define RATE_FEED_BASE        "USD"
#define RATE_FEED_INTERVAL_MS 15000 /* between fetches; half of max_age_s where that is less */
#define RATE_FEED_RETRY_MS    1000  /* after the first failure; doubled up to the interval */
#define RATE_FEED_DEADLINE_MS 5000  /* of one fetch */
#define RATE_FEED_BYTES_MAX   RATES_FILE_BYTES_MAX

/* What a URL must be, for whoever set another one. */
#define RATE_FEED_URL_RULE "https with a public name, or a host that [outbound] allow lists"

struct rate_feed;

/* What is fetched for `url`: normalised, with the query that names the base.
 * Errors: as url_guard_url. */
MUST_USE enum result rate_feed_url(
        const struct url_guard *g, const char *url, struct url_parts *out);

/* The list that an answer of a feed holds. *why is a static sentence about an error, or NULL.
 * Errors: those of rate_table_parse, and THEIRS_REFUSED (a status other than 200),
 * THEIRS_BAD_TYPE (no application/json), THEIRS_PROTOCOL (another base than RATE_FEED_BASE). */
MUST_USE enum result rate_feed_read(int status, const char *type, struct bytes body,
        int64_t as_of_ms, struct rate_table **out, const char **why);
/* The time from the end of one fetch to the next. failures: in a row, this one included. */
int64_t rate_feed_pause_ms(int64_t max_age_ms, unsigned failures);

/* Errors: as url_guard_url, OURS_MEMORY. */
MUST_USE enum result rate_feed_new(struct node *n, const char *url, struct rate_feed **out);
/* After the outbound thread has ended. NULL is fine. */
void rate_feed_free(struct rate_feed *f);
/* Once, when the outbound thread runs, from another one: begins, and waits for the end of the first
 * fetch, good or not. */
void rate_feed_start(struct rate_feed *f);
/* Any thread: fetch now. */
void rate_feed_refresh(struct rate_feed *f);

struct rate_feed_state {
	const char *url;    /* without its query, which may hold a key */
	enum result result; /* of the last fetch; RETRY_BUSY before the first has ended */
	const char *why;    /* static sentence about an error, or NULL */
	int64_t tried_ms;   /* wall; 0: not yet */
};
/* Any thread; valid as long as the feed. */
void rate_feed_state(const struct rate_feed *f, struct rate_feed_state *out);

#endif
