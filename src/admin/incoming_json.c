#include "admin/incoming_json.h"

#include <string.h>

#include "admin/page.h"
#include "base/clock.h"
#include "base/words.h"
#include "http/op_json.h"

enum result admin_incoming_of_path(struct http_request *rq, struct incoming_row *out)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such incoming payment")},
	        {RESULT_OK, NULL, NULL},
	};
	const struct node_loop *loop = http_app(rq);
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_incoming_get(loop->reader, &rq->arena, &id, out);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	return r;
}

static json_t *metadata_json(const char *metadata)
{
	json_t *value = *metadata ? json_loads(metadata, 0, NULL) : NULL;

	return value ? value : json_null();
}

json_t *admin_incoming_json(const struct node_loop *l, const struct incoming_row *row,
        const struct admin_wallet *wallet, int64_t now_ms)
{
	const struct incoming_terms *t = &row->terms;
	char id[ID_TEXT_SIZE];

	id_format(&row->id, id);
	return json_pack("{s:s, s:o, s:s, s:s++, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, "
	                 "s:o, s:o}",
	        "id", id, "walletAddressId", admin_id(&wallet->row.id), "walletAddress",
	        wallet->row.name, "url", l->node->options.public_url, "/op/incoming-payments/", id,
	        "state", incoming_state_name(incoming_state_at(t, now_ms)), "incomingAmount",
	        t->amount ? admin_amount(t->amount, wallet->asset) : json_null(), "receivedAmount",
	        admin_amount(t->received, wallet->asset), "fee",
	        admin_amount(incoming_fee(t), wallet->asset), "expiresAt",
	        admin_time(t->expires_ms), "metadata", metadata_json(row->metadata), "client",
	        admin_text(row->client), "createdAt", admin_time(row->created_ms),
	        "waitsForApproval", (int)t->waits, "approvedAt", admin_time(row->approved_ms),
	        "cancelledAt", admin_time(row->cancelled_ms), "cancelReason",
	        admin_text(row->cancel_reason));
}

enum result admin_list_query(struct http_request *rq, struct list_query *out)
{
	const char *name = http_query(rq, "walletAddress");
	struct admin_wallet wallet;
	bool desc = true;
	struct page page;
	enum result r = admin_page_read_ids(rq, &page);

	if (!r)
		r = admin_order_read(rq, &desc);
	if (r)
		return r;
	out->newer = !desc;
	out->cursor = page.after;
	out->limit = page.limit;
	if (!name)
		return RESULT_OK;
	r = admin_wallet_named(rq, name, &wallet);
	if (!r)
		out->wallet = wallet.row.account;
	return r;
}

size_t admin_list_at(const struct list_query *q, size_t i, size_t count)
{
	return q->newer ? count - 1 - i : i;
}

enum result admin_metadata_read(struct http_request *rq, const json_t *metadata, const char **out)
{
	const struct node_loop *loop = http_app(rq);
	enum result r;

	*out = "";
	if (!metadata)
		return RESULT_OK;
	r = op_metadata_text(rq, metadata, out);
	if (r == RESULT_THEIRS_TOO_BIG)
		(void)admin_refuse(rq, r, "metadata", "\"metadata\" has more than %zu bytes",
		        loop->node->options.metadata_bytes);
	else if (r)
		(void)admin_refuse_by(rq, r, NULL);
	return r;
}

enum result admin_expiry_read(struct http_request *rq, const char *text, int64_t *out)
{
	const struct node_loop *loop = http_app(rq);
	int64_t asked_ms;
	enum result r = RESULT_OK;

	if (text)
		r = time_parse(text, strlen(text), &asked_ms);
	if (!r)
		r = incoming_expiry(&loop->node->options.incoming_life, text ? &asked_ms : NULL,
		        http_wall_ms(rq), out);
	if (r)
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "expiresAt",
		        "\"expiresAt\" must be a time to come, at most %lld s from now",
		        (long long)loop->node->options.incoming_life.max_ms / 1000);
	return r;
}
