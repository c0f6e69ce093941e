/* bench_idle: a node that nobody uses (row P11). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/bench_run.h"

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

bool bench_idle(struct bench *b)
{
	char body[BENCH_RESPONSE_BYTES];
	unsigned long ticks;
	int64_t started;
	double start_ms, idle_percent, resident;
	bool ok = bench_fresh_dir(b) && bench_node_start(b);

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
		resident = bench_resident_mib(b->node.pid);
		if (!b->cli->json)
			printf("P11 idle node: %.1f MiB resident, %.0f ms from start to first "
			       "answer, %.2f %% of a processor\n",
			        resident, start_ms, idle_percent);
		json_array_append_new(
		        b->rows, json_pack("{s:s,s:s,s:f,s:f,s:f}", "row", "P11", "what",
		                         "idle node", "residentMiB", resident, "startMs", start_ms,
		                         "idlePercent", idle_percent));
	}
	bench_clean_up(b);
	return ok;
}
