/* writer: the one thread that changes the store, by group commit.
 *
 * Operations arrive as lists. The writer takes all that wait (at most LIMIT_WRITER_BATCH), lets
 * each decide on the batch, writes and commits once, and sends all home with one wake-up per home.
 * While the disk syncs batch n, batch n+1 collects; there is no timer.
 *
 * A statement that fails rolls the batch back and its operations run again one by one, each in a
 * transaction of its own; one that fails alone gets RETRY_STORE. So `apply` may run more than once
 * and must set its op's answer anew each time. An error from the commit or its sync ends the
 * process with WRITER_EXIT_COMMIT: only the file knows what is true then, and no answer leaves.
 *
 * Failpoints: writer.before_apply, writer.before_commit, writer.after_commit, writer.commit_error.
 */
#ifndef FLORIN_STORE_WRITER_H
#define FLORIN_STORE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/env.h"
#include "base/result.h"
#include "base/task.h"

struct batch;
struct store;
struct writer;

#define WRITER_EXIT_COMMIT       70    /* exit status after a failed commit */
#define WRITER_LAZY_MS           100   /* longest that a lazy operation waits for company */
#define WRITER_CLOCK_BACK_MAX_MS 60000 /* a wall clock further back stops money operations */

/* What an operation about one Prepare says about its repetition. Key: SHA-256 over the peer's
 * account id and the packet's bytes. The first operation with a key runs; another one with the same
 * key waits for it and comes home with the same result, `repeated` set and a copy of the reply,
 * without apply. In every other case the operation's own `reply` is remembered, once committed. */
enum replay_role {
	REPLAY_ANSWER, /* apply leaves the reply in reply/reply_len: remembered when result is OK */
	REPLAY_BEGIN,  /* a forward: stays in progress until REPLAY_FINISH, unless apply refuses */
	REPLAY_FINISH, /* ends the key with `reply`; never refused, wakes those who wait */
};

struct replay_claim {
	enum replay_role role;
	uint8_t key[32];
	int64_t expires_at_ms; /* of the packet: forgotten after it; not read for FINISH */
	uint8_t *reply;        /* caller's buffer: its own reply, or filled by a repetition */
	size_t reply_cap;
	size_t reply_len;
	bool repeated; /* out */
	uint8_t *
	        grown; /* out: where a repetition's reply did not fit, reply is this: to be freed */
};

struct op {
	struct task task; /* home and done set by the caller */
	/* Runs on the writer's thread: decides through batch_* verbs. A refusal (THEIRS_*) must
	 * leave the batch unchanged; where it did not, the batch is rolled back and
	 * run one by one. */
	enum result (*apply)(struct op *op, struct batch *b);
	enum result result;          /* out: of apply, or RETRY_STORE */
	struct replay_claim *replay; /* NULL: none */
	/* May wait for other work to share a commit with, at most WRITER_LAZY_MS: for notes that
	 * nobody waits for. */
	bool lazy;
};

struct writer_counters {
	uint64_t operations;
	uint64_t refused; /* THEIRS_* */
	uint64_t failed;  /* RETRY_STORE and worse */
	uint64_t commits;
	uint64_t rollbacks;
	uint64_t replayed;
	uint64_t commit_us; /* time spent in commits */
	uint64_t queued;    /* waiting now */
};

/* Borrows store and env until writer_free. Errors: OURS_MEMORY, OURS_IO. */
MUST_USE enum result writer_new(struct store *store, const struct env *env, struct writer **out);
void writer_free(struct writer *w);
/* fn runs on the writer's thread after each commit that wrote an event (event.h); it may not block.
 * At most WRITER_LISTENERS_MAX; before the start. */
#define WRITER_LISTENERS_MAX 4
void writer_on_event(struct writer *w, void (*fn)(void *arg), void *arg);
/* The same after each commit, whatever it wrote; one listener. */
void writer_on_commit(struct writer *w, void (*fn)(void *arg), void *arg);
/* The same after each that left something for settlement engines; one listener. */
void writer_on_settlement(struct writer *w, void (*fn)(void *arg), void *arg);
/* Starts the thread, which alone uses the store from then on. Errors: OURS_IO. */
MUST_USE enum result writer_start(struct writer *w);
/* Refuses new work, completes what waits, joins the thread. */
void writer_stop(struct writer *w);
/* From any thread: gives all of the list (of op.task.mail), or none: then the caller still owns it.
 * Errors: RETRY_BUSY (queue full), RETRY_DRAINING. */
MUST_USE enum result writer_submit(struct writer *w, struct mail_list *ops);
/* The same for work that ends what was taken before (settle, release): never refused while the
 * writer runs, because its number was bounded then. Takes the whole list. */
void writer_submit_must(struct writer *w, struct mail_list *ops);
/* Whether new work is taken: the writer runs and the clock is sound. From any thread. */
bool writer_accepts(const struct writer *w);
/* The same work inline, for tests and tools, on a writer that was not started: what finished is
 * added to `finished`, not sent home (a repetition may stay until its key is finished). */
void writer_run(struct writer *w, struct mail_list *ops, struct mail_list *finished);
/* From any thread. */
void writer_counters(const struct writer *w, struct writer_counters *out);

#endif
