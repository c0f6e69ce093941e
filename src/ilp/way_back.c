#include "ilp/way_back.h"

#include <stdio.h>
#include <string.h>

enum result way_back_address(struct stream_credentials *c, const char *own,
        const struct id *payment, const struct secret32 *shared_secret,
        char out[WAY_BACK_ADDRESS_SIZE])
{
	uint8_t tag[WAY_BACK_TAG_SIZE] = {WAY_BACK_TAG};
	struct stream_token token = {.has_tag = true, .tag = bytes_of(tag, sizeof(tag))};
	char text[STREAM_TOKEN_TEXT_SIZE];
	struct secret32 unused;
	enum result r;

	out[0] = '\0';
	memcpy(tag + 1, payment->b, sizeof(payment->b));
	memcpy(tag + 1 + sizeof(payment->b), shared_secret->b, sizeof(shared_secret->b));
	r = stream_credentials_seal_stable(c, &token, text, &unused);
	secret_wipe(tag, sizeof(tag));
	secret_clear(&unused);
	if (r)
		return r;
	if (snprintf(out, WAY_BACK_ADDRESS_SIZE, "%s." WAY_BACK_SEGMENT ".%s", own, text) <
	        WAY_BACK_ADDRESS_SIZE)
		return RESULT_OK;
	out[0] = '\0';
	return RESULT_THEIRS_TOO_BIG;
}

bool way_back_read(struct bytes tag, struct id *payment, struct secret32 *shared_secret)
{
	if (tag.n != WAY_BACK_TAG_SIZE || tag.p[0] != WAY_BACK_TAG)
		return false;
	memcpy(payment->b, tag.p + 1, sizeof(payment->b));
	memcpy(shared_secret->b, tag.p + 1 + sizeof(payment->b), sizeof(shared_secret->b));
	return true;
}

void way_back_asset(struct bytes code, char out[ASSET_CODE_MAX + 1])
{
	bool good = code.n && code.n <= ASSET_CODE_MAX;

	out[0] = '\0';
	for (size_t i = 0; good && i < code.n; i++)
		good = code.p[i] > ' ' && code.p[i] < 0x7f;
	if (!good)
		return;
	memcpy(out, code.p, code.n);
	out[code.n] = '\0';
}
