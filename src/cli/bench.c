/* bench: this node's own figures on this machine.
 *
 * Each part makes nodes of its own in a temporary directory, loads them over loopback with the
 * server on one processor and the load on another, verifies what it measured (every fulfillment,
 * balances, audit) and prints the figures beside a yardstick of the same run: a bare HTTP exchange.
 */
#include <jansson.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "cli/bench_load.h"
#include "cli/bench_packets.h"
#include "cli/child.h"
#include "cli/command_table.h"

#define BENCH_PORT        4900 /* the node; its admin API is on the next one */
#define NEXT_HOP_PORT(b)  ((b)->port + 20)
#define YARDSTICK_PORT(b) ((b)->port + 30)
#define BENCH_CONNECTIONS 128
#define BENCH_SECONDS     5
#define BENCH_RUNS        5
#define RUNS_MAX          32
#define TEXT_BYTES        160
#define SERVER_CPU        0
#define LOAD_CPU          1
#define HELPER_TRIES      100 /* to reach the other end, HELPER_PAUSE_US apart */
#define HELPER_PAUSE_US   10000
#define PEER_CREDIT       "90000000000000000.00"

struct bench {
	struct cli *cli;
	char dir[CHILD_DIR_BYTES];
	unsigned port;
	unsigned connections;
	unsigned seconds;
	unsigned runs;
	const char *prepare; /* program to run on a new node's directory, or NULL */
	struct spawn_server node;
	pid_t helper; /* yardstick or next hop */
	char token_in[TOKEN_TEXT_SIZE];
	json_t *rows;
};

static bool fail(const struct bench *b, const char *what, const char *why)
{
	cli_fail(b->cli, EXIT_REFUSED, what, "", "%s", why);
	return false;
}

static bool run(const struct bench *b, json_t **out, const char *const *args)
{
	return !child_run(b->dir, args, out) || fail(b, args[0], "the command failed");
}

#define RUN(b, out, ...) run(b, out, (const char *const[]){__VA_ARGS__, NULL})

/* ---- nodes ---- */

/* Before a new node is started: a store of any size can be made here. */
static bool prepare(const struct bench *b)
{
	const char *argv[] = {b->prepare, b->dir, NULL};
	int status = 0;
	pid_t pid;

	if (!b->prepare)
		return true;
	if (posix_spawnp(&pid, b->prepare, NULL, NULL, (char *const *)(uintptr_t)argv, environ) !=
	                0 ||
	        waitpid(pid, &status, 0) != pid)
		return fail(b, b->prepare, "can't be run");
	return status == 0 ? true : fail(b, b->prepare, "failed");
}

static bool node_serve(struct bench *b)
{
	enum result r;

	/* The load is one peer, and its rate is what is to be found. */
	setenv("FLORIN_LIMITS_PACKETS_PER_PEER_PER_S", "0", 1);
	bench_pin(SERVER_CPU);
	r = child_serve(b->dir, &b->node);
	bench_pin(LOAD_CPU);
	return !r || fail(b, "serve", "the node did not start");
}

static bool node_start(struct bench *b)
{
	char url[TEXT_BYTES];

	snprintf(url, sizeof(url), "http://localhost:%u", b->port);
	return (!child_init(b->dir, b->port, url, "test.bench") ||
	               fail(b, "init", "the command failed")) &&
	       prepare(b) && node_serve(b);
}

static void helper_stop(struct bench *b)
{
	if (b->helper <= 0)
		return;
	kill(b->helper, SIGKILL);
	waitpid(b->helper, NULL, 0);
	b->helper = 0;
}

static void clean_up(struct bench *b)
{
	spawn_server_stop(&b->node, CHILD_STOP_MS);
	helper_stop(b);
	child_dir_remove(b->dir);
}

static bool fresh_dir(struct bench *b)
{
	token_random(b->token_in);
	return !child_dir_make("bench", b->dir) || fail(b, b->dir, "can't be made");
}

/* A child that serves the other end until it is killed. */
static bool helper_start(struct bench *b, unsigned port, unsigned cpu,
        void (*answer)(void *arg, struct bytes body, struct buf *out), void *arg)
{
	b->helper = fork();
	if (b->helper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		bench_pin(cpu);
		_exit(bench_server_run(port, answer, arg) ? 1 : 0);
	}
	for (int i = 0; b->helper > 0 && i < HELPER_TRIES; i++) {
		if (bench_is_up(port))
			return true;
		usleep(HELPER_PAUSE_US);
	}
	return fail(b, "bench", "the other end did not start");
}

/* ---- figures ---- */

static bool proc_number(pid_t pid, const char *file, const char *field, unsigned long *out)
{
	char path[64], line[512];
	FILE *f;
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		if (strncmp(line, field, strlen(field)) == 0)
			found = sscanf(line + strlen(field), ": %lu", out) == 1;
	fclose(f);
	return found;
}

static double resident_mib(pid_t pid)
{
	unsigned long kib = 0;

	return pid && proc_number(pid, "status", "VmRSS", &kib) ? (double)kib / 1024 : 0;
}

static int by_rate(const void *a, const void *b)
{
	double x = ((const struct bench_figures *)a)->per_second;
	double y = ((const struct bench_figures *)b)->per_second;

	return (x > y) - (x < y);
}

/* resident_first: of the server, when it was warm. */
static void report(struct bench *b, const char *row, const char *what, struct bench_figures *f,
        unsigned n, double resident_first)
{
	double resident = resident_mib(b->node.pid);
	struct bench_figures *m;

	qsort(f, n, sizeof(*f), by_rate);
	m = &f[n / 2];
	if (!b->cli->json)
		printf("%-3s %-34s %9.0f /s  (min %.0f, max %.0f)  p50 %.0f us  p99 %.0f us  "
		       "cpu %.1f us\n",
		        row, what, m->per_second, f[0].per_second, f[n - 1].per_second, m->p50_us,
		        m->p99_us, m->cpu_us);
	fflush(stdout);
	json_array_append_new(b->rows,
	        json_pack("{s:s,s:s,s:i,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "row", row, "what", what,
	                "runs", (int)n, "perSecond", m->per_second, "min", f[0].per_second, "max",
	                f[n - 1].per_second, "p50Us", m->p50_us, "p99Us", m->p99_us, "cpuUs",
	                m->cpu_us, "residentMiB", resident, "residentFirstMiB", resident_first));
}

/* One warm-up, then the counted runs. total counts right answers of all of them. */
static bool measure(struct bench *b, const char *row, const char *what, struct bench_load *load,
        unsigned runs, uint64_t *total)
{
	struct bench_figures f[RUNS_MAX], warm;
	unsigned seconds = load->seconds;
	double resident;

	load->server = b->node.pid ? b->node.pid : b->helper;
	load->seconds = 1;
	if (bench_load_run(load, &warm))
		return fail(b, what, "the load could not run");
	load->seconds = seconds;
	*total = warm.requests;
	resident = resident_mib(b->node.pid);
	for (unsigned i = 0; i < runs; i++) {
		if (bench_load_run(load, &f[i]))
			return fail(b, what, "the load could not run");
		if (f[i].wrong)
			return fail(b, what, "wrong answers came back");
		*total += f[i].requests;
	}
	report(b, row, what, f, runs, resident);
	return true;
}

static void raw_build(void *arg, unsigned connection, struct buf *request)
{
	static const char text[] =
	        "POST /ilp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200\r\n\r\n";
	static const uint8_t body[200]; /* about a small Prepare; the answer, a Fulfill */

	(void)arg;
	(void)connection;
	buf_put(request, text, sizeof(text) - 1);
	buf_put(request, body, sizeof(body));
}

static bool raw_check(void *arg, unsigned connection, struct bytes body)
{
	(void)arg;
	(void)connection;
	return body.n == BENCH_RAW_BODY_BYTES;
}

static bool yardstick(struct bench *b, unsigned connections)
{
	struct bench_load load = {.port = YARDSTICK_PORT(b),
	        .connections = connections,
	        .seconds = b->seconds,
	        .build = raw_build,
	        .check = raw_check};
	uint64_t total;
	bool ok =
	        helper_start(b, YARDSTICK_PORT(b), SERVER_CPU, NULL, NULL) &&
	        measure(b, "--",
	                connections == 1 ? "bare HTTP exchange, 1 in flight" : "bare HTTP exchange",
	                &load, b->runs, &total);

	helper_stop(b);
	return ok;
}

/* ---- P1, P2: Prepares for a wallet ---- */

static bool credentials(struct bench *b, struct bench_packets *p)
{
	char body[BENCH_RESPONSE_BYTES];
	json_t *spsp;
	bool ok;

	if (bench_get(b->port, "/payee", "application/spsp4+json", body))
		return fail(b, "spsp", "no answer");
	spsp = json_loads(body, 0, NULL);
	ok = bench_packets_init(p, json_string_value(json_object_get(spsp, "destination_account")),
	             json_string_value(json_object_get(spsp, "shared_secret")),
	             b->token_in) == RESULT_OK;
	json_decref(spsp);
	return ok ? true : fail(b, "spsp", "unusable credentials");
}

/* The wallet's balance must be the number of packets, each of one unit, and the books clean. */
static bool verify_receive(struct bench *b, uint64_t total)
{
	json_t *out = NULL;
	const char *value;
	bool ok;

	if (!RUN(b, &out, "balance", "payee"))
		return false;
	value = json_string_value(json_object_get(json_object_get(out, "balance"), "value"));
	ok = value && strtoull(value, NULL, 10) == total;
	json_decref(out);
	return (ok ? true : fail(b, "receive", "the balance is not the number of packets")) &&
	       RUN(b, NULL, "audit");
}

static bool bench_receive(struct bench *b)
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
	        fresh_dir(b) && yardstick(b, b->connections) && yardstick(b, 1) && node_start(b) &&
	        RUN(b, NULL, "peer", "add", "load", "--asset", "USD", "--ilp-address", "test.load",
	                "--url", "http://127.0.0.1:9/ilp", "--outgoing-token", "unused",
	                "--incoming-token", b->token_in, "--credit-limit", PEER_CREDIT) &&
	        RUN(b, NULL, "wallet", "add", "payee", "--asset", "USD") &&
	        credentials(b, &packets) &&
	        measure(b, "P1", "packets received and credited", &load, b->runs, &many);

	load.connections = 1;
	ok = ok && measure(b, "P2", "the same, 1 in flight", &load, b->runs, &one) &&
	     verify_receive(b, many + one);
	bench_packets_clear(&packets);
	clean_up(b);
	return ok;
}

/* ---- P3: Prepares for another node ---- */

static bool bench_forward(struct bench *b)
{
	struct bench_packets packets = {0};
	struct bench_load load = {.port = b->port,
	        .connections = b->connections,
	        .seconds = b->seconds,
	        .build = bench_packets_build,
	        .check = bench_packets_check,
	        .arg = &packets};
	char url[TEXT_BYTES], secret[TOKEN_TEXT_SIZE];
	uint64_t total;
	bool ok;

	token_random(secret); /* 32 bytes in base64 */
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/ilp", NEXT_HOP_PORT(b));
	packets.amount = 1000;
	ok = fresh_dir(b) && yardstick(b, b->connections) &&
	     bench_packets_init(&packets, "test.next.payee", secret, b->token_in) == RESULT_OK &&
	     helper_start(b, NEXT_HOP_PORT(b), LOAD_CPU, bench_packets_answer, &packets) &&
	     node_start(b) && RUN(b, NULL, "asset", "deposit", "EUR", PEER_CREDIT) &&
	     RUN(b, NULL, "peer", "add", "load", "--asset", "USD", "--ilp-address", "test.load",
	             "--url", "http://127.0.0.1:9/ilp", "--outgoing-token", "unused",
	             "--incoming-token", b->token_in, "--credit-limit", PEER_CREDIT, "--spread-bps",
	             "50") &&
	     RUN(b, NULL, "peer", "add", "next", "--asset", "EUR", "--ilp-address", "test.next",
	             "--url", url, "--outgoing-token", "sink", "--incoming-token", secret) &&
	     measure(b, "P3", "packets forwarded, USD to EUR", &load, b->runs, &total) &&
	     RUN(b, NULL, "audit");
	bench_packets_clear(&packets);
	clean_up(b);
	return ok;
}

/* ---- P11: an idle node ---- */

static unsigned long cpu_ticks(pid_t pid)
{
	char path[64], line[1024];
	unsigned long user = 0, system = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f)) {
		const char *end = strrchr(line, ')');

		if (!end || sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		                    &user, &system) != 2)
			user = system = 0;
	}
	fclose(f);
	return user + system;
}

static bool bench_idle(struct bench *b)
{
	char body[BENCH_RESPONSE_BYTES];
	unsigned long ticks;
	int64_t started;
	double start_ms, idle_percent, resident;
	bool ok = fresh_dir(b) && node_start(b);

	/* Only the second start counts: the first one makes the database. */
	spawn_server_stop(&b->node, CHILD_STOP_MS);
	started = clock_mono_us();
	ok = ok && child_serve(b->dir, &b->node) == RESULT_OK &&
	     bench_get(b->port, "/health", "*/*", body) == RESULT_OK;
	start_ms = (double)(clock_mono_us() - started) / 1000;
	if (ok) {
		ticks = cpu_ticks(b->node.pid);
		sleep(b->seconds);
		idle_percent = 100.0 * (double)(cpu_ticks(b->node.pid) - ticks) /
		               (double)sysconf(_SC_CLK_TCK) / b->seconds;
		resident = resident_mib(b->node.pid);
		if (!b->cli->json)
			printf("P11 idle node: %.1f MiB resident, %.0f ms from start to first "
			       "answer, "
			       "%.2f %% of a processor\n",
			        resident, start_ms, idle_percent);
		json_array_append_new(
		        b->rows, json_pack("{s:s,s:s,s:f,s:f,s:f}", "row", "P11", "what",
		                         "idle node", "residentMiB", resident, "startMs", start_ms,
		                         "idlePercent", idle_percent));
	}
	clean_up(b);
	return ok;
}

/* ---- the command ---- */

static int bench(struct cli *cli)
{
	static const struct {
		const char *name;
		bool (*run)(struct bench *b);
	} parts[] = {{"receive", bench_receive}, {"forward", bench_forward}, {"idle", bench_idle}};
	uint64_t port = BENCH_PORT, connections = BENCH_CONNECTIONS, seconds = BENCH_SECONDS,
	         runs = BENCH_RUNS;
	struct bench b = {.cli = cli};
	bool known = cli->args_n == 0, ok = true;
	int status = cli_number(cli, "port", 65000, &port);

	if (!status)
		status = cli_number(cli, "connections", BENCH_CONNECTIONS_MAX, &connections);
	if (!status)
		status = cli_number(cli, "seconds", BENCH_SECONDS_MAX, &seconds);
	if (!status)
		status = cli_number(cli, "runs", RUNS_MAX, &runs);
	if (status)
		return status;
	b.port = (unsigned)port;
	b.connections = connections ? (unsigned)connections : 1;
	b.seconds = seconds ? (unsigned)seconds : 1;
	b.runs = runs ? (unsigned)runs : 1;
	b.prepare = cli_text(cli, "prepare");
	b.rows = json_array();
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (cli->args_n && strcmp(cli->args[0], parts[i].name) != 0)
			continue;
		known = true;
		ok = parts[i].run(&b) && ok;
	}
	if (!known)
		status = cli_fail(cli, EXIT_USAGE, cli->args[0], "",
		        "the parts are receive, forward and idle");
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
        {"port", "P", "the first of the ports P, P+1, P+20 and P+30 (default 4900)", 0},
        {0},
};

const struct command bench_commands[] = {
        {"bench", "[PART]", "figures of this machine: receive, forward, idle", 0, 1, bench_options,
                bench},
        {0},
};
