/* upstream: the node's address and asset, asked from its parent by ILDCP.
 *
 * Asked at the start, when a parent is added or changed, at SIGHUP, and again every
 * UPSTREAM_ASK_MS; after a failure with a back-off. What the parent says is kept in the store
 * before it counts, and is the node's address from the next snapshot on: its wallets' and
 * children's addresses move with it. Lives on the outbound thread.
 * Spec: RFC 0031; Interledger, ILDCP
 */
#ifndef FLORIN_ILP_UPSTREAM_H
#define FLORIN_ILP_UPSTREAM_H

#include "codec/ildcp.h"
#include "ilp/node.h"

#define UPSTREAM_ASK_MS   60000 /* between an answer and the next question */
#define UPSTREAM_RETRY_MS 1000  /* after the first failure; doubled up to UPSTREAM_ASK_MS */

struct upstream;

/* Whether a parent's answer can be our address. Errors: THEIRS_BAD_ASSET (not the asset that is
 * settled with it), THEIRS_TOO_BIG (no room for wallets below it), THEIRS_REFUSED (a scheme that no
 * node lives under, or the live network for a node for developers). */
MUST_USE enum result upstream_check(
        const struct ildcp_info *info, const struct asset_row *asset, bool dev);
/* The time to the next question. failures: in a row, this one included. */
int64_t upstream_pause_ms(unsigned failures);

/* Errors: OURS_MEMORY. */
MUST_USE enum result upstream_new(struct node *n, struct upstream **out);
/* After the outbound thread has ended. NULL is fine. */
void upstream_free(struct upstream *u);
/* Any thread: ask now, if there is a parent. NULL is fine. */
void upstream_wake(struct upstream *u);

#endif
