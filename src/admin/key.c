/* key: the public keys of wallets' clients, and the node's own. */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/text.h"
#include "base/words.h"
#include "codec/jwk.h"
#include "store/key.h"

/* ---- showing ---- */

static json_t *jwk_of(const char *kid, const uint8_t public_key[JWK_PUBLIC_SIZE])
{
	struct jwk k;

	if (text_copy(k.kid, sizeof(k.kid), kid))
		return NULL;
	memcpy(k.public_key, public_key, sizeof(k.public_key));
	return jwk_json(&k);
}

static const char *const states[] = {[KEY_ACTIVE] = "ACTIVE", [KEY_REVOKED] = "REVOKED"};

static json_t *key_json(const struct wallet_key_row *k, const struct wallet_row *wallet)
{
	char thumbprint[JWK_THUMBPRINT_SIZE];

	jwk_thumbprint(k->public_key, thumbprint);
	return json_pack("{s:o,s:o,s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o}", "id", admin_id(&k->id),
	        "walletAddressId", admin_id(&wallet->id), "walletAddress", wallet->name, "kid",
	        k->kid, "thumbprint", thumbprint, "state",
	        states[k->revoked_ms ? KEY_REVOKED : KEY_ACTIVE], "jwk",
	        jwk_of(k->kid, k->public_key), "createdAt", admin_time(k->created_ms), "revokedAt",
	        admin_time(k->revoked_ms), "lastUsedAt", admin_time(k->last_used_ms));
}

enum http_next admin_key_list(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	struct wallet_key_row *rows;
	struct admin_wallet w;
	struct page page;
	json_t *items;
	size_t count;
	bool more;
	enum result r;

	if (admin_wallet_of_path(rq, &w) || admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	r = store_wallet_key_list(
	        loop->reader, &rq->arena, w.row.account, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, key_json(&rows[i], &w.row));
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}

/* ---- adding ---- */

struct key_add {
	struct admin_change change;
	struct wallet_row wallet;
	struct jwk key;
};

static enum result add_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct key_add *a = OWNER_OF(c, struct key_add, change);
	struct wallet_key_row row;
	enum result r = batch_wallet_key_add(
	        b, &c->memory, a->wallet.account, a->key.kid, a->key.public_key, &row);

	if (!r)
		*answer = key_json(&row, &a->wallet);
	return r;
}

static enum http_next add(
        struct http_request *rq, const struct admin_wallet *w, const struct jwk *key)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_CONFLICT, "kid",
	                WORDS("another key of this wallet is published under this kid: revoke it "
	                      "first")},
	        {RESULT_THEIRS_STATE, NULL, WORDS("the wallet is closed")},
	        {RESULT_THEIRS_TOO_BIG, NULL, WORDS("the wallet publishes as many keys as it may")},
	        {RESULT_OK, NULL, NULL},
	};
	struct key_add *a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_OPTIONAL);

	if (!a)
		return HTTP_DONE;
	a->wallet = w->row;
	a->key = *key;
	a->change.apply = add_apply;
	a->change.refusals = refusals;
	return admin_change_submit(&a->change);
}

/* A JWK given as an object may lack its kid, as a pasted one may. */
static enum result read_object(const json_t *value, struct jwk *out, const char **why)
{
	char text[JWK_TEXT_MAX];
	size_t n = json_dumpb(value, text, sizeof(text), JSON_COMPACT);

	if (n == 0 || n > sizeof(text)) {
		*why = WORDS("the JWK is too large");
		return RESULT_THEIRS_TOO_BIG;
	}
	return jwk_parse_text(bytes_of(text, n), out, why);
}

enum http_next admin_key_add(struct http_request *rq)
{
	const char *text = NULL, *kid = NULL, *why = "";
	json_t *object = NULL;
	const struct json_member members[] = {
	        {"jwk", JSON_TO_OBJECT, .target = &object},
	        {"key", JSON_TO_TEXT, &text, .max = JWK_TEXT_MAX},
	        {"kid", JSON_TO_STRING, &kid, .min = 1, .max = JWK_KID_MAX},
	};
	struct admin_wallet w;
	struct jwk key;
	enum result r;

	if (admin_wallet_of_path(rq, &w) ||
	        http_json_read(
	                rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (!object == !text)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "jwk",
		        WORDS("give the key as \"jwk\", an object, or as \"key\", a text"));
	r = object ? read_object(object, &key, &why) : jwk_parse_text(bytes_str(text), &key, &why);
	if (r)
		return admin_refuse(rq, r, object ? "jwk" : "key", "%s", why);
	if (kid && (!jwk_is_kid(kid) || (*key.kid && strcmp(key.kid, kid) != 0)))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "kid",
		        WORDS("kid is printable ASCII, and the JWK's own where that has one"));
	if (kid)
		r = text_copy(key.kid, sizeof(key.kid), kid);
	else if (!*key.kid)
		jwk_thumbprint(key.public_key, key.kid);
	return r ? admin_refuse_by(rq, r, NULL) : add(rq, &w, &key);
}

/* ---- revoking ---- */

struct key_revoke {
	struct admin_change change;
	struct wallet_row wallet;
	struct id id;
};

static enum result revoke_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct key_revoke *k = OWNER_OF(c, struct key_revoke, change);
	struct wallet_key_row row;
	enum result r = batch_wallet_key_revoke(b, &c->memory, k->wallet.account, &k->id, &row);

	if (!r)
		*answer = key_json(&row, &k->wallet);
	return r;
}

static const struct admin_refusal revoke_refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("the wallet has no such key")},
        {RESULT_OK, NULL, NULL},
};

static enum http_next revoke(
        struct http_request *rq, const struct wallet_row *wallet, const struct id *id)
{
	struct key_revoke *k = admin_change_new(rq, sizeof(*k), ADMIN_KEY_NONE);

	if (!k)
		return HTTP_DONE;
	k->wallet = *wallet;
	k->id = *id;
	k->change.status = 200;
	k->change.apply = revoke_apply;
	k->change.refusals = revoke_refusals;
	return admin_change_submit(&k->change);
}

/* By kid, while it is published, or by id: kids may have the form of ids. */
static enum result key_of_path(
        struct http_request *rq, account_id wallet, struct wallet_key_row *out)
{
	const struct node_loop *loop = http_app(rq);
	const char *text = http_param(rq, "key");
	enum result r = store_wallet_key_find(loop->reader, &rq->arena, wallet, text, out);
	struct id id;

	if (r == RESULT_THEIRS_NOT_FOUND && id_parse(text, strlen(text), &id) == RESULT_OK)
		r = store_wallet_key_get(loop->reader, &rq->arena, wallet, &id, out);
	return r;
}

enum http_next admin_key_revoke(struct http_request *rq)
{
	struct wallet_key_row row;
	struct admin_wallet w;
	enum result r;

	if (admin_wallet_of_path(rq, &w))
		return HTTP_DONE;
	r = key_of_path(rq, w.row.account, &row);
	if (r)
		return admin_refuse_by(rq, r, revoke_refusals);
	return revoke(rq, &w.row, &row.id);
}

/* ---- those of all wallets ---- */

/* On an error the reply is set. */
static enum result read_filter(struct http_request *rq, struct key_filter *f)
{
	const char *wallet = http_query(rq, "walletAddress"), *state = http_query(rq, "state");
	struct admin_wallet w;
	enum result r;

	*f = (struct key_filter){.kid = http_query(rq, "kid"), .state = KEY_ANY};
	for (int i = KEY_ACTIVE; state && i <= KEY_REVOKED; i++)
		if (strcmp(state, states[i]) == 0)
			f->state = (enum key_state)i;
	if (state && f->state == KEY_ANY) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "state",
		        WORDS("\"state\" must be ACTIVE or REVOKED"));
		return RESULT_THEIRS_MALFORMED;
	}
	if (!wallet)
		return RESULT_OK;
	r = admin_wallet_named(rq, wallet, &w);
	if (!r)
		f->wallet = w.row.account;
	return r;
}

static json_t *row_json(struct http_request *rq, const struct wallet_key_row *k)
{
	struct admin_wallet w;

	return admin_wallet_of_account(rq, k->wallet, &w) ? NULL : key_json(k, &w.row);
}

enum http_next admin_keys_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct wallet_key_row *rows;
	struct key_filter filter;
	struct page page;
	json_t *items;
	size_t count;
	bool more;
	enum result r;

	if (admin_page_read_ids(rq, &page) || read_filter(rq, &filter))
		return HTTP_DONE;
	r = store_key_list(loop->reader, &rq->arena, &filter, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, row_json(rq, &rows[i]));
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}

/* By {id} of the path. On an error the reply is set. */
static enum result one_of_path(
        struct http_request *rq, struct wallet_key_row *out, struct admin_wallet *wallet)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such key")},
	        {RESULT_OK, NULL, NULL},
	};
	const struct node_loop *loop = http_app(rq);
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_key_get(loop->reader, &rq->arena, &id, out);
	if (!r)
		r = admin_wallet_of_account(rq, out->wallet, wallet);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	return r;
}

enum http_next admin_keys_get(struct http_request *rq)
{
	struct wallet_key_row row;
	struct admin_wallet w;

	if (one_of_path(rq, &row, &w))
		return HTTP_DONE;
	return http_reply_json(rq, 200, key_json(&row, &w.row));
}

enum http_next admin_keys_revoke(struct http_request *rq)
{
	struct wallet_key_row row;
	struct admin_wallet w;

	return one_of_path(rq, &row, &w) ? HTTP_DONE : revoke(rq, &w.row, &row.id);
}

/* ---- the node's identity ---- */

static json_t *node_key_json(const struct node_key_row *k)
{
	char kid[ID_TEXT_SIZE];

	id_format(&k->id, kid);
	return json_pack("{s:s,s:o,s:o,s:o,s:o}", "kid", kid, "jwk", jwk_of(kid, k->public_key),
	        "createdAt", admin_time(k->created_ms), "signsFrom",
	        admin_time(k->signs_from_ms ? k->signs_from_ms : k->created_ms), "publishedUntil",
	        admin_time(k->published_until_ms));
}

enum http_next admin_node_key_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct node_key_row rows[NODE_KEYS_MAX];
	json_t *items;
	size_t count;
	enum result r = store_node_key_published(loop->reader, http_wall_ms(rq), rows, &count);

	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, node_key_json(&rows[i]));
	return admin_page_items(rq, r, items, NULL);
}

static enum result rotate_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	struct node_key_row row;
	enum result r = batch_node_key_rotate(b, &row);

	(void)c;
	if (!r)
		*answer = node_key_json(&row);
	return r;
}

enum http_next admin_node_key_rotate(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_STATE, NULL,
	                WORDS("the present key is younger than ten minutes: others may not have "
	                      "seen it")},
	        {RESULT_OK, NULL, NULL},
	};
	struct admin_change *c;

	if (http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = admin_change_new(rq, sizeof(*c), ADMIN_KEY_OPTIONAL);
	if (!c)
		return HTTP_DONE;
	c->apply = rotate_apply;
	c->refusals = refusals;
	return admin_change_submit(c);
}
