/* quote_data: data that goes to a payment's receiver when all the money has arrived.
 *
 * It is written to the quote in pieces, in order, before this is used, and kept until the payment
 * has ended. Errors of store.h and batch.h apply; each verb names its others.
 */
#ifndef FLORIN_STORE_QUOTE_DATA_H
#define FLORIN_STORE_QUOTE_DATA_H

#include "store/batch.h"

#define QUOTE_DATA_MAX  1048576 /* bytes of one payment */
#define QUOTE_PIECE_MAX 24576   /* of one piece */

struct quote_data {
	uint64_t size;        /* 0: there is none */
	uint64_t delivered;   /* so much, from the first byte */
	int64_t delivered_ms; /* all of it, and the receiver knows that it is all; 0: not */
};

MUST_USE enum result store_quote_data_get(
        struct reader *r, const struct id *quote, struct quote_data *out);
/* Up to n bytes from `offset` on, of one piece. *got 0: there are none. */
MUST_USE enum result store_quote_data_read(struct reader *r, const struct id *quote,
        uint64_t offset, uint8_t *out, size_t n, size_t *got);

/* The next piece of 1 to QUOTE_PIECE_MAX bytes, which begins at `offset`. *size: what there is now.
 * Errors: THEIRS_NOT_FOUND, THEIRS_EXPIRED (the quote), THEIRS_CONFLICT (it was used), THEIRS_STATE
 * (its receiver is a wallet of this node, or it gives money back: these take no data),
 * THEIRS_MALFORMED (`offset` is not the end of what is there), THEIRS_TOO_BIG. */
MUST_USE enum result batch_quote_data_add(struct batch *b, const struct id *quote, uint64_t offset,
        struct bytes piece, uint64_t *size);
/* So much is with the receiver; whole: and it knows that it is all. */
MUST_USE enum result batch_quote_data_told(
        struct batch *b, const struct id *quote, uint64_t delivered, bool whole);
/* The payment ends: its pieces are not needed any more. */
MUST_USE enum result batch_quote_data_drop(struct batch *b, account_id payment);

#endif
