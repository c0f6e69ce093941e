#include "codec/remote_answer.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "codec/ilp_address.h"

/* A text member without control characters. */
static bool text_of(const json_t *body, const char *name, char *out, size_t size)
{
	const json_t *value = json_object_get(body, name);
	const char *s = json_string_value(value);

	return s && strlen(s) == json_string_length(value) && text_is_clean_utf8(s, strlen(s)) &&
	       !text_copy(out, size, s);
}

static bool is_printable(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}

/* An absolute http(s) URL of printable ASCII; whether it may be called is the guard's to say. */
static bool url_of(const json_t *body, const char *name, char out[URL_MAX_CHARS + 1])
{
	if (!text_of(body, name, out, URL_MAX_CHARS + 1))
		return false;
	if (!text_starts(out, "https://") && !text_starts(out, "http://"))
		return false;
	return is_printable(out);
}

static void drop_slash(char *url)
{
	size_t n = strlen(url);

	if (n && url[n - 1] == '/')
		url[n - 1] = '\0';
}

static bool asset_of(const json_t *body, char code[ASSET_CODE_MAX + 1], unsigned *scale)
{
	const json_t *s = json_object_get(body, "assetScale");

	if (!text_of(body, "assetCode", code, ASSET_CODE_MAX + 1) || !*code || !json_is_integer(s))
		return false;
	if (json_integer_value(s) < 0 || json_integer_value(s) > ASSET_SCALE_MAX)
		return false;
	*scale = (unsigned)json_integer_value(s);
	return true;
}

enum result remote_wallet_read(const json_t *body, struct remote_wallet *out)
{
	memset(out, 0, sizeof(*out));
	if (!url_of(body, "id", out->id) || !url_of(body, "authServer", out->auth_server) ||
	        !url_of(body, "resourceServer", out->resource_server) ||
	        !asset_of(body, out->asset_code, &out->asset_scale))
		return RESULT_THEIRS_PROTOCOL;
	drop_slash(out->resource_server);
	if (!text_of(body, "publicName", out->public_name, sizeof(out->public_name)))
		out->public_name[0] = '\0';
	return RESULT_OK;
}

enum result remote_token_read(const json_t *body, struct remote_token *out)
{
	const json_t *token = json_object_get(body, "access_token");
	const json_t *seconds = json_object_get(token, "expires_in");

	memset(out, 0, sizeof(*out));
	if (!token && json_object_get(body, "interact"))
		return RESULT_THEIRS_REFUSED;
	if (!text_of(token, "value", out->text, sizeof(out->text)) || !*out->text ||
	        !url_of(token, "manage", out->manage))
		return RESULT_THEIRS_PROTOCOL;
	if (!is_printable(out->text))
		return RESULT_THEIRS_PROTOCOL;
	if (json_is_integer(seconds) && json_integer_value(seconds) > 0 &&
	        json_integer_value(seconds) < INT32_MAX)
		out->expires_in_s = json_integer_value(seconds);
	return RESULT_OK;
}

/* An amount object. */
static bool amount_of(const json_t *body, const char *name, char code[ASSET_CODE_MAX + 1],
        unsigned *scale, uint64_t *out)
{
	const json_t *amount = json_object_get(body, name);
	const json_t *value = json_object_get(amount, "value");

	return json_is_string(value) && asset_of(amount, code, scale) &&
	       !amount_parse_units(json_string_value(value), json_string_length(value), out);
}

/* One in the payment's asset, which the first one tells. */
static bool incoming_amount(
        const json_t *body, const char *name, struct remote_incoming *in, bool first, uint64_t *out)
{
	char code[ASSET_CODE_MAX + 1];
	unsigned scale;

	if (!amount_of(body, name, code, &scale, out))
		return false;
	if (first) {
		memcpy(in->asset_code, code, sizeof(code));
		in->asset_scale = scale;
	}
	return strcmp(code, in->asset_code) == 0 && scale == in->asset_scale;
}

/* The first method that we speak. */
static bool method_of(const json_t *body, struct remote_incoming *out)
{
	const json_t *methods = json_object_get(body, "methods");
	size_t n = json_array_size(methods) < 16 ? json_array_size(methods) : 16;

	for (size_t i = 0; i < n; i++) {
		const json_t *m = json_array_get(methods, i);
		const json_t *secret = json_object_get(m, "sharedSecret");
		const char *type = json_string_value(json_object_get(m, "type"));
		size_t got = 0;

		if (!type || strcmp(type, "ilp") != 0)
			continue;
		if (!text_of(m, "ilpAddress", out->address, sizeof(out->address)) ||
		        ilp_address_check(bytes_str(out->address)) || !json_is_string(secret))
			return false;
		if (base64_decode(json_string_value(secret), json_string_length(secret),
		            out->shared_secret.b, sizeof(out->shared_secret.b), &got) ||
		        got != sizeof(out->shared_secret.b))
			return false;
		out->has_method = true;
		return true;
	}
	return true;
}

enum result remote_incoming_read(const json_t *body, struct remote_incoming *out)
{
	const json_t *completed = json_object_get(body, "completed");
	char when[TIME_TEXT_SIZE + 32];

	memset(out, 0, sizeof(*out));
	if (!url_of(body, "id", out->id) || !json_is_boolean(completed) ||
	        !incoming_amount(body, "receivedAmount", out, true, &out->received))
		return RESULT_THEIRS_PROTOCOL;
	if (!url_of(body, "walletAddress", out->wallet))
		out->wallet[0] = '\0';
	if (!text_of(body, "createdAt", when, sizeof(when)) ||
	        time_parse(when, strlen(when), &out->created_ms))
		out->created_ms = 0;
	out->completed = json_is_true(completed);
	out->has_amount = json_object_get(body, "incomingAmount") != NULL;
	if (out->has_amount && !incoming_amount(body, "incomingAmount", out, false, &out->amount))
		return RESULT_THEIRS_PROTOCOL;
	out->has_expiry = json_object_get(body, "expiresAt") != NULL;
	if (out->has_expiry && (!text_of(body, "expiresAt", when, sizeof(when)) ||
	                               time_parse(when, strlen(when), &out->expires_ms)))
		return RESULT_THEIRS_PROTOCOL;
	return method_of(body, out) ? RESULT_OK : RESULT_THEIRS_PROTOCOL;
}

enum result remote_incoming_read_public(const json_t *body, char auth_server[URL_MAX_CHARS + 1])
{
	return url_of(body, "authServer", auth_server) ? RESULT_OK : RESULT_THEIRS_PROTOCOL;
}

enum result remote_quote_read(const json_t *body, struct remote_quote *out)
{
	char when[TIME_TEXT_SIZE + 32];

	memset(out, 0, sizeof(*out));
	out->expires_ms = INT64_MAX;
	if (!url_of(body, "id", out->id) ||
	        !amount_of(body, "debitAmount", out->asset_code, &out->asset_scale, &out->debit) ||
	        out->debit == 0)
		return RESULT_THEIRS_PROTOCOL;
	if (json_object_get(body, "expiresAt") &&
	        (!text_of(body, "expiresAt", when, sizeof(when)) ||
	                time_parse(when, strlen(when), &out->expires_ms)))
		return RESULT_THEIRS_PROTOCOL;
	return RESULT_OK;
}

enum result remote_consent_read(const json_t *body, struct remote_consent *out)
{
	const json_t *interact = json_object_get(body, "interact");
	const json_t *more = json_object_get(body, "continue");
	const json_t *token = json_object_get(more, "access_token");

	memset(out, 0, sizeof(*out));
	if (!url_of(interact, "redirect", out->redirect) ||
	        !text_of(interact, "finish", out->nonce, sizeof(out->nonce)) || !*out->nonce ||
	        !url_of(more, "uri", out->continue_uri) ||
	        !text_of(token, "value", out->continue_token, sizeof(out->continue_token)) ||
	        !*out->continue_token || !is_printable(out->continue_token))
		return RESULT_THEIRS_PROTOCOL;
	return RESULT_OK;
}

enum result remote_outgoing_read(const json_t *body, struct remote_outgoing *out)
{
	char debit_code[ASSET_CODE_MAX + 1], sent_code[ASSET_CODE_MAX + 1];
	unsigned debit_scale, sent_scale;
	uint64_t debit, sent;

	memset(out, 0, sizeof(*out));
	if (!url_of(body, "id", out->id) ||
	        !amount_of(body, "debitAmount", debit_code, &debit_scale, &debit) ||
	        !amount_of(body, "sentAmount", sent_code, &sent_scale, &sent))
		return RESULT_THEIRS_PROTOCOL;
	out->failed = json_is_true(json_object_get(body, "failed"));
	out->over =
	        strcmp(debit_code, sent_code) == 0 && debit_scale == sent_scale && sent >= debit;
	return RESULT_OK;
}
