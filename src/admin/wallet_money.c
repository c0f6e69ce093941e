/* wallet_money: what a wallet holds, and the operator's deposits. */
#include "admin/change.h"
#include "admin/resource.h"
#include "admin/row.h"

json_t *admin_balance_json(
        const struct admin_wallet *w, const struct account *account, uint64_t held)
{
	return json_pack("{s:s, s:o, s:o}", "wallet", w->row.name, "balance",
	        admin_amount_signed(ledger_free(account), w->asset), "pending",
	        admin_amount(held + account->debits_pending, w->asset));
}

enum http_next admin_wallet_balance(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	struct account account;
	struct admin_wallet w;
	uint64_t held;
	enum result r;

	if (admin_wallet_of_path(rq, &w))
		return HTTP_DONE;
	r = store_account_get(loop->reader, w.row.account, &account);
	if (!r)
		r = store_wallet_held(loop->reader, w.row.account, &held);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	return http_reply_json(rq, 200, admin_balance_json(&w, &account, held));
}

struct wallet_move {
	struct admin_change change;
	struct admin_wallet wallet;
	struct asset_row asset; /* what wallet.asset points to */
	uint64_t amount;
	uint64_t held; /* as of the request: a movement does not change it */
};

static enum result move_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct wallet_move *m = OWNER_OF(c, struct wallet_move, change);
	const struct movement movement = {
	        .id = c->id,
	        .kind = MOVEMENT_DEPOSIT,
	        .account = m->wallet.row.account,
	        .amount = m->amount,
	};
	struct account account;
	bool repeated;
	json_t *balance;
	enum result r = batch_move(b, &movement, &repeated);

	if (!r)
		r = batch_account_get(b, m->wallet.row.account, &account);
	if (r)
		return r;
	balance = admin_balance_json(&m->wallet, &account, m->held);
	*answer = json_pack(
	        "{s:o, s:o}", "id", admin_id(&c->id), "amount", admin_amount(m->amount, &m->asset));
	if (json_object_update(*answer, balance)) {
		json_decref(*answer);
		*answer = NULL;
	}
	json_decref(balance);
	return RESULT_OK;
}

enum http_next admin_wallet_deposit(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	json_t *amount = NULL;
	const struct json_member members[] = {
	        {"amount", JSON_TO_OBJECT, &amount, .required = true},
	};
	struct wallet_move *m;
	struct admin_wallet w;
	enum result r;

	if (admin_wallet_of_path(rq, &w) || http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	m = admin_change_new(rq, sizeof(*m), ADMIN_KEY_REQUIRED);
	if (!m || admin_amount_read(rq, amount, "amount", w.asset, &m->amount))
		return HTTP_DONE;
	r = store_wallet_held(loop->reader, w.row.account, &m->held);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	m->wallet = w;
	m->asset = *w.asset;
	m->wallet.asset = &m->asset;
	m->change.apply = move_apply;
	m->change.refusals = admin_move_refusals;
	return admin_change_submit(&m->change);
}
