#include "http/api_wallet_address.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "codec/json_text.h"
#include "http/html_pages.h"
#include "http/negotiate.h"
#include "http/reply.h"
#include "ilp/node.h"
#include "ilp/node_wallet.h"
#include "ilp/receive.h"
#include "store/wallet.h"

enum { OFFER_JSON, OFFER_SPSP4, OFFER_SPSP, OFFER_HTML };

static const char *const offers[] = {
        [OFFER_JSON] = "application/json",
        [OFFER_SPSP4] = "application/spsp4+json",
        [OFFER_SPSP] = "application/spsp+json",
        [OFFER_HTML] = "text/html", /* last: left out where there are no pages */
};

#define BASE64_SECRET_SIZE (BASE64_LEN(32) + 1)

static enum http_next reply_page(struct http_request *rq, const struct wallet_row *w)
{
	const struct node_loop *l = http_app(rq);

	http_reply_header(rq, "Vary", "Accept");
	return l->node->html->wallet(rq, w);
}

static enum http_next not_found(struct http_request *rq, int offer)
{
	if (offer == OFFER_HTML)
		return reply_page(rq, NULL);
	http_reply_header(rq, "Vary", "Accept");
	if (offer == OFFER_JSON)
		return http_reply_error(rq, 404, "not_found", "no such wallet address");
	return http_reply_json_as(rq, 404, offers[offer],
	        json_pack("{s:s,s:s}", "id", "InvalidReceiverError", "message",
	                "no such wallet address"));
}

static bool read_header(const char *text, uint8_t *out, size_t size)
{
	size_t n = 0;

	return base64_decode(text, strlen(text), out, size, &n) == RESULT_OK && n == size;
}

/* RFC 0039: both headers, or none. False: the reply is set. */
static bool read_receipt(struct http_request *rq, struct receive_receipt *out, bool *wanted)
{
	const char *nonce = http_header(rq, "Receipt-Nonce");
	const char *secret = http_header(rq, "Receipt-Secret");

	*wanted = nonce || secret;
	if (!*wanted)
		return true;
	if (nonce && secret && read_header(nonce, out->nonce, sizeof(out->nonce)) &&
	        read_header(secret, out->secret.b, sizeof(out->secret.b)))
		return true;
	secret_clear(&out->secret);
	(void)http_reply_error(rq, 400, "malformed",
	        "Receipt-Nonce must be 16 bytes in base64, and Receipt-Secret 32 beside it");
	return false;
}

static enum http_next reply_spsp(struct http_request *rq, const struct wallet_row *w, int offer)
{
	char address[RECEIVE_ADDRESS_SIZE], text[BASE64_SECRET_SIZE];
	struct receive_receipt receipt = {.nonce = {0}};
	struct secret32 secret;
	json_t *body;
	bool wanted;
	enum result r;

	if (!read_receipt(rq, &receipt, &wanted))
		return HTTP_DONE;
	r = receive_credentials(http_app(rq), w, wanted ? &receipt : NULL, address, &secret);
	secret_clear(&receipt.secret);
	if (r)
		return http_reply_result(rq, r, "no ILP address can be given for this wallet");
	base64_encode(bytes_of(secret.b, sizeof(secret.b)), BASE64_STD, text);
	body = json_pack("{s:s,s:s,s:b}", "destination_account", address, "shared_secret", text,
	        "receipts_enabled", wanted);
	secret_clear(&secret);
	secret_wipe(text, sizeof(text));
	/* Each query is a fresh connection, so the answer is no one else's. */
	http_reply_header(rq, "Cache-Control", "no-cache");
	http_reply_header(rq, "Vary", "Accept");
	return http_reply_json_as(rq, 200, offers[offer], body);
}

/* additionalProperties, of those that are for everybody; no such member where there are none. */
static enum result write_properties(
        struct http_request *rq, const struct wallet_row *w, struct json_text *t)
{
	const struct node_loop *l = http_app(rq);
	struct wallet_property *rows;
	size_t count;
	bool any = false;
	enum result r = store_wallet_properties(l->reader, &rq->arena, w->account, &rows, &count);

	for (size_t i = 0; !r && i < count; i++) {
		if (!rows[i].visible)
			continue;
		if (!any)
			json_text_object(t, "additionalProperties");
		any = true;
		json_text_name(t, rows[i].key);
		json_text_string(t, NULL, rows[i].text);
	}
	if (any)
		json_text_end_object(t);
	return r;
}

static enum http_next reply_document(struct http_request *rq, const struct wallet_row *w)
{
	struct node_loop *l = http_app(rq);
	const char *url = l->node->options.public_url;
	const struct asset_row *asset = snapshot_asset(node_snapshot(l), w->asset);
	char *id = arena_printf(&rq->arena, "%s/%s", url, w->name);
	char *auth = arena_printf(&rq->arena, "%s/auth", url);
	char *op = arena_printf(&rq->arena, "%s/op", url);
	struct json_text t;

	if (!asset || !id || !auth || !op)
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	json_text_init(&t);
	json_text_object(&t, NULL);
	json_text_string(&t, "id", id);
	json_text_string(&t, "publicName", w->public_name[0] ? w->public_name : w->name);
	json_text_string(&t, "assetCode", asset->code);
	json_text_int(&t, "assetScale", asset->scale);
	json_text_string(&t, "authServer", auth);
	json_text_string(&t, "resourceServer", op);
	if (write_properties(rq, w, &t)) {
		json_text_clear(&t);
		return http_reply_error(rq, 503, "busy", "the wallet can't be read");
	}
	json_text_end_object(&t);
	http_reply_header(rq, "Cache-Control", "max-age=60");
	http_reply_header(rq, "Vary", "Accept");
	return http_reply_json_text(rq, 200, &t);
}

static enum http_next reply_wallet(struct http_request *rq, const struct wallet_row *w, int offer)
{
	/* A new connection would be a new payment. */
	if (offer == OFFER_JSON ? !wallet_is_shown(w, http_wall_ms(rq)) : !wallet_is_active(w))
		return not_found(rq, offer);
	if (offer == OFFER_HTML)
		return reply_page(rq, w);
	return offer == OFFER_JSON ? reply_document(rq, w) : reply_spsp(rq, w, offer);
}

static int offer_of(const struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);

	return negotiate(http_header(rq, "Accept"), offers,
	        sizeof(offers) / sizeof(offers[0]) - (l->node->html ? 0 : 1));
}

static enum http_next not_acceptable(struct http_request *rq)
{
	http_reply_header(rq, "Vary", "Accept");
	return http_reply_error(rq, 406, "not_acceptable",
	        "Accept must allow application/json or application/spsp4+json");
}

enum http_next api_wallet_address_get(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	char *name = arena_strdup(&rq->arena, http_param(rq, "wallet"));
	struct wallet_row w;
	int offer = offer_of(rq);
	enum result r;

	if (offer < 0)
		return not_acceptable(rq);
	if (!name)
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	/* Wallet addresses are case-insensitive; stored names are lower case. */
	for (char *p = name; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (!text_is_name(name))
		return not_found(rq, offer);
	r = store_wallet_find(l->reader, &rq->arena, name, &w);
	if (r == RESULT_THEIRS_NOT_FOUND)
		node_wallet_asked(l, name, http_wall_ms(rq));
	if (r == RESULT_THEIRS_NOT_FOUND)
		return not_found(rq, offer);
	if (r)
		return http_reply_result(rq, r, "the wallet can't be read");
	return reply_wallet(rq, &w, offer);
}

enum http_next api_wallet_address_get_root(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	struct wallet_row w;
	int offer = offer_of(rq);
	enum result r;

	if (offer < 0)
		return not_acceptable(rq);
	r = node_wallet_find(l->node, l->reader, &rq->arena, "", &w);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return not_found(rq, offer);
	if (r)
		return http_reply_result(rq, r, "the wallet can't be read");
	return reply_wallet(rq, &w, offer);
}
