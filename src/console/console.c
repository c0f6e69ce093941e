#include "console/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin_routes.h"
#include "console/routes.h"
#include "http/language.h"
#include "http/router.h"
#include "ilp/node.h"

static const struct {
	const char *href, *label;
} entries[] = {
        {CONSOLE_HOME, WORDS("Overview")},
        {"/console/payments", WORDS("Payments")},
        {"/console/peers", WORDS("Peers")},
        {"/console/routes", WORDS("Routes")},
        {"/console/assets", WORDS("Assets")},
        {"/console/rates", WORDS("Rates")},
        {"/console/wallets", WORDS("Wallets")},
        {"/console/grants", WORDS("Grants")},
        {"/console/keys", WORDS("Keys")},
        {"/console/events", WORDS("Events")},
        {"/console/ledger", WORDS("Ledger")},
        {"/console/node", WORDS("Node")},
};

enum result console_new(const struct console_options *o, struct console **out)
{
	static const char forms[] = "florin console forms 1", codes[] = "florin console codes 1";
	const struct http_table table = {admin_routes, admin_route_count};
	const struct bytes master = bytes_of(o->master_key->b, sizeof(o->master_key->b));
	struct console *c = calloc(1, sizeof(*c));
	const char *port = strrchr(o->admin_listen, ':');
	enum result r = c ? router_new(&table, 1, &c->admin) : RESULT_OURS_MEMORY;

	if (!r)
		r = console_routes_new(c);
	if (r) {
		console_free(c);
		return r;
	}
	port = port ? port + 1 : "";
	(void)snprintf(c->session_cookie, sizeof(c->session_cookie), "florin-console-%s", port);
	(void)snprintf(
	        c->browser_cookie, sizeof(c->browser_cookie), "florin-console-browser-%s", port);
	hmac_sha256(master, bytes_str(forms), c->form_key.b);
	hmac_sha256(master, bytes_str(codes), c->codes_key.b);
	c->backup_dir = o->backup_dir;
	c->setting_count = o->setting_count;
	c->setting = o->setting;
	c->arg = o->arg;
	*out = c;
	return RESULT_OK;
}

void console_free(struct console *c)
{
	if (!c)
		return;
	router_free(c->admin);
	free(c->routes);
	secret_clear(&c->form_key);
	secret_clear(&c->codes_key);
	free(c);
}

struct console *console_of(const struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);

	return l->node->console;
}

static json_t *nav_json(const struct http_request *rq, const char *nav)
{
	json_t *items = json_array();

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		(void)json_array_append_new(
		        items, json_pack("{s:s,s:s,s:b}", "href", entries[i].href, "label",
		                       words(rq, entries[i].label), "here",
		                       nav && strcmp(nav, entries[i].href) == 0));
	return json_pack("{s:s,s:o}", "label", words(rq, "Console"), "items", items);
}

/* Of the entry of that address; "" for none. */
static const char *nav_label(const struct http_request *rq, const char *nav)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		if (nav && strcmp(nav, entries[i].href) == 0)
			return words(rq, entries[i].label);
	}
	return "";
}

enum http_next console_reply(struct http_request *rq, unsigned status, const char *name,
        json_t *view, const char *who, const char *nav)
{
	if (*who && (json_object_set_new(view, "user", json_string(who)) ||
	                    json_object_set_new(view, "wide", json_true()) ||
	                    json_object_set_new(view, "nav", nav_json(rq, nav)) ||
	                    json_object_set_new(view, "backTo", json_string(nav_label(rq, nav))))) {
		json_decref(view);
		view = NULL;
	}
	if (view && *who)
		(void)json_object_set_new(view, "links",
		        json_pack("[{s:s,s:s}]", "label", words(rq, "All pages"), "href",
		                CONSOLE_PAGES));
	/* Pages on which a password is given run none. */
	if (view && *who && !json_object_get(view, "scripts"))
		(void)json_object_set_new(view, "scripts", json_pack("[s]", "florin.js"));
	return page_reply(rq, status, name, view, NULL);
}

enum http_next console_say(struct http_request *rq, unsigned status, const char *who,
        const char *heading, const char *sentence)
{
	/* Whoever is signed in may look at what was logged of this request. */
	const char *logs = *who && status >= 500
	                           ? arena_printf(&rq->arena, "/console/logs?requestId=%s", rq->id)
	                           : NULL;

	return console_reply(rq, status, "message",
	        json_pack("{s:s,s:s,s:s,s:s}", "title", words(rq, heading), "heading",
	                words(rq, heading), "sentence", words(rq, sentence), "logs",
	                logs ? logs : ""),
	        who, NULL);
}
