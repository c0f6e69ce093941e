/* visit: payers who pay a wallet of ours from the page of its address, out of a wallet of theirs on
 * another server: what is known of each until the payment is on its way, so that a restart between
 * two steps loses nobody's money. Strangers make them: they are bounded and end by themselves.
 *
 * ASKED: their wallet asks its holder. GOING: the holder has agreed, and their servers are being
 * told; it is claimed once. SENDING: their payment was made. ENDED: nothing more comes of it.
 * Common errors and arenas: store.h and batch.h.
 */
#ifndef FLORIN_STORE_VISIT_H
#define FLORIN_STORE_VISIT_H

#include "store/batch.h"
#include "store/store.h"

#define VISITS_MAX      10000
#define VISIT_LIFE_MS   ((int64_t)24 * 3600 * 1000)
#define VISIT_FACTS_MAX (16 * 1024) /* bytes */

enum visit_state { VISIT_ASKED, VISIT_GOING, VISIT_SENDING, VISIT_ENDED, VISIT_STATES };

struct visit_row {
	struct id id;
	uint8_t browser[32];
	struct id incoming;
	enum visit_state state;
	const char *facts;  /* a JSON object */
	const char *secret; /* at most SEAL_TEXT_MAX bytes: never log */
	int64_t created_ms, expires_ms;
};

/* Errors: THEIRS_NOT_FOUND (also one that is over). */
MUST_USE enum result store_visit_get(struct reader *r, struct arena *a, const struct id *id,
        int64_t now_ms, struct visit_row *out);

/* v->id, browser, incoming, facts and secret; the rest is filled in. Of VISITS_MAX the oldest that
 * is ASKED or ENDED gives way. Errors: RETRY_BUSY (none is), THEIRS_TOO_BIG (a text). */
MUST_USE enum result batch_visit_add(struct batch *b, struct visit_row *v);
/* From this state to the next one, with v's state, facts and secret. Errors: THEIRS_NOT_FOUND,
 * THEIRS_STATE (it is in another one), THEIRS_TOO_BIG. */
MUST_USE enum result batch_visit_step(
        struct batch *b, enum visit_state from, const struct visit_row *v);

#endif
