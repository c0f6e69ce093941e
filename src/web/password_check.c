#include "web/password_check.h"

#include "base/log.h"

#define BUSY_WAIT_MS 1000

static struct bytes address_of(const struct http_request *rq)
{
	return bytes_of(rq->client.b, sizeof(rq->client.b));
}

void password_check_passed(struct http_request *rq, const struct password_check *c)
{
	login_guard_passed(web_of(rq)->guard, c->who, address_of(rq));
}

static enum http_next checked(struct http_request *rq)
{
	struct password_check *c = rq->state;
	struct login_guard *guard = web_of(rq)->guard;

	c->result = c->job.result;
	if (c->result == RESULT_OK && !c->more)
		password_check_passed(rq, c);
	else if (c->result != RESULT_OK && c->result != RESULT_THEIRS_UNAUTHENTIC)
		login_guard_undecided(guard, c->who, address_of(rq));
	if (c->result == RESULT_RETRY_BUSY)
		c->wait_ms = BUSY_WAIT_MS;
	log_info("password", "result=%s", result_name(c->result));
	return c->then(rq);
}

static void check_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct password_check, job.job.task)->rq);
}

enum http_next password_check(struct http_request *rq, struct password_check *c, struct bytes who,
        const char *password, const char *hash, http_handler *then)
{
	const struct node_loop *l = http_app(rq);
	enum result r;

	c->rq = rq;
	c->then = then;
	c->who = who;
	rq->state = c;
	c->wait_ms = login_guard_enter(web_of(rq)->guard, who, address_of(rq), http_mono_ms(rq));
	if (c->wait_ms > 0) {
		log_warn("password", "result=throttled wait_ms=%lld", (long long)c->wait_ms);
		c->result = RESULT_RETRY_BUSY;
		return then(rq);
	}
	password_take(&c->job, PASSWORD_CHECK, &l->node->password_pepper, password, hash);
	c->job.job.task.home = l->home;
	c->job.job.task.done = check_done;
	http_park(rq, checked);
	r = slow_give(l->node->slow, &c->job.job);
	if (r) {
		password_clear(&c->job);
		c->job.result = r;
		http_resume(rq);
	}
	return HTTP_PARKED;
}
