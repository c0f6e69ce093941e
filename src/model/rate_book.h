/* rate_book: the price lists of all sources, and which of them a pair's rate comes from.
 *
 * Sources stand in the operator's order. A pair takes the first source that has both assets and is
 * not too old; where none has both, the first two that meet in the base of one of them. Each source
 * has a largest age of its own. Spec: docs/configuration.md [rates]
 */
#ifndef FLORIN_MODEL_RATE_BOOK_H
#define FLORIN_MODEL_RATE_BOOK_H

#include "model/rate.h"

enum rate_origin {
	RATE_ORIGIN_FILE, /* [rates] file: the operator's own word */
	RATE_ORIGIN_URL,  /* [rates] url: a feed */
	RATE_ORIGIN_ECB,  /* [rates] ecb: the European Central Bank's reference rates */
	RATE_ORIGINS
};

/* "file", "url", "ecb": keys of the configuration, and the words of its `priority`. */
const char *rate_origin_name(enum rate_origin o);
/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result rate_origin_parse(struct bytes name, enum rate_origin *out);

struct rate_book {
	enum rate_origin order[RATE_ORIGINS]; /* the sources in use, the most trusted first */
	size_t count;
	int64_t max_age_ms[RATE_ORIGINS]; /* 0: prices do not age */
	struct rate_table *table[RATE_ORIGINS];
};

/* Its own copy of every table. Errors: OURS_MEMORY. */
MUST_USE enum result rate_book_dup(const struct rate_book *b, struct rate_book **out);
/* With its tables. NULL is fine. */
void rate_book_free(struct rate_book *b);

/* Words of `priority`, blank-separated; sources that it does not name follow in the order of the
 * enum. used: which there are. Errors: THEIRS_MALFORMED (a word that is none, or twice). */
MUST_USE enum result rate_book_order(
        struct rate_book *b, const char *priority, const bool used[RATE_ORIGINS]);

struct rate_found {
	struct ratio rate; /* of 1 major unit of `from`, in those of `to` */
	int64_t as_of_ms;  /* of the oldest price in it */
	int64_t until_ms;  /* it is good up to here; INT64_MAX: always */
	enum rate_origin origin;
	enum rate_origin second; /* another, where two had to meet; else the same */
};

enum rate_age { RATE_FRESH, RATE_ANY_AGE };

/* Errors: THEIRS_NO_RATE (no source, or none that is fresh). For one code twice the rate is 1 of
 * no origin; origin and second then say nothing. */
MUST_USE enum result rate_book_get(const struct rate_book *b, const char *from, const char *to,
        int64_t now_ms, enum rate_age age, struct rate_found *out);

/* The source's list as a whole is missing or too old. */
bool rate_book_is_stale(const struct rate_book *b, enum rate_origin o, int64_t now_ms);

#endif
