#include "http/gnap_answer.h"

#include <stdio.h>

#include "base/log.h"
#include "http/gnap_error.h"
#include "http/json_body.h"
#include "http/reply.h"
#include "http/router.h"
#include "ilp/node.h"

#define URL_SIZE (URL_MAX_CHARS + 128)
#define MS_PER_S 1000

static const char *public_url(const struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);

	return l->node->options.public_url;
}

/* PUBLIC_URL/auth/WHAT/ID */
static void auth_url(
        const struct http_request *rq, const char *what, const struct id *id, char out[URL_SIZE])
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	(void)snprintf(out, URL_SIZE, "%s/auth/%s/%s", public_url(rq), what, text);
}

json_t *gnap_continue_json(
        const struct http_request *rq, const struct id *grant, const char *token, int64_t wait_ms)
{
	char uri[URL_SIZE];
	json_t *o;

	auth_url(rq, "continue", grant, uri);
	o = json_pack("{s:{s:s}, s:s}", "access_token", "value", token, "uri", uri);
	if (o && wait_ms &&
	        json_object_set_new(o, "wait", json_integer((wait_ms + MS_PER_S - 1) / MS_PER_S))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

json_t *gnap_token_json(const struct http_request *rq, const struct grant_secrets *s,
        const struct access_item *access, size_t count)
{
	char manage[URL_SIZE];
	json_t *items = json_array();
	int64_t left_ms = s->expires_ms - http_wall_ms(rq);

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(items, access_item_json(&access[i]))) {
			json_decref(items);
			return NULL;
		}
	}
	auth_url(rq, "token", &s->token_id, manage);
	return json_pack("{s:s, s:s, s:I, s:o}", "value", s->access_token, "manage", manage,
	        "expires_in", (json_int_t)(left_ms > 0 ? (left_ms + MS_PER_S / 2) / MS_PER_S : 0),
	        "access", items);
}

json_t *gnap_subject_json(const char *subject)
{
	return json_pack("{s:[{s:s, s:s}]}", "sub_ids", "id", subject, "format", "uri");
}

char *gnap_interact_url(struct http_request *rq, const struct grant_secrets *s)
{
	char base[URL_SIZE];

	auth_url(rq, "interact", &s->interaction_id, base);
	return arena_printf(&rq->arena, "%s/%s", base, s->interaction_nonce);
}

enum result gnap_body(struct http_request *rq, json_t **out)
{
	struct http_body_fault fault;
	enum result r = http_json_load(rq, true, out, &fault);

	if (result_class(r) == RESULT_CLASS_OURS)
		(void)gnap_failed(rq, r);
	else if (r)
		(void)gnap_error_why(rq,
		        r == RESULT_THEIRS_TOO_BIG    ? GNAP_ERROR_TOO_LARGE
		        : r == RESULT_THEIRS_BAD_TYPE ? GNAP_ERROR_BAD_TYPE
		                                      : GNAP_ERROR_REQUEST,
		        fault.text);
	return r;
}

enum http_next gnap_failed(struct http_request *rq, enum result r)
{
	if (result_class(r) == RESULT_CLASS_RETRY)
		return gnap_error(rq, GNAP_ERROR_BUSY);
	log_error("gnap", "target=%s result=%s", rq->route->pattern, result_name(r));
	return gnap_error(rq, GNAP_ERROR_FAILED);
}
