/* invitation: links by which another operator becomes a peer.
 *
 * A link carries a token; the store keeps its hash, with the terms that this node offers. It is
 * used once: what it makes is a peer with these terms, and the address, URL and tokens that the
 * other side chose. The same acceptance again gets the same peer, for who lost the answer.
 */
#ifndef FLORIN_STORE_INVITATION_H
#define FLORIN_STORE_INVITATION_H

#include "store/batch.h"

#define INVITATIONS_MAX    100                       /* open at a time */
#define INVITATION_KEEP_MS (30 * 24 * 3600 * 1000LL) /* after its end: says "used", "expired" */

struct invitation_row {
	struct id id;
	const char *name; /* of the peer that it makes */
	asset_id asset;
	uint64_t credit_limit, max_packet; /* as of a peer_row */
	unsigned spread_bps;
	int64_t created_ms, expires_ms;
	account_id peer;       /* that it made; 0: not used */
	uint8_t used_hash[32]; /* of the acceptance */
};

/* In: name to spread_bps, expires_ms; id and created_ms come back. Those that ended long ago go.
 * Errors: THEIRS_MALFORMED (name), THEIRS_BAD_ASSET, THEIRS_BAD_AMOUNT, THEIRS_CONFLICT (a peer has
 * the name), THEIRS_TOO_BIG (INVITATIONS_MAX). */
MUST_USE enum result batch_invitation_add(
        struct batch *b, const uint8_t token_hash[32], struct invitation_row *row);
/* One that was not used goes. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_invitation_revoke(struct batch *b, const struct id *id);

/* peer: ilp_address, url and tokens; the rest is the invitation's. acceptance: hash of all that was
 * sent. Errors: THEIRS_NOT_FOUND, THEIRS_CONFLICT (used by another acceptance), THEIRS_EXPIRED, and
 * those of batch_peer_add, of which THEIRS_CONFLICT becomes THEIRS_STATE. */
MUST_USE enum result batch_invitation_use(struct batch *b, const uint8_t token_hash[32],
        const uint8_t acceptance[32], const struct peer_new *peer);

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_invitation_get(struct reader *r, struct arena *a,
        const uint8_t token_hash[32], struct invitation_row *out);

/* Those that may still be used, the newest last, at most INVITATIONS_MAX. */
MUST_USE enum result store_invitation_list(struct reader *r, struct arena *a, int64_t now_ms,
        struct invitation_row **out, size_t *count);

#endif
