/* bench_ilp: packets received and forwarded (rows P1, P2, P3), and the same beside a full store
 * (P5). */
#include <stdio.h>
#include <stdlib.h>

#include "cli/bench_packets.h"
#include "cli/bench_run.h"

#define FORWARD_AMOUNT 1000 /* so that conversion and spread leave something */

/* A node and what is sent to it. */
struct ilp_bench {
	struct bench *b;
	struct bench_packets packets;
	struct bench_load load;
};

static void ilp_bench_init(struct ilp_bench *i, struct bench *b)
{
	*i = (struct ilp_bench){.b = b};
	i->load = (struct bench_load){.port = b->port,
	        .connections = b->connections,
	        .seconds = b->seconds,
	        .build = bench_packets_build,
	        .check = bench_packets_check,
	        .arg = &i->packets};
}

static bool add_load_peer(struct bench *b)
{
	return BENCH_COMMAND(b, NULL, "peer", "add", "load", "--asset", "USD", "--ilp-address",
	        "test.load", "--url", "http://127.0.0.1:9/ilp", "--outgoing-token", "unused",
	        "--incoming-token", b->token_in, "--credit-limit", BENCH_FUNDS, "--spread-bps",
	        "50");
}

/* ---- P1, P2: Prepares for a wallet ---- */

static bool credentials(struct bench *b, struct bench_packets *p)
{
	char body[BENCH_RESPONSE_BYTES];
	json_t *spsp;
	bool ok;

	if (bench_get(b->port, "/payee", "application/spsp4+json", body))
		return bench_fail(b, "spsp", "no answer");
	spsp = json_loads(body, 0, NULL);
	ok = bench_packets_init(p, json_string_value(json_object_get(spsp, "destination_account")),
	             json_string_value(json_object_get(spsp, "shared_secret")),
	             b->token_in) == RESULT_OK;
	json_decref(spsp);
	return ok ? true : bench_fail(b, "spsp", "unusable credentials");
}

static bool receive_begin(struct ilp_bench *i)
{
	return BENCH_COMMAND(i->b, NULL, "wallet", "add", "payee", "--asset", "USD") &&
	       credentials(i->b, &i->packets);
}

/* The wallet's balance must be the number of packets, each of one unit. */
static bool verify_balance(struct bench *b, uint64_t total)
{
	json_t *out = NULL;
	const char *value;
	bool ok;

	if (!BENCH_COMMAND(b, &out, "balance", "payee"))
		return false;
	value = json_string_value(json_object_get(json_object_get(out, "balance"), "value"));
	ok = value && strtoull(value, NULL, 10) == total;
	json_decref(out);
	return ok ? true : bench_fail(b, "receive", "the balance is not the number of packets");
}

bool bench_receive(struct bench *b)
{
	struct ilp_bench i;
	uint64_t many = 0, one = 0;
	bool ok;

	ilp_bench_init(&i, b);
	ok = bench_fresh_dir(b) && bench_yardstick(b, b->connections) && bench_yardstick(b, 1) &&
	     bench_node_start(b) && add_load_peer(b) && receive_begin(&i) &&
	     bench_measure(b, "P1", "packets received and credited", &i.load, b->runs, &many);
	i.load.connections = 1;
	ok = ok && bench_measure(b, "P2", "the same, 1 in flight", &i.load, b->runs, &one) &&
	     verify_balance(b, many + one) && BENCH_COMMAND(b, NULL, "audit");
	bench_packets_clear(&i.packets);
	bench_clean_up(b);
	return ok;
}

/* ---- P3: Prepares for another node ---- */

/* secret: 32 bytes in base64, which the next hop knows. */
static bool forward_init(struct ilp_bench *i, const char *secret)
{
	i->packets.amount = FORWARD_AMOUNT;
	return !bench_packets_init(&i->packets, "test.next.payee", secret, i->b->token_in) ||
	       bench_fail(i->b, "forward", "unusable credentials");
}

static bool forward_begin(struct bench *b, unsigned next_hop_port)
{
	char url[BENCH_TEXT_BYTES], token[TOKEN_TEXT_SIZE];

	token_random(token);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/ilp", next_hop_port);
	return BENCH_COMMAND(b, NULL, "asset", "deposit", "EUR", BENCH_FUNDS) &&
	       BENCH_COMMAND(b, NULL, "peer", "add", "next", "--asset", "EUR", "--ilp-address",
	               "test.next", "--url", url, "--outgoing-token", "sink", "--incoming-token",
	               token);
}

bool bench_forward(struct bench *b)
{
	struct ilp_bench i;
	char secret[TOKEN_TEXT_SIZE];
	uint64_t total;
	bool ok;

	token_random(secret);
	ok = bench_fresh_dir(b) && bench_yardstick(b, b->connections);
	ilp_bench_init(&i, b);
	ok = ok && forward_init(&i, secret) &&
	     bench_helper_start(
	             b, NEXT_HOP_PORT(b), BENCH_LOAD_CPU, bench_packets_answer, &i.packets) &&
	     bench_node_start(b) && add_load_peer(b) && forward_begin(b, NEXT_HOP_PORT(b)) &&
	     bench_measure(b, "P3", "packets forwarded, USD to EUR", &i.load, b->runs, &total) &&
	     BENCH_COMMAND(b, NULL, "audit");
	bench_packets_clear(&i.packets);
	bench_clean_up(b);
	return ok;
}

/* ---- P5: both, with an empty and with a full store ---- */

enum { EMPTY, FULL, STORES };

struct store_bench {
	struct bench node[STORES];
	struct ilp_bench receive[STORES], forward[STORES];
};

/* Each store's node does both, so that one filling is enough. */
static bool store_begin(struct store_bench *s, int which, const char *secret, unsigned next_hop)
{
	struct bench *b = &s->node[which];

	if (!bench_fresh_dir(b))
		return false;
	ilp_bench_init(&s->receive[which], b);
	ilp_bench_init(&s->forward[which], b);
	return bench_node_start(b) && add_load_peer(b) && receive_begin(&s->receive[which]) &&
	       forward_begin(b, next_hop) && forward_init(&s->forward[which], secret);
}

static bool store_measure(struct bench *b, struct store_bench *s)
{
	struct bench_entry receive[STORES] = {
	        {&s->node[EMPTY], "received, empty store", &s->receive[EMPTY].load, 0},
	        {&s->node[FULL], "received, full store", &s->receive[FULL].load, 0}};
	struct bench_entry forward[STORES] = {
	        {&s->node[EMPTY], "forwarded, empty store", &s->forward[EMPTY].load, 0},
	        {&s->node[FULL], "forwarded, full store", &s->forward[FULL].load, 0}};
	bool ok = bench_measure_all(b, "P1", receive, STORES, b->runs) &&
	          bench_helper_start(b, NEXT_HOP_PORT(b), BENCH_LOAD_CPU, bench_packets_answer,
	                  &s->forward[EMPTY].packets) &&
	          bench_measure_all(b, "P3", forward, STORES, b->runs);

	for (int i = 0; ok && i < STORES; i++)
		ok = verify_balance(&s->node[i], receive[i].total) &&
		     BENCH_COMMAND(&s->node[i], NULL, "audit");
	return ok;
}

bool bench_store(struct bench *b)
{
	struct store_bench s = {.node = {*b, *b}};
	char secret[TOKEN_TEXT_SIZE];
	bool ok;

	if (!b->prepare)
		return bench_fail(b, "store", "--prepare names the program that fills the store");
	token_random(secret);
	s.node[EMPTY].prepare = NULL;
	s.node[FULL].port = FULL_PORT(b);
	ok = store_begin(&s, EMPTY, secret, NEXT_HOP_PORT(b)) &&
	     store_begin(&s, FULL, secret, NEXT_HOP_PORT(b)) && store_measure(b, &s);
	for (int i = 0; i < STORES; i++) {
		bench_packets_clear(&s.receive[i].packets);
		bench_packets_clear(&s.forward[i].packets);
		bench_clean_up(&s.node[i]);
	}
	bench_clean_up(b);
	return ok;
}
