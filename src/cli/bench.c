/* bench: this node's own figures on this machine.
 *
 * Each part makes nodes of its own in a temporary directory, loads them over loopback with the
 * server on one processor and the load on another, verifies what it measured (every fulfillment,
 * balances, audit) and prints the figures beside a yardstick of the same run: a bare HTTP exchange.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench_run.h"
#include "cli/command_table.h"

#define BENCH_PORT        4900 /* the node; its admin API is on the next one */
#define BENCH_CONNECTIONS 128
#define BENCH_SECONDS     5
#define BENCH_RUNS        5

static int bench(struct cli *cli)
{
	static const struct {
		const char *name;
		bool (*run)(struct bench *b);
	} parts[] = {{"receive", bench_receive}, {"forward", bench_forward}, {"read", bench_read},
	        {"grant", bench_grants}, {"create", bench_create}, {"send", bench_send},
	        {"local", bench_local}, {"idle", bench_idle}, {"store", bench_store}};
	uint64_t port = BENCH_PORT, connections = BENCH_CONNECTIONS, seconds = BENCH_SECONDS,
	         runs = BENCH_RUNS, beside = 0;
	struct bench b = {.cli = cli};
	bool known = cli->args_n == 0, ok = true;
	int status = cli_number(cli, "port", 65000, &port);

	if (!status)
		status = cli_number(cli, "connections", BENCH_CONNECTIONS_MAX, &connections);
	if (!status)
		status = cli_number(cli, "seconds", BENCH_SECONDS_MAX, &seconds);
	if (!status)
		status = cli_number(cli, "runs", BENCH_RUNS_MAX, &runs);
	if (!status)
		status = cli_number(cli, "beside", 65535, &beside);
	if (status)
		return status;
	b.beside = (unsigned)beside;
	b.port = (unsigned)port;
	b.connections = connections ? (unsigned)connections : 1;
	b.seconds = seconds ? (unsigned)seconds : 1;
	b.runs = runs ? (unsigned)runs : 1;
	b.prepare = cli_text(cli, "prepare");
	b.rows = json_array();
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (cli->args_n ? strcmp(cli->args[0], parts[i].name) != 0
		                : parts[i].run == bench_store && !b.prepare)
			continue;
		known = true;
		ok = parts[i].run(&b) && ok;
	}
	if (!known)
		status = cli_fail(cli, EXIT_USAGE, cli->args[0], "",
		        "the parts are receive, forward, read, grant, create, send, local, idle "
		        "and store");
	else if (!ok)
		status = EXIT_REFUSED;
	if (!status && cli->json) {
		char *text = json_dumps(b.rows, JSON_COMPACT | JSON_REAL_PRECISION(6));

		printf("{\"items\":%s,\"nextCursor\":null}\n", text ? text : "[]");
		free(text);
	}
	json_decref(b.rows);
	return status;
}

static const struct option bench_options[] = {
        {"seconds", "N", "length of each run (default 5)", 0},
        {"runs", "N", "counted runs of each row (default 5)", 0},
        {"connections", "N", "requests in flight (default 128)", 0},
        {"prepare", "PROGRAM", "run on each new node's directory before it starts", 0},
        {"beside", "P", "read from the server at this port as well (part read)", 0},
        {"port", "P", "the first of the ports P, P+1, P+20, P+30, P+40 and P+41 (default 4900)", 0},
        {0},
};

const struct command bench_commands[] = {
        {"bench", "[PART]",
                "figures of this machine: receive, forward, read, grant, create, send, local, "
                "idle, store",
                0, 1, bench_options, bench},
        {0},
};
