#include "http/api_key.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "codec/account_url.h"
#include "codec/jwk.h"
#include "http/reply.h"
#include "ilp/node_wallet.h"
#include "store/key.h"

static enum http_next out_of_memory(struct http_request *rq)
{
	return http_reply_error(rq, 503, "busy", "out of memory for this request");
}

static enum http_next not_found(struct http_request *rq)
{
	return http_reply_error(rq, 404, "not_found", "no such wallet address");
}

static enum http_next reply_keys(struct http_request *rq, json_t *keys)
{
	http_reply_header(rq, "Cache-Control", "no-cache");
	return http_reply_json(rq, 200, keys ? json_pack("{s:o}", "keys", keys) : NULL);
}

/* One key that went bad in the store must not spoil the others, for readers that check each. */
static void add_key(json_t *keys, const char *kid, const uint8_t public_key[JWK_PUBLIC_SIZE])
{
	struct jwk k;

	if (!jwk_is_kid(kid) || !jwk_is_public_key(public_key) ||
	        text_copy(k.kid, sizeof(k.kid), kid)) {
		log_error("key_document", "result=bad_key");
		return;
	}
	memcpy(k.public_key, public_key, sizeof(k.public_key));
	(void)json_array_append_new(keys, jwk_json(&k));
}

static enum http_next list_keys(struct http_request *rq, const char *name)
{
	const struct node_loop *l = http_app(rq);
	struct wallet_key_row *rows;
	struct wallet_row w;
	json_t *keys;
	size_t count;
	enum result r = node_wallet_find(l->node, l->reader, &rq->arena, name, &w);

	if (r == RESULT_THEIRS_NOT_FOUND || (!r && !wallet_is_shown(&w, http_wall_ms(rq))))
		return not_found(rq);
	if (!r)
		r = store_wallet_key_published(l->reader, &rq->arena, w.account, &rows, &count);
	if (r)
		return http_reply_result(rq, r, "the keys can't be read");
	keys = json_array();
	for (size_t i = 0; keys && i < count; i++)
		add_key(keys, rows[i].kid, rows[i].public_key);
	return reply_keys(rq, keys);
}

enum http_next api_key_list(struct http_request *rq)
{
	char *name = arena_strdup(&rq->arena, http_param(rq, "wallet"));

	if (!name)
		return out_of_memory(rq);
	for (char *p = name; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return text_is_name(name) ? list_keys(rq, name) : not_found(rq);
}

enum http_next api_key_list_root(struct http_request *rq)
{
	return list_keys(rq, "");
}

enum http_next api_key_list_node(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct node_key_row rows[NODE_KEYS_MAX];
	char kid[ID_TEXT_SIZE];
	json_t *keys;
	size_t count;
	enum result r = store_node_key_published(l->reader, http_wall_ms(rq), rows, &count);

	if (r)
		return http_reply_result(rq, r, "the keys can't be read");
	keys = json_array();
	for (size_t i = 0; keys && i < count; i++) {
		id_format(&rows[i].id, kid);
		add_key(keys, kid, rows[i].public_key);
	}
	return reply_keys(rq, keys);
}

/* In the form of a wallet address, because that is what other servers read of a client; nothing can
 * be paid to it. The asset, which that form asks for, is the first of the node's. */
enum http_next api_key_node(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	const char *url = l->node->options.public_url;
	const struct snapshot *s = node_snapshot(l);
	struct account_url parts;
	char *id = arena_printf(&rq->arena, "%s/%s", url, NODE_IDENTITY_NAME);
	char *auth = arena_printf(&rq->arena, "%s/auth", url);
	char *op = arena_printf(&rq->arena, "%s/op", url);

	if (!id || !auth || !op)
		return out_of_memory(rq);
	if (s->asset_count == 0 || account_url_split(bytes_str(url), &parts))
		return http_reply_error(rq, 404, "not_found", "this node has no assets");
	http_reply_header(rq, "Cache-Control", "max-age=60");
	return http_reply_json(rq, 200,
	        json_pack("{s:s,s:s%,s:s,s:i,s:s,s:s}", "id", id, "publicName", parts.host.p,
	                parts.host.n, "assetCode", s->assets[0].code, "assetScale",
	                (int)s->assets[0].scale, "authServer", auth, "resourceServer", op));
}
