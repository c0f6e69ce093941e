#include "web/passkey_form.h"

#include <string.h>

static struct passkey_wanted wanted_of(
        const struct http_request *rq, const char *cookie, const char *purpose)
{
	const struct web *w = web_of(rq);

	return (struct passkey_wanted){.key = &w->form_key,
	        .cookie = cookie,
	        .purpose = purpose,
	        .public_url = w->public_url,
	        .now_ms = http_wall_ms(rq)};
}

json_t *passkey_site(const struct http_request *rq, const char *cookie, const char *purpose)
{
	const struct web *w = web_of(rq);
	char challenge[PASSKEY_CHALLENGE_SIZE], host[PASSKEY_HOST_SIZE];

	if (passkey_host(w->public_url, host))
		return NULL;
	passkey_challenge(&w->form_key, cookie, purpose, http_wall_ms(rq), challenge);
	return json_pack("{s:s,s:s}", "challenge", challenge, "host", host);
}

const char *passkey_ids(struct http_request *rq, const struct passkey_row *rows, size_t count)
{
	size_t size = 1;
	char *text, *end;

	for (size_t i = 0; i < count; i++)
		size += BASE64_LEN(rows[i].credential.n) + 1;
	text = end = arena_alloc(&rq->arena, size);
	if (!text)
		return NULL;
	*end = '\0';
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			*end++ = ' ';
		end += base64_encode(rows[i].credential, BASE64_URL | BASE64_NO_PAD, end);
	}
	return text;
}

/* A field in base64url. Errors: THEIRS_MALFORMED, OURS_MEMORY. */
static enum result read_field(
        struct http_request *rq, const struct page_form *f, const char *name, struct bytes *out)
{
	const char *text = page_field(f, name);
	size_t n = strlen(text);
	uint8_t *bytes = arena_alloc(&rq->arena, n + 1);

	if (!bytes)
		return RESULT_OURS_MEMORY;
	if (base64_decode(text, n, bytes, n + 1, &n))
		return RESULT_THEIRS_MALFORMED;
	*out = bytes_of(bytes, n);
	return RESULT_OK;
}

enum result passkey_form_new(struct http_request *rq, const struct page_form *f, const char *cookie,
        const char *purpose, struct passkey *out)
{
	const struct passkey_wanted wanted = wanted_of(rq, cookie, purpose);
	struct passkey_answer answer = {.signature = {NULL, 0}};
	enum result r = read_field(rq, f, "clientData", &answer.client_data);

	if (!r)
		r = read_field(rq, f, "authData", &answer.auth_data);
	return r ? r : passkey_register(&wanted, &answer, out);
}

enum result passkey_form_check(struct http_request *rq, const struct page_form *f,
        const char *cookie, const char *purpose, struct passkey_signed *out)
{
	const struct node_loop *l = http_app(rq);
	const struct passkey_wanted wanted = wanted_of(rq, cookie, purpose);
	struct passkey_answer answer;
	struct bytes credential;
	struct passkey by;
	enum result r = read_field(rq, f, "credential", &credential);

	if (!r)
		r = read_field(rq, f, "clientData", &answer.client_data);
	if (!r)
		r = read_field(rq, f, "authData", &answer.auth_data);
	if (!r)
		r = read_field(rq, f, "signature", &answer.signature);
	if (!r)
		r = store_passkey_find(l->reader, &rq->arena, credential, &out->by);
	if (r)
		return r;
	by = (struct passkey){.algorithm = out->by.algorithm, .public_n = out->by.public_key.n};
	if (by.public_n > sizeof(by.public_key))
		return RESULT_OURS_STORE;
	memcpy(by.public_key, out->by.public_key.p, by.public_n);
	return passkey_check(&wanted, &answer, &by, &out->use);
}
