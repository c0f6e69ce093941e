#include "admin/change.h"

#include <stdlib.h>
#include <string.h>

#include "admin/admin_routes.h"
#include "base/log.h"
#include "base/secret.h"
#include "http/router.h"
#include "store/operator.h"

#define PRINCIPAL "operator" /* the one who holds the token */

/* ---- on the writer's thread ---- */

static enum result keep_body(struct admin_change *c, const json_t *answer)
{
	char *text = json_dumps(answer, JSON_COMPACT);

	if (!text)
		return RESULT_OURS_MEMORY;
	c->body = arena_strdup(&c->memory, text);
	free(text);
	return c->body ? RESULT_OK : RESULT_OURS_MEMORY;
}

static enum result write_down(struct batch *b, const struct admin_actor *actor)
{
	struct act_row act = {.who = actor->name,
	        .act = actor->act,
	        .subject = actor->subject,
	        .details = actor->details};

	return batch_act_add(b, &act);
}

static enum result make(struct admin_change *c, struct batch *b)
{
	json_t *answer = NULL;
	enum result r = c->apply(c, b, &answer);

	if (!r && !c->then)
		r = answer ? keep_body(c, answer) : RESULT_OURS_MEMORY;
	json_decref(answer);
	if (!r && c->actor)
		r = write_down(b, c->actor);
	return r;
}

static enum result change_apply(struct op *op, struct batch *b)
{
	struct admin_change *c = OWNER_OF(op, struct admin_change, op);
	enum result r;

	arena_clear(&c->memory);
	c->body = NULL;
	c->stored_status = (int)c->status;
	if (!c->key.key)
		return make(c, b);
	r = batch_idempotency_get(b, &c->key, &c->memory, &c->stored_status, &c->body);
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	c->stored_status = (int)c->status;
	r = make(c, b);
	return r ? r : batch_idempotency_put(b, &c->key, c->stored_status, c->body);
}

/* ---- on the loop thread ---- */

static enum http_next answer(struct http_request *rq)
{
	struct admin_change *c = rq->state;
	enum result r = c->op.result;

	if (r)
		return admin_refuse_by(rq, r, c->refusals);
	if (c->actor)
		c->actor->written = true;
	if (c->committed) {
		r = c->committed(c);
		if (r)
			log_error("admin_change", "target=%s result=%s", rq->route->pattern,
			        result_name(r));
	}
	if (c->then)
		return c->then(rq);
	return http_reply_bytes(
	        rq, (unsigned)c->stored_status, "application/json", bytes_str(c->body));
}

static void change_done(struct task *t)
{
	struct admin_change *c = OWNER_OF(t, struct admin_change, op.task);

	http_resume(c->rq);
}

/* Those that waited look again: the first of them may have to do it after all. */
static void let_go(struct admin_change *c)
{
	struct admin_change **at = &c->loop->claims;

	while (*at != c)
		at = &(*at)->claims_next;
	*at = c->claims_next;
	while (c->waiting) {
		struct admin_change *w = c->waiting;

		c->waiting = w->claims_next;
		node_send_home(c->loop->home, &w->op.task, change_done);
	}
}

static void end(void *p)
{
	struct admin_change *c = p;

	if (c->claimed)
		let_go(c);
	arena_clear(&c->memory);
}

/* The key covers the whole request: its target and its body. The hash is stored, and a body may
 * hold a password: so it is a keyed one. */
static enum result hash_request(struct admin_change *c)
{
	const struct secret32 *key = &c->loop->node->request_key;
	struct http_request *rq = c->rq;
	size_t target_n = strlen(rq->target);
	uint8_t *whole = arena_alloc(&rq->arena, target_n + 1 + rq->body.n);
	struct buf b;

	if (!whole)
		return RESULT_OURS_MEMORY;
	buf_init(&b, whole, target_n + 1 + rq->body.n);
	buf_put(&b, rq->target, target_n);
	buf_u8(&b, '\n');
	buf_bytes(&b, rq->body);
	hmac_sha256(bytes_of(key->b, sizeof(key->b)), buf_view(&b), c->request_hash);
	secret_wipe(whole, b.len);
	return RESULT_OK;
}

static enum result take_key(struct admin_change *c, enum admin_key wanted)
{
	struct http_request *rq = c->rq;
	const char *given = wanted == ADMIN_KEY_NONE ? NULL : http_header(rq, "Idempotency-Key");
	enum result r = RESULT_OK;
	char *text;

	if (!given && wanted == ADMIN_KEY_REQUIRED) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "Idempotency-Key",
		        "money moves here: the header Idempotency-Key is required");
		return RESULT_THEIRS_MALFORMED;
	}
	if (!given)
		return RESULT_OK;
	if (id_parse(given, strlen(given), &c->id)) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "Idempotency-Key",
		        "the header Idempotency-Key must be a UUID");
		return RESULT_THEIRS_MALFORMED;
	}
	text = arena_alloc(&rq->arena, ID_TEXT_SIZE);
	r = text ? hash_request(c) : RESULT_OURS_MEMORY;
	if (r) {
		(void)admin_refuse_by(rq, r, NULL);
		return r;
	}
	id_format(&c->id, text);
	c->key = (struct idempotency_key){.principal = PRINCIPAL,
	        .route = "admin",
	        .key = text,
	        .request_hash = c->request_hash};
	return RESULT_OK;
}

void *admin_change_new(struct http_request *rq, size_t size, enum admin_key key)
{
	struct admin_change *c = arena_alloc(&rq->arena, size);

	if (!c) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return NULL;
	}
	c->rq = rq;
	c->loop = http_app(rq);
	if (rq->before && ((struct admin_actor *)rq->before)->act)
		c->actor = rq->before;
	c->status = 201;
	c->op.apply = change_apply;
	c->op.task.done = change_done;
	if (take_key(c, key))
		return NULL;
	arena_init(&c->memory, ADMIN_CHANGE_BYTES);
	if (http_defer(rq, end, c)) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return NULL;
	}
	return c;
}

enum http_next admin_change_submit(struct admin_change *c)
{
	c->rq->state = c;
	http_park(c->rq, answer);
	node_submit(c->loop, &c->op);
	return HTTP_PARKED;
}

/* ---- known before ---- */

static enum result known_apply(struct op *op, struct batch *b)
{
	struct admin_change *c = OWNER_OF(op, struct admin_change, op);

	arena_clear(&c->memory);
	return batch_idempotency_get(b, &c->key, &c->memory, &c->stored_status, &c->body);
}

static enum http_next known(struct http_request *rq)
{
	struct admin_change *c = rq->state;

	if (c->op.result != RESULT_THEIRS_NOT_FOUND)
		return answer(rq);
	c->op.apply = change_apply;
	return c->first(rq);
}

/* The admin listener is on one loop: whoever works on a key is in its list. */
static enum http_next claim(struct http_request *rq)
{
	struct admin_change *c = rq->state, *other = c->loop->claims;

	while (other && strcmp(other->key.key, c->key.key) != 0)
		other = other->claims_next;
	if (other) {
		c->claims_next = other->waiting;
		other->waiting = c;
		http_park(rq, claim);
		return HTTP_PARKED;
	}
	c->claims_next = c->loop->claims;
	c->loop->claims = c;
	c->claimed = true;
	c->op.apply = known_apply;
	http_park(rq, known);
	node_submit(c->loop, &c->op);
	return HTTP_PARKED;
}

enum http_next admin_change_unless_known(struct admin_change *c, http_handler *first)
{
	c->rq->state = c;
	if (!c->key.key)
		return first(c->rq);
	c->first = first;
	return claim(c->rq);
}

enum result admin_change_reload(struct admin_change *c)
{
	return node_reload(c->loop);
}
