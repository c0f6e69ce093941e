/* cash: deposits and withdrawals that account holders ask for, and the operator's answers. */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/words.h"
#include "store/cash.h"

static json_t *to_json(const struct cash_row *c, const struct admin_wallet *w,
        const struct asset_row *asset, int64_t now_ms)
{
	return json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "id",
	        admin_id(&c->id), "type", cash_kind_name(c->kind), "walletAddressId",
	        admin_id(&w->row.id), "walletAddress", w->row.name, "amount",
	        admin_amount(c->amount, asset), "note", admin_text(c->note), "state",
	        cash_state_name(cash_state_at(c->state, c->expires_ms, now_ms)), "answer",
	        admin_text(c->answer), "createdAt", admin_time(c->created_ms), "expiresAt",
	        admin_time(c->expires_ms), "endedAt", admin_time(c->ended_ms));
}

static json_t *row_json(struct http_request *rq, const struct cash_row *c)
{
	struct admin_wallet w;

	if (admin_wallet_of_account(rq, c->account, &w))
		return NULL;
	return to_json(c, &w, w.asset, http_wall_ms(rq));
}

enum http_next admin_cash_list(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const char *state = http_query(rq, "state");
	struct cash_row *rows;
	struct page page;
	size_t count;
	bool more;
	json_t *items;
	enum result r;

	if (admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	if (state && strcmp(state, "PENDING") != 0)
		return admin_refuse(
		        rq, RESULT_THEIRS_MALFORMED, "state", WORDS("\"state\" must be PENDING"));
	r = store_cash_list(l->reader, &rq->arena, state != NULL, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, row_json(rq, &rows[i]));
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such request")},
        {RESULT_THEIRS_EXPIRED, NULL, WORDS("its time has passed")},
        {RESULT_THEIRS_CONFLICT, "Idempotency-Key", WORDS("the key was used for another request")},
        {RESULT_THEIRS_STATE, NULL,
                WORDS("it was answered before, or taken back; or its wallet is closed or has "
                      "no room for it")},
        {RESULT_OK, NULL, NULL},
};

static enum result of_path(struct http_request *rq, struct cash_row *out)
{
	const struct node_loop *l = http_app(rq);
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_cash_get(l->reader, &rq->arena, &id, out);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	return r;
}

enum http_next admin_cash_get(struct http_request *rq)
{
	struct cash_row row;

	return of_path(rq, &row) ? HTTP_DONE : http_reply_json(rq, 200, row_json(rq, &row));
}

/* ---- the answer ---- */

struct answering {
	struct admin_change change;
	struct id id;
	enum cash_state to;
	const char *answer;
	struct admin_wallet wallet;
	struct asset_row asset;
};

static enum result answer_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	const struct answering *a = OWNER_OF(change, struct answering, change);
	struct cash_row row;
	enum result r = batch_cash_end(b, &a->id, a->to, a->answer, &row);

	if (!r)
		*answer = to_json(&row, &a->wallet, &a->asset, batch_now(b));
	/* The answer names no amount that could be wrong: the wallet has no room for it. */
	return r == RESULT_THEIRS_BAD_AMOUNT ? RESULT_THEIRS_STATE : r;
}

static enum http_next answer(struct http_request *rq, enum cash_state to)
{
	const char *text = "";
	const struct json_member members[] = {
	        {"answer", JSON_TO_STRING, &text, .max = CASH_NOTE_MAX},
	};
	struct answering *a;
	struct cash_row row;
	enum result r;

	if (http_json_read(rq, true, members, 1, JSON_SPEC_STRICT) || of_path(rq, &row))
		return HTTP_DONE;
	a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_REQUIRED);
	if (!a)
		return HTTP_DONE;
	r = admin_wallet_of_account(rq, row.account, &a->wallet);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	a->id = row.id;
	a->to = to;
	a->answer = text;
	a->asset = *a->wallet.asset;
	a->change.status = 200;
	a->change.apply = answer_apply;
	a->change.refusals = refusals;
	return admin_change_submit(&a->change);
}

enum http_next admin_cash_approve(struct http_request *rq)
{
	return answer(rq, CASH_APPROVED);
}

enum http_next admin_cash_refuse(struct http_request *rq)
{
	return answer(rq, CASH_REFUSED);
}
