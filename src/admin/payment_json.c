#include "admin/payment_json.h"

#include <string.h>

#include "base/text.h"

#define RATE_DIGITS 6 /* contract.md section 8 */

void admin_receive_asset(const struct quote_row *q, struct asset_row *out)
{
	*out = (struct asset_row){.scale = q->receive_scale};
	(void)!text_copy(out->code, sizeof(out->code), q->receive_code);
}

json_t *admin_rate(
        uint64_t delivered, const struct asset_row *to, uint64_t paid, const struct asset_row *from)
{
	char text[RATIO_TEXT_SIZE];
	struct ratio rate;

	if (delivered == 0 || ratio_make(delivered, paid, &rate) ||
	        ratio_scale(&rate, to->scale, from->scale, &rate))
		return json_null();
	ratio_format(&rate, RATE_DIGITS, text);
	return json_string(text);
}

/* The store keeps why a payment failed as "Code: sentence" or as a code alone. */
static json_t *error_json(const char *error)
{
	size_t n = strcspn(error, ":");
	const char *sentence = error + n;

	if (!*error)
		return json_null();
	sentence += strspn(sentence, ": ");
	return json_pack(
	        "{s:s%, s:s}", "code", error, n, "description", *sentence ? sentence : error);
}

static json_t *metadata_json(const char *metadata)
{
	json_t *value = *metadata ? json_loads(metadata, 0, NULL) : NULL;

	return value ? value : json_null();
}

json_t *admin_payment_json(const struct node *n, const struct payment_row *p,
        const struct admin_wallet *wallet, int64_t now_ms)
{
	const struct quote_row *q = &p->quote;
	const struct asset_row *from = wallet->asset;
	struct asset_row to;
	char id[ID_TEXT_SIZE];

	id_format(&p->id, id);
	admin_receive_asset(q, &to);
	return json_pack("{s:s, s:o, s:s++, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, "
	                 "s:i, s:o, s:o, s:o, s:I}",
	        "id", id, "walletAddressId", admin_id(&wallet->row.id), "url",
	        n->options.public_url, "/op/outgoing-payments/", id, "state",
	        payment_state_name(p->state), "receiver", q->receiver, "debitAmount",
	        admin_amount(q->debit_amount, from), "receiveAmount",
	        admin_amount(q->receive_amount, &to), "sentAmount", admin_amount(p->sent, from),
	        "deliveredAmount", admin_amount(p->delivered, &to), "refundedAmount",
	        admin_amount(p->refunded, from), "inDoubtAmount", admin_amount(p->in_doubt, from),
	        "fee", admin_amount(q->fee, from), "rate",
	        admin_rate(p->delivered, &to, p->sent, from), "packets", (json_int_t)p->packets,
	        "attempts", (int)p->attempts, "error", error_json(p->error), "metadata",
	        metadata_json(p->metadata), "createdAt", admin_time(p->created_ms), "elapsedMs",
	        (json_int_t)((p->finished_ms ? p->finished_ms : now_ms) - p->created_ms));
}
