/* replay: which Prepares were seen, and what we answered; the memory behind replay_claim.
 *
 * A bounded set in the writer, used by its thread only. A key is in progress until it is finished
 * with a reply or dropped; finished ones are forgotten after their expiry, or before it when the
 * set is full, oldest first: a repetition later than that is a new packet with its own debit.
 * Those in progress are never forgotten.
 */
#ifndef FLORIN_STORE_REPLAY_H
#define FLORIN_STORE_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mailbox.h"
#include "base/result.h"

struct replay_set;

enum replay_state {
	REPLAY_NEW,         /* now in progress, and yours to finish or drop */
	REPLAY_IN_PROGRESS, /* somebody's: wait for it with replay_wait */
	REPLAY_KNOWN        /* finished: *reply is what was answered */
};

/* At most `entries` keys and `bytes` of replies. Errors: OURS_MEMORY. */
MUST_USE enum result replay_new(size_t entries, size_t bytes, struct replay_set **out);
void replay_free(struct replay_set *s);

/* Errors: RETRY_BUSY (full of keys in progress), OURS_MEMORY. *reply is good until
 * the next call. */
MUST_USE enum result replay_begin(struct replay_set *s, const uint8_t key[32], int64_t now_ms,
        int64_t expires_at_ms, enum replay_state *state, struct bytes *reply);
/* Puts a message among those that wait for a key in progress. */
void replay_wait(struct replay_set *s, const uint8_t key[32], struct mail *waiting);
/* Keeps the reply; who waited is added to `woken`. A key that is not in progress is ignored. */
void replay_finish(
        struct replay_set *s, const uint8_t key[32], struct bytes reply, struct mail_list *woken);
/* Forgets a key in progress, whose operation changed nothing; who waited is added to `woken`. */
void replay_drop(struct replay_set *s, const uint8_t key[32], struct mail_list *woken);

size_t replay_count(const struct replay_set *s);
size_t replay_bytes(const struct replay_set *s);

#endif
