/* engine: what peers' settlement engines call: what they received, and what they have to say to the
 * peers' engines. Their token is not the operator's. Spec: RFC 0038 "Accounting System HTTP API" */
#include <string.h>

#include "admin/answer.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/log.h"
#include "base/text.h"
#include "ilp/settlement_message.h"
#include "store/settlement.h"

#define ROW_BYTES (16 * 1024) /* of one settlement */

/* ---- who calls ---- */

/* A bearer token, or the password of a URL's user: many engines know the connector by its URL
 * alone. */
static enum result token_given(struct http_request *rq, const char **out)
{
	const char *basic = http_authorization(rq, "Basic");
	char *text;
	size_t n;

	*out = http_authorization(rq, "Bearer");
	if (*out || !basic)
		return *out ? RESULT_OK : RESULT_THEIRS_UNAUTHORIZED;
	n = strlen(basic);
	text = arena_alloc(&rq->arena, n + 1);
	if (!text)
		return RESULT_OURS_MEMORY;
	if (base64_decode(basic, n, (uint8_t *)text, n, &n) || memchr(text, '\0', n))
		return RESULT_THEIRS_UNAUTHORIZED;
	text[n] = '\0';
	text = strchr(text, ':');
	if (!text)
		return RESULT_THEIRS_UNAUTHORIZED;
	*out = text + 1;
	return RESULT_OK;
}

static enum result check_token(struct http_request *rq, const struct peer *peer)
{
	const struct node_loop *loop = http_app(rq);
	uint8_t wanted[32], given[32];
	const char *token;
	enum result r = token_given(rq, &token);

	if (!r)
		r = store_settlement_token(loop->reader, peer->row.account, wanted);
	if (r)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_THEIRS_UNAUTHORIZED : r;
	sha256(bytes_str(token), given);
	return secret_eq_bytes(bytes_of(given, sizeof(given)), bytes_of(wanted, sizeof(wanted)))
	               ? RESULT_OK
	               : RESULT_THEIRS_UNAUTHORIZED;
}

/* The peer of the path, whose engine it is that calls. NULL: the reply is set. */
static const struct peer *caller(struct http_request *rq)
{
	const struct peer *peer = admin_peer_of_path(rq);
	enum result r;

	if (!peer)
		return NULL;
	r = check_token(rq, peer);
	if (r == RESULT_THEIRS_UNAUTHORIZED) {
		http_reply_header(rq, "WWW-Authenticate", "Bearer");
		(void)admin_refuse(
		        rq, r, NULL, "this needs the token of the peer's settlement engine");
	} else if (r) {
		(void)admin_refuse_by(rq, r, NULL);
	}
	return r ? NULL : peer;
}

/* ---- what it received ---- */

struct taking {
	struct op op;
	struct http_request *rq;
	struct settlement_in in;
	unsigned scale; /* of the account */
	uint8_t hash[32];
	struct arena memory; /* writer's thread while the op is there */
	struct settlement_row row;
	char peer[NAME_MAX_CHARS + 1];
};

static enum result take_apply(struct op *op, struct batch *b)
{
	struct taking *t = OWNER_OF(op, struct taking, op);

	arena_clear(&t->memory);
	return batch_settlement_take(b, &t->in, &t->memory, &t->row);
}

/* amount and scale are all that was said: nothing of it is left to the engine, which would else add
 * it to the next. */
static enum http_next taken(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_CONFLICT, "Idempotency-Key",
	                "the key was used for another settlement"},
	        {RESULT_THEIRS_BAD_AMOUNT, "amount", "that is more than an account can hold"},
	        {RESULT_THEIRS_NOT_FOUND, NULL, "there is no such account"},
	        {RESULT_THEIRS_STATE, NULL, "the account is closed"},
	        {RESULT_OK, NULL, NULL},
	};
	const struct taking *t = rq->state;
	const struct settlement_row *s = &t->row;
	char units[AMOUNT_TEXT_SIZE], id[ID_TEXT_SIZE];

	if (t->op.result)
		return admin_refuse_by(rq, t->op.result, refusals);
	amount_format_major(s->amount, 0, units);
	id_format(&s->id, id);
	log_info("settlement", "id=%s peer=%s direction=received quantity=%s/%u credited=%s", id,
	        t->peer, s->quantity, s->quantity_scale, units);
	return http_reply_json(rq, 201,
	        json_pack("{s:s, s:i, s:s, s:{s:s, s:i}, s:{s:s, s:i}}", "amount", s->quantity,
	                "scale", (int)s->quantity_scale, "id", id, "credited", "amount", units,
	                "scale", (int)t->scale, "leftover", "amount", s->leftover, "scale",
	                (int)s->leftover_scale));
}

static void take_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct taking, op.task)->rq);
}

static void clear_memory(void *p)
{
	arena_clear(p);
}

static bool read_quantity(struct http_request *rq, struct taking *t)
{
	const char *amount = NULL;
	uint64_t scale = 0;
	const struct json_member members[] = {
	        {"amount", JSON_TO_STRING, &amount, .required = true},
	        {"scale", JSON_TO_UINT, &scale, .required = true, .max = SETTLEMENT_SCALE_MAX},
	};

	if (http_json_read(rq, false, members, 2, 0))
		return false;
	if (settlement_quantity_read(amount, scale, &t->in.quantity)) {
		(void)admin_refuse(rq, RESULT_THEIRS_BAD_AMOUNT, "amount",
		        "\"amount\" must be a string of digits without leading zeros, at most %d",
		        SETTLEMENT_DIGITS_MAX);
		return false;
	}
	return true;
}

/* What was said, however it was written. */
static enum result hash_quantity(struct http_request *rq, struct taking *t)
{
	const char *text =
	        arena_printf(&rq->arena, "%s/%u", t->in.quantity.digits, t->in.quantity.scale);

	if (!text)
		return RESULT_OURS_MEMORY;
	sha256(bytes_str(text), t->hash);
	t->in.hash = t->hash;
	return RESULT_OK;
}

enum http_next admin_engine_settlement(struct http_request *rq)
{
	const struct peer *peer = caller(rq);
	const char *key = http_header(rq, "Idempotency-Key");
	struct taking *t;

	if (!peer)
		return HTTP_DONE;
	if (!key || !*key || strlen(key) > SETTLEMENT_KEY_MAX)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "Idempotency-Key",
		        "the header Idempotency-Key is required, of at most %d characters",
		        SETTLEMENT_KEY_MAX);
	t = arena_alloc(&rq->arena, sizeof(*t));
	if (!t)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	if (!read_quantity(rq, t))
		return HTTP_DONE;
	arena_init(&t->memory, ROW_BYTES);
	if (http_defer(rq, clear_memory, &t->memory) || hash_quantity(rq, t))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	t->rq = rq;
	t->in.peer = peer->row.account;
	t->in.key = key;
	t->scale = peer->asset.scale;
	text_copy_cut(t->peer, sizeof(t->peer), peer->row.name);
	t->op.apply = take_apply;
	t->op.task.done = take_done;
	rq->state = t;
	http_park(rq, taken);
	node_submit(http_app(rq), &t->op);
	return HTTP_PARKED;
}

/* ---- what it has to say ---- */

struct saying {
	struct settlement_message message;
	struct http_request *rq;
};

static enum http_next said(struct http_request *rq)
{
	struct saying *s = rq->state;
	struct settlement_message *m = &s->message;
	struct bytes reply = bytes_of(m->reply, m->reply_n);

	if (result_class(m->result) == RESULT_CLASS_OURS)
		return admin_refuse_by(rq, m->result, NULL);
	if (m->result)
		return http_reply_error(rq, 502, "peer_unreachable", "%s", m->why);
	if (reply.n == 0)
		return http_reply_bytes(rq, 201, "application/octet-stream", reply);
	m->reply = NULL;
	return http_reply_take(rq, 201, "application/octet-stream", reply);
}

static void say_done(struct task *t)
{
	struct settlement_message *m = OWNER_OF(t, struct settlement_message, task);

	http_resume(OWNER_OF(m, struct saying, message)->rq);
}

enum http_next admin_engine_message(struct http_request *rq)
{
	const struct peer *peer = caller(rq);
	struct saying *s;

	if (!peer)
		return HTTP_DONE;
	if (!http_content_type_is(rq, "application/octet-stream"))
		return http_reply_error(
		        rq, 415, "bad_type", "a message is application/octet-stream");
	s = arena_alloc(&rq->arena, sizeof(*s));
	if (!s)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	s->rq = rq;
	s->message.peer = peer->row.account;
	s->message.data = rq->body;
	s->message.task.done = say_done;
	rq->state = s;
	http_park(rq, said);
	settlement_message_send(http_app(rq), &s->message);
	return HTTP_PARKED;
}
