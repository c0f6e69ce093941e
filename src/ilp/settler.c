#include "ilp/settler.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "store/settlement.h"

#define CALL_BYTES       (64 * 1024)
#define ANSWER_BYTES_MAX 65536
#define LOOK_SELDOM_MS   30000
#define LOOK_AGAIN_MS    1000 /* after the store refused */
#define URL_SIZE         (SETTLEMENT_URL_MAX + ID_TEXT_SIZE + 32)

struct call {
	struct outbound_request rq;
	struct op op;
	struct settler *settler;
	struct arena memory;
	struct engine_call what;
	struct engine_end end;
	struct timer timer; /* the end is written again when it fires */
	bool used;
	bool opens;  /* this order waits for its account to be opened */
	bool opened; /* what ended was that */
	char url[URL_SIZE];
	char body[128];
	char key[ID_TEXT_SIZE + 32];
	char token[SETTLEMENT_TOKEN_MAX + 32];
	char error[64];
	const char *headers[3];
};

struct settler {
	struct node *node;
	int64_t timeout_ms;
	_Atomic bool woken; /* the wake-up is on its way */
	struct task wake;
	/* the thread's own */
	struct timer timer;
	struct op look;
	bool looking, again, taken_over;
	struct call *offered[SETTLER_IN_FLIGHT_MAX]; /* to the look: its own while it runs */
	size_t offered_count;
	int64_t next_ms; /* wall; of the last look; 0: nothing is due */
	struct call calls[SETTLER_IN_FLIGHT_MAX];
};

static void look(struct settler *s);
static void send_call(struct call *c);

static void submit(struct settler *s, struct op *op, void (*done)(struct task *t))
{
	struct mail_list one;

	op->task.home = outbound_home(s->node->outbound);
	op->task.done = done;
	mail_list_init(&one);
	mail_list_add(&one, &op->task.mail);
	writer_submit_must(s->node->writer, &one);
}

/* ---- the end of a call ---- */

static void call_clear(struct call *c)
{
	outbound_request_clear(&c->rq);
	secret_wipe(c->token, sizeof(c->token));
	if (c->used && *c->what.token)
		secret_wipe((char *)(uintptr_t)c->what.token, strlen(c->what.token));
	arena_clear(&c->memory);
	c->used = false;
}

static enum result end_apply(struct op *op, struct batch *b)
{
	if (FAILPOINT("settle.before_end"))
		return RESULT_RETRY_STORE;
	return batch_engine_end(b, &OWNER_OF(op, struct call, op)->end);
}

static void ended(struct task *t);

static void end_again(struct timer *timer)
{
	struct call *c = OWNER_OF(timer, struct call, timer);

	submit(c->settler, &c->op, ended);
}

/* Nobody else calls for this peer, or may decide about the order, until its end is written: a store
 * that refuses for a moment is asked again. Where the node stops first, the next start calls again
 * with the same key. */
static void ended(struct task *t)
{
	struct call *c = OWNER_OF(t, struct call, op.task);
	struct settler *s = c->settler;
	struct outbound *o = s->node->outbound;

	if (c->op.result)
		log_error("engine_call_end", "result=%s", result_name(c->op.result));
	if (result_class(c->op.result) == RESULT_CLASS_RETRY && !outbound_draining(o)) {
		c->timer.fire = end_again;
		outbound_timer_set(o, &c->timer, outbound_now_ms(o) + LOOK_AGAIN_MS);
		return;
	}
	call_clear(c);
	outbound_busy(s->node->outbound, -1);
	look(s);
}

static const char *kind_name(enum engine_call_kind k)
{
	switch (k) {
	case ENGINE_CALL_OPEN:
		return "open";
	case ENGINE_CALL_SETTLE:
		return "settle";
	case ENGINE_CALL_CLOSE:
		return "close";
	}
	return "";
}

/* An account that is there, or that is not, is what was wanted. */
static enum settlement_answer meaning(enum engine_call_kind kind, int status)
{
	enum settlement_answer a = settlement_answer(status);

	switch (kind) {
	case ENGINE_CALL_OPEN:
		return status == 409                ? SETTLEMENT_TAKEN
		       : a == SETTLEMENT_NO_ACCOUNT ? SETTLEMENT_AGAIN
		                                    : a;
	case ENGINE_CALL_CLOSE:
		return status == 404 ? SETTLEMENT_TAKEN : a;
	case ENGINE_CALL_SETTLE:
		break;
	}
	return a;
}

static void log_end(const struct call *c)
{
	char peer[ID_TEXT_SIZE], settlement[ID_TEXT_SIZE];

	id_format(&c->what.peer, peer);
	id_format(&c->what.settlement, settlement);
	if (c->end.answer == SETTLEMENT_TAKEN)
		log_info("engine_call", "kind=%s peer=%s settlement=%s result=ok attempt=%u",
		        kind_name(c->what.kind), peer, settlement, c->what.attempts);
	else if (c->end.answer == SETTLEMENT_REFUSED || c->rq.status == 409)
		log_error("engine_call",
		        "kind=%s peer=%s settlement=%s result=refused attempt=%u why=\"%s\"",
		        kind_name(c->what.kind), peer, settlement, c->what.attempts, c->error);
	else
		log_warn("engine_call",
		        "kind=%s peer=%s settlement=%s result=again attempt=%u why=\"%s\"",
		        kind_name(c->what.kind), peer, settlement, c->what.attempts, c->error);
}

static int64_t next_ms(struct call *c)
{
	struct node *n = c->settler->node;
	int64_t now_ms = env_wall_ms(n->env);
	uint32_t random;

	if (c->rq.result == RESULT_RETRY_DRAINING) /* that was our own stop */
		return now_ms;
	env_random(n->env, &random, sizeof(random));
	return now_ms + settlement_gap_ms(c->what.attempts, random);
}

/* Whether an order may have been taken although nobody said so: no answer, or one of whatever
 * stands before the engine. */
static bool is_unanswered(const struct call *c, enum settlement_answer answer)
{
	if (c->what.kind != ENGINE_CALL_SETTLE || answer != SETTLEMENT_AGAIN || c->opened)
		return false;
	return c->rq.status ? c->rq.status >= 500 : c->rq.sent;
}

static void finish(struct call *c, enum settlement_answer answer)
{
	c->end = (struct engine_end){.key = c->what.key,
	        .answer = answer,
	        .next_ms = next_ms(c),
	        .status = c->rq.status,
	        .error = c->error,
	        .unanswered = is_unanswered(c, answer)};
	log_end(c);
	c->op.apply = end_apply;
	submit(c->settler, &c->op, ended);
}

static void answered(struct task *t)
{
	struct call *c = OWNER_OF(t, struct call, rq.task);
	enum settlement_answer answer = SETTLEMENT_AGAIN;
	bool opened = c->opens;

	if (c->rq.status)
		answer = meaning(opened ? ENGINE_CALL_OPEN : c->what.kind, c->rq.status);
	if (answer == SETTLEMENT_TAKEN)
		(void)FAILPOINT("settle.after_call");
	c->error[0] = '\0';
	if (answer != SETTLEMENT_TAKEN && c->rq.status)
		(void)snprintf(c->error, sizeof(c->error), "%sstatus %d",
		        opened ? "opening the account: " : "", c->rq.status);
	else if (answer != SETTLEMENT_TAKEN)
		(void)snprintf(c->error, sizeof(c->error), "%s", result_name(c->rq.result));
	c->opens = false;
	c->opened = opened;
	if (opened && answer == SETTLEMENT_TAKEN) {
		send_call(c);
		return;
	}
	/* That the account can't be opened refuses no order. */
	if (opened)
		answer = SETTLEMENT_AGAIN;
	if (answer == SETTLEMENT_NO_ACCOUNT && c->what.attempts % 2 == 1) {
		c->opens = true;
		send_call(c);
		return;
	}
	finish(c, answer);
}

/* ---- a call ---- */

static void account_url(struct call *c, const char *rest)
{
	char peer[ID_TEXT_SIZE];

	id_format(&c->what.peer, peer);
	(void)snprintf(c->url, sizeof(c->url), "%s/accounts/%s%s", c->what.engine, peer, rest);
}

static enum outbound_method write_call(struct call *c)
{
	char id[ID_TEXT_SIZE];

	c->body[0] = '\0';
	c->key[0] = '\0';
	switch (c->opens ? ENGINE_CALL_OPEN : c->what.kind) {
	case ENGINE_CALL_OPEN:
		(void)snprintf(c->url, sizeof(c->url), "%s/accounts", c->what.engine);
		id_format(&c->what.peer, id);
		(void)snprintf(c->body, sizeof(c->body), "{\"id\":\"%s\"}", id);
		break;
	case ENGINE_CALL_SETTLE:
		account_url(c, "/settlements");
		(void)snprintf(c->body, sizeof(c->body),
		        "{\"amount\":\"%" PRIu64 "\",\"scale\":%u}", c->what.amount, c->what.scale);
		id_format(&c->what.settlement, id);
		(void)snprintf(c->key, sizeof(c->key), "Idempotency-Key: %s", id);
		break;
	case ENGINE_CALL_CLOSE:
		account_url(c, "");
		return OUTBOUND_DELETE;
	}
	return OUTBOUND_POST;
}

static void send_call(struct call *c)
{
	struct settler *s = c->settler;
	struct outbound *o = s->node->outbound;
	enum outbound_method method = write_call(c);
	size_t n = 0;

	if (*c->key)
		c->headers[n++] = c->key;
	if (*c->what.token) {
		(void)snprintf(
		        c->token, sizeof(c->token), "Authorization: Bearer %s", c->what.token);
		c->headers[n++] = c->token;
	}
	c->headers[n] = NULL;
	outbound_request_clear(&c->rq);
	c->rq = (struct outbound_request){
	        .task = {.home = outbound_home(o), .done = answered},
	        .url = c->url,
	        .headers = c->headers,
	        .content_type = *c->body ? "application/json" : NULL,
	        .accept = "application/json",
	        .policy = URL_POLICY_OPERATOR,
	        .method = method,
	        .body = bytes_str(c->body),
	        .deadline_ms = outbound_now_ms(o) + s->timeout_ms,
	        .body_max = ANSWER_BYTES_MAX,
	};
	outbound_send(o, &c->rq);
}

/* ---- finding work ---- */

static void sooner(int64_t *next, int64_t at)
{
	if (at && (*next == 0 || at < *next))
		*next = at;
}

/* Finding nothing is no refusal. Runs again after a rollback: what it found then counts. */
static enum result look_apply(struct op *op, struct batch *b)
{
	struct settler *s = OWNER_OF(op, struct settler, look);
	enum result r = s->taken_over ? RESULT_OK : batch_engine_take_over(b);
	bool found = true;
	int64_t next;

	s->next_ms = 0;
	if (!r)
		r = batch_settlement_order_due(b, &s->next_ms);
	for (size_t i = 0; i < s->offered_count; i++) {
		arena_clear(&s->offered[i]->memory);
		s->offered[i]->what.key = 0;
	}
	for (size_t i = 0; !r && found && i < s->offered_count; i++) {
		struct call *c = s->offered[i];

		r = batch_engine_claim(b, &c->memory, &c->what, &found, &next);
		if (!r && !found)
			sooner(&s->next_ms, next);
	}
	return r;
}

static void set_timer(struct settler *s)
{
	struct outbound *o = s->node->outbound;
	int64_t wait = LOOK_SELDOM_MS;

	if (s->look.result)
		wait = LOOK_AGAIN_MS;
	else if (s->next_ms && s->next_ms - env_wall_ms(s->node->env) < wait)
		wait = s->next_ms - env_wall_ms(s->node->env);
	outbound_timer_set(o, &s->timer, outbound_now_ms(o) + (wait > 1 ? wait : 1));
}

static void looked(struct task *t)
{
	struct settler *s = OWNER_OF(t, struct settler, look.task);
	bool again = s->again;

	s->looking = false;
	s->again = false;
	if (s->look.result)
		log_warn("engine_call_claim", "result=%s", result_name(s->look.result));
	else
		s->taken_over = true;
	for (size_t i = 0; i < s->offered_count && !s->look.result; i++) {
		struct call *c = s->offered[i];

		if (c->what.key == 0)
			break;
		c->used = true;
		c->opens = false;
		outbound_busy(s->node->outbound, 1);
		send_call(c);
	}
	outbound_busy(s->node->outbound, -1);
	if (again)
		look(s);
	else
		set_timer(s);
}

static void look(struct settler *s)
{
	if (outbound_draining(s->node->outbound))
		return;
	if (s->looking) {
		s->again = true;
		return;
	}
	s->offered_count = 0;
	for (size_t i = 0; i < SETTLER_IN_FLIGHT_MAX; i++)
		if (!s->calls[i].used)
			s->offered[s->offered_count++] = &s->calls[i];
	if (s->offered_count == 0) /* each that ends looks again */
		return;
	s->looking = true;
	s->look.apply = look_apply;
	outbound_busy(s->node->outbound, 1);
	submit(s, &s->look, looked);
}

static void on_timer(struct timer *t)
{
	look(OWNER_OF(t, struct settler, timer));
}

static void on_wake(struct task *t)
{
	struct settler *s = OWNER_OF(t, struct settler, wake);

	atomic_store(&s->woken, false);
	look(s);
}

/* ---- from other threads ---- */

void settler_wake(struct settler *s)
{
	struct mail_list one;

	if (atomic_exchange(&s->woken, true))
		return;
	s->wake.done = on_wake;
	mail_list_init(&one);
	mail_list_add(&one, &s->wake.mail);
	/* While stopping nobody looks; after the next start somebody will. */
	if (outbound_post(s->node->outbound, &one))
		atomic_store(&s->woken, false);
}

static void on_settlement(void *arg)
{
	settler_wake(arg);
}

enum result settler_new(struct node *n, int64_t timeout_ms, struct settler **out)
{
	struct settler *s = calloc(1, sizeof(*s));

	if (!s)
		return RESULT_OURS_MEMORY;
	s->node = n;
	s->timeout_ms = timeout_ms;
	s->timer.fire = on_timer;
	for (size_t i = 0; i < SETTLER_IN_FLIGHT_MAX; i++) {
		s->calls[i].settler = s;
		arena_init(&s->calls[i].memory, CALL_BYTES);
	}
	writer_on_settlement(n->writer, on_settlement, s);
	*out = s;
	return RESULT_OK;
}

void settler_free(struct settler *s)
{
	if (!s)
		return;
	assert(!s->looking);
	for (size_t i = 0; i < SETTLER_IN_FLIGHT_MAX; i++)
		call_clear(&s->calls[i]);
	free(s);
}
