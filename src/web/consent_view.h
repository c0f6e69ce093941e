/* consent_view: a grant in words, for the one who is asked to agree to it.
 *
 * Everything that the holder must know before deciding: who asks, and how we know; what may be
 * done, from which wallet; how much, and what that covers; until when. The wording is the whole of
 * what is agreed to, so each member of a limit has its own words.
 */
#ifndef FLORIN_WEB_CONSENT_VIEW_H
#define FLORIN_WEB_CONSENT_VIEW_H

#include <jansson.h>
#include <stdbool.h>

#include "base/id.h"
#include "base/words.h"
#include "store/grant.h"
#include "web/web.h"

#define CONSENT_WINDOWS_SHOWN 3

/* Payments without a cap. */
bool consent_is_unlimited(const struct grant_row *g);
/* How long a limit with an interval is added up. */
#define CONSENT_SPAN_MS ((int64_t)30 * 24 * 3600 * 1000)

/* From what on who agrees proves who they are. */
struct consent_threshold {
	uint64_t above;                                  /* [auth] password_above, major units */
	char code[ACCESS_ITEMS_MAX][ASSET_CODE_MAX + 1]; /* of each item's wallet; "" not known */
};
/* What is not known, as where a read fails, is "". */
void consent_threshold_read(
        struct http_request *rq, const struct grant_row *g, struct consent_threshold *out);
/* Pure. The most that all items together allow in CONSENT_SPAN_MS, with these lower limits (as of
 * interaction_accept, 0: as asked), each rounded up to major units, is above the threshold, or
 * can't be told: no cap, or one on what arrives in another asset than the wallet's. */
bool consent_needs_password(const struct grant_row *g, const uint64_t lower[ACCESS_ITEMS_MAX],
        const struct consent_threshold *t);
/* The limit that was typed for an item with a cap; "" is as asked: 0. Errors: THEIRS_BAD_AMOUNT (no
 * amount, 0, or more than was asked for). */
MUST_USE enum result consent_limit_read(const struct language *language,
        const struct access_limits *l, const char *text, uint64_t *out);
/* "limit0" */
#define CONSENT_LIMIT_NAME "limit"

/* Whether all that the grant names belongs to one of these wallets. */
bool consent_is_owner(const struct grant_row *g, const struct wallet_row *wallets, size_t count);

/* The name of the wallet that is asked for, "" where none is named. */
json_t *consent_wallet(struct http_request *rq, const struct grant_row *g);
/* Those of the holder's wallets that the grant does not name: [{"name","address"}]. */
json_t *consent_others(struct http_request *rq, const struct grant_row *g,
        const struct wallet_row *wallets, size_t count);

/* The view of the page "consent": title, client, items, warnings, times. NULL: no memory, or a read
 * has failed (logged). */
json_t *consent_view(struct http_request *rq, const struct interaction_row *i);

/* Its part of that: what each item of the grant allows. NULL: as above. */
json_t *consent_items(struct http_request *rq, const struct grant_row *g);
/* "shop.example:8443" of "https://shop.example:8443/alice" */
json_t *consent_host(const char *url);

/* "2026-11-25": the day's end by UTC's clocks.
 * Errors: THEIRS_MALFORMED. */
MUST_USE enum result consent_day_end(const char *day, int64_t *out);

#endif
