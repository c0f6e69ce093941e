#include "http/gnap_client.h"

#include <string.h>

#include "http/gnap_answer.h"
#include "http/gnap_error.h"
#include "ilp/node.h"

enum result gnap_client_of(const struct grant_row *g, struct jwk *jwk, struct signed_by *out)
{
	const char *why;
	json_t *key;
	enum result r;

	*out = (struct signed_by){.client = g->client};
	if (!g->jwk[0])
		return RESULT_OK;
	/* It was read when the grant was asked for. */
	key = json_loads(g->jwk, 0, NULL);
	r = key ? jwk_parse(key, jwk, &why) : RESULT_OURS_STORE;
	json_decref(key);
	*out = (struct signed_by){.jwk = jwk};
	return r ? RESULT_OURS_STORE : RESULT_OK;
}

const struct gnap_request *gnap_request_of(const struct http_request *rq)
{
	return rq->before;
}

/* The path's id and the secret; false where one of them is missing. */
static bool begin(struct http_request *rq, struct gnap_request *g)
{
	const char *id = http_param(rq, "id");

	rq->before = g;
	g->secret = http_authorization(rq, "GNAP");
	return g->secret && id_parse(id, strlen(id), &g->id) == RESULT_OK;
}

static enum http_next check_signature(
        struct http_request *rq, struct gnap_request *g, http_handler *then)
{
	enum result r = gnap_client_of(&g->grant, &g->jwk, &g->by);

	return r ? gnap_failed(rq, r) : signed_require(rq, SIGNED_AS, &g->by, then);
}

enum http_next gnap_require_continue(struct http_request *rq, http_handler *then)
{
	struct node_loop *l = http_app(rq);
	struct gnap_request *g = arena_alloc(&rq->arena, sizeof(*g));
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (!g)
		return gnap_failed(rq, RESULT_OURS_MEMORY);
	if (begin(rq, g))
		r = store_grant_continued(l->reader, &rq->arena, &g->id, g->secret, &g->grant);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return gnap_error(rq, GNAP_ERROR_CONTINUATION);
	return r ? gnap_failed(rq, r) : check_signature(rq, g, then);
}

enum http_next gnap_require_token(struct http_request *rq, http_handler *then)
{
	struct node_loop *l = http_app(rq);
	struct gnap_request *g = arena_alloc(&rq->arena, sizeof(*g));
	enum result r = RESULT_THEIRS_NOT_FOUND;
	struct token_row token;

	if (!g)
		return gnap_failed(rq, RESULT_OURS_MEMORY);
	if (!http_authorization(rq, "GNAP"))
		return gnap_error(rq, GNAP_ERROR_NO_TOKEN);
	if (begin(rq, g))
		r = store_token_managed(l->reader, &rq->arena, &g->id, g->secret, &token);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return gnap_error(rq, GNAP_ERROR_TOKEN);
	if (r)
		return gnap_failed(rq, r);
	g->grant = token.grant;
	return check_signature(rq, g, then);
}
