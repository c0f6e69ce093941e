/* note: what people write along with payments, and what wallets answer by themselves.
 *
 * A note is text of at most NOTE_BYTES_MAX bytes (text_is_clean_utf8), of a payment of either
 * direction. Errors of store.h and batch.h apply; each verb names its others.
 */
#ifndef FLORIN_STORE_NOTE_H
#define FLORIN_STORE_NOTE_H

#include "store/batch.h"

#define NOTE_BYTES_MAX        2000
#define NOTES_PER_PAYMENT_MAX 8 /* that others write to one incoming payment */

struct note_row {
	bool received; /* else written on this node */
	const char *text;
	int64_t created_ms;
	int64_t delivered_ms; /* the other end has it; 0: nothing says so */
};

/* Of one payment, oldest first, at most LIMIT_PAGE_SIZE. */
MUST_USE enum result store_note_list_outgoing(struct reader *r, struct arena *a, account_id payment,
        struct note_row **out, size_t *count);
MUST_USE enum result store_note_list_incoming(
        struct reader *r, struct arena *a, int64_t incoming, struct note_row **out, size_t *count);
/* What is still to be told the receiver of a payment; NULL: nothing. */
MUST_USE enum result store_note_to_send(
        struct reader *r, struct arena *a, account_id payment, const char **out);
/* A wallet's automatic answer; NULL: none. */
MUST_USE enum result store_wallet_reply_get(
        struct reader *r, struct arena *a, account_id wallet, const char **out);

/* Of a payment of this node that does not exist yet, or just does: its receiver is to be told.
 * Errors: THEIRS_MALFORMED, THEIRS_TOO_BIG (the text). */
MUST_USE enum result batch_note_write(struct batch *b, account_id payment, const char *text);
/* The receiver has it, and may have answered. An answer that is no note is passed over. */
MUST_USE enum result batch_note_delivered(struct batch *b, account_id payment, struct bytes reply);

/* The payment's receiver is a wallet of this node: its note goes to that incoming payment (0: to
 * none, and stays untold), and the wallet's answer comes back. */
MUST_USE enum result batch_note_local(
        struct batch *b, account_id payment, int64_t incoming, account_id receiver);

/* Somebody wrote to an incoming payment. The same again is there already. The wallet's answer, NULL
 * for none, is kept beside it. Errors: THEIRS_NOT_FOUND, THEIRS_MALFORMED, THEIRS_TOO_BIG (the
 * text, or more than NOTES_PER_PAYMENT_MAX), those of incoming_takes_note: whoever knows the
 * payment's address could write otherwise, and be answered. */
struct note_arrived {
	int64_t incoming; /* key */
	uint64_t stream;
	struct bytes text;
	const char *reply;
};
MUST_USE enum result batch_note_arrived(struct batch *b, const struct note_arrived *n);

/* "" takes it away. Errors: THEIRS_MALFORMED, THEIRS_TOO_BIG. */
MUST_USE enum result batch_wallet_reply_set(struct batch *b, account_id wallet, const char *text);

#endif
