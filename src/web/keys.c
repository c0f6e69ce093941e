#include "web/keys.h"

#include <string.h>

#include "base/text.h"
#include "codec/jwk.h"
#include "http/reply.h"
#include "store/key.h"
#include "web/holder.h"
#include "web/link.h"
#include "web/show.h"

#define PATH         "/wallet/keys"
#define MONETIZATION "/wallet/monetization"

/* ---- showing ---- */

static json_t *key_json(const struct http_request *rq, const struct wallet_key_row *k)
{
	char thumbprint[JWK_THUMBPRINT_SIZE], id[ID_TEXT_SIZE];

	id_format(&k->id, id);
	jwk_thumbprint(k->public_key, thumbprint);
	return json_pack("{s:s,s:s,s:o,s:o,s:o,s:o}", "id", id, "kid", k->kid, "kidCopied",
	        show_copied(k->kid, words(rq, "the key's id")), "thumbprintCopied",
	        show_copied(thumbprint, words(rq, "the fingerprint")), "created",
	        show_time(rq, k->created_ms), "used", show_time(rq, k->last_used_ms));
}

static json_t *keys_json(struct http_request *rq, const struct wallet_row *w)
{
	struct node_loop *l = http_app(rq);
	json_t *list = json_array();
	struct wallet_key_row *rows;
	size_t count;

	if (store_wallet_key_published(l->reader, &rq->arena, w->account, &rows, &count)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, key_json(rq, &rows[i]));
	return list;
}

struct keys_form {
	const char *key;     /* as it was pasted; never one with a private half */
	const char *problem; /* "" for none */
	bool monetization;   /* the form stands on that page */
};

static enum http_next show(struct http_request *rq, unsigned status, const struct holder *h,
        const struct wallet_row *w, const struct keys_form *f)
{
	const char *url = holder_wallet_url(rq, w);
	json_t *keys = keys_json(rq, w), *view;

	if (!url || !keys) {
		json_decref(keys);
		return page_fail(rq, RESULT_OURS_STORE);
	}
	view = holder_view(
	        rq, h, HOLDER_KEYS, f->monetization ? WORDS("Web Monetization") : WORDS("Keys"));
	(void)json_object_update_new(view,
	        json_pack("{s:s,s:o,s:o,s:s,s:s,s:o,s:o,s:s,s:s,s:b}", "wallet", w->name, "wallets",
	                holder_wallets_json(rq, h, w), "keys", keys, "key", f->key, "keyProblem",
	                f->problem, "pointer", show_pointer_copied(rq, url), "address",
	                show_copied(url, words(rq, "the wallet address")), "url", url, "page",
	                f->monetization ? "monetization" : "keys", "several", (int)(h->count > 1)));
	return page_reply(rq, status, f->monetization ? "monetization" : "keys", view, NULL);
}

/* The one that is named, else the first. NULL: the reply is set. */
static const struct wallet_row *choose(
        struct http_request *rq, const struct holder *h, const char *name)
{
	const struct wallet_row *w = NULL;

	if (name && *name)
		w = holder_wallet_named(h, name);
	else if (h->count)
		w = &h->wallets[0];
	if (!w)
		(void)page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	return w;
}

static enum http_next get(struct http_request *rq, bool monetization)
{
	const struct keys_form f = {"", "", monetization};
	const struct wallet_row *w;
	struct holder h;

	if (holder_read(rq, &h))
		return HTTP_DONE;
	w = choose(rq, &h, http_query(rq, "wallet"));
	return w ? show(rq, 200, &h, w, &f) : HTTP_DONE;
}

enum http_next keys_get(struct http_request *rq)
{
	return get(rq, false);
}

enum http_next monetization_get(struct http_request *rq)
{
	return get(rq, true);
}

/* ---- publishing one ---- */

struct key_change {
	struct holder_change change;
	struct holder holder;
	const struct wallet_row *wallet;
	struct keys_form form;
	struct jwk key; /* to be published */
	struct id id;   /* to be revoked */
	struct arena memory;
};

static enum http_next back(struct http_request *rq, const struct key_change *k)
{
	const struct http_pair pair = {"wallet", k->wallet->name};

	return page_see(rq, link_make(rq, k->form.monetization ? MONETIZATION : PATH, &pair, 1));
}

static enum http_next refuse(
        struct http_request *rq, struct key_change *k, enum result r, const char *why)
{
	char *text = arena_printf(&rq->arena, "%s.", why);

	if (!text)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
	k->form.problem = text;
	return show(rq, http_status_of(r), &k->holder, k->wallet, &k->form);
}

static enum result add_apply(struct holder_change *c, struct batch *b)
{
	struct key_change *k = OWNER_OF(c, struct key_change, change);
	struct wallet_key_row row;
	enum result r;

	arena_init(&k->memory, LIMIT_ROW_BYTES);
	r = batch_wallet_key_add(
	        b, &k->memory, k->wallet->account, k->key.kid, k->key.public_key, &row);
	arena_clear(&k->memory);
	return r;
}

static enum http_next changed(struct http_request *rq)
{
	struct key_change *k =
	        OWNER_OF((struct holder_change *)rq->state, struct key_change, change);
	enum result r = k->change.op.result;

	if (r == RESULT_OK)
		return back(rq, k);
	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	if (r == RESULT_THEIRS_CONFLICT)
		return refuse(rq, k, r,
		        words(rq, "another key of this wallet is published under this name: revoke "
		                  "it first"));
	if (r == RESULT_THEIRS_TOO_BIG)
		return refuse(rq, k, r, words(rq, "this wallet publishes as many keys as it may"));
	if (r == RESULT_THEIRS_STATE)
		return refuse(rq, k, r, words(rq, "this wallet is closed"));
	return page_fail(rq, r);
}

/* The form of either page. On an error the reply is set. */
static struct key_change *read_change(struct http_request *rq, struct page_form *f)
{
	struct key_change *k = arena_alloc(&rq->arena, sizeof(*k));

	if (!k) {
		(void)page_fail(rq, RESULT_OURS_MEMORY);
		return NULL;
	}
	if (holder_form(rq, &k->holder, f))
		return NULL;
	k->wallet = holder_wallet_named(&k->holder, page_field(f, "wallet"));
	k->form.monetization = strcmp(page_field(f, "page"), "monetization") == 0;
	k->form.key = k->form.problem = "";
	if (!k->wallet) {
		(void)page_fail(rq, RESULT_THEIRS_NOT_FOUND);
		return NULL;
	}
	return k;
}

enum http_next keys_post(struct http_request *rq)
{
	const char *why = "";
	struct key_change *k;
	struct page_form f;
	const char *text;
	enum result r;

	k = read_change(rq, &f);
	if (!k)
		return HTTP_DONE;
	text = page_field(&f, "key");
	r = jwk_parse_text(bytes_str(text), &k->key, &why);
	/* What may be a private key is neither shown again nor kept. */
	if (r == RESULT_THEIRS_FORBIDDEN)
		page_form_wipe(rq, &f);
	else
		k->form.key = arena_strdup(&rq->arena, text);
	if (!k->form.key)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (r)
		return refuse(rq, k, r, *why ? words_again(rq, why) : words(rq, "this is no key"));
	if (!*k->key.kid)
		jwk_thumbprint(k->key.public_key, k->key.kid);
	k->change.apply = add_apply;
	return holder_submit(rq, &k->holder, &k->change, changed);
}

/* ---- revoking one ---- */

static enum result revoke_apply(struct holder_change *c, struct batch *b)
{
	struct key_change *k = OWNER_OF(c, struct key_change, change);
	struct wallet_key_row row;
	enum result r;

	arena_init(&k->memory, LIMIT_ROW_BYTES);
	r = batch_wallet_key_revoke(b, &k->memory, k->wallet->account, &k->id, &row);
	arena_clear(&k->memory);
	return r;
}

enum http_next key_revoke(struct http_request *rq)
{
	struct key_change *k;
	struct page_form f;

	k = read_change(rq, &f);
	if (!k)
		return HTTP_DONE;
	if (!holder_path_id(rq, "id", &k->id))
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	k->change.apply = revoke_apply;
	return holder_submit(rq, &k->holder, &k->change, changed);
}
