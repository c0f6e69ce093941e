/* rate: requests per second of each client address, or of each signing key; a bounded table of
 * token buckets shared by the loops of this process. A second process has its own: together they
 * let through twice as much.
 *
 * A bucket holds one second's worth. Where the table is full the one that has been quiet for
 * longest among a few is forgotten, in the client's favour: the limit stops one loud client, not
 * a crowd of them (crowd.h does that).
 */
#ifndef FLORIN_HTTP_RATE_H
#define FLORIN_HTTP_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

#define RATE_SETS     512 /* of RATE_WAYS buckets each */
#define RATE_WAYS     8
#define RATE_KEY_SIZE 16 /* an address, or the beginning of a public key */

struct rate;

/* per_s 0: everything passes. Errors: OURS_MEMORY. */
MUST_USE enum result rate_new(unsigned per_s, struct rate **out);
void rate_free(struct rate *r);
/* Takes one token of the bucket; false where it has none left. */
bool rate_pass(struct rate *r, const uint8_t key[RATE_KEY_SIZE], int64_t now_ms);

#endif
