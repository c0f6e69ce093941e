/* quote: what a payment costs and brings, before it is made.
 *
 * A quote that is accepted executes on a path that keeps its rate: what it demands of packets
 * is never more than what packets of the path's size deliver, rounded down one by one. Nothing is
 * lost: debit = fee + send, to the unit, and a rate of 1 delivers all of send.
 */
#ifndef FLORIN_MODEL_QUOTE_H
#define FLORIN_MODEL_QUOTE_H

#include <stdint.h>

#include "base/amount.h"
#include "base/result.h"
#include "model/pay_math.h"

struct quote_fee {
	uint64_t fixed;
	unsigned bps; /* rounded up; below BPS_ONE */
};

/* By debit amount: ceil(debit * bps) + fixed, taken from it.
 * Errors: THEIRS_BAD_AMOUNT (nothing is left to send, or a fee of BPS_ONE). */
MUST_USE enum result quote_fee_of_debit(const struct quote_fee *fee, uint64_t debit, uint64_t *out);
/* By receive amount: ceil(send * bps) + fixed, on top of what is sent.
 * Errors: THEIRS_BAD_AMOUNT (nothing to send, a fee of BPS_ONE, more than AMOUNT_MAX together). */
MUST_USE enum result quote_fee_on_top(const struct quote_fee *fee, uint64_t send, uint64_t *out);
/* The smallest debit of which quote_fee_of_debit leaves exactly `send`: what a payer must be told
 * to pay at least. Errors: THEIRS_BAD_AMOUNT (above AMOUNT_MAX). */
MUST_USE enum result quote_debit_for_send(
        const struct quote_fee *fee, uint64_t send, uint64_t *out);

/* What of the fee is due for a payment that ended before its end: as much of it as `sent`, which
 * was fulfilled, is of `send`, all that was to be sent; rounded down, in the payer's favour. sent
 * <= send, send > 0. */
uint64_t quote_fee_of_part(uint64_t fee, uint64_t send, uint64_t sent);

/* What was learnt about the path. */
struct quote_path {
	struct pay_bounds bounds; /* known */
	uint64_t max_packet;      /* source units; UINT64_MAX without a limit */
	unsigned slippage_bps;    /* how much worse than now the rate may get; BPS_ONE: anything */
};

/* One packet is enough, and the path has said what exactly it brings: from here on that is its
 * rate. */
void quote_path_know(struct quote_path *path, uint64_t source, uint64_t destination);

struct quote {
	uint64_t debit;         /* what the payer pays, the fee included */
	uint64_t fee;           /* what this node keeps */
	uint64_t send;          /* the most that goes out: debit - fee */
	uint64_t expected_send; /* what of it is needed at today's rate; the rest is given back */
	uint64_t receive;       /* what arrives at today's rate, packets rounded down one by one */
	struct pay_limits limits; /* for the sender: max_source = send, min_delivery */
	struct ratio min_rate;    /* for the sender: what each packet must bring */
};

/* By debit amount: all of what is left after the fee is sent.
 * Errors: THEIRS_BAD_AMOUNT (too little to pay the fee or to deliver one unit, or too much). */
MUST_USE enum result quote_by_debit(const struct quote_fee *fee, const struct quote_path *path,
        uint64_t debit, struct quote *out);
/* By receive amount: exactly `receive` is asked for; what of `send` is not needed goes back to the
 * payer. Errors: as above; THEIRS_NO_RATE (the path's rate is 0). */
MUST_USE enum result quote_by_receive(const struct quote_fee *fee, const struct quote_path *path,
        uint64_t receive, struct quote *out);

#endif
