#include "web/password_check.h"

#include "base/log.h"
#include "web/visitor.h"

#define BUSY_WAIT_MS 1000

/* What the try is counted by. A browser that can't be looked up is one that nobody knows. */
static void try_of(struct http_request *rq, struct password_check *c, struct bytes who)
{
	const struct node_loop *l = http_app(rq);
	char token[TOKEN_TEXT_SIZE];
	bool known = false;

	c->try = (struct login_try){
	        .user = who, .address = bytes_of(rq->client.b, sizeof(rq->client.b))};
	if (!c->user || !visitor_known_token(rq, token))
		return;
	sha256(bytes_str(token), c->browser);
	if (!store_browser_known(l->reader, c->user, c->browser, http_wall_ms(rq), &known) && known)
		c->try.browser = bytes_of(c->browser, sizeof(c->browser));
}

int64_t password_try(struct http_request *rq, struct password_check *c, struct bytes who)
{
	try_of(rq, c, who);
	c->wait_ms = login_guard_enter(web_of(rq)->guard, &c->try, http_mono_ms(rq));
	if (c->wait_ms > 0)
		log_warn("password", "result=throttled wait_ms=%lld", (long long)c->wait_ms);
	return c->wait_ms;
}

void password_check_passed(struct http_request *rq, const struct password_check *c)
{
	login_guard_passed(web_of(rq)->guard, &c->try);
}

static enum http_next checked(struct http_request *rq)
{
	struct password_check *c = rq->state;
	struct login_guard *guard = web_of(rq)->guard;

	c->result = c->job.result;
	if (c->result == RESULT_OK && !c->more)
		password_check_passed(rq, c);
	else if (c->result != RESULT_OK && c->result != RESULT_THEIRS_UNAUTHENTIC)
		login_guard_undecided(guard, &c->try);
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
	rq->state = c;
	if (password_try(rq, c, who) > 0) {
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
