/* payment: outgoing payments, by themselves and with their lines of the ledger. */
#include <string.h>

#include "admin/page.h"
#include "admin/payment_json.h"
#include "admin/resource.h"

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, "there is no such payment"},
        {RESULT_OK, NULL, NULL},
};

static enum result payment_json(
        struct http_request *rq, const struct payment_row *p, bool in_union, json_t **out)
{
	const struct node_loop *loop = http_app(rq);
	struct admin_wallet wallet;
	enum result r = admin_wallet_of_account(rq, p->quote.wallet, &wallet);

	if (r)
		return r;
	*out = admin_payment_json(loop->node, p, &wallet, http_wall_ms(rq));
	if (*out && in_union && json_object_set_new(*out, "direction", json_string("outgoing"))) {
		json_decref(*out);
		*out = NULL;
	}
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}

static enum result find_payment(struct http_request *rq, struct payment_row *out)
{
	const struct node_loop *loop = http_app(rq);
	const char *text = http_param(rq, "id");
	struct id id;

	if (id_parse(text, strlen(text), &id))
		return RESULT_THEIRS_NOT_FOUND;
	return store_payment_get(loop->reader, &rq->arena, &id, out);
}

/* ---- lists ---- */

static enum http_next list(struct http_request *rq, account_id wallet, bool in_union)
{
	const struct node_loop *loop = http_app(rq);
	struct payment_row *rows;
	struct page page;
	size_t count;
	bool more;
	json_t *items;
	enum result r;

	if (admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	r = store_payment_list(loop->reader, &rq->arena, wallet, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *item;

		r = payment_json(rq, &rows[i], in_union, &item);
		if (!r && json_array_append_new(items, item))
			r = RESULT_OURS_MEMORY;
		if (r) {
			json_decref(items);
			return admin_refuse_by(rq, r, NULL);
		}
	}
	return admin_page_ids(rq, items, more, count ? &rows[count - 1].id : NULL);
}

enum http_next admin_outgoing_list(struct http_request *rq)
{
	const char *name = http_query(rq, "walletAddress");
	struct admin_wallet wallet = {.row = {.account = 0}};

	if (name && admin_wallet_find(rq, name, &wallet))
		return admin_refuse(rq, RESULT_THEIRS_NOT_FOUND, "walletAddress",
		        "this node has no wallet \"%s\"", name);
	return list(rq, wallet.row.account, false);
}

enum http_next admin_payment_list(struct http_request *rq)
{
	return list(rq, 0, true);
}

/* ---- one ---- */

enum http_next admin_outgoing_get(struct http_request *rq)
{
	struct payment_row payment;
	json_t *answer;
	enum result r = find_payment(rq, &payment);

	if (!r)
		r = payment_json(rq, &payment, false, &answer);
	return r ? admin_refuse_by(rq, r, refusals) : http_reply_json(rq, 200, answer);
}

/* "wallet:alice", "peer:acme", "payment", "pool:USD": whose account a line moves money of. */
static const char *account_name(struct http_request *rq, account_id account, enum account_kind kind,
        const struct asset_row *asset)
{
	struct node_loop *loop = http_app(rq);
	const struct peer *peer;
	struct wallet_row wallet;
	const char *name = NULL;

	switch (kind) {
	case ACCOUNT_WALLET:
		if (!store_wallet_of_account(loop->reader, &rq->arena, account, &wallet))
			name = arena_printf(&rq->arena, "wallet:%s", wallet.name);
		break;
	case ACCOUNT_PEER:
		peer = snapshot_peer_of_account(node_snapshot(loop), account);
		name = arena_printf(&rq->arena, "peer:%s", peer ? peer->row.name : "removed");
		break;
	case ACCOUNT_OUTGOING_PAYMENT:
		name = "payment";
		break;
	case ACCOUNT_ASSET_POOL:
		name = arena_printf(&rq->arena, "pool:%s", asset->code);
		break;
	case ACCOUNT_SETTLEMENT:
	case ACCOUNT_FEE:
	case ACCOUNT_SPREAD:
	case ACCOUNT_SUSPENSE:
		name = arena_printf(&rq->arena, "%s:%s", account_kind_name(kind), asset->code);
		break;
	case ACCOUNT_KINDS:
		break;
	}
	return name ? name : "?";
}

static json_t *line_json(struct http_request *rq, const struct transfer_row *t)
{
	const struct asset_row *asset = snapshot_asset(node_snapshot(http_app(rq)), t->asset);
	uint64_t amount = t->state == TRANSFER_POSTED ? t->posted : t->amount;

	if (!asset)
		return NULL;
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:o, s:s, s:o}", "id", (json_int_t)t->id,
	        "groupId", (json_int_t)t->group, "kind", t->reason, "debit",
	        account_name(rq, t->debit, t->debit_kind, asset), "credit",
	        account_name(rq, t->credit, t->credit_kind, asset), "amount",
	        admin_amount(amount, asset), "state", transfer_state_name(t->state), "createdAt",
	        admin_time(t->created_ms));
}

static enum result lines_json(
        struct http_request *rq, const struct payment_row *payment, json_t **out)
{
	const struct node_loop *loop = http_app(rq);
	struct transfer_row *rows;
	size_t count;
	enum result r =
	        store_payment_transfers(loop->reader, &rq->arena, payment->account, &rows, &count);

	if (r)
		return r;
	*out = json_array();
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(*out, line_json(rq, &rows[i]))) {
			json_decref(*out);
			return RESULT_OURS_MEMORY;
		}
	}
	return RESULT_OK;
}

enum http_next admin_payment_get(struct http_request *rq)
{
	struct payment_row payment;
	json_t *answer, *lines;
	enum result r = find_payment(rq, &payment);

	if (!r)
		r = payment_json(rq, &payment, true, &answer);
	if (r)
		return admin_refuse_by(rq, r, refusals);
	r = lines_json(rq, &payment, &lines);
	if (r) {
		json_decref(answer);
		return admin_refuse_by(rq, r, NULL);
	}
	if (json_object_set_new(answer, "transfers", lines)) {
		json_decref(answer);
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	}
	return http_reply_json(rq, 200, answer);
}
