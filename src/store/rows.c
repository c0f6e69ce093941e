/* Names of states, and rows as statements give them. */
#include "store/batch_core.h"

#include <string.h>

#include "base/limits.h"

static const char *const payment_states[] = {
        [PAYMENT_FUNDING] = "FUNDING",
        [PAYMENT_SENDING] = "SENDING",
        [PAYMENT_COMPLETED] = "COMPLETED",
        [PAYMENT_FAILED] = "FAILED",
        [PAYMENT_CANCELLED] = "CANCELLED",
};
static const char *const transfer_states[] = {
        [TRANSFER_PENDING] = "PENDING",
        [TRANSFER_POSTED] = "POSTED",
        [TRANSFER_VOID] = "VOID",
};
static const char *const event_states[] = {
        [EVENT_WAITING] = "WAITING",
        [EVENT_PENDING] = "PENDING",
        [EVENT_DELIVERED] = "DELIVERED",
        [EVENT_PARKED] = "PARKED",
};
static const char *const doubt_directions[] = {
        [DOUBT_THEY_MAY_OWE] = "they_may_owe",
        [DOUBT_WE_MAY_OWE] = "we_may_owe",
};

#define COUNT(names) (sizeof(names) / sizeof((names)[0]))

const char *payment_state_name(enum payment_state s)
{
	return payment_states[s];
}

bool payment_state_is_final(enum payment_state s)
{
	return s == PAYMENT_COMPLETED || s == PAYMENT_FAILED || s == PAYMENT_CANCELLED;
}

const char *transfer_state_name(enum transfer_state s)
{
	return transfer_states[s];
}

const char *event_state_name(enum event_state s)
{
	return event_states[s];
}

const char *doubt_direction_name(enum doubt_direction d)
{
	return doubt_directions[d];
}

/* The column's text as an index of `names`; sticky OURS_STORE where it is none. */
static unsigned query_name(struct query *q, const char *const *names, size_t count)
{
	struct bytes v = query_bytes(q);

	for (size_t i = 0; i < count; i++)
		if (bytes_eq_str(v, names[i]))
			return (unsigned)i;
	if (!q->failed)
		q->failed = RESULT_OURS_STORE;
	return 0;
}

enum payment_state query_payment_state(struct query *q)
{
	return (enum payment_state)query_name(q, payment_states, COUNT(payment_states));
}

enum transfer_state query_transfer_state(struct query *q)
{
	return (enum transfer_state)query_name(q, transfer_states, COUNT(transfer_states));
}

enum event_state query_event_state(struct query *q)
{
	return (enum event_state)query_name(q, event_states, COUNT(event_states));
}

enum doubt_direction query_doubt_direction(struct query *q)
{
	return (enum doubt_direction)query_name(q, doubt_directions, COUNT(doubt_directions));
}

enum account_kind query_account_kind(struct query *q)
{
	char name[24];
	enum account_kind kind = ACCOUNT_WALLET;

	query_text_into(q, name, sizeof(name));
	if (account_kind_parse(name, &kind) && !q->failed)
		q->failed = RESULT_OURS_STORE;
	return kind;
}

void row_account(struct query *q, struct account *out)
{
	out->id = query_int(q);
	out->kind = query_account_kind(q);
	out->asset = (asset_id)query_int(q);
	out->may_go_negative = query_int(q) != 0;
	out->closed = query_int(q) != 0;
	out->credit_limit = query_u64(q);
	out->debits_posted = query_u64(q);
	out->debits_pending = query_u64(q);
	out->credits_posted = query_u64(q);
	out->credits_pending = query_u64(q);
	out->debt_limit = query_u64(q);
	out->inactive_ms = query_int(q);
}

void row_wallet(struct query *q, struct arena *a, struct wallet_row *out)
{
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->account = query_int(q);
	out->asset = (asset_id)query_int(q);
	out->state = query_int(q) ? WALLET_CLOSED : WALLET_OPEN;
	out->name = query_text(q, a);
	out->public_name = query_text(q, a);
	out->user = query_text(q, a);
	out->created_ms = query_int(q);
	out->inactive_ms = query_int(q);
}

void row_asset(struct query *q, struct asset_row *out)
{
	out->id = (asset_id)query_int(q);
	query_text_into(q, out->code, sizeof(out->code));
	out->scale = (unsigned)query_int(q);
	out->fee_fixed = query_u64(q);
	out->fee_bps = (unsigned)query_int(q);
	out->receive_fee_fixed = query_u64(q);
	out->receive_fee_bps = (unsigned)query_int(q);
	out->settlement = query_int(q);
	out->pool = query_int(q);
	out->fee = query_int(q);
	out->spread = query_int(q);
	out->suspense = query_int(q);
	out->liquidity.low = query_u64(q);
	out->liquidity.high = query_u64(q);
	out->withdrawal_threshold = query_u64(q);
}

void asset_row_id(const struct asset_row *asset, struct id *out)
{
	uint8_t hash[32];

	sha256(bytes_str(asset->code), hash);
	memcpy(out->b, hash, sizeof(out->b));
	out->b[6] = (uint8_t)((out->b[6] & 0x0f) | 0x80);
	out->b[8] = (uint8_t)((out->b[8] & 0x3f) | 0x80);
}

void ratio_pack(const struct ratio *r, uint8_t out[RATIO_PACKED_SIZE])
{
	struct buf b;

	buf_init(&b, out, 32);
	buf_u64(&b, r->num_hi);
	buf_u64(&b, r->num_lo);
	buf_u64(&b, r->den_hi);
	buf_u64(&b, r->den_lo);
}

void ratio_unpack(const uint8_t in[RATIO_PACKED_SIZE], struct ratio *out)
{
	struct cursor c;

	cursor_init(&c, bytes_of(in, 32));
	out->num_hi = cursor_u64(&c);
	out->num_lo = cursor_u64(&c);
	out->den_hi = cursor_u64(&c);
	out->den_lo = cursor_u64(&c);
}

void query_ratio(struct query *q, struct ratio *out)
{
	uint8_t packed[32];

	query_blob(q, packed, sizeof(packed));
	ratio_unpack(packed, out);
}

void row_id_at(int64_t unix_ms, const struct id *rest, struct id *out)
{
	*out = *rest;
	for (int i = 0; i < 6; i++)
		out->b[i] = (uint8_t)(unix_ms >> (8 * (5 - i)));
}

void row_quote(struct query *q, struct arena *a, struct quote_row *out)
{
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->wallet = query_int(q);
	out->kind = bytes_eq_str(query_bytes(q), "fixed_send") ? QUOTE_FIXED_SEND
	                                                       : QUOTE_FIXED_DELIVERY;
	out->receiver = query_text(q, a);
	out->local_receiver = query_int(q);
	out->local_incoming = query_int(q);
	out->debit_amount = query_u64(q);
	out->fee = query_u64(q);
	out->receive_amount = query_u64(q);
	query_text_into(q, out->receive_code, sizeof(out->receive_code));
	out->receive_scale = (unsigned)query_int(q);
	query_ratio(q, &out->min_rate);
	query_ratio(q, &out->path.lower);
	query_ratio(q, &out->path.upper);
	out->path.known = !ratio_is_zero(&out->path.upper);
	out->max_packet = query_u64(q);
	out->created_ms = query_int(q);
	out->expires_ms = query_int(q);
	out->client = query_text(q, a);
	query_ratio(q, &out->own_rate);
	out->own_rate_to = (asset_id)query_int(q);
	out->receiver_made = query_int(q) != 0;
	out->refund_of = query_int(q);
	out->pace_ms = query_int(q);
	out->payment = query_int(q);
}

void row_payment(struct query *q, struct arena *a, struct payment_row *out)
{
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->account = query_int(q);
	out->state = query_payment_state(q);
	out->sent = query_u64(q);
	out->delivered = query_u64(q);
	out->refunded = query_u64(q);
	out->in_doubt = query_u64(q);
	out->packets = query_u64(q);
	out->attempts = (unsigned)query_int(q);
	out->error = query_text(q, a);
	out->metadata = query_text(q, a);
	out->created_ms = query_int(q);
	out->finished_ms = query_int(q);
	out->client = query_text(q, a);
	out->cancel_asked = query_int(q) != 0;
	out->lease_until_ms = query_int(q);
	row_quote(q, a, &out->quote);
	out->returned = query_u64(q);
	out->fee = query_u64(q);
	out->quote_id = out->quote.id;
}

void row_incoming(struct query *q, struct arena *a, struct incoming_row *out)
{
	char state[16];

	out->key = query_int(q);
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->wallet = query_int(q);
	out->client = query_text(q, a);
	out->grant = query_int(q);
	out->terms.amount = query_u64(q);
	out->terms.excess_max = query_u64(q);
	out->terms.received = query_u64(q);
	query_text_into(q, state, sizeof(state));
	if (incoming_state_parse(state, &out->terms.state) && !q->failed)
		q->failed = RESULT_OURS_STORE;
	out->metadata = query_text(q, a);
	out->created_ms = query_int(q);
	out->terms.expires_ms = query_int(q);
	out->finished_ms = query_int(q);
	out->terms.fee_fixed = query_u64(q);
	out->terms.fee_bps = (unsigned)query_int(q);
	out->terms.waits = query_int(q) != 0;
	out->approved_ms = query_int(q);
	out->cancelled_ms = query_int(q);
	out->cancel_reason = query_text(q, a);
}

static void row_transfer(struct query *q, struct arena *a, struct transfer_row *out)
{
	out->id = query_int(q);
	out->group = query_int(q);
	out->debit = query_int(q);
	out->credit = query_int(q);
	out->debit_kind = query_account_kind(q);
	out->credit_kind = query_account_kind(q);
	out->asset = (asset_id)query_int(q);
	out->amount = query_u64(q);
	out->posted = query_u64(q);
	out->state = query_transfer_state(q);
	out->reason = query_text(q, a);
	out->created_ms = query_int(q);
	out->closed_ms = query_int(q);
}

enum result rows_transfers(
        struct query *q, struct arena *a, struct transfer_row **out, size_t *count)
{
	*count = 0;
	*out = arena_alloc(a, LIMIT_PAGE_SIZE * sizeof(**out));
	if (!*out)
		q->failed = RESULT_OURS_MEMORY;
	while (*out && *count < LIMIT_PAGE_SIZE && query_row(q))
		row_transfer(q, a, &(*out)[(*count)++]);
	return query_end(q);
}

void row_event(struct query *q, struct arena *a, struct event_row *out)
{
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->type = query_text(q, a);
	query_blob(q, out->resource.b, sizeof(out->resource.b));
	out->sequence = query_u64(q);
	out->data = query_text(q, a);
	out->created_ms = query_int(q);
	out->since_ms = query_int(q);
	out->state = query_event_state(q);
	out->attempts = (unsigned)query_int(q);
	out->next_ms = query_int(q);
	out->status = (int)query_int(q);
	out->error = query_text(q, a);
	out->delivered_ms = query_int(q);
}
