#include "ilp/resolver.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"
#include "codec/ilp_address.h"
#include "codec/json_scan.h"
#include "codec/payment_pointer.h"
#include "ilp/node_wallet.h"
#include "ilp/payer.h"
#include "ilp/resolve_incoming.h"
#include "ilp/resolve_payer.h"

#define ACCEPT_SPSP     "application/spsp4+json, application/spsp+json"
#define ACCEPT_DOCUMENT "application/json"
#define LOCAL_ARENA_MAX 16384

static void finish(struct resolution *r, enum result result, const char *why)
{
	r->result = result;
	snprintf(r->why, sizeof(r->why), "%s", why);
	r->done(r);
}

/* ---- wallets of this node ---- */

static void resolve_local(struct node *n, struct resolution *r, const char *name)
{
	struct snapshot *s = snapshots_get(n->snapshots);
	const struct asset_row *asset = NULL;
	struct wallet_row w;
	struct arena a;
	enum result result;

	arena_init(&a, LOCAL_ARENA_MAX);
	result = node_wallet_find(n, payer_reader(n->payer), &a, name, &w);
	if (!result && !wallet_is_active(&w))
		result = RESULT_THEIRS_NOT_FOUND;
	if (!result) {
		asset = snapshot_asset(s, w.asset);
		r->local_wallet = w.account;
		r->local_asset = w.asset;
		if (text_copy(r->public_name, sizeof(r->public_name),
		            *w.public_name ? w.public_name : w.name))
			r->public_name[0] = '\0';
	}
	if (asset) {
		r->has_document = true;
		memcpy(r->asset_code, asset->code, sizeof(r->asset_code));
		r->asset_scale = asset->scale;
	}
	arena_clear(&a);
	snapshot_release(s);
	finish(r, result, result ? WORDS("no such wallet on this node") : "");
}

/* ---- wallets elsewhere ---- */

static json_t *parse_answer(const struct outbound_request *rq)
{
	size_t at;

	if (json_scan(bytes_of(rq->answer, rq->answer_n), &json_scan_default, &at))
		return NULL;
	return json_loadb((const char *)rq->answer, rq->answer_n, JSON_REJECT_DUPLICATES, NULL);
}

/* Whether an HTTP answer is there to be read; else ends the resolution. */
static bool answered_well(struct resolution *r)
{
	const struct outbound_request *rq = &r->request;
	char why[RESOLVE_WHY_SIZE], status[12];

	if (rq->result == RESULT_THEIRS_BLOCKED) {
		finish(r, rq->result,
		        WORDS("the receiver's address is not one that this node may call"));
	} else if (rq->result) {
		words_fill(why, sizeof(why),
		        WORDS("the receiver's server gave no answer: {result}"), "result",
		        result_name(rq->result), NULL);
		finish(r, rq->result, why);
	} else if (rq->status == 404) {
		finish(r, RESULT_THEIRS_NOT_FOUND,
		        WORDS("the receiver's server knows no such wallet"));
	} else if (rq->status != 200) {
		snprintf(status, sizeof(status), "%d", rq->status);
		words_fill(why, sizeof(why), WORDS("the receiver's server answered HTTP {status}"),
		        "status", status, NULL);
		finish(r, RESULT_THEIRS_PROTOCOL, why);
	} else {
		return true;
	}
	return false;
}

static void ask(struct resolution *r, const char *accept, void (*done)(struct task *t))
{
	r->request.url = r->url;
	r->request.method = OUTBOUND_GET;
	r->request.policy = URL_POLICY_FOREIGN;
	r->request.accept = accept;
	r->request.task.home = outbound_home(r->node->outbound);
	r->request.task.done = done;
	outbound_busy(r->node->outbound, 1);
	outbound_send(r->node->outbound, &r->request);
}

static struct resolution *of_request(struct task *t)
{
	return OWNER_OF(t, struct resolution, request.task);
}

/* The document is a courtesy: a receiver without one can be paid all the same. */
static void on_document(struct task *t)
{
	struct resolution *r = of_request(t);
	json_t *body = NULL;
	const char *code, *name;
	json_t *scale;

	outbound_busy(r->node->outbound, -1);
	if (!r->request.result && r->request.status == 200)
		body = parse_answer(&r->request);
	code = json_string_value(json_object_get(body, "assetCode"));
	scale = json_object_get(body, "assetScale");
	name = json_string_value(json_object_get(body, "publicName"));
	if (code && *code && text_is_clean_utf8(code, strlen(code)) && json_is_integer(scale) &&
	        json_integer_value(scale) >= 0 && json_integer_value(scale) <= ASSET_SCALE_MAX &&
	        !text_copy(r->asset_code, sizeof(r->asset_code), code)) {
		r->asset_scale = (unsigned)json_integer_value(scale);
		r->has_document = true;
	}
	if (!name || !text_is_clean_utf8(name, strlen(name)) ||
	        text_copy(r->public_name, sizeof(r->public_name), name))
		r->public_name[0] = '\0';
	json_decref(body);
	finish(r, RESULT_OK, "");
}

static enum result read_spsp(struct resolution *r, const char **why)
{
	json_t *body = parse_answer(&r->request);
	const char *address = json_string_value(json_object_get(body, "destination_account"));
	const char *secret = json_string_value(json_object_get(body, "shared_secret"));
	enum result result = RESULT_THEIRS_PROTOCOL;
	size_t n = 0;

	if (!address || !secret)
		*why = WORDS("the receiver's answer has no destination_account and shared_secret");
	else if (ilp_address_check(bytes_str(address)) ||
	         text_copy(r->address, sizeof(r->address), address))
		*why = WORDS("the receiver's destination_account is not an ILP address");
	else if (base64_decode(secret, strlen(secret), r->shared_secret.b,
	                 sizeof(r->shared_secret.b), &n) ||
	         n != sizeof(r->shared_secret.b))
		*why = WORDS("the receiver's shared_secret is not 32 bytes in base64");
	else
		result = RESULT_OK;
	json_decref(body);
	return result;
}

static void on_spsp(struct task *t)
{
	struct resolution *r = of_request(t);
	const char *why = "";
	enum result result;

	outbound_busy(r->node->outbound, -1);
	if (!answered_well(r))
		return;
	result = read_spsp(r, &why);
	if (result || !r->want_document)
		finish(r, result, why);
	else
		ask(r, ACCEPT_DOCUMENT, on_document);
}

static void ask_spsp(struct resolution *r)
{
	ask(r, ACCEPT_SPSP, on_spsp);
}

/* The document of a wallet where an incoming payment is to be made; one that gives none may still
 * speak SPSP. */
static void on_wallet(struct task *t)
{
	struct resolution *r = of_request(t);
	json_t *body = NULL;
	bool making;

	outbound_busy(r->node->outbound, -1);
	if (!r->request.result && r->request.status == 200)
		body = parse_answer(&r->request);
	making = resolve_incoming_make(r, body, ask_spsp);
	json_decref(body);
	if (!making)
		ask_spsp(r);
}

/* A port is what dev would mend. */
static const char *why_no_address(struct bytes text, enum payment_pointer_rules rules)
{
	char url[URL_MAX_CHARS + 1];
	enum result r = RESULT_THEIRS_MALFORMED;

	if (rules == PAYMENT_POINTER_STRICT && text.n && text.p[0] == '$')
		r = payment_pointer_resolve(text, PAYMENT_POINTER_DEV, url);
	else if (rules == PAYMENT_POINTER_STRICT)
		r = payment_pointer_endpoint(text, PAYMENT_POINTER_DEV, url);
	return r ? WORDS("the receiver is not a payment pointer or wallet address URL")
	         : WORDS("a receiver with a port needs dev = yes in [server] of florin.conf");
}

void resolver_start(struct node *n, struct resolution *r, void (*done)(struct resolution *r))
{
	enum payment_pointer_rules rules =
	        n->options.dev ? PAYMENT_POINTER_DEV : PAYMENT_POINTER_STRICT;
	struct bytes text = bytes_str(r->receiver);
	char local[NAME_MAX_CHARS + 1];
	enum result result;

	r->node = n;
	r->done = done;
	if (text.n <= URL_MAX_CHARS && resolve_incoming_is_url(r->receiver)) {
		resolve_incoming(r);
		return;
	}
	if (resolve_payer_is_url(n, r->receiver)) {
		resolve_payer(r);
		return;
	}
	if (text.n && text.p[0] == '$')
		result = payment_pointer_resolve(text, rules, r->url);
	else
		result = payment_pointer_endpoint(text, rules, r->url);
	if (result) {
		finish(r, RESULT_THEIRS_MALFORMED, why_no_address(text, rules));
		return;
	}
	if (node_wallet_name(n, r->url, local))
		resolve_local(n, r, local);
	else if (r->make)
		ask(r, ACCEPT_DOCUMENT, on_wallet);
	else
		ask_spsp(r);
}

void resolution_clear(struct resolution *r)
{
	outbound_request_clear(&r->request);
	resolve_incoming_clear(r);
	secret_clear(&r->shared_secret);
}
