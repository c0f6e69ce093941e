/* An outgoing payment on the wire of Open Payments. */
#include "http/api_outgoing_payment.h"
#include "http/op_json.h"
#include "ilp/node.h"

/* Success is visible only as sentAmount = debitAmount, so a payment shows that when it is complete,
 * with its fee and what went back; the books and the admin API keep them apart. Nothing else may
 * show it: not a payment that has sent everything and is not done, and not one that failed after
 * it. Spec: Open Payments, outgoing payments */
static uint64_t shown_sent(const struct payment_row *p)
{
	uint64_t debit = p->quote.debit_amount;

	if (p->state == PAYMENT_COMPLETED)
		return debit;
	return p->sent < debit ? p->sent : debit - 1;
}

json_t *op_outgoing_json(const struct node *n, const struct payment_row *p,
        const struct asset_row *asset, const char *wallet_address)
{
	const struct quote_row *q = &p->quote;
	bool failed = p->state == PAYMENT_FAILED || p->state == PAYMENT_CANCELLED;
	char id[ID_TEXT_SIZE], quote_id[ID_TEXT_SIZE];
	json_t *metadata = p->metadata && *p->metadata ? json_loads(p->metadata, 0, NULL) : NULL;

	id_format(&p->id, id);
	id_format(&p->quote_id, quote_id);
	return json_pack("{s:s++, s:s, s:s++, s:b, s:s, s:o, s:o, s:o, s:o*, s:o}", "id",
	        n->options.public_url, "/op/outgoing-payments/", id, "walletAddress",
	        wallet_address, "quoteId", n->options.public_url, "/op/quotes/", quote_id, "failed",
	        failed, "receiver", q->receiver, "receiveAmount",
	        op_amount(q->receive_amount, q->receive_code, q->receive_scale), "debitAmount",
	        op_amount(q->debit_amount, asset->code, asset->scale), "sentAmount",
	        op_amount(shown_sent(p), asset->code, asset->scale), "metadata", metadata,
	        "createdAt", op_time(p->created_ms));
}
