/* ildcp: how a node asks its parent for its own address and asset.
 *
 * A zero-amount Prepare to peer.config, answered by a Fulfill whose data holds the answer.
 * Condition and fulfillment are known to everybody: only the authenticated link protects the
 * exchange. Spec: RFC 0031.
 */
#ifndef FLORIN_CODEC_ILDCP_H
#define FLORIN_CODEC_ILDCP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/ilp_packet.h"

#define ILDCP_DESTINATION    "peer.config"
#define ILDCP_ASSET_CODE_MAX 255 /* bytes */
#define ILDCP_DATA_MAX       (3 + ILP_ADDRESS_MAX + 1 + 2 + ILDCP_ASSET_CODE_MAX)

/* SHA-256 of 32 zero bytes, and those bytes: shared by all protocols below "peer.". */
extern const uint8_t ildcp_condition[ILP_CONDITION_SIZE];
extern const uint8_t ildcp_fulfillment[ILP_FULFILLMENT_SIZE];

struct ildcp_info {
	struct bytes address; /* of the one who asked */
	uint8_t asset_scale;
	struct bytes asset_code; /* UTF-8 as received; may be empty */
};

/* Is this Prepare addressed to the protocol? */
bool ildcp_is_request(const struct ilp_prepare *p);
/* Whether it may be answered; the expiry is the caller's to check. Errors: THEIRS_BAD_AMOUNT (not
 * 0: F03), THEIRS_UNAUTHENTIC (another condition: F00). */
MUST_USE enum result ildcp_request_check(const struct ilp_prepare *p);
void ildcp_request_encode(struct buf *b, int64_t expires_at_ms);

/* The data of the Fulfill. *out points into `data`. Errors: THEIRS_TRUNCATED, THEIRS_NONCANONICAL,
 * THEIRS_TOO_BIG, THEIRS_MALFORMED (the address). */
MUST_USE enum result ildcp_response_decode(struct bytes data, struct ildcp_info *out);
/* Fails the buffer where a part is over its limit. */
void ildcp_response_data(struct buf *b, const struct ildcp_info *info);
/* The whole Fulfill. */
void ildcp_response_encode(struct buf *b, const struct ildcp_info *info);

#endif
