#include "cli/bench_run.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELPER_TRIES    100 /* to reach the other end, HELPER_PAUSE_US apart */
#define HELPER_PAUSE_US 10000
#define WARM_UP_SECONDS 2 /* the store's log has its size by then; less where runs are short */

bool bench_fail(const struct bench *b, const char *what, const char *why)
{
	cli_fail(b->cli, EXIT_REFUSED, what, "", "%s", why);
	return false;
}

bool bench_command(const struct bench *b, json_t **out, const char *const *args)
{
	return !child_run(b->dir, args, out) || bench_fail(b, args[0], "the command failed");
}

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
		return bench_fail(b, b->prepare, "can't be run");
	return status == 0 ? true : bench_fail(b, b->prepare, "failed");
}

bool bench_node_serve(struct bench *b)
{
	enum result r;

	/* The load is one peer, address and key, and its rate is what is to be found. */
	setenv("FLORIN_LIMITS_PACKETS_PER_PEER_PER_S", "0", 1);
	setenv("FLORIN_LIMITS_REQUESTS_PER_ADDRESS_PER_S", "0", 1);
	setenv("FLORIN_LIMITS_REQUESTS_PER_KEY_PER_S", "0", 1);
	bench_pin(b->node_cpu);
	r = child_serve(b->dir, &b->node);
	bench_pin(BENCH_LOAD_CPU);
	return !r || bench_fail(b, "serve", "the node did not start");
}

bool bench_node_init(struct bench *b)
{
	char url[BENCH_TEXT_BYTES];

	snprintf(url, sizeof(url), "http://localhost:%u", b->port);
	return (!child_init(b->dir, b->port, url, b->ilp_address ? b->ilp_address : "test.bench") ||
	               bench_fail(b, "init", "the command failed")) &&
	       prepare(b);
}

bool bench_node_start(struct bench *b)
{
	return bench_node_init(b) && bench_node_serve(b);
}

void bench_helper_stop(struct bench *b)
{
	if (b->helper <= 0)
		return;
	kill(b->helper, SIGKILL);
	waitpid(b->helper, NULL, 0);
	b->helper = 0;
}

void bench_clean_up(struct bench *b)
{
	spawn_server_stop(&b->node, CHILD_STOP_MS);
	bench_helper_stop(b);
	if (b->dir[0])
		child_dir_remove(b->dir);
	b->dir[0] = '\0';
}

bool bench_fresh_dir(struct bench *b)
{
	token_random(b->token_in);
	return !child_dir_make("bench", b->dir) || bench_fail(b, b->dir, "can't be made");
}

/* A child that serves the other end until it is killed. */
bool bench_helper_start(struct bench *b, unsigned port, unsigned cpu,
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
	return bench_fail(b, "bench", "the other end did not start");
}

bool bench_verify_balance(struct bench *b, const char *wallet, uint64_t units)
{
	json_t *out = NULL;
	const char *value;
	bool ok;

	if (!BENCH_COMMAND(b, &out, "balance", wallet))
		return false;
	value = json_string_value(json_object_get(json_object_get(out, "balance"), "value"));
	ok = value && strtoull(value, NULL, 10) == units;
	json_decref(out);
	return ok ? true : bench_fail(b, wallet, "the balance is not what the answers said");
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

double bench_resident_mib(pid_t pid)
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

void bench_report(struct bench *b, const char *row, const char *what, struct bench_figures *f,
        unsigned n, double resident_first)
{
	double resident = bench_resident_mib(b->node.pid);
	struct bench_figures *m;

	qsort(f, n, sizeof(*f), by_rate);
	m = &f[n / 2];
	if (!b->cli->json)
		printf("%-3s %-34s %9.0f /s  (min %.0f, max %.0f)  p50 %.0f us  p99 %.0f us  "
		       "cpu %.1f us  load %.1f us\n",
		        row, what, m->per_second, f[0].per_second, f[n - 1].per_second, m->p50_us,
		        m->p99_us, m->cpu_us, m->load_us);
	fflush(stdout);
	json_array_append_new(
	        b->rows, json_pack("{s:s,s:s,s:i,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "row", row,
	                         "what", what, "runs", (int)n, "perSecond", m->per_second, "min",
	                         f[0].per_second, "max", f[n - 1].per_second, "p50Us", m->p50_us,
	                         "p99Us", m->p99_us, "cpuUs", m->cpu_us, "loadUs", m->load_us,
	                         "residentMiB", resident, "residentFirstMiB", resident_first));
}

static bool run_once(struct bench_entry *e, unsigned seconds, struct bench_figures *f)
{
	e->load->seconds = seconds;
	if (bench_load_run(e->load, f))
		return bench_fail(e->bench, e->what, "the load could not run");
	if (f->wrong)
		return bench_fail(e->bench, e->what, "wrong answers came back");
	e->total += f->requests;
	return true;
}

bool bench_measure_all(
        struct bench *b, const char *row, struct bench_entry *entries, size_t count, unsigned runs)
{
	struct bench_figures f[BENCH_ENTRIES_MAX][BENCH_RUNS_MAX], warm;
	double resident[BENCH_ENTRIES_MAX];

	for (size_t i = 0; i < count; i++) {
		struct bench_entry *e = &entries[i];

		e->load->server = e->bench->node.pid ? e->bench->node.pid : e->bench->helper;
		e->total = 0;
		if (!run_once(
		            e, b->seconds < WARM_UP_SECONDS ? b->seconds : WARM_UP_SECONDS, &warm))
			return false;
		resident[i] = bench_resident_mib(e->bench->node.pid);
	}
	for (unsigned n = 0; n < runs; n++) {
		for (size_t i = 0; i < count; i++) {
			struct bench_entry *e = &entries[i];

			if (!run_once(e, b->seconds, &f[i][n]))
				return false;
			if (b->cli->json)
				fprintf(stderr, "%s %s: run %u of %u, %.0f/s, cpu %.1f us\n", row,
				        e->what, n + 1, runs, f[i][n].per_second, f[i][n].cpu_us);
		}
	}
	for (size_t i = 0; i < count; i++)
		bench_report(entries[i].bench, row, entries[i].what, f[i], runs, resident[i]);
	return true;
}

bool bench_measure(struct bench *b, const char *row, const char *what, struct bench_load *load,
        unsigned runs, uint64_t *total)
{
	struct bench_entry e = {b, what, load, 0};
	bool ok = bench_measure_all(b, row, &e, 1, runs);

	*total = e.total;
	return ok;
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

bool bench_yardstick(struct bench *b, unsigned connections)
{
	struct bench_load load = {.port = YARDSTICK_PORT(b),
	        .connections = connections,
	        .seconds = b->seconds,
	        .build = raw_build,
	        .check = raw_check};
	uint64_t total;
	bool ok =
	        bench_helper_start(b, YARDSTICK_PORT(b), BENCH_SERVER_CPU, NULL, NULL) &&
	        bench_measure(b, "--",
	                connections == 1 ? "bare HTTP exchange, 1 in flight" : "bare HTTP exchange",
	                &load, b->runs, &total);

	bench_helper_stop(b);
	return ok;
}
