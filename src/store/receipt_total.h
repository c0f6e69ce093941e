/* receipt_total: what has arrived on a connection whose payer wants receipts. A receipt says no
 * more than was committed, since both happen in one transaction.
 */
#ifndef FLORIN_STORE_RECEIPT_TOTAL_H
#define FLORIN_STORE_RECEIPT_TOTAL_H

#include "store/batch.h"

#define RECEIPT_CONNECTION_SIZE 16
#define RECEIPT_KEEP_MS         (7 * 24 * 3600 * 1000LL) /* after the last packet */
#define RECEIPT_DROP_MAX        4                        /* old ones, for each new one */

/* amount more has arrived. *total: in all, at most 2^63-1. Errors of batch.h. */
MUST_USE enum result batch_receipt_add(struct batch *b,
        const uint8_t connection[RECEIPT_CONNECTION_SIZE], uint64_t amount, uint64_t *total);

#endif
