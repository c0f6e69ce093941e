/* How many packets a second the writer makes durable: bench_store [seconds] [directory].
 *
 * Batches of 128 operations, one commit each: credits to one wallet, credits to 64 wallets, and
 * forwards (settle one, reserve the next). Every second batch also says what became of the replies.
 * At the end the balance is compared with the count, and the audit runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
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
	struct credit c = {peer, o->wallet, 10, 10, 0, INT64_MAX};

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

static uint64_t run(struct writer *w, const char *name, double seconds, int spread_over,
        enum result (*apply)(struct op *, struct batch *))
{
	static struct bench_op ops[BATCH], answer;
	int64_t begun = clock_mono_us(), end = begun + (int64_t)(seconds * 1e6);
	double cpu = cpu_s(), elapsed;
	uint64_t packets = 0;

	memset(ops, 0, sizeof(ops));
	memset(&answer, 0, sizeof(answer));
	while (clock_mono_us() < end) {
		struct mail_list list, finished;

		mail_list_init(&list);
		mail_list_init(&finished);
		if (answer.answers_count > 0) {
			answer.op.apply = answer_apply;
			mail_list_add(&list, &answer.op.task.mail);
		}
		for (int i = 0; i < BATCH; i++) {
			ops[i].op.apply = apply;
			ops[i].wallet = wallets[i % spread_over];
			ops[i].credit_batch = 0;
			mail_list_add(&list, &ops[i].op.task.mail);
		}
		writer_run(w, &list, &finished);
		must(answer.op.result, "answer");
		answer.answers_count = 0;
		for (int i = 0; i < BATCH; i++) {
			must(ops[i].op.result, name);
			answer_note(&answer, ops[i].credit_batch);
		}
		packets += BATCH;
	}
	elapsed = (double)(clock_mono_us() - begun) / 1e6;
	cpu = cpu_s() - cpu;
	printf("%-24s %10.0f packets/s  %6.2f us CPU each\n", name, (double)packets / elapsed,
	        cpu * 1e6 / (double)packets);
	return packets;
}

static void on_finding(void *arg, const char *check, const char *what)
{
	(void)arg;
	printf("audit %s: %s\n", check, what);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
	char dir[] = "/tmp/florin-bench-XXXXXX", why[STORE_WHY_SIZE];
	struct bench_op setup = {.op.apply = setup_apply};
	struct mail_list list, finished;
	struct account balance;
	struct store *store;
	struct reader *reader;
	struct writer *w;
	uint64_t one, many;
	size_t broken;

	log_set_level(LOG_LEVEL_ERROR);
	options.dir = argc > 2 ? argv[2] : mkdtemp(dir);
	options.now_ms = clock_wall_ms();
	must(store_create(&options, why), why);
	must(store_open(&options, why, &store), why);
	must(reader_open(&options, why, &reader), why);
	must(writer_new(store, &env_real, &w), "writer");
	mail_list_init(&list);
	mail_list_init(&finished);
	mail_list_add(&list, &setup.op.task.mail);
	writer_run(w, &list, &finished);
	must(setup.op.result, "setup");

	one = run(w, "credit, one wallet", seconds, 1, credit_apply);
	many = run(w, "credit, 64 wallets", seconds, WALLETS, credit_apply);
	run(w, "forward", seconds, 1, forward_apply);

	must(store_account_get(reader, wallets[0], &balance), "balance");
	if (balance.credits_posted != one * 10 + many / WALLETS * 10)
		printf("balance differs from the count\n");
	must(store_audit(reader, clock_wall_ms(), on_finding, NULL, &broken), "audit");
	printf("audit: %zu findings\n", broken);
	writer_free(w);
	reader_close(reader);
	store_close(store);
	return broken ? 1 : 0;
}
