/* withdrawal: money that leaves a wallet, a pool or a peer's account, at once or in two phases. */
#include <string.h>

#include "admin/change.h"
#include "admin/incoming_json.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/words.h"
#include "store/withdrawal.h"

#define TIMEOUT_S_MAX (30 * 86400)

/* ---- shown ---- */

/* "wallet:alice", "pool:USD", "peer:acme" */
static const char *account_name(struct http_request *rq, const struct withdrawal_row *w)
{
	struct node_loop *l = http_app(rq);

	return admin_account_name(
	        l, &rq->arena, w->account, w->kind, snapshot_asset(node_snapshot(l), w->asset));
}

static json_t *to_json(const struct withdrawal_row *w, const struct asset_row *asset,
        const char *account, int64_t now_ms)
{
	return json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:o}", "id", admin_id(&w->id), "account",
	        account, "amount", admin_amount(w->amount, asset), "state",
	        withdrawal_state_name(withdrawal_state_at(w->state, w->expires_ms, now_ms)),
	        "createdAt", admin_time(w->created_ms), "expiresAt", admin_time(w->expires_ms),
	        "endedAt", admin_time(w->ended_ms));
}

static json_t *row_json(struct http_request *rq, const struct withdrawal_row *w)
{
	const struct asset_row *asset = snapshot_asset(node_snapshot(http_app(rq)), w->asset);

	return asset ? to_json(w, asset, account_name(rq, w), http_wall_ms(rq)) : NULL;
}

enum http_next admin_withdrawal_list(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct withdrawal_row *rows;
	struct page page;
	size_t count;
	bool more;
	json_t *items;
	enum result r;

	if (admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	r = store_withdrawal_list(l->reader, &rq->arena, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, row_json(rq, &rows[i]));
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such withdrawal")},
        {RESULT_THEIRS_EXPIRED, NULL, WORDS("its time has passed: it was given back")},
        {RESULT_THEIRS_STATE, NULL, WORDS("it has been posted or voided before")},
        {RESULT_OK, NULL, NULL},
};

static enum result of_path(struct http_request *rq, struct withdrawal_row *out)
{
	const struct node_loop *l = http_app(rq);
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_withdrawal_get(l->reader, &id, out);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	return r;
}

enum http_next admin_withdrawal_get(struct http_request *rq)
{
	struct withdrawal_row row;

	return of_path(rq, &row) ? HTTP_DONE : http_reply_json(rq, 200, row_json(rq, &row));
}

/* ---- the second phase ---- */

struct ending {
	struct admin_change change;
	struct id id;
	enum withdrawal_state to;
	struct asset_row asset;
	const char *account;
};

static enum result end_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	const struct ending *e = OWNER_OF(change, struct ending, change);
	struct withdrawal_row row;
	enum result r = batch_withdrawal_end(b, &e->id, e->to, &row);

	if (!r)
		*answer = to_json(&row, &e->asset, e->account, batch_now(b));
	return r;
}

static enum http_next end(struct http_request *rq, enum withdrawal_state to)
{
	const struct asset_row *asset;
	struct withdrawal_row row;
	struct ending *e;

	if (http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT) || of_path(rq, &row))
		return HTTP_DONE;
	e = admin_change_new(rq, sizeof(*e), ADMIN_KEY_REQUIRED);
	if (!e)
		return HTTP_DONE;
	asset = snapshot_asset(node_snapshot(http_app(rq)), row.asset);
	if (!asset)
		return admin_refuse_by(rq, RESULT_OURS_BUG, NULL);
	e->id = row.id;
	e->to = to;
	e->asset = *asset;
	e->account = account_name(rq, &row);
	e->change.status = 200;
	e->change.apply = end_apply;
	e->change.refusals = refusals;
	return admin_change_submit(&e->change);
}

enum http_next admin_withdrawal_post(struct http_request *rq)
{
	return end(rq, WITHDRAWAL_POSTED);
}

enum http_next admin_withdrawal_void(struct http_request *rq)
{
	return end(rq, WITHDRAWAL_VOID);
}

/* ---- the first phase, or the only one ---- */

struct withdrawing {
	struct admin_change change;
	struct withdrawal_new wanted; /* life_ms 0: at once */
	enum movement_kind kind;      /* of one phase */
	struct asset_row asset;
	const char *account;
	int64_t incoming; /* payment that brought it; 0: whatever did */
	/* of a wallet: what it has then is told, too */
	bool is_wallet;
	struct admin_wallet wallet;
	uint64_t held; /* as of the request: a withdrawal does not change it */
};

static enum result add_balance(const struct withdrawing *w, struct batch *b, json_t *answer)
{
	struct account account;
	enum result r = batch_account_get(b, w->wanted.account, &account);
	json_t *balance;

	if (r)
		return r;
	balance = admin_balance_json(&w->wallet, &account, w->held);
	if (!balance || json_object_update(answer, balance))
		r = RESULT_OURS_MEMORY;
	json_decref(balance);
	return r;
}

static enum result begin_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	const struct withdrawing *w = OWNER_OF(change, struct withdrawing, change);
	const struct movement movement = {.id = w->wanted.id,
	        .kind = w->kind,
	        .account = w->wanted.account,
	        .amount = w->wanted.amount};
	struct withdrawal_row row = {.id = w->wanted.id,
	        .amount = w->wanted.amount,
	        .state = WITHDRAWAL_POSTED,
	        .created_ms = batch_now(b),
	        .ended_ms = batch_now(b)};
	bool repeated;
	enum result r = RESULT_OK;

	if (w->incoming)
		r = batch_incoming_withdraw(b, w->incoming, &w->wanted.id, w->wanted.amount);
	if (!r && w->wanted.life_ms)
		r = batch_withdrawal_add(b, &w->wanted, &row);
	else if (!r)
		r = batch_move(b, &movement, &repeated);
	if (r)
		return r;
	*answer = to_json(&row, &w->asset, w->account, batch_now(b));
	return *answer && w->is_wallet ? add_balance(w, b, *answer) : RESULT_OK;
}

/* {"amount","timeoutSeconds","id"} of an account of this asset. NULL: the reply is set. */
static struct withdrawing *begin(struct http_request *rq, account_id account,
        enum account_kind kind, const struct asset_row *asset)
{
	const char *id = NULL;
	json_t *amount = NULL;
	uint64_t timeout_s = 0;
	const struct json_member members[] = {
	        {"amount", JSON_TO_OBJECT, &amount, .required = true},
	        {"timeoutSeconds", JSON_TO_UINT, &timeout_s, .max = TIMEOUT_S_MAX},
	        {"id", JSON_TO_STRING, &id, .max = ID_TEXT_SIZE},
	};
	struct withdrawing *w;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return NULL;
	w = admin_change_new(rq, sizeof(*w), ADMIN_KEY_REQUIRED);
	if (!w || admin_amount_read(rq, amount, "amount", asset, &w->wanted.amount))
		return NULL;
	w->wanted.id = w->change.id;
	if (id && id_parse(id, strlen(id), &w->wanted.id)) {
		(void)admin_refuse(
		        rq, RESULT_THEIRS_MALFORMED, "id", WORDS("\"id\" must be a UUID"));
		return NULL;
	}
	w->wanted.account = account;
	w->wanted.life_ms = (int64_t)timeout_s * 1000;
	w->asset = *asset;
	w->account = admin_account_name(http_app(rq), &rq->arena, account, kind, asset);
	w->change.apply = begin_apply;
	w->change.refusals = admin_move_refusals;
	return w;
}

/* incoming: key of the payment that brought the money; 0: whatever did. */
static enum http_next withdraw_from(
        struct http_request *rq, const struct admin_wallet *wallet, int64_t incoming)
{
	const struct node_loop *l = http_app(rq);
	struct withdrawing *w = begin(rq, wallet->row.account, ACCOUNT_WALLET, wallet->asset);
	enum result r;

	if (!w)
		return HTTP_DONE;
	r = store_wallet_held(l->reader, wallet->row.account, &w->held);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	w->is_wallet = true;
	w->wallet = *wallet;
	w->wallet.asset = &w->asset;
	w->kind = MOVEMENT_WITHDRAWAL;
	w->incoming = incoming;
	return admin_change_submit(&w->change);
}

enum http_next admin_wallet_withdraw(struct http_request *rq)
{
	struct admin_wallet wallet;

	return admin_wallet_of_path(rq, &wallet) ? HTTP_DONE : withdraw_from(rq, &wallet, 0);
}

enum http_next admin_incoming_withdraw(struct http_request *rq)
{
	struct incoming_row row;
	struct admin_wallet wallet;
	enum result r;

	if (admin_incoming_of_path(rq, &row))
		return HTTP_DONE;
	r = admin_wallet_of_account(rq, row.wallet, &wallet);
	return r ? admin_refuse_by(rq, r, NULL) : withdraw_from(rq, &wallet, row.key);
}

enum http_next admin_asset_withdraw(struct http_request *rq)
{
	const struct asset_row *asset = admin_asset_of_path(rq);
	struct withdrawing *w = asset ? begin(rq, asset->pool, ACCOUNT_ASSET_POOL, asset) : NULL;

	if (!w)
		return HTTP_DONE;
	w->kind = MOVEMENT_LIQUIDITY_OUT;
	return admin_change_submit(&w->change);
}

enum http_next admin_peer_withdraw(struct http_request *rq)
{
	const struct peer *peer = admin_peer_of_path(rq);
	struct withdrawing *w =
	        peer ? begin(rq, peer->row.account, ACCOUNT_PEER, &peer->asset) : NULL;

	if (!w)
		return HTTP_DONE;
	w->kind = MOVEMENT_SETTLE_OUT;
	return admin_change_submit(&w->change);
}
