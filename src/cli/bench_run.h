/* bench_run: what the parts of `florin bench` share: a node of their own in a temporary directory,
 * the other end, the yardstick, and runs that are counted.
 *
 * The server under test has one processor and the load another. Each function that can fail says
 * why on stderr and returns false.
 */
#ifndef FLORIN_CLI_BENCH_RUN_H
#define FLORIN_CLI_BENCH_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/secret.h"
#include "cli/bench_load.h"
#include "cli/child.h"
#include "cli/command.h"

#define BENCH_RUNS_MAX           32
#define BENCH_ENTRIES_MAX        2
#define BENCH_PAYMENTS_IN_FLIGHT 20 /* of whole payments, rows P9 and P10 */
#define BENCH_TEXT_BYTES         160
#define BENCH_SERVER_CPU         0
#define BENCH_LOAD_CPU           1
#define BENCH_FUNDS              "90000000000000000.00"
#define NEXT_HOP_PORT(b)         ((b)->port + 20)
#define YARDSTICK_PORT(b)        ((b)->port + 30)
#define FULL_PORT(b)             ((b)->port + 40) /* of the node with the full store */

struct bench {
	struct cli *cli;
	char dir[CHILD_DIR_BYTES];
	unsigned port;           /* of the node; its admin API is on the next one */
	const char *ilp_address; /* of the node; NULL: test.bench */
	unsigned node_cpu; /* processor of the node: BENCH_SERVER_CPU unless it is the other end */
	unsigned connections;
	unsigned seconds;
	unsigned runs;
	const char *prepare; /* program to run on a new node's directory, or NULL */
	unsigned beside;     /* port of another server to read from as well; 0: none */
	struct spawn_server node;
	pid_t helper; /* yardstick or next hop */
	char token_in[TOKEN_TEXT_SIZE];
	json_t *rows;
};

/* Says that `what` failed; always false. */
bool bench_fail(const struct bench *b, const char *what, const char *why);
/* A command of the node; *out is its JSON answer, a new reference (out may be NULL). */
bool bench_command(const struct bench *b, json_t **out, const char *const *args);
#define BENCH_COMMAND(b, out, ...) bench_command(b, out, (const char *const[]){__VA_ARGS__, NULL})

/* ---- nodes ---- */
bool bench_fresh_dir(struct bench *b);
/* A new node in the directory, prepared and serving. */
bool bench_node_start(struct bench *b);
/* The same in two steps, for a part that writes into the directory in between. */
bool bench_node_init(struct bench *b);
bool bench_node_serve(struct bench *b);
/* A child that serves the other end until it is killed. One at a time. */
bool bench_helper_start(struct bench *b, unsigned port, unsigned cpu,
        void (*answer)(void *arg, struct bytes body, struct buf *out), void *arg);
void bench_helper_stop(struct bench *b);
/* The wallet has exactly so many units. */
bool bench_verify_balance(struct bench *b, const char *wallet, uint64_t units);
/* Node, helper and directory go. */
void bench_clean_up(struct bench *b);

/* ---- figures ---- */
double bench_resident_mib(pid_t pid);
/* One load on one node, as it is measured. */
struct bench_entry {
	struct bench *bench; /* whose node, or else helper, serves it */
	const char *what;
	struct bench_load *load;
	uint64_t total; /* out: right answers of all runs */
};
/* One warm-up, then the counted runs. Several entries take turns at each run, so that what changes
 * on the machine meanwhile falls on all of them. With JSON each run is told on stderr. */
bool bench_measure_all(
        struct bench *b, const char *row, struct bench_entry *entries, size_t count, unsigned runs);
/* The same for one. */
bool bench_measure(struct bench *b, const char *row, const char *what, struct bench_load *load,
        unsigned runs, uint64_t *total);
/* Prints the row, or keeps it for the JSON answer; sorts the n figures. resident_first: of the
 * node, when it was warm. */
void bench_report(struct bench *b, const char *row, const char *what, struct bench_figures *f,
        unsigned n, double resident_first);
/* A bare HTTP exchange with so many connections, as a row of its own. */
bool bench_yardstick(struct bench *b, unsigned connections);

/* ---- the parts, one file for each subject ---- */
bool bench_receive(struct bench *b);
bool bench_forward(struct bench *b);
bool bench_store(struct bench *b);
bool bench_idle(struct bench *b);
bool bench_read(struct bench *b);
bool bench_grants(struct bench *b);
bool bench_create(struct bench *b);
bool bench_send(struct bench *b);
bool bench_local(struct bench *b);

#endif
