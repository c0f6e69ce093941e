#include "http/signed.h"

#include <assert.h>
#include <string.h>

#include "auth/client_keys.h"
#include "base/log.h"
#include "codec/http_sig.h"
#include "http/address.h"
#include "http/gnap_answer.h"
#include "http/gnap_error.h"
#include "http/op_error.h"
#include "http/rate.h"
#include "http/reply.h"
#include "http/router.h"
#include "ilp/node_wallet.h"
#include "store/key.h"
#include "store/nonce.h"

#define JWK_CLIENT_PREFIX "jwk:"
#define KEY_PREFIX        "signature:"

struct http_signed {
	enum signed_side side;
	const char *client;
	const struct jwk *jwk;
	http_handler *then;
	struct http_sig_message m;
	struct http_sig sig;
	struct buf scratch;
	size_t at;                 /* input whose key is looked for */
	enum http_sig_fault fault; /* why those before it did not do */
	bool good;
	struct wallet_key_row local;  /* of the key that is tried; wallet 0: no wallet of ours */
	uint8_t key[JWK_PUBLIC_SIZE]; /* that is good */
	struct nonce_client nonce_client;
	struct op op; /* its nonce is used */
	struct http_request *rq;
	uint8_t request_hash[32];
	struct client_keys_call call;
	bool called; /* call holds the key of input `at` */
};

static const struct node *node_of(const struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);

	return l->node;
}

/* ---- refusing ---- */

static enum http_next busy(struct http_request *rq, enum signed_side side)
{
	return side == SIGNED_AS ? gnap_error(rq, GNAP_ERROR_BUSY) : op_error(rq, OP_ERROR_BUSY);
}

static enum http_next too_many(struct http_request *rq, enum signed_side side)
{
	http_count_limited(rq);
	return side == SIGNED_AS ? gnap_error(rq, GNAP_ERROR_TOO_MANY_REQUESTS)
	                         : op_error(rq, OP_ERROR_TOO_MANY_REQUESTS);
}

static enum http_next refuse(
        struct http_request *rq, enum signed_side side, bool not_found, const char *text)
{
	if (side == SIGNED_AS)
		return gnap_error_why(
		        rq, not_found ? GNAP_ERROR_CLIENT : GNAP_ERROR_SIGNATURE, text);
	return op_error_why(rq, OP_ERROR_SIGNATURE, text);
}

static enum http_next refuse_fault(
        struct http_request *rq, enum signed_side side, enum http_sig_fault fault)
{
	log_info("signature", "path=%s result=%s", rq->route->pattern, http_sig_fault_name(fault));
	return refuse(rq, side, fault == HTTP_SIG_UNKNOWN_KEYID, http_sig_fault_text(fault));
}

/* The keys of a client elsewhere could not be had. */
static enum http_next refuse_fetch(struct http_request *rq, enum signed_side side, enum result r)
{
	log_info("signature", "path=%s result=client_keys_%s", rq->route->pattern, result_name(r));
	if (r == RESULT_RETRY_BUSY || r == RESULT_RETRY_DRAINING || r == RESULT_OURS_MEMORY)
		return busy(rq, side);
	if (result_class(r) == RESULT_CLASS_OURS)
		return http_reply_result(rq, r, "the client's keys cannot be read");
	if (r == RESULT_THEIRS_BLOCKED)
		return refuse(rq, side, true, "the client's address is not one that may be called");
	if (r == RESULT_THEIRS_PROTOCOL || r == RESULT_THEIRS_TOO_BIG)
		return refuse(rq, side, true, "the client's jwks.json is no list of keys");
	return refuse(rq, side, true, "the client's jwks.json could not be fetched");
}

/* ---- finding keys ---- */

static enum result node_key_of(const struct http_request *rq, const char *kid, uint8_t key[32])
{
	const struct node_loop *l = http_app(rq);
	struct node_key_row rows[NODE_KEYS_MAX];
	char text[ID_TEXT_SIZE];
	size_t count;
	enum result r = store_node_key_published(l->reader, http_wall_ms(rq), rows, &count);

	for (size_t i = 0; !r && i < count; i++) {
		id_format(&rows[i].id, text);
		if (strcmp(text, kid) != 0)
			continue;
		memcpy(key, rows[i].public_key, sizeof(rows[i].public_key));
		return RESULT_OK;
	}
	return r ? r : RESULT_THEIRS_NOT_FOUND;
}

static enum result local_key_of(
        struct http_request *rq, const char *name, const char *kid, uint8_t key[32])
{
	const struct node_loop *l = http_app(rq);
	struct wallet_key_row *row = &rq->signature->local;
	struct wallet_row w;
	enum result r;

	row->wallet = 0;
	if (strcmp(name, NODE_IDENTITY_NAME) == 0)
		return node_key_of(rq, kid, key);
	r = node_wallet_find(l->node, l->reader, &rq->arena, name, &w);
	if (!r && !wallet_is_shown(&w, http_wall_ms(rq)))
		r = RESULT_THEIRS_NOT_FOUND;
	if (!r)
		r = store_wallet_key_find(l->reader, &rq->arena, w.account, kid, row);
	if (!r)
		memcpy(key, row->public_key, sizeof(row->public_key));
	return r;
}

static http_handler foreign_key_came;

static void call_done(struct task *t)
{
	struct client_keys_call *call = OWNER_OF(t, struct client_keys_call, task);
	struct http_request *rq = call->arg;

	http_resume(rq);
}

static enum http_next fetch(struct http_request *rq, struct http_signed *s, const char *kid)
{
	struct node_loop *l = http_app(rq);
	enum result r;

	s->call.client = s->client;
	s->call.kid = kid;
	s->call.arg = rq;
	s->call.task.home = l->home;
	s->call.task.done = call_done;
	s->called = true;
	http_park(rq, foreign_key_came);
	r = client_keys_fetch(l->node->client_keys, &s->call);
	if (r) {
		s->call.result = r;
		http_resume(rq);
	}
	return HTTP_PARKED;
}

/* False: it must be fetched. */
static bool key_of(struct http_request *rq, struct http_signed *s, const char *kid, enum result *r,
        uint8_t key[32])
{
	const struct node *n = node_of(rq);
	char name[NAME_MAX_CHARS + 1];

	if (s->called) {
		s->called = false;
		*r = s->call.result;
		memcpy(key, s->call.public_key, sizeof(s->call.public_key));
		return true;
	}
	if (s->jwk) {
		*r = strcmp(kid, s->jwk->kid) == 0 ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
		memcpy(key, s->jwk->public_key, sizeof(s->jwk->public_key));
		return true;
	}
	if (node_wallet_name(n, s->client, name)) {
		*r = local_key_of(rq, name, kid, key);
		return true;
	}
	return client_keys_find(n->client_keys, s->client, kid, http_mono_ms(rq), r, key);
}

/* ---- checking ---- */

static enum http_sig_fault verify(struct http_request *rq, struct http_signed *s,
        const struct http_sig_input *in, const uint8_t key[32])
{
	const struct node_options *o = &node_of(rq)->options;
	struct http_sig_rules rules = {.digest = o->content_digest,
	        .now_s = http_wall_ms(rq) / 1000,
	        .max_age_s = o->signature_max_age_s};
	enum http_sig_fault fault = http_sig_verify(&s->m, &rules, &s->sig, in, key, &s->scratch);

	if (!fault && rules.digest == HTTP_SIG_DIGEST_WARN && rq->body.n > 0 &&
	        !http_sig_covers(&s->sig, in, "content-digest"))
		log_warn("signature", "path=%s result=body_not_covered", rq->route->pattern);
	return fault;
}

/* ---- a good one ---- */

static enum http_next admit(struct http_request *rq, struct http_signed *s)
{
	s->good = true;
	if (s->local.wallet)
		node_key_used(http_app(rq), &s->local, http_wall_ms(rq));
	return s->then(rq);
}

/* A client that shows a key and no address counts by where it comes from: it can make any number of
 * keys. Others count by their address, whatever keys they publish there. */
static void nonce_client_of(struct http_request *rq, struct nonce_client *out)
{
	const struct http_signed *s = rq->signature;
	struct http_address holder;
	char name[NAME_MAX_CHARS + 1];
	uint8_t hash[32];

	http_address_holder(&rq->client, &holder);
	sha256(s->jwk ? bytes_of(holder.b, sizeof(holder.b)) : bytes_str(s->client), hash);
	memcpy(out->id, hash, sizeof(out->id));
	out->ours = !s->jwk && node_wallet_name(node_of(rq), s->client, name);
}

static enum result nonce_apply(struct op *op, struct batch *b)
{
	const struct http_signed *s = OWNER_OF(op, struct http_signed, op);
	int64_t keep_s = node_of(s->rq)->options.signature_max_age_s + HTTP_SIG_FUTURE_MAX_S + 1;

	return batch_nonce_use(
	        b, &s->nonce_client, s->key, s->sig.inputs[s->at].nonce, keep_s * 1000);
}

static enum http_next nonce_kept(struct http_request *rq)
{
	struct http_signed *s = rq->signature;
	enum result r = s->op.result;

	if (!r)
		return admit(rq, s);
	if (r == RESULT_THEIRS_CONFLICT)
		return refuse_fault(rq, s->side, HTTP_SIG_NONCE_USED);
	if (r == RESULT_THEIRS_TOO_BIG)
		return too_many(rq, s->side);
	if (result_class(r) == RESULT_CLASS_RETRY)
		return busy(rq, s->side);
	return s->side == SIGNED_AS ? gnap_failed(rq, r)
	                            : http_reply_result(rq, r, "the nonce can't be kept");
}

static void nonce_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct http_signed, op.task)->rq);
}

/* By the client's key: within its rate, and with a nonce that is new, if any. */
static enum http_next verified(
        struct http_request *rq, struct http_signed *s, const struct http_sig_input *in)
{
	struct rate *rate = node_of(rq)->key_rate;

	if (rate && !rate_pass(rate, s->key, http_mono_ms(rq)))
		return too_many(rq, s->side);
	if (!in->nonce.p)
		return admit(rq, s);
	s->rq = rq;
	nonce_client_of(rq, &s->nonce_client);
	s->op.apply = nonce_apply;
	s->op.task.done = nonce_done;
	http_park(rq, nonce_kept);
	node_submit(http_app(rq), &s->op);
	return HTTP_PARKED;
}

/* Tries the signatures from s->at on; the first good one decides. */
static enum http_next go_on(struct http_request *rq, struct http_signed *s)
{
	for (; s->at < s->sig.count; s->at++) {
		const struct http_sig_input *in = &s->sig.inputs[s->at];
		uint8_t key[JWK_PUBLIC_SIZE];
		enum http_sig_fault fault = in->fault;
		enum result r = RESULT_OK;

		if (!fault && !key_of(rq, s, in->keyid, &r, key))
			return fetch(rq, s, in->keyid);
		if (r && r != RESULT_THEIRS_NOT_FOUND)
			return refuse_fetch(rq, s->side, r);
		if (!fault)
			fault = r ? HTTP_SIG_UNKNOWN_KEYID : verify(rq, s, in, key);
		if (!fault) {
			memcpy(s->key, key, sizeof(s->key));
			return verified(rq, s, in);
		}
		/* what is wrong with a signature of the client's own key says more */
		if (!s->fault || s->fault == HTTP_SIG_UNKNOWN_KEYID)
			s->fault = fault;
	}
	return refuse_fault(rq, s->side, s->fault);
}

static enum http_next foreign_key_came(struct http_request *rq)
{
	return go_on(rq, rq->signature);
}

/* ---- starting ---- */

const char *signed_client_of(struct http_request *rq, const struct signed_by *by)
{
	char text[WALLET_ADDRESS_SIZE];

	if (by->jwk) {
		jwk_thumbprint(by->jwk->public_key, text);
		return arena_printf(&rq->arena, JWK_CLIENT_PREFIX "%s", text);
	}
	if (node_wallet_address(node_of(rq), by->client, text))
		return NULL;
	return arena_strdup(&rq->arena, text);
}

/* The request as its client saw it: our public URL and the target as it was sent. */
static bool read_message(struct http_request *rq, struct http_sig_message *m)
{
	struct http_sig_field *fields =
	        arena_alloc(&rq->arena, (rq->header_count + 1) * sizeof(*fields));
	char *uri = arena_printf(&rq->arena, "%s%s", node_of(rq)->options.public_url, rq->target);

	if (!fields || !uri)
		return false;
	for (size_t i = 0; i < rq->header_count; i++) {
		const struct http_header *h = &rq->headers[i];

		fields[i] = (struct http_sig_field){
		        bytes_of(h->name, h->name_n), bytes_of(h->value, h->value_n)};
	}
	*m = (struct http_sig_message){.method = bytes_str(http_method_name(rq->method)),
	        .target_uri = bytes_str(uri),
	        .fields = fields,
	        .field_count = rq->header_count,
	        .body = rq->body};
	return true;
}

static bool take_scratch(struct http_request *rq, struct http_signed *s)
{
	size_t size = http_sig_base_max(&s->m);
	void *p = arena_alloc(&rq->arena, size);

	if (p)
		buf_init(&s->scratch, p, size);
	return p != NULL;
}

enum http_next signed_require(struct http_request *rq, enum signed_side side,
        const struct signed_by *by, http_handler *then)
{
	struct http_signed *s = arena_alloc(&rq->arena, sizeof(*s));
	enum http_sig_fault fault;

	if (!s || !read_message(rq, &s->m) || !take_scratch(rq, s))
		return busy(rq, side);
	s->side = side;
	s->jwk = by->jwk;
	s->then = then;
	s->client = signed_client_of(rq, by);
	if (!s->client)
		return refuse(rq, side, true, "the client is not a wallet address");
	rq->signature = s;
	fault = http_sig_parse(&s->m, node_of(rq)->options.signature_profile, &s->sig);
	return fault ? refuse_fault(rq, side, fault) : go_on(rq, s);
}

/* ---- after it ---- */

const char *signed_client(const struct http_request *rq)
{
	return rq->signature && rq->signature->good ? rq->signature->client : NULL;
}

static enum result key_text(struct http_request *rq, const char **out)
{
	const struct http_signed *s = rq->signature;
	const char *given = http_header(rq, "Idempotency-Key");
	char text[BASE64_LEN(32) + 1];
	uint8_t both[HTTP_SIG_SIZE + sizeof(s->request_hash)], hash[32];

	if (given) {
		size_t n = strlen(given);

		if (n == 0 || n > IDEMPOTENCY_KEY_MAX)
			return RESULT_THEIRS_MALFORMED;
		/* Whoever saw the request could send it again with another key. */
		if (!http_sig_covers(&s->sig, &s->sig.inputs[s->at], "idempotency-key"))
			return RESULT_THEIRS_UNAUTHENTIC;
		*out = given;
		return RESULT_OK;
	}
	/* With the request: where a body need not be covered, two that differ may
	 * be signed alike. */
	memcpy(both, s->sig.inputs[s->at].signature, HTTP_SIG_SIZE);
	memcpy(both + HTTP_SIG_SIZE, s->request_hash, sizeof(s->request_hash));
	sha256(bytes_of(both, sizeof(both)), hash);
	base64_encode(bytes_of(hash, sizeof(hash)), BASE64_URL | BASE64_NO_PAD, text);
	*out = arena_printf(&rq->arena, KEY_PREFIX "%s", text);
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum result signed_idempotency(
        struct http_request *rq, const char *route, struct idempotency_key *out)
{
	struct http_signed *s = rq->signature;
	size_t target_n = strlen(rq->target), n = target_n + 1 + rq->body.n;
	uint8_t *whole;
	struct buf b;
	enum result r;

	assert(s && s->good);
	whole = arena_alloc(&rq->arena, n);
	if (!whole)
		return RESULT_OURS_MEMORY;
	buf_init(&b, whole, n);
	buf_put(&b, rq->target, target_n);
	buf_u8(&b, '\n');
	buf_bytes(&b, rq->body);
	sha256(buf_view(&b), s->request_hash);
	r = key_text(rq, &out->key);
	if (r)
		return r;
	out->principal = s->client;
	out->route = route;
	out->request_hash = s->request_hash;
	return RESULT_OK;
}
