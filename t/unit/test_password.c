/* Passwords, and the thread that hashes them. */
#include "unit/harness.h"

#include <sodium.h>
#include <string.h>

#include "auth/password.h"

static const struct secret32 pepper = {{1}}, other_pepper = {{2}};

/* What the slow thread does, here. */
static enum result run(struct password_job *j)
{
	static const struct secret32 zero;

	j->job.run(&j->job);
	ck_assert(secret_eq(&j->peppered, &zero));
	return j->result;
}

static enum result check(const struct secret32 *with, const char *text, const char *hash)
{
	struct password_job j = {0};

	password_take(&j, PASSWORD_CHECK, with, text, hash);
	return run(&j);
}

START_TEST(making_and_checking)
{
	struct password_job j = {0}, k = {0};

	password_take(&j, PASSWORD_MAKE, &pepper, "correct horse", NULL);
	ck_assert_int_eq(run(&j), RESULT_OK);
	ck_assert_int_eq(strncmp(j.hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
	ck_assert_ptr_null(strstr(j.hash, "horse"));
	password_take(&k, PASSWORD_MAKE, &pepper, "correct horse", NULL);
	ck_assert_int_eq(run(&k), RESULT_OK);
	ck_assert_str_ne(j.hash, k.hash);

	ck_assert_int_eq(check(&pepper, "correct horse", j.hash), RESULT_OK);
	ck_assert_int_eq(check(&pepper, "correct horsf", j.hash), RESULT_THEIRS_UNAUTHENTIC);
	ck_assert_int_eq(check(&pepper, "", j.hash), RESULT_THEIRS_UNAUTHENTIC);
	ck_assert_int_eq(check(&other_pepper, "correct horse", j.hash), RESULT_THEIRS_UNAUTHENTIC);
	/* a user without a password, and a damaged row */
	ck_assert_int_eq(check(&pepper, "", ""), RESULT_THEIRS_UNAUTHENTIC);
	ck_assert_int_eq(check(&pepper, "", "$argon2id$"), RESULT_THEIRS_UNAUTHENTIC);
}
END_TEST

/* A hash of weaker parameters opens, and is renewed. */
START_TEST(renewal)
{
	/* of HMAC-SHA256(pepper, "pw") with 1 pass and 8 MiB */
	char weak[PASSWORD_HASH_SIZE];
	struct password_job j = {0};

	password_take(&j, PASSWORD_CHECK, &pepper, "pw", "");
	ck_assert_int_eq(crypto_pwhash_str_alg(weak, (const char *)j.peppered.b, 32, 1, 8192 * 1024,
	                         crypto_pwhash_ALG_ARGON2ID13),
	        0);
	password_take(&j, PASSWORD_CHECK, &pepper, "pw", weak);
	ck_assert_int_eq(run(&j), RESULT_OK);
	ck_assert_int_eq(strncmp(j.renewed, "$argon2id$v=19$m=65536,t=2", 26), 0);
	snprintf(weak, sizeof(weak), "%s", j.renewed);
	password_take(&j, PASSWORD_CHECK, &pepper, "pw", weak);
	ck_assert_int_eq(run(&j), RESULT_OK);
	ck_assert_str_eq(j.renewed, "");
	password_clear(&j);
	ck_assert_str_eq(j.hash, "");
}
END_TEST

START_TEST(allowed)
{
	char longest[PASSWORD_MAX + 2];

	memset(longest, 'x', sizeof(longest));
	longest[PASSWORD_MAX + 1] = '\0';
	ck_assert_int_eq(password_allowed(longest, 8), RESULT_THEIRS_TOO_BIG);
	longest[PASSWORD_MAX] = '\0';
	ck_assert_int_eq(password_allowed(longest, 8), RESULT_OK);
	ck_assert_int_eq(password_allowed("1234567", 8), RESULT_THEIRS_TRUNCATED);
	ck_assert_int_eq(password_allowed("12345678", 8), RESULT_OK);
	ck_assert_int_eq(
	        password_allowed("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 8), RESULT_THEIRS_TRUNCATED);
	ck_assert_int_eq(password_allowed("", 0), RESULT_THEIRS_TRUNCATED);
	ck_assert_int_eq(password_allowed("tab\tin it", 8), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(password_allowed("not utf-8 \xff", 8), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(password_allowed("blanks are fine", 8), RESULT_OK);
}
END_TEST

START_TEST(pepper_of_the_master_key)
{
	struct secret32 a, b;

	password_pepper(&pepper, &a);
	password_pepper(&other_pepper, &b);
	ck_assert(!secret_eq(&a, &b));
	ck_assert(!secret_eq(&a, &pepper));
}
END_TEST

/* ---- the slow thread ---- */

#define JOBS 4

struct counted {
	struct job job;
	struct mailbox *gate; /* the job waits here, where it has one */
	int ran;
};

static void count(struct job *job)
{
	struct counted *c = OWNER_OF(job, struct counted, job);
	struct mail_list none;

	mail_list_init(&none);
	if (c->gate)
		while (mailbox_wait(c->gate, &none, -1))
			continue;
	c->ran++;
}

static void nothing(struct task *t)
{
	(void)t;
}

START_TEST(queue_is_bounded_and_comes_home)
{
	struct mailbox home, gate;
	struct mail_list arrived;
	struct counted jobs[JOBS + 1] = {0};
	struct slow *s;
	size_t count_home = 0;

	ck_assert_int_eq(mailbox_init(&home, 0), RESULT_OK);
	ck_assert_int_eq(mailbox_init(&gate, 0), RESULT_OK);
	ck_assert_int_eq(slow_new(JOBS, &s), RESULT_OK);
	ck_assert_int_eq(slow_start(s), RESULT_OK);
	for (size_t i = 0; i <= JOBS; i++) {
		jobs[i].job.run = count;
		jobs[i].job.task.home = &home;
		jobs[i].job.task.done = nothing;
	}
	/* The first holds the thread, so that the others wait. */
	jobs[0].gate = &gate;
	for (size_t i = 0; i < JOBS; i++)
		ck_assert_int_eq(slow_give(s, &jobs[i].job), RESULT_OK);
	ck_assert_int_eq(slow_give(s, &jobs[JOBS].job), RESULT_RETRY_BUSY);
	mailbox_close(&gate);
	while (count_home < JOBS) {
		mail_list_init(&arrived);
		ck_assert(mailbox_wait(&home, &arrived, 60000));
		count_home += arrived.count;
		task_run_done(&arrived);
	}
	ck_assert_int_eq(slow_give(s, &jobs[JOBS].job), RESULT_OK);
	slow_stop(s); /* completes what waits */
	for (size_t i = 0; i <= JOBS; i++)
		ck_assert_int_eq(jobs[i].ran, 1);
	ck_assert_int_eq(slow_give(s, &jobs[0].job), RESULT_RETRY_DRAINING);
	mail_list_init(&arrived);
	mailbox_take(&home, &arrived);
	ck_assert_uint_eq(arrived.count, 1);
	slow_free(s);
	mailbox_clear(&home);
	mailbox_clear(&gate);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, making_and_checking);
	tcase_add_test(t, renewal);
	tcase_add_test(t, allowed);
	tcase_add_test(t, pepper_of_the_master_key);
	tcase_add_test(t, queue_is_bounded_and_comes_home);
}

TEST_MAIN("password", fill)
