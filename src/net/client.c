#include "net/client.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "net/transfer.h"

#define CLIENT_CONNECT_MS 3000
#define CLIENT_TIMEOUT_MS 40000
#define CLIENT_HEADER_MAX 512
#define CLIENT_HEADERS    16 /* lines of one request */

struct client {
	struct transfer *transfer;
	char base_url[URL_MAX_CHARS + 1];
	char authorization[CLIENT_HEADER_MAX];
	int64_t timeout_ms;
	struct answer_body answer;
};

enum result client_new(const struct client_options *options, struct client **out)
{
	struct transfer_options to = {
	        .ca_file = options->ca_file, .connect_ms = CLIENT_CONNECT_MS, .plain_http = true};
	struct client *c = calloc(1, sizeof(*c));
	enum result r;

	if (!c)
		return RESULT_OURS_MEMORY;
	c->timeout_ms = options->timeout_ms ? options->timeout_ms : CLIENT_TIMEOUT_MS;
	r = transfer_init();
	if (!r)
		r = text_copy(c->base_url, sizeof(c->base_url), options->base_url);
	if (!r && options->bearer && strlen(options->bearer) + 32 > CLIENT_HEADER_MAX)
		r = RESULT_THEIRS_TOO_BIG;
	if (!r)
		r = transfer_new(&to, &c->transfer);
	if (r) {
		client_free(c);
		return r;
	}
	if (options->bearer)
		snprintf(c->authorization, sizeof(c->authorization), "Authorization: Bearer %s",
		        options->bearer);
	*out = c;
	return RESULT_OK;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	transfer_free(c->transfer);
	secret_wipe(c->authorization, sizeof(c->authorization));
	if (c->answer.p)
		secret_wipe(c->answer.p, c->answer.cap); /* maybe a token that is shown once */
	free(c->answer.p);
	free(c);
}

/* The method as text that outlives the call. */
static const char *known_method(const char *name)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(methods[i], name) == 0)
			return methods[i];
	}
	return NULL;
}

static enum result perform(struct client *c, const char *method, const struct client_request *rq,
        const char *url, struct curl_slist *headers, struct client_answer *out)
{
	const char *text = rq->form ? rq->form : rq->json;
	struct bytes body = text ? bytes_str(text) : bytes_of(NULL, 0);
	bool sent;
	enum result r = transfer_aim(c->transfer, url, "", URL_POLICY_OPERATOR, headers);

	if (!r)
		r = transfer_load(c->transfer, method, body, c->timeout_ms);
	if (r)
		return r;
	c->transfer->answer = (struct answer_body){c->answer.p, 0, c->answer.cap, CLIENT_BODY_MAX};
	r = transfer_end(c->transfer, curl_easy_perform(c->transfer->easy), &sent, &out->status);
	c->answer = c->transfer->answer;
	out->body = c->answer.n ? (const char *)c->answer.p : "";
	out->body_n = c->answer.n;
	return r;
}

static const char *content_type(const struct client_request *rq)
{
	if (rq->form)
		return "application/x-www-form-urlencoded";
	return rq->json ? "application/json" : NULL;
}

/* Lines of the request, NULL at the end. Errors: THEIRS_TOO_BIG. */
static enum result collect(const struct client *c, const struct client_request *rq,
        char key[CLIENT_HEADER_MAX], const char *lines[CLIENT_HEADERS])
{
	size_t n = 0;

	if (c->authorization[0])
		lines[n++] = c->authorization;
	if (rq->idempotency_key) {
		if ((size_t)snprintf(key, CLIENT_HEADER_MAX, "Idempotency-Key: %s",
		            rq->idempotency_key) >= CLIENT_HEADER_MAX)
			return RESULT_THEIRS_TOO_BIG;
		lines[n++] = key;
	}
	for (const char *const *h = rq->headers; h && *h; h++) {
		if (n + 1 == CLIENT_HEADERS)
			return RESULT_THEIRS_TOO_BIG;
		lines[n++] = *h;
	}
	lines[n] = NULL;
	return RESULT_OK;
}

enum result client_call(
        struct client *c, const struct client_request *rq, struct client_answer *out)
{
	char url[2 * URL_MAX_CHARS];
	char key[CLIENT_HEADER_MAX];
	const char *method = known_method(rq->method);
	const char *lines[CLIENT_HEADERS];
	struct curl_slist *list = NULL;
	enum result r = RESULT_THEIRS_MALFORMED;

	*out = (struct client_answer){0, "", 0};
	if (!method || (*c->base_url && rq->path[0] != '/') ||
	        (size_t)snprintf(url, sizeof(url), "%s%s", c->base_url, rq->path) >= sizeof(url))
		goto out;
	r = collect(c, rq, key, lines);
	if (!r)
		r = transfer_headers(lines, content_type(rq), "application/json", &list);
	if (r)
		goto out;
	r = perform(c, method, rq, url, list, out);
out:
	transfer_headers_free(list);
	return r;
}

const char *client_header(struct client *c, const char *name, size_t nth)
{
	struct curl_header *found;

	if (curl_easy_header(c->transfer->easy, name, nth, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return NULL;
	return found->value;
}
