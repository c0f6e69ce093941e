#include "http/op_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "codec/json_spec.h"
#include "http/negotiate.h"
#include "http/reply.h"
#include "ilp/node_wallet.h"

bool op_accepts_json(struct http_request *rq)
{
	static const char *const offers[] = {"application/json"};

	if (negotiate(http_header(rq, "Accept"), offers, 1) == 0)
		return true;
	(void)op_error(rq, OP_ERROR_NOT_ACCEPTABLE);
	return false;
}

/* ---- out ---- */

json_t *op_amount(uint64_t units, const char *code, unsigned scale)
{
	char value[AMOUNT_TEXT_SIZE];

	amount_format_major(units, 0, value);
	return json_pack(
	        "{s:s, s:s, s:i}", "value", value, "assetCode", code, "assetScale", (int)scale);
}

json_t *op_time(int64_t unix_ms)
{
	char text[TIME_TEXT_SIZE];

	time_format(unix_ms, text);
	return json_string(text);
}

void op_text_time(struct json_text *t, const char *name, int64_t unix_ms)
{
	char text[TIME_TEXT_SIZE];

	time_format(unix_ms, text);
	json_text_string(t, name, text);
}

void op_text_json(struct json_text *t, const char *name, json_t *value)
{
	char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	json_decref(value);
	if (text)
		json_text_raw(t, name, text);
	else
		t->failed = true;
	free(text);
}

const char *op_wallet_id(struct http_request *rq, const struct wallet_row *w)
{
	const struct node_loop *l = http_app(rq);
	const char *id = arena_printf(&rq->arena, "%s/%s", l->node->options.public_url, w->name);

	return id ? id : "";
}

/* ---- in ---- */

bool op_id_of_path(const struct http_request *rq, struct id *out)
{
	const char *text = http_param(rq, "id");

	return id_parse(text, strlen(text), out) == RESULT_OK;
}

enum result op_link_id(const char *link, struct id *out)
{
	size_t n = strlen(link);
	size_t at;

	if (n && link[n - 1] == '/')
		n--;
	for (at = n; at && link[at - 1] != '/'; at--) {
	}
	return id_parse(link + at, n - at, out);
}

bool op_wallet_find(struct http_request *rq, const char *address, struct wallet_row *out)
{
	const struct node_loop *l = http_app(rq);
	char name[NAME_MAX_CHARS + 1];
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (node_wallet_name(l->node, address, name))
		r = node_wallet_find(l->node, l->reader, &rq->arena, name, out);
	if (r == RESULT_THEIRS_NOT_FOUND)
		(void)op_error(rq, OP_ERROR_UNKNOWN_WALLET_ADDRESS);
	else if (r)
		(void)http_reply_result(rq, r, "the wallet can't be read");
	return r == RESULT_OK;
}

static void refuse_amount(struct http_request *rq, const char *field, const char *why)
{
	(void)op_error_details(
	        rq, OP_ERROR_INVALID_AMOUNT, json_pack("{s:s, s:s}", "field", field, "why", why));
}

bool op_amount_read(
        struct http_request *rq, const json_t *value, const char *field, struct op_amount *out)
{
	uint64_t scale = 0;
	const struct json_member members[] = {
	        {"value", JSON_TO_AMOUNT, &out->units, .required = true},
	        {"assetCode", JSON_TO_STRING, &out->code, .required = true},
	        {"assetScale", JSON_TO_UINT, &scale, .required = true, .max = 255},
	};
	struct json_fault fault;

	if (json_spec_read(value, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT,
	            &fault)) {
		refuse_amount(rq, field, fault.text);
		return false;
	}
	out->scale = (unsigned)scale;
	if (out->units > 0)
		return true;
	refuse_amount(rq, field, "the amount must be above zero");
	return false;
}

bool op_amount_read_of(struct http_request *rq, const json_t *value, const char *field,
        const struct asset_row *asset, uint64_t *out)
{
	struct op_amount amount = {0};

	*out = 0;
	if (!value)
		return true;
	if (!op_amount_read(rq, value, field, &amount))
		return false;
	*out = amount.units;
	if (strcmp(amount.code, asset->code) == 0 && amount.scale == asset->scale)
		return true;
	refuse_amount(rq, field, "the asset is not the wallet's");
	return false;
}

enum result op_metadata_text(struct http_request *rq, const json_t *value, const char **out)
{
	const struct node_loop *l = http_app(rq);
	char *text = json_dumps(value, JSON_COMPACT);
	bool large = text && strlen(text) > l->node->options.metadata_bytes;

	*out = text && !large ? arena_strdup(&rq->arena, text) : NULL;
	free(text);
	if (large)
		return RESULT_THEIRS_TOO_BIG;
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}

bool op_metadata_read(struct http_request *rq, const json_t *value, const char **out)
{
	enum result r = RESULT_OK;

	*out = NULL;
	if (value)
		r = op_metadata_text(rq, value, out);
	if (r == RESULT_THEIRS_TOO_BIG)
		(void)op_error(rq, OP_ERROR_METADATA_TOO_LARGE);
	else if (r)
		(void)http_reply_result(rq, r, "out of memory");
	return r == RESULT_OK;
}
