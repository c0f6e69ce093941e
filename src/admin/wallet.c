/* wallet: wallet addresses: PUBLIC_URL/NAME, an account of one asset, and a user. */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/password.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/text.h"
#include "base/words.h"
#include "model/wallet_name.h"
#include "store/login.h"
#include "store/note.h"
#include "store/wallet.h"

/* ---- reading ---- */

enum http_next admin_wallet_list(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	struct wallet_row *rows;
	struct page page;
	size_t count;
	bool more;
	json_t *items;
	enum result r;

	if (admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	r = store_wallet_list(loop->reader, &rq->arena, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++) {
		const struct admin_wallet w = {rows[i],
		        snapshot_asset(node_snapshot(loop), rows[i].asset), admin_own_address(rq)};

		r = admin_page_add(items, w.asset ? admin_wallet_json(loop->node, &w) : NULL);
	}
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}

static json_t *properties_json(const struct wallet_property *p, size_t n)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(
		            all, json_pack("{s:s, s:s, s:b}", "key", p[i].key, "value", p[i].text,
		                         "visible", (int)p[i].visible))) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

enum http_next admin_wallet_get(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const char *reply = NULL;
	struct wallet_property *properties;
	struct admin_wallet w;
	json_t *answer;
	size_t count;
	enum result r;

	if (admin_wallet_of_path(rq, &w))
		return HTTP_DONE;
	r = store_wallet_reply_get(loop->reader, &rq->arena, w.row.account, &reply);
	if (!r)
		r = store_wallet_properties(
		        loop->reader, &rq->arena, w.row.account, &properties, &count);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	answer = admin_wallet_json(loop->node, &w);
	if (!answer ||
	        json_object_set_new(answer, "reply", reply ? json_string(reply) : json_null()) ||
	        json_object_set_new(
	                answer, "additionalProperties", properties_json(properties, count))) {
		json_decref(answer);
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	}
	return http_reply_json(rq, 200, answer);
}

/* ---- adding ---- */

struct wallet_add {
	struct admin_change change;
	struct wallet_new wanted;
	struct asset_row asset;
	const char *node_address;
	struct admin_password password;
};

static enum result add_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct wallet_add *a = OWNER_OF(c, struct wallet_add, change);
	struct admin_wallet w = {.asset = &a->asset, .node_address = a->node_address};
	enum result r = batch_wallet_add(b, &a->wanted, &w.row.id, &w.row.account);

	if (!r && a->password.job.hash[0])
		r = batch_password_set(b, a->wanted.user, a->password.job.hash);
	if (r)
		return r;
	w.row.name = a->wanted.name;
	w.row.public_name = a->wanted.public_name;
	w.row.user = a->wanted.user;
	w.row.state = WALLET_OPEN;
	w.row.created_ms = batch_now(b);
	*answer = admin_wallet_json(c->loop->node, &w);
	return RESULT_OK;
}

static enum http_next add(struct http_request *rq, const struct wallet_new *wanted,
        const struct asset_row *asset, const char *password)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_CONFLICT, "name", WORDS("the name is taken")},
	        {RESULT_THEIRS_MALFORMED, NULL, WORDS("a text of the wallet is not well-formed")},
	        {RESULT_OK, NULL, NULL},
	};
	struct wallet_add *a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_OPTIONAL);

	if (!a)
		return HTTP_DONE;
	a->wanted = *wanted;
	a->wanted.asset = asset->id;
	if (!a->wanted.user)
		a->wanted.user = wanted->name;
	a->asset = *asset;
	a->node_address = arena_strdup(&rq->arena, admin_own_address(rq));
	if (!a->node_address)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	a->change.apply = add_apply;
	a->change.refusals = refusals;
	if (password)
		return admin_password_submit(&a->password, &a->change, password);
	return admin_change_submit(&a->change);
}

enum http_next admin_wallet_add(struct http_request *rq)
{
	const char *code = NULL, *password = NULL;
	struct wallet_new in = {0};
	const struct json_member members[] = {
	        {"name", JSON_TO_STRING, &in.name, .required = true, .max = NAME_MAX_CHARS},
	        {"assetCode", JSON_TO_STRING, &code, .required = true, .max = ASSET_CODE_MAX},
	        {"publicName", JSON_TO_STRING, &in.public_name, .max = PUBLIC_NAME_MAX},
	        {"user", JSON_TO_STRING, &in.user, .max = NAME_MAX_CHARS},
	        {"password", JSON_TO_STRING, &password, .max = PASSWORD_MAX},
	};
	const struct asset_row *asset;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (!text_is_name(in.name))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "name",
		        WORDS("a name begins with a-z or 0-9 and goes on with a-z, 0-9, - or _"));
	if (in.user && !text_is_name(in.user))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "user",
		        WORDS("a user's name is formed like a wallet's"));
	if (wallet_name_is_reserved(in.name))
		return admin_refuse_with(rq, RESULT_THEIRS_CONFLICT, "name",
		        WORDS("the name \"{name}\" is reserved"), "name", in.name, NULL);
	asset = admin_asset_of_code(rq, code, "assetCode");
	return asset ? add(rq, &in, asset, password) : HTTP_DONE;
}
