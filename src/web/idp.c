#include "web/idp.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/reply.h"
#include "web/interact.h"

#define URL_BYTES (4 * URL_MAX_CHARS)

/* ---- to the provider ---- */

static void put(struct buf *b, char separator, const char *name, const char *value)
{
	buf_u8(b, (uint8_t)separator);
	buf_bytes(b, bytes_str(name));
	buf_u8(b, '=');
	form_escape(bytes_str(value), b);
}

enum http_next idp_ask(struct http_request *rq, const struct interaction_row *i)
{
	const char *base = web_of(rq)->consent_url;
	char *url = arena_alloc(&rq->arena, URL_BYTES);
	char id[ID_TEXT_SIZE];
	struct buf b;

	if (!url)
		return page_fail(rq, RESULT_OURS_MEMORY);
	id_format(&i->id, id);
	buf_init(&b, url, URL_BYTES);
	buf_bytes(&b, bytes_str(base));
	put(&b, strchr(base, '?') ? '&' : '?', "interactId", id);
	put(&b, '&', "nonce", http_param(rq, "nonce"));
	put(&b, '&', "clientName", i->grant.client_name);
	put(&b, '&', "clientUri", i->grant.client);
	buf_u8(&b, 0);
	return b.failed ? page_fail(rq, RESULT_OURS_BUG) : page_see(rq, url);
}

/* ---- the back channel ---- */

static enum http_next refuse(
        struct http_request *rq, unsigned status, const char *code, const char *text)
{
	return http_reply_error(rq, status, code, "%s", text);
}

/* Whether the provider asks; else the reply is set. Wrong secrets count by address, and so does
 * what is asked with none. */
static bool is_provider(struct http_request *rq)
{
	struct web *w = web_of(rq);
	const struct bytes from = bytes_of(rq->client.b, sizeof(rq->client.b));
	const struct login_try try = {.user = from, .address = from};
	const char *secret = http_header(rq, "x-idp-secret");
	char *seconds;
	int64_t wait_ms;

	if (!w->idp_secret) {
		(void)refuse(rq, 404, "not_found", "no identity provider takes part here");
		return false;
	}
	wait_ms = login_guard_enter(w->guard, &try, http_mono_ms(rq));
	if (wait_ms > 0) {
		seconds = arena_printf(&rq->arena, "%lld", (long long)((wait_ms + 999) / 1000));
		if (seconds)
			http_reply_header(rq, "Retry-After", seconds);
		(void)refuse(rq, 429, "too_many_attempts", "too many wrong secrets");
		return false;
	}
	if (secret && secret_eq_bytes(bytes_str(secret), bytes_str(w->idp_secret))) {
		login_guard_passed(w->guard, &try);
		return true;
	}
	(void)refuse(rq, 401, "invalid_interaction", "invalid x-idp-secret");
	return false;
}

static const char *state_name(const struct interaction_row *i)
{
	switch (i->state) {
	case INTERACTION_PENDING:
		return "PENDING";
	case INTERACTION_ACCEPTED:
		return "APPROVED";
	case INTERACTION_REJECTED:
		return "DENIED";
	}
	return "";
}

static bool find(struct http_request *rq, struct interaction_row *out)
{
	enum result r = interact_of_path(rq, out);

	if (r == RESULT_THEIRS_NOT_FOUND)
		(void)refuse(rq, 404, "unknown_interaction", "no such interaction");
	else if (r)
		(void)http_reply_result(rq, r, "the interaction can't be read");
	return r == RESULT_OK;
}

static json_t *access_json(const struct grant_row *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->access_count; i++) {
		if (json_array_append_new(list, access_item_json(&g->access[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

enum http_next idp_get(struct http_request *rq)
{
	char grant[ID_TEXT_SIZE], created[TIME_TEXT_SIZE], expires[TIME_TEXT_SIZE];
	struct interaction_row i;
	json_t *body;

	if (!is_provider(rq) || !find(rq, &i))
		return HTTP_DONE;
	id_format(&i.grant.id, grant);
	time_format(i.created_ms, created);
	time_format(i.expires_ms, expires);
	body = json_pack("{s:s,s:s,s:o,s:{s:s,s:s},s:s,s:s}", "grantId", grant, "state",
	        state_name(&i), "access", access_json(&i.grant), "client", "walletAddress",
	        i.grant.client, "name", i.grant.client_name, "createdAt", created, "expiresAt",
	        expires);
	if (body && i.grant.subject[0])
		(void)json_object_set_new(body, "subject",
		        json_pack("{s:[{s:s,s:s}]}", "sub_ids", "id", i.grant.subject, "format",
		                "uri"));
	return http_reply_json(rq, 200, body);
}

/* ---- decisions ---- */

struct idp_decision {
	struct op op;
	struct http_request *rq;
	struct id id;
	bool accept;
	char reference[TOKEN_TEXT_SIZE]; /* for the browser's way back, not for the provider */
};

static enum result decide_apply(struct op *op, struct batch *b)
{
	struct idp_decision *d = OWNER_OF(op, struct idp_decision, op);
	const struct interaction_accept accept = {.id = d->id};

	if (!d->accept)
		return batch_interaction_reject(b, &d->id, NULL);
	return batch_interaction_accept(b, &accept, d->reference);
}

static void decide_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct idp_decision, op.task)->rq);
}

static enum http_next decided(struct http_request *rq)
{
	const struct idp_decision *d = rq->state;
	enum result r = d->op.result;

	if (r == RESULT_THEIRS_STATE || r == RESULT_THEIRS_EXPIRED)
		return refuse(rq, 400, "invalid_interaction",
		        "the interaction was decided before, or its time is over");
	if (r)
		return http_reply_result(rq, r, "the decision can't be kept");
	return http_reply_empty(rq, 202);
}

static enum http_next decide(struct http_request *rq, bool accept)
{
	struct idp_decision *d = arena_alloc(&rq->arena, sizeof(*d));
	struct interaction_row i;

	if (!d)
		return http_reply_result(rq, RESULT_OURS_MEMORY, "out of memory");
	if (!is_provider(rq) || !find(rq, &i))
		return HTTP_DONE;
	d->rq = rq;
	d->id = i.id;
	d->accept = accept;
	d->op.apply = decide_apply;
	d->op.task.done = decide_done;
	rq->state = d;
	http_park(rq, decided);
	node_submit(http_app(rq), &d->op);
	return HTTP_PARKED;
}

enum http_next idp_accept(struct http_request *rq)
{
	return decide(rq, true);
}

enum http_next idp_reject(struct http_request *rq)
{
	return decide(rq, false);
}
