#include "http/access.h"

#include <assert.h>

#include "http/gnap_client.h"
#include "http/op_error.h"
#include "http/op_json.h"
#include "http/reply.h"
#include "ilp/node.h"

/* What a request's token allows; rq->before of every request behind access_require. */
struct access_state {
	struct caller caller;
	struct token_row token;
	struct jwk jwk;
	struct signed_by by;
	enum access_type type;
	enum access_action action;
};

enum http_next access_refused(struct http_request *rq, enum result r)
{
	return op_error(rq,
	        r == RESULT_THEIRS_UNAUTHORIZED ? OP_ERROR_INACTIVE_TOKEN : OP_ERROR_UNAUTHORIZED);
}

/* The first item that allows the request; false where none does. */
static bool match(struct access_state *s, const char *wallet_address)
{
	const struct grant_row *g = &s->token.grant;

	for (size_t i = 0; i < g->access_count; i++) {
		const struct access_item *item = &g->access[i];

		if (!access_item_allows(item, s->type, s->action, wallet_address, &s->caller.all))
			continue;
		s->caller.identifier = item->identifier;
		s->caller.wallet = item->wallet;
		s->caller.access_index = i;
		return true;
	}
	return false;
}

static void fill(struct access_state *s)
{
	const struct grant_row *g = &s->token.grant;

	s->caller.grant = g->key;
	s->caller.token = s->token.key;
	s->caller.grant_id = g->id;
	s->caller.client = g->client;
	s->caller.access = g;
}

enum http_next access_require(struct http_request *rq, enum access_type type,
        enum access_action action, const char *wallet_address, http_handler *then)
{
	struct node_loop *l = http_app(rq);
	const char *value = http_authorization(rq, "GNAP");
	struct access_state *s = arena_alloc(&rq->arena, sizeof(*s));
	enum result r;

	if (!s)
		return http_reply_result(rq, RESULT_OURS_MEMORY, "out of memory");
	if (!op_accepts_json(rq))
		return HTTP_DONE;
	if (!value)
		return op_error(rq, OP_ERROR_INVALID_TOKEN);
	s->type = type;
	s->action = action;
	r = store_token_find(l->reader, &rq->arena, value, &s->token);
	if (r == RESULT_THEIRS_NOT_FOUND)
		r = RESULT_THEIRS_UNAUTHORIZED;
	if (!r)
		r = token_check(&s->token, http_wall_ms(rq));
	if (result_class(r) == RESULT_CLASS_THEIRS)
		return access_refused(rq, r);
	if (!r)
		r = gnap_client_of(&s->token.grant, &s->jwk, &s->by);
	if (r)
		return http_reply_result(rq, r, "the token can't be checked");
	if (!match(s, wallet_address))
		return op_error(rq, OP_ERROR_INSUFFICIENT_GRANT);
	fill(s);
	rq->before = s;
	return signed_require(rq, SIGNED_RS, &s->by, then);
}

static struct access_state *state_of(const struct http_request *rq)
{
	assert(rq->before);
	return rq->before;
}

const struct caller *access_caller(const struct http_request *rq)
{
	return &state_of(rq)->caller;
}

bool access_covers(struct http_request *rq, const char *wallet_address)
{
	if (match(state_of(rq), wallet_address))
		return true;
	(void)op_error(rq, OP_ERROR_INSUFFICIENT_GRANT);
	return false;
}

bool access_wallet(struct http_request *rq, const char *wallet_address, struct wallet_row *out)
{
	return op_wallet_find(rq, wallet_address, out) && access_covers(rq, op_wallet_id(rq, out));
}

bool access_wallet_of_query(struct http_request *rq, struct wallet_row *out)
{
	const char *wallet_address = http_query(rq, "wallet-address");

	if (wallet_address && *wallet_address)
		return access_wallet(rq, wallet_address, out);
	(void)op_error(rq, OP_ERROR_NO_WALLET_ADDRESS);
	return false;
}
