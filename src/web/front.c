#include "web/front.h"

#include <string.h>

#include "base/text.h"
#include "codec/payment_pointer.h"
#include "http/negotiate.h"
#include "http/reply.h"
#include "web/consent_view.h"
#include "web/link.h"
#include "web/show.h"
#include "web/web.h"

/* What of ours an address names: "alice" of "https://wallet.example/alice". NULL: it is elsewhere.
 */
static const char *own_name(const struct web *w, const char *url)
{
	size_t n = strlen(w->public_url);

	return strncmp(url, w->public_url, n) == 0 && url[n] == '/' ? url + n + 1 : NULL;
}

static enum http_next page(
        struct http_request *rq, const char *to, const char *problem, const char *elsewhere)
{
	const struct web *w = web_of(rq);
	const char *example = arena_printf(&rq->arena, "%s/alice", w->public_url);
	json_t *host = consent_host(w->public_url), *view;

	if (!example || !host) {
		json_decref(host);
		return page_fail(rq, RESULT_OURS_MEMORY);
	}
	view = json_pack("{s:O,s:o,s:o,s:s,s:s,s:s,s:[s]}", "title", host, "host", host, "example",
	        show_pointer(example), "to", to, "problem", problem, "elsewhere", elsewhere,
	        "scripts", "florin.js");
	return page_reply(rq, *problem ? 400 : 200, "front", view, NULL);
}

/* To the page of that name; what is not there looks there as what is closed. */
static enum http_next lead(struct http_request *rq, const char *to)
{
	const struct node_loop *l = http_app(rq);
	enum payment_pointer_rules rules =
	        l->node->options.dev ? PAYMENT_POINTER_DEV : PAYMENT_POINTER_STRICT;
	char *url = arena_alloc(&rq->arena, URL_MAX_CHARS + 1);
	const char *name = to;
	enum result r;

	if (!url)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (strchr(to, '$') || strchr(to, '/')) {
		r = *to == '$' ? payment_pointer_resolve(bytes_str(to), rules, url)
		               : payment_pointer_endpoint(bytes_str(to), rules, url);
		if (r)
			return page(rq, to, words(rq, "That is no payment pointer and no address."),
			        "");
		name = own_name(web_of(rq), url);
		if (!name)
			return page(rq, to,
			        words(rq, "That wallet is on another server. Its page is there:"),
			        url);
	}
	if (!text_is_name(name))
		return page(rq, to, words(rq, "No wallet can have that name."), "");
	return page_see(rq, arena_printf(&rq->arena, "/%s", name));
}

enum http_next front_get(struct http_request *rq)
{
	static const char *const offers[] = {"application/json", "text/html"};
	const char *to;

	http_reply_header(rq, "Vary", "Accept");
	if (negotiate(http_header(rq, "Accept"), offers, 2) != 1)
		return http_reply_error(rq, 404, "not_found", "nothing is here");
	to = link_trimmed(rq, link_query(rq, "to"));
	if (!*to || !text_is_clean_utf8(to, strlen(to)))
		return page(rq, "", "", "");
	return lead(rq, to);
}
