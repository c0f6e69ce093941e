/* bench_ilp: packets received and forwarded (rows P1, P2, P3). */
#include <stdio.h>
#include <stdlib.h>

#include "cli/bench_packets.h"
#include "cli/bench_run.h"

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

/* The wallet's balance must be the number of packets, each of one unit, and the books clean. */
static bool verify_receive(struct bench *b, uint64_t total)
{
	json_t *out = NULL;
	const char *value;
	bool ok;

	if (!BENCH_COMMAND(b, &out, "balance", "payee"))
		return false;
	value = json_string_value(json_object_get(json_object_get(out, "balance"), "value"));
	ok = value && strtoull(value, NULL, 10) == total;
	json_decref(out);
	return (ok ? true : bench_fail(b, "receive", "the balance is not the number of packets")) &&
	       BENCH_COMMAND(b, NULL, "audit");
}

bool bench_receive(struct bench *b)
{
	struct bench_packets packets = {0};
	struct bench_load load = {.port = b->port,
	        .connections = b->connections,
	        .seconds = b->seconds,
	        .build = bench_packets_build,
	        .check = bench_packets_check,
	        .arg = &packets};
	uint64_t many = 0, one = 0;
	bool ok =
	        bench_fresh_dir(b) && bench_yardstick(b, b->connections) && bench_yardstick(b, 1) &&
	        bench_node_start(b) &&
	        BENCH_COMMAND(b, NULL, "peer", "add", "load", "--asset", "USD", "--ilp-address",
	                "test.load", "--url", "http://127.0.0.1:9/ilp", "--outgoing-token",
	                "unused", "--incoming-token", b->token_in, "--credit-limit", BENCH_FUNDS) &&
	        BENCH_COMMAND(b, NULL, "wallet", "add", "payee", "--asset", "USD") &&
	        credentials(b, &packets) &&
	        bench_measure(b, "P1", "packets received and credited", &load, b->runs, &many);

	load.connections = 1;
	ok = ok && bench_measure(b, "P2", "the same, 1 in flight", &load, b->runs, &one) &&
	     verify_receive(b, many + one);
	bench_packets_clear(&packets);
	bench_clean_up(b);
	return ok;
}

/* ---- P3: Prepares for another node ---- */

bool bench_forward(struct bench *b)
{
	struct bench_packets packets = {0};
	struct bench_load load = {.port = b->port,
	        .connections = b->connections,
	        .seconds = b->seconds,
	        .build = bench_packets_build,
	        .check = bench_packets_check,
	        .arg = &packets};
	char url[BENCH_TEXT_BYTES], secret[TOKEN_TEXT_SIZE];
	uint64_t total;
	bool ok;

	token_random(secret); /* 32 bytes in base64 */
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/ilp", NEXT_HOP_PORT(b));
	packets.amount = 1000;
	ok = bench_fresh_dir(b) && bench_yardstick(b, b->connections) &&
	     bench_packets_init(&packets, "test.next.payee", secret, b->token_in) == RESULT_OK &&
	     bench_helper_start(
	             b, NEXT_HOP_PORT(b), BENCH_LOAD_CPU, bench_packets_answer, &packets) &&
	     bench_node_start(b) &&
	     BENCH_COMMAND(b, NULL, "asset", "deposit", "EUR", BENCH_FUNDS) &&
	     BENCH_COMMAND(b, NULL, "peer", "add", "load", "--asset", "USD", "--ilp-address",
	             "test.load", "--url", "http://127.0.0.1:9/ilp", "--outgoing-token", "unused",
	             "--incoming-token", b->token_in, "--credit-limit", BENCH_FUNDS, "--spread-bps",
	             "50") &&
	     BENCH_COMMAND(b, NULL, "peer", "add", "next", "--asset", "EUR", "--ilp-address",
	             "test.next", "--url", url, "--outgoing-token", "sink", "--incoming-token",
	             secret) &&
	     bench_measure(b, "P3", "packets forwarded, USD to EUR", &load, b->runs, &total) &&
	     BENCH_COMMAND(b, NULL, "audit");
	bench_packets_clear(&packets);
	bench_clean_up(b);
	return ok;
}
