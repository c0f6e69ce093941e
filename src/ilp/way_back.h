/* way_back: the address at which a payment of ours can be paid back.
 *
 * It reads <node>.~.<token>. The token says which payment it is of and carries the secret of its
 * connection, so any process of the node can answer there, also when the connection has long ended;
 * it doesn't say to others whose payment it is. What arrives goes to the wallet that paid.
 * docs/decisions/0010-the-way-back.md
 */
#ifndef FLORIN_ILP_WAY_BACK_H
#define FLORIN_ILP_WAY_BACK_H

#include "base/amount.h"
#include "base/id.h"
#include "codec/stream_credentials.h"

#define WAY_BACK_SEGMENT      "~" /* stands where a wallet's name would, and can't be one */
#define WAY_BACK_TAG          'o'
#define WAY_BACK_TAG_SIZE     (1 + 16 + 32)
#define WAY_BACK_ADDRESS_SIZE 320

/* The same each time for the same arguments. own: the node's address.
 * Errors: THEIRS_TOO_BIG (it would be longer than that). */
MUST_USE enum result way_back_address(struct stream_credentials *c, const char *own,
        const struct id *payment, const struct secret32 *shared_secret,
        char out[WAY_BACK_ADDRESS_SIZE]);
/* What a token's tag says. False: it is none of these. */
bool way_back_read(struct bytes tag, struct id *payment, struct secret32 *shared_secret);

/* A payer's asset code as it is kept: "" where it is none that could be one of ours. */
void way_back_asset(struct bytes code, char out[ASSET_CODE_MAX + 1]);

#endif
