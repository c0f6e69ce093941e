#include "admin/password.h"

#include "base/words.h"
#include "http/json_body.h"

static enum http_next hashed(struct http_request *rq)
{
	const struct admin_password *p = rq->state;

	if (p->job.result)
		return admin_refuse_by(rq, p->job.result, NULL);
	return admin_change_submit(p->change);
}

static void hash_done(struct task *t)
{
	struct admin_password *p = OWNER_OF(t, struct admin_password, job.job.task);

	http_resume(p->change->rq);
}

static enum http_next give(struct admin_password *p, struct http_request *rq)
{
	enum result r;

	p->job.job.task.home = p->change->loop->home;
	p->job.job.task.done = hash_done;
	rq->state = p;
	http_park(rq, hashed);
	r = slow_give(p->change->loop->node->slow, &p->job.job);
	if (r) {
		password_clear(&p->job);
		p->job.result = r;
		http_resume(rq);
	}
	return HTTP_PARKED;
}

enum http_next admin_password_submit(
        struct admin_password *p, struct admin_change *c, const char *text)
{
	const struct node *n = c->loop->node;
	size_t least = n->options.dev ? 1 : PASSWORD_MIN;
	enum result r = password_allowed(text, least);

	if (r == RESULT_THEIRS_TRUNCATED)
		return admin_refuse_with(c->rq, RESULT_THEIRS_MALFORMED, "password",
		        WORDS("a password has at least {n} characters"), "n",
		        arena_printf(&c->rq->arena, "%zu", least), NULL);
	if (r)
		return admin_refuse_with(c->rq, RESULT_THEIRS_MALFORMED, "password",
		        WORDS("a password is one line of at most {n} bytes"), "n",
		        arena_printf(&c->rq->arena, "%d", PASSWORD_MAX), NULL);
	p->change = c;
	password_take(&p->job, PASSWORD_MAKE, &n->password_pepper, text, NULL);
	return give(p, c->rq);
}
