/* bench_pay: whole outgoing payments, from the quote to the end (rows P4, P9, P10).
 *
 * Each connection walks through one payment after the other over the admin API of the paying node:
 * a quote, the payment, and a wait for its end. What is counted and timed is the whole payment.
 */
#ifndef FLORIN_CLI_BENCH_PAY_H
#define FLORIN_CLI_BENCH_PAY_H

#include "base/id.h"
#include "cli/bench_run.h"

enum pay_step { PAY_QUOTE, PAY_CREATE, PAY_WAIT };

struct pay_walk {
	enum pay_step step;
	char id[ID_TEXT_SIZE]; /* of the quote, then of the payment */
};

struct pay_load {
	char token[TOKEN_TEXT_SIZE];
	char receiver[BENCH_TEXT_BYTES];
	struct pay_walk walks[BENCH_CONNECTIONS_MAX];
};

/* A second node with a wallet `payee`, at NEXT_HOP_PORT. */
bool pay_load_payee(const struct bench *b, struct bench *payee);
/* A wallet `payer` of b's node, and both nodes as peers; name: of b's node as the payee's peer. l
 * is zeroed and outlives the load. */
bool pay_load_begin(struct bench *b, struct bench *payee, const char *name, struct pay_load *l);
struct bench_load pay_load_of(const struct bench *b, struct pay_load *l);

#endif
