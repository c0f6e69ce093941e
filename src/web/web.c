#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "http/reply.h"
#include "http/router.h"
#include "web/template.h"

#define TYPE_HTML "text/html; charset=utf-8"

void web_port(const char *public_url, char out[6])
{
	const char *host = strstr(public_url, "://");
	const char *port;

	host = host ? host + 3 : public_url;
	/* an IPv6 address has colons of its own */
	port = strchr(host, ']');
	port = strchr(port ? port : host, ':');
	if (port)
		text_copy_cut(out, 6, port + 1);
	else
		text_copy_cut(out, 6, text_starts(public_url, "https:") ? "443" : "80");
}

enum result web_new(const struct web_options *o, struct web **out)
{
	static const char label[] = "florin forms 1";
	struct web *w = calloc(1, sizeof(*w));
	const char *prefix;
	char port[6];

	if (!w)
		return RESULT_OURS_MEMORY;
	if (login_guard_new(&w->guard)) {
		free(w);
		return RESULT_OURS_MEMORY;
	}
	w->public_url = o->public_url;
	w->secure = text_starts(o->public_url, "https:");
	w->session_idle_ms = o->session_idle_ms;
	w->session_life_ms = o->session_life_ms;
	w->consent_url = o->consent_url;
	if (o->consent_url && o->idp_secret && strlen(o->idp_secret) >= IDP_SECRET_MIN)
		w->idp_secret = o->idp_secret;
	/* Browsers take the prefix only over https, and then from this host alone. */
	prefix = w->secure ? "__Host-" : "";
	web_port(o->public_url, port);
	(void)snprintf(
	        w->session_cookie, sizeof(w->session_cookie), "%sflorin-session-%s", prefix, port);
	(void)snprintf(
	        w->browser_cookie, sizeof(w->browser_cookie), "%sflorin-browser-%s", prefix, port);
	hmac_sha256(bytes_of(o->master_key->b, sizeof(o->master_key->b)), bytes_str(label),
	        w->form_key.b);
	*out = w;
	return RESULT_OK;
}

void web_free(struct web *w)
{
	if (!w)
		return;
	login_guard_free(w->guard);
	secret_clear(&w->form_key);
	free(w);
}

struct web *web_of(const struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);

	return l->node->web;
}

/* ---- replies ---- */

/* Chromium applies form-action to every redirect after a form's post. */
static void allow_forms_to(struct http_request *rq, const char *origin)
{
	char *policy = arena_printf(&rq->arena,
	        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' %s; "
	        "base-uri 'none'; frame-ancestors 'none'",
	        origin);

	/* Without memory the stricter policy holds. */
	if (policy)
		http_reply_header(rq, "Content-Security-Policy", policy);
}

enum http_next web_page(struct http_request *rq, unsigned status, const char *name, json_t *view,
        const char *form_origin)
{
	struct bytes text;
	enum result r = view ? template_render(name, view, &text) : RESULT_OURS_MEMORY;

	json_decref(view);
	if (r)
		return http_reply_error(rq, 500, "internal", "the page can't be shown");
	if (form_origin && *form_origin)
		allow_forms_to(rq, form_origin);
	http_reply_header(rq, "X-Frame-Options", "DENY"); /* for browsers without frame-ancestors */
	return http_reply_take(rq, status, TYPE_HTML, text);
}

enum http_next web_say(
        struct http_request *rq, unsigned status, const char *heading, const char *sentence)
{
	return web_page(rq, status, "message",
	        json_pack("{s:s,s:s,s:s}", "title", heading, "heading", heading, "sentence",
	                sentence),
	        NULL);
}

enum http_next web_fail(struct http_request *rq, enum result r)
{
	unsigned status = http_status_of(r);

	if (result_class(r) == RESULT_CLASS_OURS) {
		log_error("page", "pattern=%s result=%s", rq->route->pattern, result_name(r));
		return web_say(rq, 500, "Something went wrong here",
		        "Nothing was changed. Please try again later.");
	}
	if (result_class(r) == RESULT_CLASS_RETRY) {
		http_reply_header(rq, "Retry-After", "2");
		return web_say(rq, status, "Too busy just now",
		        "Nothing was changed. Please try again in a moment.");
	}
	if (r == RESULT_THEIRS_NOT_FOUND)
		return web_say(rq, status, "There is nothing here",
		        "The address is wrong, or what it named is gone.");
	return web_say(rq, status, "That did not work", "Please go back and try again.");
}

enum http_next web_see(struct http_request *rq, const char *location)
{
	if (!location)
		return web_fail(rq, RESULT_OURS_MEMORY);
	http_reply_header(rq, "Location", location);
	http_reply_header(rq, "Referrer-Policy", "no-referrer");
	return http_reply_empty(rq, 303);
}

/* ---- forms ---- */

/* Whether a page of another site sent this. Browsers say so themselves; where one says nothing, the
 * form's token decides alone. A page that sends no referrer has the origin "null". */
static bool from_elsewhere(const struct http_request *rq)
{
	const char *site = http_header(rq, "Sec-Fetch-Site");
	const char *origin = http_header(rq, "Origin");

	if (site)
		return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
	return origin && strcmp(origin, "null") != 0 && strcmp(origin, web_of(rq)->public_url) != 0;
}

enum result web_form_read(struct http_request *rq, struct web_form *out)
{
	enum result r;

	if (from_elsewhere(rq)) {
		(void)web_say(rq, 403, "Sent from another site",
		        "This can only be sent from a page of this wallet.");
		return RESULT_THEIRS_FORBIDDEN;
	}
	if (!http_content_type_is(rq, "application/x-www-form-urlencoded")) {
		(void)web_say(rq, 415, "Not a form", "This address takes the form of its page.");
		return RESULT_THEIRS_BAD_TYPE;
	}
	out->storage_n = rq->body.n + 1;
	out->storage = arena_alloc(&rq->arena, out->storage_n);
	if (!out->storage) {
		(void)web_fail(rq, RESULT_OURS_MEMORY);
		return RESULT_OURS_MEMORY;
	}
	r = form_decode(rq->body, out->storage, &out->form);
	if (r)
		(void)web_say(rq, 400, "Not a form of ours", "Please go back and try again.");
	return r ? RESULT_THEIRS_MALFORMED : RESULT_OK;
}

const char *web_field(const struct web_form *f, const char *name)
{
	const char *value = form_get(&f->form, name);

	return value ? value : "";
}

void web_form_wipe(struct http_request *rq, struct web_form *f)
{
	secret_wipe(f->storage, f->storage_n);
	f->form.count = 0;
	http_body_wipe(rq);
}

void web_form_token(
        const struct web *w, const char *cookie, const char *what, char out[FORM_TOKEN_SIZE])
{
	struct secret32 inner;
	uint8_t tag[32];

	/* The cookie has one length, so the two can't be mistaken for each other. */
	hmac_sha256(bytes_of(w->form_key.b, sizeof(w->form_key.b)), bytes_str(cookie), inner.b);
	hmac_sha256(bytes_of(inner.b, sizeof(inner.b)), bytes_str(what), tag);
	base64_encode(bytes_of(tag, sizeof(tag)), BASE64_URL | BASE64_NO_PAD, out);
	secret_clear(&inner);
}

bool web_form_token_is(const struct web *w, const char *cookie, const char *what, const char *given)
{
	char token[FORM_TOKEN_SIZE];

	if (!cookie[0])
		return false;
	web_form_token(w, cookie, what, token);
	return secret_eq_bytes(bytes_str(token), bytes_str(given));
}
