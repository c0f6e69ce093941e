/* rate_feed: prices that are fetched: the feed of [rates] url, and the European Central Bank's
 * reference rates of [rates] ecb, from a URL or a file that something else keeps up to date.
 *
 * Each is asked again and again on the outbound thread, and each list that is good goes into the
 * snapshots: a feed's with the time at which it was asked for, the bank's with its day. A fetch
 * that fails changes nothing: the list before stays in force until it is older than its source's
 * largest age, and then there is no rate of it (never 1). Only the operator chooses the URLs, so
 * [outbound] allow applies. Spec: docs/configuration.md [rates]
 */
#ifndef FLORIN_ILP_RATE_FEED_H
#define FLORIN_ILP_RATE_FEED_H

#include "ilp/node.h"

#define RATE_FEED_BASE        "USD"
#define RATE_FEED_INTERVAL_MS 15000   /* between fetches; half of the largest age if that is less */
#define RATE_ECB_INTERVAL_MS  3600000 /* it is published once a day */
#define RATE_FILE_INTERVAL_MS 30000   /* of the bank's rates in a file */
#define RATE_FEED_RETRY_MS    1000    /* after the first failure; doubled up to the interval */
#define RATE_FEED_DEADLINE_MS 5000    /* of one fetch */
#define RATE_FEED_BYTES_MAX   RATES_FILE_BYTES_MAX

/* What a URL must be, for whoever set another one. */
#define RATE_FEED_URL_RULE "https with a public name, or a host that [outbound] allow lists"

struct rate_feeds;

/* What is fetched for `url`, normalised; for a feed with the query that names the base.
 * Errors: as url_guard_url. */
MUST_USE enum result rate_feed_url(
        const struct url_guard *g, enum rate_origin origin, const char *url, struct url_parts *out);

/* The list that an answer holds. *why is a static sentence about an error, or NULL.
 * Errors: those of the source's parser, and THEIRS_REFUSED (a status other than 200); of a feed
 * also THEIRS_BAD_TYPE (no application/json), THEIRS_PROTOCOL (another base
 * than RATE_FEED_BASE). */
MUST_USE enum result rate_feed_read(enum rate_origin origin, int status, const char *type,
        struct bytes body, int64_t as_of_ms, struct rate_table **out, const char **why);
/* The time from the end of one fetch to the next. failures: in a row, this one included. */
int64_t rate_feed_pause_ms(int64_t interval_ms, int64_t max_age_ms, unsigned failures);

/* Each NULL where there is none. */
struct rate_places {
	const char *url;
	const char *ecb; /* a URL, or a file's path */
};

/* Errors: as rate_feed_url, with *which as the place that it is about; OURS_MEMORY. */
MUST_USE enum result rate_feeds_new(struct node *n, const struct rate_places *places,
        struct rate_feeds **out, enum rate_origin *which);
/* After the outbound thread has ended. NULL is fine. */
void rate_feeds_free(struct rate_feeds *f);
/* Once, when the outbound thread runs, from another one: begins, and waits for the end of the first
 * fetches, good or not. */
void rate_feeds_start(struct rate_feeds *f);
/* Any thread: fetch now. */
void rate_feeds_refresh(struct rate_feeds *f);

struct rate_feed_state {
	const char *place;  /* the URL without its query, which may hold a key; "file" */
	enum result result; /* of the last fetch; RETRY_BUSY before the first has ended */
	const char *why;    /* static sentence about an error, or NULL */
	int64_t tried_ms;   /* wall; 0: not yet */
};
/* Any thread; valid as long as the feeds. Of a source that is not fetched only the
 * place is said. */
void rate_feed_state(
        const struct rate_feeds *f, enum rate_origin origin, struct rate_feed_state *out);

#endif
