#include "web/interact_end.h"

#include "auth/finish.h"
#include "base/limits.h"
#include "http/reply.h"

#define FINISH_URI_MAX (2 * URL_MAX_CHARS)

static enum http_next go(struct http_request *rq, const struct interaction_row *i,
        const char *result, const char *reference, const char *hash)
{
	char *uri = arena_alloc(&rq->arena, FINISH_URI_MAX);
	struct buf b;
	enum result r = RESULT_OURS_MEMORY;

	if (uri) {
		buf_init(&b, uri, FINISH_URI_MAX);
		r = finish_uri(i->finish_uri, result, reference, hash, &b);
	}
	return r ? page_fail(rq, r) : page_see(rq, uri);
}

static enum http_next see_done(struct http_request *rq, const struct interaction_row *i)
{
	char id[ID_TEXT_SIZE];

	id_format(&i->id, id);
	return page_see(rq, arena_printf(&rq->arena, "/auth/interact/%s/%s/finish", id,
	                            http_param(rq, "nonce")));
}

enum http_next interact_accepted(
        struct http_request *rq, const struct interaction_row *i, const char *reference)
{
	char *endpoint = arena_printf(&rq->arena, "%s/auth", web_of(rq)->public_url);
	char hash[FINISH_HASH_SIZE];

	if (!i->finish_uri[0])
		return see_done(rq, i);
	if (!endpoint)
		return page_fail(rq, RESULT_OURS_MEMORY);
	finish_hash(i->client_nonce, i->server_nonce, reference, endpoint, hash);
	return go(rq, i, NULL, reference, hash);
}

enum http_next interact_rejected(struct http_request *rq, const struct interaction_row *i)
{
	return i->finish_uri[0] ? go(rq, i, "grant_rejected", NULL, NULL) : see_done(rq, i);
}

enum http_next interact_invalid(struct http_request *rq, const struct interaction_row *i)
{
	if (i->finish_uri[0])
		return go(rq, i, "grant_invalid", NULL, NULL);
	return page_say(rq, 401, "This request is over",
	        "It has expired, or it was answered before. Nothing was changed now. If it is "
	        "still "
	        "needed, start again where you came from.");
}

enum http_next interact_done(struct http_request *rq, bool accepted)
{
	if (accepted)
		return page_say(rq, 202, "Accepted",
		        "The request was accepted. You can close this page and go back to where "
		        "you "
		        "came from.");
	return page_say(rq, 202, "Declined",
	        "The request was declined. You can close this page and go back to where you came "
	        "from.");
}
