/* bench_read: wallet address documents (row P6). */
#include <string.h>

#include "cli/bench_run.h"

static void read_build(void *arg, unsigned connection, struct buf *request)
{
	static const char text[] = "GET /payee HTTP/1.1\r\nHost: localhost\r\n"
	                           "Accept: application/json\r\n\r\n";

	(void)arg;
	(void)connection;
	buf_put(request, text, sizeof(text) - 1);
}

/* Each document is the one that was read before the load began. */
static bool read_check(void *arg, unsigned connection, struct bytes body)
{
	(void)connection;
	return bytes_eq_str(body, arg);
}

/* Another server that answers such a request, whatever it says. */
static bool anything(void *arg, unsigned connection, struct bytes body)
{
	(void)arg;
	(void)connection;
	return body.n > 0;
}

static bool read_beside(struct bench *b, struct bench_load load)
{
	uint64_t total;

	if (!b->beside)
		return true;
	load.port = b->beside;
	load.check = anything;
	return bench_measure(b, "--", "the server beside", &load, b->runs, &total);
}

bool bench_read(struct bench *b)
{
	char document[BENCH_RESPONSE_BYTES];
	struct bench_load load = {.port = b->port,
	        .connections = b->connections,
	        .seconds = b->seconds,
	        .build = read_build,
	        .check = read_check,
	        .arg = document};
	uint64_t total;
	bool ok = bench_fresh_dir(b) && bench_yardstick(b, b->connections) &&
	          read_beside(b, load) && bench_node_start(b) &&
	          BENCH_COMMAND(b, NULL, "wallet", "add", "payee", "--asset", "USD") &&
	          (!bench_get(b->port, "/payee", "application/json", document) ||
	                  bench_fail(b, "/payee", "no answer")) &&
	          bench_measure(b, "P6", "wallet address documents", &load, b->runs, &total);

	bench_clean_up(b);
	return ok;
}
