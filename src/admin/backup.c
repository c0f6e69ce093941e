/* backup: a copy of the database in a file on the node's machine, while the node runs. */
#include "store/backup.h"

#include <stdatomic.h>
#include <string.h>

#include "admin/answer.h"
#include "admin/resource.h"
#include "base/words.h"
#include "ilp/node.h"

#define FILE_MAX 3000 /* characters of the path */

/* The thread's while it runs, the loop's before and after. */
struct backup {
	struct task task;
	struct http_request *rq; /* loop thread only */
	const struct node *node;
	const char *file;
	struct backup_report report;
	char why[STORE_WHY_SIZE];
	enum result result;
};

/* One at a time: each reads the whole database. */
static atomic_bool running;

static void done(struct task *t)
{
	http_resume(OWNER_OF(t, struct backup, task)->rq);
}

static void *run(void *arg)
{
	struct backup *b = arg;

	b->result = store_backup(b->node->store_options, b->file, &b->report, b->why);
	atomic_store(&running, false);
	node_send_home(b->task.home, &b->task, done);
	return NULL;
}

static enum http_next answer(struct http_request *rq)
{
	const struct backup *b = rq->state;

	if (result_class(b->result) == RESULT_CLASS_OURS && b->result != RESULT_OURS_IO)
		return admin_refuse_by(rq, b->result, NULL);
	if (b->result == RESULT_OURS_IO) /* the path that was asked for */
		return admin_refuse(rq, RESULT_THEIRS_STATE, "file", "%s", b->why);
	if (b->result)
		return admin_refuse(rq, b->result, "file", "%s", b->why);
	return http_reply_json(rq, 201,
	        json_pack("{s:s, s:I, s:I, s:o}", "file", b->file, "bytes",
	                (json_int_t)b->report.bytes, "generation", (json_int_t)b->report.generation,
	                "createdAt", admin_time(http_wall_ms(rq))));
}

enum http_next admin_backup_add(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const char *file = NULL;
	const struct json_member members[] = {
	        {"file", JSON_TO_STRING, &file, .required = true, .max = FILE_MAX},
	};
	struct backup *b;

	if (http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (file[0] != '/')
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "file",
		        WORDS("\"file\" must be a whole path on the node's machine"));
	b = arena_alloc(&rq->arena, sizeof(*b));
	if (!b)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	if (atomic_exchange(&running, true))
		return admin_refuse(rq, RESULT_RETRY_BUSY, NULL,
		        WORDS("another backup is being made; try again"));
	b->rq = rq;
	b->node = loop->node;
	b->file = file;
	b->task.home = loop->home;
	rq->state = b;
	http_park(rq, answer);
	if (admin_run_apart(run, b))
		return HTTP_PARKED;
	/* Comes home like one that ran. */
	atomic_store(&running, false);
	b->result = RESULT_OURS_MEMORY;
	node_send_home(loop->home, &b->task, done);
	return HTTP_PARKED;
}
