/* history: what was when, for charts: a value for each minute of the last hours, and for each hour
 * of the last weeks.
 *
 * Somebody looks every few seconds (ilp/sweep.h) and writes down what has changed: totals and
 * balances as they are, and of each of the newest minutes what the payments that were made in it
 * sent, what wallets were credited, and how long payments took. All of it is read from the books
 * and from the tally that /metrics shows, so it does not matter which process looks, or how often.
 * Errors of store.h and batch.h apply.
 */
#ifndef FLORIN_STORE_HISTORY_H
#define FLORIN_STORE_HISTORY_H

#include "store/batch.h"

#define HISTORY_MINUTE_MS       (60 * 1000LL)
#define HISTORY_HOUR_MS         (60 * HISTORY_MINUTE_MS)
#define HISTORY_DAY_MS          (24 * HISTORY_HOUR_MS)
#define HISTORY_MINUTES_KEPT_MS (3 * HISTORY_HOUR_MS)
#define HISTORY_HOURS_KEPT_MS   (32 * HISTORY_DAY_MS)
#define HISTORY_BACK_MINUTES    3     /* a minute is looked at again for so long */
#define HISTORY_BALANCES_MAX    2000  /* pools and peers, the oldest ones */
#define HISTORY_SUMS_MAX        400   /* minutes times assets */
#define HISTORY_TRANSFERS_MAX   20000 /* the newest lines of the journal that are looked at ... */
#define HISTORY_PAYMENTS_MAX    20000 /* ... and payments; where there are more it is too little */
#define HISTORY_DROP_ROWS       1000  /* that go at once */
#define HISTORY_POINTS_MAX      120   /* of one chart */

enum history_series {
	HISTORY_BALANCE,   /* of an account: credits less debits */
	HISTORY_COMPLETED, /* the tally's totals */
	HISTORY_FAILED,
	HISTORY_CREDITED, /* packets */
	HISTORY_FORWARDED,
	HISTORY_SENT,     /* of an asset, in the step */
	HISTORY_RECEIVED, /* of an asset, in the step */
	HISTORY_PACKETS,  /* of outgoing payments, of an asset, in the step */
	HISTORY_P50,      /* milliseconds; of an hour: in its slowest minute */
	HISTORY_P99,
	HISTORY_SERIES
};

/* ---- looking ---- */

struct history_item {
	enum history_series series;
	int64_t subject; /* account_id, asset_id; 0: the node */
	int64_t at_ms;   /* where its minute begins */
	int64_t figure;
};
struct history_look {
	struct history_item *items;
	size_t count;
};
/* What is to be known of this minute and those before it. */
MUST_USE enum result store_history_look(
        struct reader *r, struct arena *a, int64_t now_ms, struct history_look *out);

/* Writes down what of it is news, and removes what is old. first: nobody has looked since the
 * start, so that what a total was before is not known, and is as it is now; else it was 0. */
MUST_USE enum result batch_history_keep(
        struct batch *b, const struct history_look *look, bool first);

/* ---- showing ---- */

struct history_value {
	bool known;
	int64_t figure;
};
/* `count` steps of step_ms (a minute, or whole hours) from first_ms on, HISTORY_POINTS_MAX at most.
 * What a total or a balance was is known from its first row on; sums are 0 where nothing moved,
 * and 2^63-1 where they pass it. */
MUST_USE enum result store_history(struct reader *r, enum history_series series, int64_t subject,
        int64_t step_ms, int64_t first_ms, size_t count, struct history_value *out);

#endif
