#include "http/page_form.h"

#include <string.h>

#include "http/page.h"

/* Whether a page of another site sent this. Where a browser says nothing, the form's token decides
 * alone. A page that sends no referrer has the origin "null". */
static bool from_elsewhere(const struct http_request *rq, const char *own)
{
	const char *site = http_header(rq, "Sec-Fetch-Site");
	const char *origin = http_header(rq, "Origin");

	if (site)
		return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
	return own && origin && strcmp(origin, "null") != 0 && strcmp(origin, own) != 0;
}

/* What was typed, for as long as the request lives. */
struct typed {
	struct http_request *rq;
	struct page_form form;
};

static void wipe(void *p)
{
	struct typed *t = p;

	page_form_wipe(t->rq, &t->form);
}

static enum result take_storage(struct http_request *rq, struct page_form *out)
{
	struct typed *t = arena_alloc(&rq->arena, sizeof(*t));

	out->storage_n = rq->body.n + 1;
	out->storage = arena_alloc(&rq->arena, out->storage_n);
	if (!t || !out->storage)
		return RESULT_OURS_MEMORY;
	*t = (struct typed){.rq = rq, .form = *out};
	return http_defer(rq, wipe, t);
}

enum result page_form_read(struct http_request *rq, const char *origin, struct page_form *out)
{
	enum result r;

	if (from_elsewhere(rq, origin)) {
		(void)page_say(rq, 403, "Sent from another site",
		        "This can only be sent from a page of this wallet.");
		return RESULT_THEIRS_FORBIDDEN;
	}
	if (!http_content_type_is(rq, "application/x-www-form-urlencoded")) {
		(void)page_say(rq, 415, "Not a form", "This address takes the form of its page.");
		return RESULT_THEIRS_BAD_TYPE;
	}
	out->form.count = 0;
	r = take_storage(rq, out);
	if (r) {
		(void)page_fail(rq, r);
		return r;
	}
	r = form_decode(rq->body, out->storage, &out->form);
	if (r)
		(void)page_say(rq, 400, "Not a form of ours", "Please go back and try again.");
	return r ? RESULT_THEIRS_MALFORMED : RESULT_OK;
}

const char *page_field(const struct page_form *f, const char *name)
{
	const char *value = form_get(&f->form, name);

	return value ? value : "";
}

void page_form_wipe(struct http_request *rq, struct page_form *f)
{
	secret_wipe(f->storage, f->storage_n);
	f->form.count = 0;
	http_body_wipe(rq);
}

void page_form_token(
        const struct secret32 *key, const char *cookie, const char *what, char out[FORM_TOKEN_SIZE])
{
	struct secret32 inner;
	uint8_t tag[32];

	/* The cookie has one length, so the two can't be mistaken for each other. */
	hmac_sha256(bytes_of(key->b, sizeof(key->b)), bytes_str(cookie), inner.b);
	hmac_sha256(bytes_of(inner.b, sizeof(inner.b)), bytes_str(what), tag);
	base64_encode(bytes_of(tag, sizeof(tag)), BASE64_URL | BASE64_NO_PAD, out);
	secret_clear(&inner);
}

bool page_form_token_is(
        const struct secret32 *key, const char *cookie, const char *what, const char *given)
{
	char token[FORM_TOKEN_SIZE];

	if (!cookie[0])
		return false;
	page_form_token(key, cookie, what, token);
	return secret_eq_bytes(bytes_str(token), bytes_str(given));
}
