/* The writer: group commit, rollback and rerun, repetitions, the clock, the thread. */
#include "unit/harness.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef HAVE_CONFIG_H
#include "autoconf.h"
#endif
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "store/fixture.h"
#include "store/writer.h"

static struct fixture f;
static struct writer *w;

static int64_t fake_wall(void *self)
{
	return ((struct fixture *)self)->now_ms;
}

static int64_t fake_mono(void *self)
{
	(void)self;
	return clock_mono_ns();
}

static void fake_random(void *self, void *p, size_t n)
{
	(void)self;
	memset(p, 1, n);
}

static const struct env env = {&f, fake_wall, fake_mono, fake_random};

static void setup(void)
{
	fixture_setup(&f);
	ck_assert_int_eq(writer_new(f.store, &env, &w), RESULT_OK);
}

static void teardown(void)
{
	writer_free(w);
	fixture_teardown(&f);
}

/* ---- operations ---- */

struct deposit {
	struct op op;
	struct movement movement;
	enum result first;    /* refuse or fail like this, after moving, */
	unsigned first_times; /* so many times */
	unsigned applied;
	struct replay_claim claim;
	uint8_t reply[16];
};

static enum result deposit_apply(struct op *op, struct batch *b)
{
	struct deposit *d = (struct deposit *)op;
	bool repeated;
	enum result r = batch_move(b, &d->movement, &repeated);

	d->applied++;
	if (!r && d->applied <= d->first_times)
		r = d->first;
	if (!r && d->op.replay && d->claim.role == REPLAY_ANSWER) {
		memcpy(d->reply, "answer", 6);
		d->claim.reply_len = 6;
	}
	return r;
}

static void deposit_init(struct deposit *d, uint64_t amount)
{
	memset(d, 0, sizeof(*d));
	d->op.apply = deposit_apply;
	d->movement =
	        (struct movement){.kind = MOVEMENT_DEPOSIT, .account = f.alice, .amount = amount};
	id_new(f.now_ms, &d->movement.id);
}

static void deposit_claim(struct deposit *d, enum replay_role role, uint8_t key)
{
	memset(d->claim.key, key, sizeof(d->claim.key));
	d->claim.role = role;
	d->claim.expires_at_ms = f.now_ms + 1000;
	d->claim.reply = d->reply;
	d->claim.reply_cap = sizeof(d->reply);
	d->op.replay = &d->claim;
}

/* Runs them as one list; the number that came back. */
static size_t run(struct deposit *d, size_t n)
{
	struct mail_list ops, finished;

	mail_list_init(&ops);
	mail_list_init(&finished);
	for (size_t i = 0; i < n; i++)
		mail_list_add(&ops, &d[i].op.task.mail);
	writer_run(w, &ops, &finished);
	return finished.count;
}

static int64_t alice(void)
{
	return fixture_balance(&f, f.alice) - 100000;
}

#define RESULT_IS(d, expected) ck_assert_str_eq(result_name((d).op.result), result_name(expected))

START_TEST(one_commit)
{
	struct deposit d[3];
	struct writer_counters c;

	deposit_init(&d[0], 10);
	deposit_init(&d[1], 0);
	deposit_init(&d[2], 20);
	ck_assert_uint_eq(run(d, 3), 3);
	RESULT_IS(d[0], RESULT_OK);
	RESULT_IS(d[1], RESULT_THEIRS_BAD_AMOUNT);
	RESULT_IS(d[2], RESULT_OK);
	ck_assert_int_eq(alice(), 30);
	writer_counters(w, &c);
	ck_assert_uint_eq(c.commits, 1);
	ck_assert_uint_eq(c.operations, 3);
	ck_assert_uint_eq(c.refused, 1);
	ck_assert_uint_eq(c.rollbacks, 0);
	fixture_audit(&f, "one commit");
}
END_TEST

/* A refusal that had changed something is undone, and the others are not lost. */
START_TEST(unclean_refusal)
{
	struct deposit d[3];
	struct writer_counters c;

	for (unsigned i = 0; i < 3; i++)
		deposit_init(&d[i], 10);
	d[1].first = RESULT_THEIRS_STATE;
	d[1].first_times = 9;
	ck_assert_uint_eq(run(d, 3), 3);
	RESULT_IS(d[0], RESULT_OK);
	RESULT_IS(d[1], RESULT_THEIRS_STATE);
	RESULT_IS(d[2], RESULT_OK);
	ck_assert_int_eq(alice(), 20);
	ck_assert_uint_eq(d[0].applied, 2);
	writer_counters(w, &c);
	ck_assert_uint_eq(c.rollbacks, 2);
	fixture_audit(&f, "unclean");
}
END_TEST

/* A statement that fails with others succeeds alone, or is answered RETRY_STORE. */
START_TEST(one_by_one)
{
	struct deposit d[4];

	for (unsigned i = 0; i < 4; i++)
		deposit_init(&d[i], 10);
	d[1].first = RESULT_RETRY_STORE;
	d[1].first_times = 1;
	d[2].first = RESULT_OURS_BUG;
	d[2].first_times = 9;
	log_set_level(LOG_LEVEL_ERROR);
	ck_assert_uint_eq(run(d, 4), 4);
	RESULT_IS(d[0], RESULT_OK);
	RESULT_IS(d[1], RESULT_OK);
	RESULT_IS(d[2], RESULT_RETRY_STORE);
	RESULT_IS(d[3], RESULT_OK);
	ck_assert_int_eq(alice(), 30);
	fixture_audit(&f, "one by one");
}
END_TEST

/* A full disk is a failed statement, not a failed commit, and passes without a restart. */
START_TEST(disk_full)
{
	struct rlimit limit, full;
	struct deposit d[2];

	log_set_level(LOG_LEVEL_ERROR);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	full = limit;
	full.rlim_cur = 4096; /* no file grows: the log is longer already */
	deposit_init(&d[0], 10);
	deposit_init(&d[1], 10);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
	ck_assert_uint_eq(run(d, 2), 2);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	RESULT_IS(d[0], RESULT_RETRY_STORE);
	RESULT_IS(d[1], RESULT_RETRY_STORE);
	ck_assert_int_eq(alice(), 0);
	ck_assert_uint_eq(run(d, 2), 2);
	RESULT_IS(d[0], RESULT_OK);
	ck_assert_int_eq(alice(), 20);
	fixture_audit(&f, "disk full");
}
END_TEST

START_TEST(repetitions)
{
	struct deposit d[3], later[2], failing[2];

	for (unsigned i = 0; i < 3; i++) {
		deposit_init(&d[i], 10);
		deposit_claim(&d[i], REPLAY_ANSWER, i == 1 ? 2 : 1);
	}
	ck_assert_uint_eq(run(d, 3), 3);
	ck_assert_int_eq(alice(), 20);
	ck_assert_uint_eq(d[2].applied, 0);
	ck_assert(d[2].claim.repeated);
	ck_assert(!d[0].claim.repeated);
	RESULT_IS(d[2], RESULT_OK);
	ck_assert_uint_eq(d[2].claim.reply_len, 6);
	ck_assert_mem_eq(d[2].reply, "answer", 6);

	/* In a later batch too, but not after its expiry. */
	deposit_init(&later[0], 10);
	deposit_claim(&later[0], REPLAY_ANSWER, 1);
	ck_assert_uint_eq(run(later, 1), 1);
	ck_assert(later[0].claim.repeated);
	ck_assert_int_eq(alice(), 20);
	f.now_ms += 1000;
	deposit_init(&later[1], 10);
	deposit_claim(&later[1], REPLAY_ANSWER, 1);
	ck_assert_uint_eq(run(later + 1, 1), 1);
	ck_assert(!later[1].claim.repeated);
	ck_assert_int_eq(alice(), 30);

	/* A refusal is shared with who waits, and not remembered. */
	for (unsigned i = 0; i < 2; i++) {
		deposit_init(&failing[i], 0);
		deposit_claim(&failing[i], REPLAY_ANSWER, 3);
	}
	ck_assert_uint_eq(run(failing, 2), 2);
	RESULT_IS(failing[1], RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_uint_eq(failing[1].applied, 0);
	ck_assert_uint_eq(run(failing, 1), 1);
	ck_assert_uint_eq(failing[0].applied, 2);
}
END_TEST

/* A forward's key stays in progress until its end, and wakes who waits. */
START_TEST(repetition_of_a_forward)
{
	struct deposit begin, again, end, after;

	deposit_init(&begin, 10);
	deposit_claim(&begin, REPLAY_BEGIN, 1);
	ck_assert_uint_eq(run(&begin, 1), 1);
	RESULT_IS(begin, RESULT_OK);
	deposit_init(&again, 10);
	deposit_claim(&again, REPLAY_BEGIN, 1);
	ck_assert_uint_eq(run(&again, 1), 0);
	deposit_init(&end, 5);
	deposit_claim(&end, REPLAY_FINISH, 1);
	memcpy(end.reply, "fulfill", 7);
	end.claim.reply_len = 7;
	ck_assert_uint_eq(run(&end, 1), 2);
	ck_assert(again.claim.repeated);
	ck_assert_mem_eq(again.reply, "fulfill", 7);
	deposit_init(&after, 10);
	deposit_claim(&after, REPLAY_BEGIN, 1);
	ck_assert_uint_eq(run(&after, 1), 1);
	ck_assert(after.claim.repeated);
	ck_assert_uint_eq(after.claim.reply_len, 7);
	ck_assert_int_eq(alice(), 15);
}
END_TEST

/* The next hop's answer may be longer than what was asked with: the same bytes all the same. */
START_TEST(repetition_with_a_long_reply)
{
	static uint8_t reply[ILP_PACKET_MAX];
	struct deposit begin, end, again;

	memset(reply, 7, sizeof(reply));
	deposit_init(&begin, 10);
	deposit_claim(&begin, REPLAY_BEGIN, 1);
	ck_assert_uint_eq(run(&begin, 1), 1);
	deposit_init(&end, 5);
	deposit_claim(&end, REPLAY_FINISH, 1);
	end.claim.reply = reply;
	end.claim.reply_len = sizeof(reply);
	ck_assert_uint_eq(run(&end, 1), 1);
	deposit_init(&again, 10);
	deposit_claim(&again, REPLAY_BEGIN, 1);
	ck_assert_uint_eq(run(&again, 1), 1);
	RESULT_IS(again, RESULT_OK);
	ck_assert(again.claim.repeated);
	ck_assert_uint_eq(again.claim.reply_len, sizeof(reply));
	ck_assert_mem_eq(again.claim.reply, reply, sizeof(reply));
	free(again.claim.grown);
}
END_TEST

START_TEST(clock_goes_back)
{
	struct deposit d;

	log_set_level(LOG_LEVEL_ERROR);
	deposit_init(&d, 10);
	run(&d, 1);
	RESULT_IS(d, RESULT_OK);
	f.now_ms -= WRITER_CLOCK_BACK_MAX_MS;
	deposit_init(&d, 10);
	run(&d, 1);
	RESULT_IS(d, RESULT_OK);
	f.now_ms -= 1;
	deposit_init(&d, 10);
	run(&d, 1);
	RESULT_IS(d, RESULT_RETRY_STORE);
	ck_assert_int_eq(alice(), 20);
	f.now_ms += 1;
	run(&d, 1);
	RESULT_IS(d, RESULT_OK);
}
END_TEST

/* The mark outlives the process. */
START_TEST(clock_after_restart)
{
	struct deposit d;

	f.now_ms += 3600 * 1000;
	deposit_init(&d, 10);
	run(&d, 1);
	writer_free(w);
	f.now_ms -= 3600 * 1000;
	fixture_restart(&f);
	ck_assert_int_eq(writer_new(f.store, &env, &w), RESULT_OK);
	log_set_level(LOG_LEVEL_ERROR);
	deposit_init(&d, 10);
	run(&d, 1);
	RESULT_IS(d, RESULT_RETRY_STORE);
}
END_TEST

/* What a process that was killed had committed is in its log; a reader alone finds it there. */
START_TEST(reader_after_a_death)
{
	struct store_options o = f.options;
	char why[STORE_WHY_SIZE];
	struct reader *reader;
	struct asset_row row;
	pid_t pid;
	int status;

	o.url = "sqlite:other.db";
	ck_assert_int_eq(store_create(&o, why), RESULT_OK);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct store *store;
		struct batch *b;
		asset_id id;

		if (store_open(&o, why, &store) || batch_new(store, &b))
			_exit(1);
		batch_reset(b, f.now_ms);
		if (batch_asset_add(b, "CHF", 2, &id) || batch_flush(b) || batch_commit(b))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_msg(reader_open(&o, why, &reader) == RESULT_OK, "%s", why);
	ck_assert_int_eq(store_asset_find(reader, "CHF", &row), RESULT_OK);
	reader_close(reader);
}
END_TEST

/* ---- the thread ---- */

static size_t done_count;

static void on_done(struct task *t)
{
	(void)t;
	done_count++;
}

START_TEST(thread)
{
	struct mailbox home;
	static struct deposit d[600];
	struct mail_list ops, arrived;

	done_count = 0;
	ck_assert_int_eq(mailbox_init(&home, 0), RESULT_OK);
	ck_assert(!writer_accepts(w));
	ck_assert_int_eq(writer_start(w), RESULT_OK);
	ck_assert(writer_accepts(w));
	for (size_t i = 0; i < 600; i++) {
		deposit_init(&d[i], 1);
		d[i].op.task.home = &home;
		d[i].op.task.done = on_done;
		d[i].op.lazy = i % 2;
		mail_list_init(&ops);
		mail_list_add(&ops, &d[i].op.task.mail);
		if (i % 3)
			ck_assert_int_eq(writer_submit(w, &ops), RESULT_OK);
		else
			writer_submit_must(w, &ops);
	}
	writer_stop(w);
	ck_assert(!writer_accepts(w));
	mail_list_init(&arrived);
	mailbox_take(&home, &arrived);
	task_run_done(&arrived);
	ck_assert_uint_eq(done_count, 600);
	ck_assert_int_eq(alice(), 600);

	/* Stopped: the one is refused, the other comes home at once. */
	mail_list_init(&ops);
	mail_list_add(&ops, &d[0].op.task.mail);
	ck_assert_int_eq(writer_submit(w, &ops), RESULT_RETRY_DRAINING);
	writer_submit_must(w, &ops);
	mailbox_take(&home, &arrived);
	task_run_done(&arrived);
	ck_assert_uint_eq(done_count, 601);
	RESULT_IS(d[0], RESULT_RETRY_DRAINING);
	mailbox_clear(&home);
	fixture_audit(&f, "thread");
}
END_TEST

START_TEST(queue_is_bounded)
{
	static struct deposit d[LIMIT_WRITER_QUEUE + 1];
	struct mailbox home;
	struct mail_list ops;

	ck_assert_int_eq(mailbox_init(&home, 0), RESULT_OK);
	ck_assert_int_eq(writer_start(w), RESULT_OK);
	mail_list_init(&ops);
	for (size_t i = 0; i < LIMIT_WRITER_QUEUE + 1; i++) {
		deposit_init(&d[i], 1);
		mail_list_add(&ops, &d[i].op.task.mail);
	}
	ck_assert_int_eq(writer_submit(w, &ops), RESULT_RETRY_BUSY);
	ck_assert_uint_eq(ops.count, LIMIT_WRITER_QUEUE + 1);
	writer_stop(w);
	mailbox_clear(&home);
	ck_assert_int_eq(alice(), 0);
}
END_TEST

#ifdef FLORIN_FAILPOINTS
/* What a child process ends with when it makes one deposit under these failpoints. */
static int child_status(const char *failpoints)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct deposit d;

		setenv("FLORIN_FAILPOINT", failpoints, 1);
		deposit_init(&d, 10);
		run(&d, 1);
		_exit(d.op.result == RESULT_RETRY_STORE ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(commit_error_ends_the_process)
{
	int status = child_status("writer.commit_error:1:error");

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), WRITER_EXIT_COMMIT);
	fixture_restart(&f);
	ck_assert_int_eq(alice(), 0);
	fixture_audit(&f, "commit error");
}
END_TEST

START_TEST(kills)
{
	static const struct {
		const char *failpoint;
		int64_t kept;
	} cases[] = {
	        {"writer.before_apply:1:kill", 0},
	        {"writer.before_commit:1:kill", 0},
	        {"writer.after_commit:1:kill", 10},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t before = alice();
		int status = child_status(cases[i].failpoint);

		ck_assert(WIFSIGNALED(status));
		ck_assert_msg(alice() - before == cases[i].kept, "%s", cases[i].failpoint);
		fixture_audit(&f, cases[i].failpoint);
	}
}
END_TEST
#endif

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_commit);
	tcase_add_test(t, unclean_refusal);
	tcase_add_test(t, one_by_one);
	tcase_add_test(t, disk_full);
	tcase_add_test(t, repetitions);
	tcase_add_test(t, repetition_of_a_forward);
	tcase_add_test(t, repetition_with_a_long_reply);
	tcase_add_test(t, clock_goes_back);
	tcase_add_test(t, clock_after_restart);
	tcase_add_test(t, reader_after_a_death);
	tcase_add_test(t, thread);
	tcase_add_test(t, queue_is_bounded);
#ifdef FLORIN_FAILPOINTS
	tcase_add_test(t, commit_error_ends_the_process);
	tcase_add_test(t, kills);
#endif
}

TEST_MAIN("writer", fill)
