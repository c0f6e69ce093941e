#include "console/routes.h"

#include <stdlib.h>

#include "codec/form.h"
#include "console/act.h"
#include "console/download.h"
#include "console/login.h"
#include "console/overview.h"
#include "console/pages.h"
#include "console/setup.h"
#include "http/router.h"
#include "http/static_files.h"

static enum http_next home(struct http_request *rq)
{
	return page_see(rq, CONSOLE_HOME);
}

static const struct http_route fixed[] = {
        {HTTP_GET, "/", home, 0, 0},
        {HTTP_GET, "/favicon.ico", static_files_get, 0, 0},
        {HTTP_GET, "/robots.txt", static_files_get, 0, 0},
        {HTTP_GET, "/static/{file}", static_files_get, 0, 0},
        {HTTP_POST, CONSOLE_HOME PAGE_THEME_PATH, page_theme, FORM_BYTES_MAX, 0},
        {HTTP_POST, CONSOLE_HOME PAGE_LANGUAGE_PATH, page_language, FORM_BYTES_MAX, 0},
        {HTTP_GET, CONSOLE_LOGIN, console_login_get, 0, 0},
        {HTTP_POST, CONSOLE_LOGIN, console_login_post, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/console/logout", console_logout, FORM_BYTES_MAX, 0},
        {HTTP_GET, CONSOLE_SETUP, console_setup_get, 0, 0},
        {HTTP_POST, CONSOLE_SETUP, console_setup_post, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/console/live", overview_live, 0, 0},
        {HTTP_GET, "/console/peers/{id}/statement", download_statement, 0, 0},
        {HTTP_GET, "/console/ledger/export", download_ledger, 0, 0},
};

#define FIXED (sizeof(fixed) / sizeof(fixed[0]))

enum result console_routes_new(struct console *c)
{
	const struct console_page *page;
	size_t pages = 0, acts = 0, n = 0;

	while (console_page_at(pages))
		pages++;
	while (console_acts[acts].name)
		acts++;
	c->routes = calloc(FIXED + pages + acts, sizeof(*c->routes));
	if (!c->routes)
		return RESULT_OURS_MEMORY;
	for (; n < FIXED; n++)
		c->routes[n] = fixed[n];
	for (size_t i = 0; (page = console_page_at(i)) != NULL; i++)
		c->routes[n++] =
		        (struct http_route){HTTP_GET, page->pattern, console_page_get, 0, 0};
	for (size_t i = 0; i < acts; i++)
		c->routes[n++] = (struct http_route){
		        HTTP_POST, console_acts[i].pattern, console_act_post, FORM_BYTES_MAX, 0};
	c->route_count = n;
	return RESULT_OK;
}
