/* rate: requests per second and client address; a bounded table of token buckets shared by the
 * loops.
 *
 * A bucket holds one second's worth. Where the table is full the address that has been quiet for
 * longest among a few is forgotten, in the client's favour: the limit stops one loud address, not
 * a crowd of them (crowd.h does that).
 */
#ifndef FLORIN_HTTP_RATE_H
#define FLORIN_HTTP_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "http/request.h"

#define RATE_SETS 512 /* of RATE_WAYS addresses each */
#define RATE_WAYS 8

struct rate;

/* per_s 0: everything passes. Errors: OURS_MEMORY. */
MUST_USE enum result rate_new(unsigned per_s, struct rate **out);
void rate_free(struct rate *r);
/* Takes one token of the address; false where it has none left. */
bool rate_pass(struct rate *r, const struct http_address *a, int64_t now_ms);

#endif
