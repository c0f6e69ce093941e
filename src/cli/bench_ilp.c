#include "cli/bench_ilp.h"

#include <stdio.h>
#include <stdlib.h>

#define FORWARD_AMOUNT 1000 /* so that conversion and spread leave something */

void ilp_bench_init(struct ilp_bench *i, struct bench *b)
{
	*i = (struct ilp_bench){.b = b};
	i->load = (struct bench_load){.port = b->port,
	        .connections = b->connections,
	        .seconds = b->seconds,
	        .build = bench_packets_build,
	        .check = bench_packets_check,
	        .arg = &i->packets};
}

bool ilp_bench_add_peer(struct bench *b)
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

bool ilp_bench_receive(struct ilp_bench *i)
{
	return BENCH_COMMAND(i->b, NULL, "wallet", "add", "payee", "--asset", "USD") &&
	       credentials(i->b, &i->packets);
}

bool bench_receive(struct bench *b)
{
	struct ilp_bench i;
	uint64_t many = 0, one = 0;
	bool ok;

	ilp_bench_init(&i, b);
	ok = bench_fresh_dir(b) && bench_yardstick(b, b->connections) && bench_yardstick(b, 1) &&
	     bench_node_start(b) && ilp_bench_add_peer(b) && ilp_bench_receive(&i) &&
	     bench_measure(b, "P1", "packets received and credited", &i.load, b->runs, &many);
	i.load.connections = 1;
	ok = ok && bench_measure(b, "P2", "the same, 1 in flight", &i.load, b->runs, &one) &&
	     bench_verify_balance(b, "payee", many + one) && BENCH_COMMAND(b, NULL, "audit");
	bench_packets_clear(&i.packets);
	bench_clean_up(b);
	return ok;
}

/* ---- P3: Prepares for another node ---- */

/* secret: 32 bytes in base64, which the next hop knows. */
bool ilp_bench_aim_beyond(struct ilp_bench *i, const char *secret)
{
	i->packets.amount = FORWARD_AMOUNT;
	return !bench_packets_init(&i->packets, "test.next.payee", secret, i->b->token_in) ||
	       bench_fail(i->b, "forward", "unusable credentials");
}

bool ilp_bench_forward(struct bench *b, unsigned next_hop_port)
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
	ok = ok && ilp_bench_aim_beyond(&i, secret) &&
	     bench_helper_start(
	             b, NEXT_HOP_PORT(b), BENCH_LOAD_CPU, bench_packets_answer, &i.packets) &&
	     bench_node_start(b) && ilp_bench_add_peer(b) &&
	     ilp_bench_forward(b, NEXT_HOP_PORT(b)) &&
	     bench_measure(b, "P3", "packets forwarded, USD to EUR", &i.load, b->runs, &total) &&
	     BENCH_COMMAND(b, NULL, "audit");
	bench_packets_clear(&i.packets);
	bench_clean_up(b);
	return ok;
}
