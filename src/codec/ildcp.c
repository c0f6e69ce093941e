#include "codec/ildcp.h"

#include <string.h>

#include "codec/ilp_address.h"
#include "codec/oer.h"

const uint8_t ildcp_condition[ILP_CONDITION_SIZE] = {
        0x66,
        0x68,
        0x7a,
        0xad,
        0xf8,
        0x62,
        0xbd,
        0x77,
        0x6c,
        0x8f,
        0xc1,
        0x8b,
        0x8e,
        0x9f,
        0x8e,
        0x20,
        0x08,
        0x97,
        0x14,
        0x85,
        0x6e,
        0xe2,
        0x33,
        0xb3,
        0x90,
        0x2a,
        0x59,
        0x1d,
        0x0d,
        0x5f,
        0x29,
        0x25,
};

const uint8_t ildcp_fulfillment[ILP_FULFILLMENT_SIZE];

bool ildcp_is_request(const struct ilp_prepare *p)
{
	return bytes_eq_str(p->destination, ILDCP_DESTINATION);
}

enum result ildcp_request_check(const struct ilp_prepare *p)
{
	if (p->amount != 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	if (memcmp(p->condition, ildcp_condition, ILP_CONDITION_SIZE) != 0)
		return RESULT_THEIRS_UNAUTHENTIC;
	return RESULT_OK;
}

void ildcp_request_encode(struct buf *b, int64_t expires_at_ms)
{
	const struct ilp_prepare p = {
	        .expires_at_ms = expires_at_ms,
	        .condition = ildcp_condition,
	        .destination = bytes_str(ILDCP_DESTINATION),
	};

	ilp_prepare_encode(b, &p);
}

enum result ildcp_response_decode(struct bytes data, struct ildcp_info *out)
{
	struct cursor c;

	cursor_init(&c, data);
	out->address = oer_octets(&c, ILP_ADDRESS_MAX);
	out->asset_scale = cursor_u8(&c);
	out->asset_code = oer_octets(&c, ILDCP_ASSET_CODE_MAX);
	TRY(c.failed);
	return ilp_address_check(out->address);
}

void ildcp_response_data(struct buf *b, const struct ildcp_info *info)
{
	if (info->address.n > ILP_ADDRESS_MAX || info->asset_code.n > ILDCP_ASSET_CODE_MAX)
		b->failed = true;
	oer_put_octets(b, info->address);
	buf_u8(b, info->asset_scale);
	oer_put_octets(b, info->asset_code);
}

void ildcp_response_encode(struct buf *b, const struct ildcp_info *info)
{
	uint8_t storage[ILDCP_DATA_MAX];
	struct buf data;

	buf_init(&data, storage, sizeof(storage));
	ildcp_response_data(&data, info);
	if (data.failed)
		b->failed = true;
	ilp_fulfill_encode(b, ildcp_fulfillment, buf_view(&data));
}
