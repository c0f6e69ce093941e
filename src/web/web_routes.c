#include "web/web_routes.h"

#include "codec/form.h"
#include "http/page.h"
#include "http/static_files.h"
#include "web/home.h"
#include "web/idp.h"
#include "web/interact.h"
#include "web/login.h"

const struct http_route web_routes[] = {
        {HTTP_GET, "/favicon.ico", static_files_get, 0, 0},
        {HTTP_GET, "/robots.txt", static_files_get, 0, 0},
        {HTTP_GET, "/static/components", page_components, 0, 0},
        {HTTP_GET, "/static/{file}", static_files_get, 0, 0},

        {HTTP_GET, "/wallet", home_get, 0, 0},
        {HTTP_GET, "/wallet/login", login_get, 0, 0},
        {HTTP_POST, "/wallet/login", login_post, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet/logout", home_logout, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet" PAGE_THEME_PATH, page_theme, FORM_BYTES_MAX, 0},

        {HTTP_GET, "/auth/interact/{id}/{nonce}", interact_get, 0, 0},
        {HTTP_POST, "/auth/interact/{id}/{nonce}", interact_post, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/auth/interact/{id}/{nonce}/finish", interact_finish, 0, 0},
};

const size_t web_route_count = sizeof(web_routes) / sizeof(web_routes[0]);

const struct http_route idp_routes[] = {
        {HTTP_GET, "/auth/grant/{id}/{nonce}", idp_get, 0, 0},
        {HTTP_POST, "/auth/grant/{id}/{nonce}/accept", idp_accept, LIMIT_JSON_BYTES, 0},
        {HTTP_POST, "/auth/grant/{id}/{nonce}/reject", idp_reject, LIMIT_JSON_BYTES, 0},
};

const size_t idp_route_count = sizeof(idp_routes) / sizeof(idp_routes[0]);
