/* quote_local: a payment between two wallets of this node, whose rate is known and will not move
 * before it is made: no probing, no slippage, one rounding. */
#ifndef FLORIN_MODEL_QUOTE_LOCAL_H
#define FLORIN_MODEL_QUOTE_LOCAL_H

#include "model/quote.h"

/* rate: smallest units received per smallest unit sent. All that is left after the fee is sent;
 * floor(send * rate) arrives. Errors: THEIRS_BAD_AMOUNT (nothing would arrive, or too much). */
MUST_USE enum result quote_local_by_debit(
        const struct quote_fee *fee, const struct ratio *rate, uint64_t debit, struct quote *out);
/* Exactly `receive` arrives, for ceil(receive / rate) sent. Errors: THEIRS_BAD_AMOUNT. */
MUST_USE enum result quote_local_by_receive(
        const struct quote_fee *fee, const struct ratio *rate, uint64_t receive, struct quote *out);
/* The smallest debit of which anything arrives. Errors: THEIRS_BAD_AMOUNT (none does). */
MUST_USE enum result quote_local_least(
        const struct quote_fee *fee, const struct ratio *rate, uint64_t *out_debit);

#endif
