#include "web/web_routes.h"

#include "codec/form.h"
#include "http/page.h"
#include "http/static_files.h"
#include "web/address.h"
#include "web/apps.h"
#include "web/ask.h"
#include "web/cash.h"
#include "web/front.h"
#include "web/home.h"
#include "web/idp.h"
#include "web/incoming_page.h"
#include "web/interact.h"
#include "web/landing.h"
#include "web/keys.h"
#include "web/login.h"
#include "web/notices.h"
#include "web/passkeys.h"
#include "web/pay.h"
#include "web/payment.h"
#include "web/send.h"
#include "web/settings.h"
#include "web/transactions.h"
#include "web/transactions_export.h"
#include "web/visit.h"

/* A message, an address and a pasted key may be long. */
#define LONG_FORM_MAX (4 * FORM_BYTES_MAX)

const struct http_route web_routes[] = {
        {HTTP_GET, "/", front_get, 0, 0},
        {HTTP_GET, "/favicon.ico", static_files_get, 0, 0},
        {HTTP_GET, "/robots.txt", static_files_get, 0, 0},
        {HTTP_GET, "/static/components", page_components, 0, 0},
        {HTTP_GET, "/static/{file}", static_files_get, 0, 0},

        {HTTP_POST, "/{wallet}/pay", visit_begin, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/{wallet}/pay/{id}", visit_page, 0, 0},
        {HTTP_GET, "/{wallet}/pay/{id}/events", visit_events, 0, 0},
        {HTTP_GET, "/{wallet}/pay/{id}/finish", visit_finish, 0, 0},
        {HTTP_GET, "/op/incoming-payments/{id}/events", incoming_page_events, 0, 0},
        {HTTP_POST, "/op/incoming-payments/{id}/pay", visit_begin_request, FORM_BYTES_MAX, 0},

        {HTTP_GET, "/wallet", home_get, 0, 0},
        {HTTP_GET, "/wallet/live", home_live, 0, 0},
        {HTTP_GET, "/wallet/login", login_get, 0, 0},
        {HTTP_POST, "/wallet/login", login_post, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/login/passkey", passkey_login_get, 0, 0},
        {HTTP_POST, "/wallet/login/passkey", passkey_login_post, LONG_FORM_MAX, 0},
        {HTTP_GET, "/wallet/passkeys", passkeys_get, 0, 0},
        {HTTP_POST, "/wallet/passkeys", passkeys_post, LONG_FORM_MAX, 0},
        {HTTP_GET, "/wallet/passkeys/new", passkeys_ask_again, 0, 0},
        {HTTP_POST, "/wallet/passkeys/new", passkeys_ask, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet/passkeys/remove", passkeys_remove, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet/logout", home_logout, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet" PAGE_THEME_PATH, page_theme, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet" PAGE_LANGUAGE_PATH, page_language, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/send", send_get, 0, 0},
        {HTTP_POST, "/wallet/send", send_post, LONG_FORM_MAX, 0},
        {HTTP_GET, "/wallet/resolve", send_resolve, 0, 0},
        {HTTP_POST, "/wallet/pay", pay_post, LONG_FORM_MAX, 0},
        {HTTP_GET, "/wallet/request", ask_get, 0, 0},
        {HTTP_POST, "/wallet/request", ask_post, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/deposit", cash_deposit_get, 0, 0},
        {HTTP_POST, "/wallet/deposit", cash_deposit_post, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/withdraw", cash_withdraw_get, 0, 0},
        {HTTP_POST, "/wallet/withdraw", cash_withdraw_post, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/cash/live", cash_live, 0, 0},
        {HTTP_POST, "/wallet/cash/{id}/cancel", cash_cancel, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/payments", transactions_get, 0, 0},
        {HTTP_GET, "/wallet/payments.csv", transactions_csv, 0, 0},
        {HTTP_GET, "/wallet/payments.json", transactions_json, 0, 0},
        {HTTP_GET, "/wallet/payments/{id}", payment_get, 0, 0},
        {HTTP_GET, "/wallet/payments/{id}/live", payment_live, 0, 0},
        {HTTP_POST, "/wallet/payments/{id}/cancel", pay_cancel, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet/payments/{id}/complete", payment_complete, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/notices", notices_get, 0, 0},
        {HTTP_GET, "/wallet/notices/live", notices_live, 0, 0},
        {HTTP_POST, "/wallet/notices/seen", notices_seen, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet/settings/notices", notices_choose, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/apps", apps_get, 0, 0},
        {HTTP_GET, "/wallet/apps/{id}", app_get, 0, 0},
        {HTTP_POST, "/wallet/apps/{id}/revoke", app_revoke, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/keys", keys_get, 0, 0},
        {HTTP_POST, "/wallet/keys", keys_post, LONG_FORM_MAX, 0},
        {HTTP_POST, "/wallet/keys/{id}/revoke", key_revoke, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/monetization", monetization_get, 0, 0},
        {HTTP_GET, "/wallet/settings", settings_get, 0, 0},
        {HTTP_POST, "/wallet/settings/password", settings_password, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet/settings/sessions", settings_sessions, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet/settings/zone", settings_zone, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/name", address_name_get, 0, 0},
        {HTTP_POST, "/wallet/name", address_name_post, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/new", address_new_get, 0, 0},
        {HTTP_POST, "/wallet/new", address_new_post, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/wallet/close", close_get, 0, 0},
        {HTTP_POST, "/wallet/close", close_post, FORM_BYTES_MAX, 0},

        {HTTP_GET, "/auth/interact/{id}/{nonce}", interact_get, 0, 0},
        {HTTP_POST, "/auth/interact/{id}/{nonce}", interact_post, LONG_FORM_MAX, 0},
        {HTTP_GET, "/auth/interact/{id}/{nonce}/passkey", interact_passkey_again, 0, 0},
        {HTTP_POST, "/auth/interact/{id}/{nonce}/passkey", interact_passkey, FORM_BYTES_MAX, 0},
        {HTTP_GET, "/auth/interact/{id}/{nonce}/finish", interact_finish, 0, 0},
};

const size_t web_route_count = sizeof(web_routes) / sizeof(web_routes[0]);

const struct html_pages web_html_pages = {.wallet = landing_page, .incoming = incoming_page};

const struct http_route idp_routes[] = {
        {HTTP_GET, "/auth/grant/{id}/{nonce}", idp_get, 0, 0},
        {HTTP_POST, "/auth/grant/{id}/{nonce}/accept", idp_accept, LIMIT_JSON_BYTES, 0},
        {HTTP_POST, "/auth/grant/{id}/{nonce}/reject", idp_reject, LIMIT_JSON_BYTES, 0},
};

const size_t idp_route_count = sizeof(idp_routes) / sizeof(idp_routes[0]);
