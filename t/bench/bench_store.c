/* How many packets a second the writer makes durable: bench_store [seconds] [directory].
 *
 * Batches of 128 operations, one commit each: credits to one wallet, credits to 64 wallets, and
 * forwards (settle one, reserve the next). Every second batch also says what became of the replies.
 * At the end the balance is compared with the count, and the audit runs. A second run with the same
 * directory goes on with its database, which shows what size costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "store/batch.h"
#include "store/store.h"
#include "store/writer.h"

#define BATCH   128
#define WALLETS 64

static struct secret32 key = {{1}};
static struct store_options options = {.url = "sqlite:bench.db", .master_key = &key};
static account_id wallets[WALLETS], peer, next_peer;

static void must(enum result r, const char *what)
{
	if (!r)
		return;
	fprintf(stderr, "bench_store: %s: %s\n", what, result_name(r));
	exit(1);
}

static enum result setup_apply(struct op *op, struct batch *b)
{
	struct peer_new p = {.name = "a",
	        .asset = 1,
	        .ilp_address = "test.a",
	        .url = "http://127.0.0.1:1",
	        .outgoing_token = "x",
	        .incoming_token = "a",
	        .credit_limit = AMOUNT_MAX / 2};
	struct id id;
	enum result r = batch_peer_add(b, &p, &id, &peer);

	(void)op;
	p.name = "b";
	p.ilp_address = "test.b";
	p.incoming_token = "b";
	if (!r)
		r = batch_peer_add(b, &p, &id, &next_peer);
	for (int i = 0; !r && i < WALLETS; i++) {
		char name[16];
		struct wallet_new w = {.name = name, .asset = 1};

		snprintf(name, sizeof(name), "w%d", i);
		r = batch_wallet_add(b, &w, &id, &wallets[i]);
	}
	return r;
}

/* Those that an earlier run made. */
static void accounts_find(struct reader *reader)
{
	struct arena arena;
	struct wallet_row wallet;
	struct peer_row row;

	arena_init(&arena, 1 << 20);
	must(store_peer_find(reader, &arena, "a", &row), "peer a");
	peer = row.account;
	must(store_peer_find(reader, &arena, "b", &row), "peer b");
	next_peer = row.account;
	for (int i = 0; i < WALLETS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "w%d", i);
		must(store_wallet_find(reader, &arena, name, &wallet), name);
		wallets[i] = wallet.account;
	}
	arena_clear(&arena);
}

/* ---- operations ---- */

struct bench_op {
	struct op op;
	account_id wallet;
	int64_t credit_batch;
	bool in_flight;
	struct answer answers[WALLETS];
	size_t answers_count;
};

static enum result credit_apply(struct op *op, struct batch *b)
{
	struct bench_op *o = (struct bench_op *)op;
	struct credit c = {peer, o->wallet, 10, 10, 0, INT64_MAX, 0, false, 0, {0}, 0};

	return batch_credit(b, &c, &o->credit_batch);
}

static enum result forward_apply(struct op *op, struct batch *b)
{
	struct bench_op *o = (struct bench_op *)op;
	struct flight f = {peer, next_peer, 10, 9, 1};
	struct settlement s = {.flight = f, .packets = 1};
	enum result r = RESULT_OK;

	if (o->in_flight)
		r = batch_window_settle(b, &s, &o->credit_batch);
	o->in_flight = true;
	return r ? r : batch_window_reserve(b, &f, batch_now(b) + 30000);
}

/* The last ones come back unfulfilled. */
static enum result release_apply(struct op *op, struct batch *b)
{
	struct flight f = {peer, next_peer, 10, 9, 1};

	return ((struct bench_op *)op)->in_flight ? batch_window_release(b, &f) : RESULT_OK;
}

static enum result answer_apply(struct op *op, struct batch *b)
{
	struct bench_op *o = (struct bench_op *)op;
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && i < o->answers_count; i++)
		r = batch_answered(b, &o->answers[i]);
	return r;
}

static void answer_note(struct bench_op *o, int64_t credit_batch)
{
	size_t i = 0;

	if (!credit_batch)
		return;
	while (i < o->answers_count && o->answers[i].credit_batch != credit_batch)
		i++;
	if (i == o->answers_count)
		o->answers[o->answers_count++] = (struct answer){.credit_batch = credit_batch};
	o->answers[i].packets++;
	o->answers[i].amount += 10;
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run_ops(struct writer *w, struct bench_op *ops, struct bench_op *answer,
        enum result (*apply)(struct op *, struct batch *))
{
	struct mail_list list, finished;

	mail_list_init(&list);
	mail_list_init(&finished);
	if (answer->answers_count > 0) {
		answer->op.apply = answer_apply;
		mail_list_add(&list, &answer->op.task.mail);
	}
	for (int i = 0; i < BATCH; i++) {
		ops[i].op.apply = apply;
		ops[i].credit_batch = 0;
		mail_list_add(&list, &ops[i].op.task.mail);
	}
	writer_run(w, &list, &finished);
	must(answer->op.result, "answer");
	answer->answers_count = 0;
	for (int i = 0; i < BATCH; i++) {
		must(ops[i].op.result, "packet");
		answer_note(answer, ops[i].credit_batch);
	}
}

static uint64_t run(struct writer *w, const char *name, double seconds, int spread_over,
        enum result (*apply)(struct op *, struct batch *))
{
	static struct bench_op ops[BATCH], answer;
	int64_t begun = clock_mono_us(), end = begun + (int64_t)(seconds * 1e6);
	double cpu = cpu_s(), elapsed;
	uint64_t packets = 0;

	memset(ops, 0, sizeof(ops));
	memset(&answer, 0, sizeof(answer));
	for (int i = 0; i < BATCH; i++)
		ops[i].wallet = wallets[i % spread_over];
	for (; clock_mono_us() < end; packets += BATCH)
		run_ops(w, ops, &answer, apply);
	elapsed = (double)(clock_mono_us() - begun) / 1e6;
	cpu = cpu_s() - cpu;
	printf("%-24s %10.0f packets/s  %6.2f us CPU each\n", name, (double)packets / elapsed,
	        cpu * 1e6 / (double)packets);
	run_ops(w, ops, &answer, release_apply);
	return packets;
}

static void on_finding(void *arg, const char *check, const char *what)
{
	(void)arg;
	printf("audit %s: %s\n", check, what);
}

static void remove_files(const char *dir)
{
	static const char *const names[] = {
	        "bench.db", "bench.db-wal", "bench.db-shm", "bench.db.lock"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
	char dir[] = "/tmp/florin-bench-XXXXXX", why[STORE_WHY_SIZE];
	struct bench_op setup = {.op.apply = setup_apply};
	struct mail_list list, finished;
	struct account before, balance;
	enum result created;
	struct store *store;
	struct reader *reader;
	struct writer *w;
	uint64_t one, many;
	size_t broken;

	heap_init();
	log_set_level(LOG_LEVEL_ERROR);
	setvbuf(stdout, NULL, _IOLBF, 0);
	options.dir = argc > 2 ? argv[2] : mkdtemp(dir);
	options.now_ms = clock_wall_ms();
	created = store_create(&options, why);
	if (created != RESULT_THEIRS_CONFLICT)
		must(created, why);
	must(store_open(&options, why, &store), why);
	must(reader_open(&options, why, &reader), why);
	must(writer_new(store, &env_real, &w), "writer");
	if (created == RESULT_OK) {
		mail_list_init(&list);
		mail_list_init(&finished);
		mail_list_add(&list, &setup.op.task.mail);
		writer_run(w, &list, &finished);
		must(setup.op.result, "setup");
	} else {
		accounts_find(reader);
	}
	must(store_account_get(reader, wallets[0], &before), "balance");

	one = run(w, "credit, one wallet", seconds, 1, credit_apply);
	many = run(w, "credit, 64 wallets", seconds, WALLETS, credit_apply);
	run(w, "forward", seconds, 1, forward_apply);

	must(store_account_get(reader, wallets[0], &balance), "balance");
	if (balance.credits_posted - before.credits_posted != one * 10 + many / WALLETS * 10)
		printf("balance differs from the count\n");
	must(store_audit(reader, clock_wall_ms(), on_finding, NULL, &broken), "audit");
	printf("audit: %zu findings\n", broken);
	writer_free(w);
	reader_close(reader);
	store_close(store);
	if (argc <= 2)
		remove_files(dir);
	return broken ? 1 : 0;
}
