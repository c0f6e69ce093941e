/* ccp: the messages by which connectors tell each other their routes.
 *
 * Both are the data of a Prepare without money below "peer.route.", with the condition of all
 * protocols there (ildcp.h), answered by an empty Fulfill. Route control asks for a table, route
 * update brings a part of it. There is no RFC of them: the format is that of ilp-protocol-ccp.
 * Counts on the wire are the sender's: lists are read one by one and nothing is allocated.
 * Spec: Interledger, CCP; t/vectors/ccp.json
 */
#ifndef FLORIN_CODEC_CCP_H
#define FLORIN_CODEC_CCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

#define CCP_CONTROL_DESTINATION "peer.route.control"
#define CCP_UPDATE_DESTINATION  "peer.route.update"
#define CCP_TABLE_ID_SIZE       16
#define CCP_AUTH_SIZE           32
#define CCP_HOPS_MAX            64 /* of a path */
#define CCP_LIST_MAX            8192
#define CCP_CONTROL_BYTES       32 /* of the ones that we send */

enum ccp_mode { CCP_IDLE, CCP_SYNC };

struct ccp_control {
	enum ccp_mode mode;
	uint8_t table_id[CCP_TABLE_ID_SIZE]; /* the last one known to who asks; zeros: none */
	uint32_t epoch;
	struct bytes features; /* encoded, as many as the next says */
	size_t features_n;
};

struct ccp_update {
	uint8_t table_id[CCP_TABLE_ID_SIZE];
	uint32_t current_epoch, from_epoch, to_epoch;
	uint32_t hold_down_ms;
	struct bytes speaker;
	struct bytes routes; /* encoded: ccp_route_next */
	size_t routes_n;
	struct bytes withdrawn; /* encoded: ccp_octets_next */
	size_t withdrawn_n;
};

/* Texts are as they came: whether they are addresses is not judged here. */
struct ccp_route {
	struct bytes prefix;
	struct bytes path; /* encoded: ccp_octets_next */
	size_t hops;
	const uint8_t *auth;
	struct bytes props; /* encoded */
	size_t props_n;
};

/* All of these: *out points into `data`.
 * Errors: THEIRS_TRUNCATED, THEIRS_NONCANONICAL, THEIRS_TOO_BIG (a list, a path, an address),
 * THEIRS_MALFORMED (a mode that is none). */
MUST_USE enum result ccp_control_decode(struct bytes data, struct ccp_control *out);
/* Checks every list to its end. */
MUST_USE enum result ccp_update_decode(struct bytes data, struct ccp_update *out);
/* Of a list that was checked: the next one; what is left stays in *list. */
void ccp_route_next(struct bytes *list, struct ccp_route *out);
struct bytes ccp_octets_next(struct bytes *list);

void ccp_control_encode(struct buf *b, const struct ccp_control *c);
/* The lists are written as they are in *u. */
void ccp_update_encode(struct buf *b, const struct ccp_update *u);
void ccp_route_encode(struct buf *b, const struct ccp_route *r);

#endif
