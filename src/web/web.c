#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/passkey.h"
#include "base/text.h"
#include "web/visit.h"

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
	passkey_start();
	if (login_guard_new(&w->guard) || rate_new(VISITS_PER_ADDRESS_PER_S, &w->visits)) {
		web_free(w);
		return RESULT_OURS_MEMORY;
	}
	w->public_url = o->public_url;
	w->secure = text_starts(o->public_url, "https:");
	w->session_idle_ms = o->session_idle_ms;
	w->session_life_ms = o->session_life_ms;
	w->consent_url = o->consent_url;
	w->password_above = o->password_above;
	if (o->consent_url && o->idp_secret && strlen(o->idp_secret) >= IDP_SECRET_MIN)
		w->idp_secret = o->idp_secret;
	/* Browsers take the prefix only over https, and then from this host alone. */
	prefix = w->secure ? "__Host-" : "";
	web_port(o->public_url, port);
	(void)snprintf(
	        w->session_cookie, sizeof(w->session_cookie), "%sflorin-session-%s", prefix, port);
	(void)snprintf(
	        w->browser_cookie, sizeof(w->browser_cookie), "%sflorin-browser-%s", prefix, port);
	(void)snprintf(w->known_cookie, sizeof(w->known_cookie), "%sflorin-known-%s", prefix, port);
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
	rate_free(w->visits);
	secret_clear(&w->form_key);
	free(w);
}

struct web *web_of(const struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);

	return l->node->web;
}

/* ---- forms ---- */

enum result web_form_read(struct http_request *rq, struct page_form *out)
{
	return page_form_read(rq, web_of(rq)->public_url, out);
}

void web_form_token(
        const struct web *w, const char *cookie, const char *what, char out[FORM_TOKEN_SIZE])
{
	page_form_token(&w->form_key, cookie, what, out);
}

bool web_form_token_is(const struct web *w, const char *cookie, const char *what, const char *given)
{
	return page_form_token_is(&w->form_key, cookie, what, given);
}
