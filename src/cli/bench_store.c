/* bench_store: packets, incoming payments and outgoing payments with a full store, beside the same
 * with an empty one (row P5). Two nodes take turns at each run. */
#include <stdlib.h>

#include "cli/bench_api.h"
#include "cli/bench_ilp.h"
#include "cli/bench_pay.h"

enum { EMPTY, FULL, STORES };

static const char *const of_store[STORES] = {[EMPTY] = "empty store", [FULL] = "full store"};

struct store_bench {
	struct bench node[STORES];
	struct ilp_bench receive[STORES], forward[STORES];
	struct signed_load create[STORES];
	struct pay_load pay[STORES];
	struct bench payee; /* of the payments of both */
};

static bool measure(struct bench *b, const char *row, struct bench_entry entries[STORES])
{
	for (int i = 0; i < STORES; i++)
		entries[i].what = of_store[i];
	return bench_measure_all(b, row, entries, STORES, b->runs);
}

static bool packets_begin(struct store_bench *s, int i, const char *secret, unsigned next_hop)
{
	struct bench *b = &s->node[i];

	ilp_bench_init(&s->receive[i], b);
	ilp_bench_init(&s->forward[i], b);
	return bench_fresh_dir(b) && bench_node_start(b) && ilp_bench_add_peer(b) &&
	       ilp_bench_receive(&s->receive[i]) && ilp_bench_forward(b, next_hop) &&
	       ilp_bench_aim_beyond(&s->forward[i], secret);
}

static bool packets(struct bench *b, struct store_bench *s)
{
	struct bench_entry receive[STORES], forward[STORES];
	bool ok;

	for (int i = 0; i < STORES; i++) {
		receive[i] = (struct bench_entry){&s->node[i], "", &s->receive[i].load, 0};
		forward[i] = (struct bench_entry){&s->node[i], "", &s->forward[i].load, 0};
	}
	ok = measure(b, "P1", receive) &&
	     bench_helper_start(b, NEXT_HOP_PORT(b), BENCH_LOAD_CPU, bench_packets_answer,
	             &s->forward[EMPTY].packets) &&
	     measure(b, "P3", forward);
	bench_helper_stop(b);
	for (int i = 0; ok && i < STORES; i++)
		ok = bench_verify_balance(&s->node[i], "payee", receive[i].total);
	return ok;
}

static bool incoming(struct bench *b, struct store_bench *s)
{
	struct bench_load load[STORES];
	struct bench_entry entries[STORES];
	bool ok = true;

	for (int i = 0; ok && i < STORES; i++) {
		ok = signed_load_create(&s->node[i], &s->create[i], &load[i]);
		entries[i] = (struct bench_entry){&s->node[i], "", &load[i], 0};
	}
	return ok && measure(b, "P8", entries);
}

static bool payments(struct bench *b, struct store_bench *s)
{
	static const char *const names[STORES] = {"empty-node", "full-node"};
	struct bench_load load[STORES];
	struct bench_entry entries[STORES];
	bool ok = pay_load_payee(b, &s->payee);

	for (int i = 0; ok && i < STORES; i++) {
		ok = pay_load_begin(&s->node[i], &s->payee, names[i], &s->pay[i]);
		load[i] = pay_load_of(&s->node[i], &s->pay[i]);
		entries[i] = (struct bench_entry){&s->node[i], "", &load[i], 0};
	}
	return ok && measure(b, "P9", entries) && BENCH_COMMAND(&s->payee, NULL, "audit");
}

bool bench_store(struct bench *b)
{
	struct store_bench *s = calloc(1, sizeof(*s));
	char secret[TOKEN_TEXT_SIZE];
	bool ok = s != NULL;

	if (!b->prepare)
		ok = bench_fail(b, "store", "--prepare names the program that fills the store");
	token_random(secret);
	for (int i = 0; s && i < STORES; i++)
		s->node[i] = *b;
	if (ok) {
		s->node[EMPTY].prepare = NULL;
		s->node[FULL].port = FULL_PORT(b);
		s->payee.cli = b->cli;
	}
	/* Each store's node does everything, so that one filling is enough. */
	for (int i = 0; ok && i < STORES; i++)
		ok = packets_begin(s, i, secret, NEXT_HOP_PORT(b));
	ok = ok && packets(b, s) && incoming(b, s) && payments(b, s);
	for (int i = 0; s && i < STORES; i++) {
		ok = ok && BENCH_COMMAND(&s->node[i], NULL, "audit");
		bench_packets_clear(&s->receive[i].packets);
		bench_packets_clear(&s->forward[i].packets);
		bench_clean_up(&s->node[i]);
	}
	if (s)
		bench_clean_up(&s->payee);
	free(s);
	bench_clean_up(b);
	return ok;
}
