#include "ilp/resolve_payer.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"
#include "ilp/payer.h"
#include "ilp/receive.h"
#include "store/incoming.h"
#include "store/refund.h"

#define PATH            "/op/incoming-payments/"
#define END             "/payer"
#define LOCAL_ARENA_MAX 65536

/* Errors: THEIRS_MALFORMED (no such URL). */
static enum result read_url(const struct node *n, const char *url, struct id *out)
{
	size_t own = strlen(n->options.public_url);
	const char *rest = url + own;

	if (strncmp(url, n->options.public_url, own) != 0 || !text_starts(rest, PATH))
		return RESULT_THEIRS_MALFORMED;
	rest += sizeof(PATH) - 1;
	if (strlen(rest) != ID_TEXT_SIZE - 1 + sizeof(END) - 1 ||
	        strcmp(rest + ID_TEXT_SIZE - 1, END) != 0)
		return RESULT_THEIRS_MALFORMED;
	return id_parse(rest, ID_TEXT_SIZE - 1, out);
}

bool resolve_payer_is_url(const struct node *n, const char *receiver)
{
	struct id id;

	return read_url(n, receiver, &id) == RESULT_OK;
}

static enum result take_wallet(struct resolution *r, struct arena *a, account_id wallet)
{
	struct snapshot *s;
	const struct asset_row *asset;
	struct wallet_row w;
	enum result result = store_wallet_of_account(payer_reader(r->node->payer), a, wallet, &w);

	if (result)
		return result;
	if (w.state == WALLET_CLOSED)
		return RESULT_THEIRS_STATE;
	r->local_wallet = w.account;
	r->local_asset = w.asset;
	text_copy_cut(
	        r->public_name, sizeof(r->public_name), *w.public_name ? w.public_name : w.name);
	s = snapshots_get(r->node->snapshots);
	asset = snapshot_asset(s, w.asset);
	if (asset) {
		r->has_document = true;
		memcpy(r->asset_code, asset->code, sizeof(r->asset_code));
		r->asset_scale = asset->scale;
	}
	snapshot_release(s);
	return RESULT_OK;
}

static enum result take_way_back(
        struct resolution *r, const struct id *incoming, const struct way_back *payer)
{
	enum result result = receive_secret_incoming(
	        payer_credentials(r->node->payer), incoming, &r->shared_secret);

	if (!result)
		result = text_copy(r->address, sizeof(r->address), payer->address);
	if (result)
		return result;
	r->joins = true;
	if (!*payer->asset_code || payer->asset_scale > ASSET_SCALE_MAX)
		return RESULT_OK;
	r->has_document = true;
	text_copy_cut(r->asset_code, sizeof(r->asset_code), payer->asset_code);
	r->asset_scale = payer->asset_scale;
	return RESULT_OK;
}

static enum result find(struct resolution *r, struct arena *a)
{
	struct reader *reader = payer_reader(r->node->payer);
	struct refund_source source = {0};
	struct incoming_row row;
	struct id id;
	enum result result = read_url(r->node, r->receiver, &id);

	if (!result)
		result = store_incoming_get(reader, a, &id, &row);
	if (!result)
		result = store_refund_source(reader, a, row.key, &source);
	if (result)
		return result;
	r->refund_of = row.key;
	r->refund_wallet = row.wallet;
	r->refund_left = source.left;
	return source.wallet ? take_wallet(r, a, source.wallet)
	                     : take_way_back(r, &id, &source.payer);
}

static const char *reason(enum result result)
{
	if (result == RESULT_OK)
		return "";
	if (result == RESULT_THEIRS_NOT_FOUND)
		return WORDS(
		        "nobody has paid it, or its payer has not said where it can be paid back");
	if (result == RESULT_THEIRS_CONFLICT)
		return WORDS("more than one has paid it: pay each back at its own wallet address");
	if (result == RESULT_THEIRS_STATE)
		return WORDS("the payer's wallet is closed");
	return WORDS("the incoming payment can't be read");
}

void resolve_payer(struct resolution *r)
{
	struct arena a;

	arena_init(&a, LOCAL_ARENA_MAX);
	r->result = find(r, &a);
	arena_clear(&a);
	/* A conflict is about the payment, and no quarrel of two requests. */
	(void)snprintf(r->why, sizeof(r->why), "%s", reason(r->result));
	if (r->result == RESULT_THEIRS_CONFLICT)
		r->result = RESULT_THEIRS_REFUSED;
	r->done(r);
}
