#include "ilp/resolve_incoming.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/words.h"
#include "ilp/payer.h"
#include "ilp/remote_payment.h"
#include "store/incoming.h"

#define PATH            "/incoming-payments/"
#define LOCAL_ARENA_MAX 65536
#define OVER            WORDS("the receiver's incoming payment is completed or expired")

struct remote_receiver {
	struct remote_payment payment;
	struct remote_wallet wallet;
	struct resolution *owner;
	void (*failed)(struct resolution *r);
};

static void finish(struct resolution *r, enum result result, const char *why)
{
	r->result = result;
	(void)snprintf(r->why, sizeof(r->why), "%s", why);
	r->done(r);
}

bool resolve_incoming_is_url(const char *receiver)
{
	const char *path = strstr(receiver, "://"), *at = NULL;

	if (!text_starts(receiver, "https://") && !text_starts(receiver, "http://"))
		return false;
	/* the last one counts: an address may hold the words before it */
	for (path = strchr(path + 3, '/'); path && (path = strstr(path, PATH)); path++)
		at = path;
	at = at ? at + sizeof(PATH) - 1 : "";
	return *at && !strpbrk(at, "/?#");
}

void resolve_incoming_clear(struct resolution *r)
{
	if (!r->remote)
		return;
	remote_payment_clear(&r->remote->payment);
	free(r->remote);
	r->remote = NULL;
}

/* ---- of this node ---- */

bool resolve_incoming_local(const struct node *n, const char *url, struct id *out)
{
	size_t own = strlen(n->options.public_url);
	const char *rest = url + own;

	if (strncmp(url, n->options.public_url, own) != 0 || !text_starts(rest, "/op" PATH))
		return false;
	rest += sizeof("/op" PATH) - 1;
	return id_parse(rest, strlen(rest), out) == RESULT_OK;
}

bool resolve_incoming_is_own(const struct node *n, const char *url)
{
	size_t own = strlen(n->options.public_url);

	return strncmp(url, n->options.public_url, own) == 0 && url[own] == '/';
}

static enum result read_local(struct resolution *r, const struct id *id, struct arena *a)
{
	struct node *n = r->node;
	struct reader *reader = payer_reader(n->payer);
	struct incoming_row row;
	struct wallet_row w;
	struct snapshot *s;
	const struct asset_row *asset;
	enum result result = store_incoming_get(reader, a, id, &row);

	if (!result)
		result = store_wallet_of_account(reader, a, row.wallet, &w);
	if (result)
		return result;
	if (!wallet_is_shown(&w, env_wall_ms(n->env)) ||
	        incoming_state_is_final(incoming_state_at(&row.terms, env_wall_ms(n->env))))
		return RESULT_THEIRS_STATE;
	r->local_wallet = w.account;
	r->local_asset = w.asset;
	r->local_incoming = row.key;
	r->has_room = row.terms.amount != 0;
	r->room = r->has_room ? incoming_room(&row.terms) : 0;
	r->expires_ms = row.terms.expires_ms;
	text_copy_cut(
	        r->public_name, sizeof(r->public_name), *w.public_name ? w.public_name : w.name);
	s = snapshots_get(n->snapshots);
	asset = snapshot_asset(s, w.asset);
	if (asset) {
		r->has_document = true;
		memcpy(r->asset_code, asset->code, sizeof(r->asset_code));
		r->asset_scale = asset->scale;
	}
	snapshot_release(s);
	return RESULT_OK;
}

static void resolve_local(struct resolution *r)
{
	struct arena a;
	struct id id;
	enum result result = RESULT_THEIRS_NOT_FOUND;

	arena_init(&a, LOCAL_ARENA_MAX);
	if (resolve_incoming_local(r->node, r->receiver, &id))
		result = read_local(r, &id, &a);
	arena_clear(&a);
	if (result == RESULT_THEIRS_NOT_FOUND)
		finish(r, result, WORDS("this node has no such incoming payment"));
	else if (result == RESULT_THEIRS_STATE)
		finish(r, result, OVER);
	else
		finish(r, result, result ? WORDS("the incoming payment can't be read") : "");
}

/* ---- of another node ---- */

static enum result take(struct resolution *r, const struct remote_incoming *p, const char **why)
{
	int64_t now_ms = env_wall_ms(r->node->env);

	*why = OVER;
	if (p->completed || (p->has_expiry && p->expires_ms <= now_ms) ||
	        (p->has_amount && p->received >= p->amount))
		return RESULT_THEIRS_STATE;
	*why = WORDS("the receiver's incoming payment takes no money over ILP");
	if (!p->has_method)
		return RESULT_THEIRS_REFUSED;
	r->has_room = p->has_amount;
	r->room = p->has_amount ? p->amount - p->received : 0;
	r->expires_ms = p->has_expiry ? p->expires_ms : 0;
	memcpy(r->address, p->address, sizeof(r->address));
	r->shared_secret = p->shared_secret;
	r->has_document = true;
	memcpy(r->asset_code, p->asset_code, sizeof(r->asset_code));
	r->asset_scale = p->asset_scale;
	*why = "";
	return RESULT_OK;
}

static void on_read(struct remote_payment *p)
{
	struct remote_receiver *remote = OWNER_OF(p, struct remote_receiver, payment);
	struct resolution *r = remote->owner;
	const char *why = p->why;
	enum result result = p->result;

	if (!result)
		result = take(r, &p->payment, &why);
	finish(r, result, why);
}

static struct remote_receiver *remote_new(struct resolution *r)
{
	resolve_incoming_clear(r);
	r->remote = calloc(1, sizeof(*r->remote));
	if (r->remote)
		r->remote->owner = r;
	else
		finish(r, RESULT_OURS_MEMORY, WORDS("out of memory"));
	return r->remote;
}

void resolve_incoming(struct resolution *r)
{
	(void)!text_copy(r->url, sizeof(r->url), r->receiver);
	(void)!text_copy(r->payment_url, sizeof(r->payment_url), r->receiver);
	if (resolve_incoming_is_own(r->node, r->receiver)) {
		resolve_local(r);
	} else if (remote_new(r)) {
		r->remote->payment.work = REMOTE_WORK_READ;
		r->remote->payment.url = r->receiver;
		remote_payment_start(r->node, &r->remote->payment, on_read);
	}
}

/* ---- making one ---- */

static void on_made(struct remote_payment *p)
{
	struct remote_receiver *remote = OWNER_OF(p, struct remote_receiver, payment);
	struct resolution *r = remote->owner;
	const char *why = p->why;
	enum result result = p->result;

	/* Whatever is wrong there: the wallet may still be paid by SPSP, or says
	 * itself that not. */
	if (result && result != RESULT_THEIRS_BLOCKED &&
	        result_class(result) != RESULT_CLASS_OURS) {
		log_warn("remote_incoming", "wallet=%s result=%s why=\"%s\"", remote->wallet.id,
		        result_name(result), p->why);
		remote->failed(r);
		return;
	}
	if (!result && !resolve_incoming_is_url(p->payment.id)) {
		result = RESULT_THEIRS_PROTOCOL;
		why = WORDS("the receiver's server gave an incoming payment without its address");
	}
	if (!result)
		result = take(r, &p->payment, &why);
	if (!result) {
		r->made = true;
		(void)!text_copy(r->payment_url, sizeof(r->payment_url), p->payment.id);
	}
	finish(r, result, why);
}

bool resolve_incoming_make(
        struct resolution *r, const json_t *document, void (*failed)(struct resolution *r))
{
	struct remote_wallet wallet;
	struct remote_receiver *remote;

	if (remote_wallet_read(document, &wallet))
		return false;
	remote = remote_new(r);
	if (!remote)
		return true;
	remote->wallet = wallet;
	remote->failed = failed;
	text_copy_cut(r->public_name, sizeof(r->public_name), wallet.public_name);
	remote->payment.work = REMOTE_WORK_CREATE;
	remote->payment.wallet = &remote->wallet;
	/* An amount is asked for where it is known to be of the wallet's asset. */
	remote->payment.has_amount = r->make_amount && r->make_scale == wallet.asset_scale &&
	                             strcmp(r->make_code, wallet.asset_code) == 0;
	remote->payment.amount = r->make_amount;
	remote->payment.expires_ms =
	        env_wall_ms(r->node->env) + RESOLVE_MADE_LIFE_MS + r->make_longer_ms;
	remote_payment_start(r->node, &remote->payment, on_made);
	return true;
}
