#include "codec/ilp_packet.h"

#include "base/amount.h"
#include "codec/ilp_address.h"
#include "codec/ilp_timestamp.h"
#include "codec/oer.h"

#define PREPARE_FIXED_SIZE (8 + ILP_TIMESTAMP_SIZE + ILP_CONDITION_SIZE)

enum ilp_code_class ilp_code_class(const char *code)
{
	if (code[0] == 'T')
		return ILP_CODE_TEMPORARY;
	if (code[0] == 'R')
		return ILP_CODE_RELATIVE;
	return ILP_CODE_FINAL;
}

enum result ilp_packet_type(struct bytes in, enum ilp_type *out)
{
	if (in.n == 0)
		return RESULT_THEIRS_TRUNCATED;
	if (in.p[0] < ILP_PREPARE || in.p[0] > ILP_REJECT)
		return RESULT_THEIRS_BAD_TYPE;
	*out = (enum ilp_type)in.p[0];
	return RESULT_OK;
}

/* Leaves the cursor on the contents; what follows the packet is out of its reach. */
static void enter(struct cursor *c, struct bytes in, enum ilp_type type)
{
	struct bytes contents;

	cursor_init(c, in);
	if (cursor_u8(c) != type)
		cursor_fail(c, RESULT_THEIRS_BAD_TYPE);
	contents = oer_octets(c, SIZE_MAX);
	if (!c->failed)
		cursor_init(c, contents);
}

enum result ilp_prepare_decode(struct bytes in, struct ilp_prepare *out)
{
	struct cursor c;
	struct bytes expiry;

	enter(&c, in, ILP_PREPARE);
	if (!c.failed)
		out->amount_at = (size_t)(c.p - in.p);
	out->amount = cursor_u64(&c);
	expiry = cursor_take(&c, ILP_TIMESTAMP_SIZE);
	out->condition = cursor_take(&c, ILP_CONDITION_SIZE).p;
	out->destination = oer_octets(&c, ILP_ADDRESS_MAX);
	out->data = oer_octets(&c, ILP_DATA_MAX);
	TRY(c.failed);
	TRY(ilp_timestamp_decode(expiry, &out->expires_at_ms));
	return ilp_address_check(out->destination);
}

enum result ilp_fulfill_decode(struct bytes in, struct ilp_fulfill *out)
{
	struct cursor c;

	enter(&c, in, ILP_FULFILL);
	out->fulfillment = cursor_take(&c, ILP_FULFILLMENT_SIZE).p;
	out->data = oer_octets(&c, ILP_DATA_MAX);
	return c.failed;
}

enum result ilp_reject_decode(struct bytes in, struct ilp_reject *out)
{
	struct cursor c;
	struct bytes code;

	enter(&c, in, ILP_REJECT);
	code = cursor_take(&c, ILP_CODE_SIZE);
	out->triggered_by = oer_octets(&c, ILP_ADDRESS_MAX);
	out->message = oer_octets(&c, ILP_MESSAGE_MAX);
	out->data = oer_octets(&c, ILP_DATA_MAX);
	TRY(c.failed);
	for (size_t i = 0; i < ILP_CODE_SIZE; i++)
		out->code[i] = (char)code.p[i];
	out->code[ILP_CODE_SIZE] = '\0';
	/* Nobody should send an empty triggeredBy, but JavaScript clients do. */
	return out->triggered_by.n == 0 ? RESULT_OK : ilp_address_check(out->triggered_by);
}

static size_t octets_size(struct bytes v)
{
	return oer_length_size(v.n) + v.n;
}

static void put_head(struct buf *b, enum ilp_type type, size_t contents)
{
	buf_u8(b, (uint8_t)type);
	oer_put_length(b, contents);
}

static void put_octets_max(struct buf *b, struct bytes v, size_t max)
{
	if (v.n > max)
		b->failed = true;
	oer_put_octets(b, v);
}

static void put_timestamp(struct buf *b, int64_t ms)
{
	uint8_t *at = buf_skip(b, ILP_TIMESTAMP_SIZE);

	if (at)
		ilp_timestamp_encode(ms, at);
}

void ilp_prepare_encode(struct buf *b, const struct ilp_prepare *p)
{
	put_head(b, ILP_PREPARE,
	        PREPARE_FIXED_SIZE + octets_size(p->destination) + octets_size(p->data));
	buf_u64(b, p->amount);
	put_timestamp(b, p->expires_at_ms);
	buf_put(b, p->condition, ILP_CONDITION_SIZE);
	put_octets_max(b, p->destination, ILP_ADDRESS_MAX);
	put_octets_max(b, p->data, ILP_DATA_MAX);
}

void ilp_fulfill_encode(
        struct buf *b, const uint8_t fulfillment[ILP_FULFILLMENT_SIZE], struct bytes data)
{
	put_head(b, ILP_FULFILL, ILP_FULFILLMENT_SIZE + octets_size(data));
	buf_put(b, fulfillment, ILP_FULFILLMENT_SIZE);
	put_octets_max(b, data, ILP_DATA_MAX);
}

void ilp_reject_encode(struct buf *b, const char *code, struct bytes triggered_by,
        struct bytes message, struct bytes data)
{
	put_head(b, ILP_REJECT,
	        ILP_CODE_SIZE + octets_size(triggered_by) + octets_size(message) +
	                octets_size(data));
	buf_put(b, code, ILP_CODE_SIZE);
	put_octets_max(b, triggered_by, ILP_ADDRESS_MAX);
	put_octets_max(b, message, ILP_MESSAGE_MAX);
	put_octets_max(b, data, ILP_DATA_MAX);
}

void ilp_prepare_patch(
        uint8_t *packet, struct ilp_prepare *p, uint64_t amount, int64_t expires_at_ms)
{
	struct buf b;

	buf_init(&b, packet + p->amount_at, 8 + ILP_TIMESTAMP_SIZE);
	buf_u64(&b, amount);
	put_timestamp(&b, expires_at_ms);
	p->amount = amount;
	p->expires_at_ms = expires_at_ms;
}

enum result ilp_f08_decode(struct bytes data, struct ilp_f08_data *out)
{
	struct cursor c;

	cursor_init(&c, data);
	out->received = cursor_u64(&c);
	out->maximum = cursor_u64(&c);
	return c.failed;
}

void ilp_f08_encode(struct buf *b, const struct ilp_f08_data *d)
{
	buf_u64(b, d->received);
	buf_u64(b, d->maximum);
}

bool ilp_f08_new_max(const struct ilp_f08_data *d, uint64_t sent, uint64_t *out)
{
	if (d->received <= d->maximum)
		return false;
	*out = mul_div_floor(sent, d->maximum, d->received);
	return true;
}
