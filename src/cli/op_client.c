#include "cli/op_client.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "codec/signed_headers.h"

#define KID        "app"
#define TIMEOUT_MS 15000

enum result op_client_open(struct op_client *c, const char *name, struct jwk *key)
{
	const struct client_options options = {.base_url = "", .timeout_ms = TIMEOUT_MS};

	*c = (struct op_client){.name = name, .signer = {.keyid = KID}};
	*key = (struct jwk){.kid = KID};
	crypto_sign_keypair(key->public_key, c->signer.private_key);
	return client_new(&options, &c->http);
}

void op_client_close(struct op_client *c)
{
	client_free(c->http);
	secret_wipe(&c->signer, sizeof(c->signer));
}

static enum result judge(struct op_client *c, const struct op_request *rq,
        const struct client_answer *answer, json_t **out)
{
	const char *why;
	json_t *json = json_loadb(answer->body, answer->body_n, JSON_REJECT_DUPLICATES, NULL);

	if (answer->status == rq->wanted && json_is_object(json)) {
		*out = json;
		return RESULT_OK;
	}
	why = json_string_value(json_object_get(json_object_get(json, "error"), "description"));
	snprintf(c->why, sizeof(c->why), "%s %s was answered %d%s%s", rq->method, rq->url,
	        answer->status, why ? ": " : "", why ? why : "");
	json_decref(json);
	return answer->status == rq->wanted ? RESULT_THEIRS_PROTOCOL : RESULT_THEIRS_REFUSED;
}

static enum result send(struct op_client *c, const struct op_request *rq, const char *body,
        struct client_answer *answer)
{
	const struct signed_request wanted = {.method = rq->method,
	        .url = rq->url,
	        .token = rq->token,
	        .body = body ? bytes_str(body) : bytes_of(NULL, 0)};
	struct client_request request = {.method = rq->method, .path = rq->url, .json = body};
	struct signed_headers headers;
	enum result r = RESULT_OK;

	if (!rq->open) {
		r = signed_headers_make(&wanted, &c->signer, clock_wall_ms() / 1000, &headers);
		request.headers = headers.lines;
	}
	if (!r)
		r = client_call(c->http, &request, answer);
	secret_wipe(&headers, sizeof(headers));
	return r;
}

enum result op_client_call(struct op_client *c, const struct op_request *rq, json_t **out)
{
	char *body = rq->body ? json_dumps(rq->body, JSON_COMPACT) : NULL;
	struct client_answer answer;
	enum result r = rq->body && !body ? RESULT_OURS_MEMORY : send(c, rq, body, &answer);

	*out = NULL;
	json_decref(rq->body);
	free(body);
	if (!r)
		return judge(c, rq, &answer, out);
	snprintf(c->why, sizeof(c->why), "%s %s: %s", rq->method, rq->url, result_name(r));
	return r;
}
