#include "admin/answer.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/words.h"

#define SENTENCE_BYTES 256

json_t *admin_amount(uint64_t units, const struct asset_row *asset)
{
	char value[AMOUNT_TEXT_SIZE];

	amount_format_major(units, 0, value);
	return json_pack("{s:s, s:s, s:i}", "value", value, "assetCode", asset->code, "assetScale",
	        (int)asset->scale);
}

json_t *admin_amount_signed(int64_t units, const struct asset_row *asset)
{
	char value[AMOUNT_TEXT_SIZE];
	bool negative = units < 0;

	value[0] = '-';
	/* -(units + 1) + 1: the negative of INT64_MIN does not fit */
	if (!negative)
		return admin_amount((uint64_t)units, asset);
	(void)snprintf(
	        value + 1, sizeof(value) - 1, "%llu", (unsigned long long)(-(units + 1)) + 1);
	return json_pack("{s:s, s:s, s:i}", "value", value, "assetCode", asset->code, "assetScale",
	        (int)asset->scale);
}

json_t *admin_id(const struct id *id)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	return json_string(text);
}

json_t *admin_time(int64_t unix_ms)
{
	char text[TIME_TEXT_SIZE];

	if (unix_ms == 0)
		return json_null();
	time_format(unix_ms, text);
	return json_string(text);
}

json_t *admin_text(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

/* ---- amounts that come in ---- */

enum result admin_amount_read_any(struct http_request *rq, const json_t *value, const char *field,
        struct asset_row *asset, uint64_t *out)
{
	const char *code = NULL;
	uint64_t scale = 0;
	const struct json_member members[] = {
	        {"value", JSON_TO_AMOUNT, out, .required = true},
	        {"assetCode", JSON_TO_STRING, &code, .required = true, .max = ASSET_CODE_MAX},
	        {"assetScale", JSON_TO_UINT, &scale, .required = true, .max = ASSET_SCALE_MAX},
	};
	struct json_fault fault;
	char where[sizeof(fault.member) * 2];
	enum result r;

	if (!value)
		return RESULT_OK;
	r = json_spec_read(
	        value, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT, &fault);
	if (r) {
		(void)snprintf(where, sizeof(where), "%s%s%s", field, fault.member[0] ? "." : "",
		        fault.member);
		(void)admin_refuse(rq, r, where, "%s", fault.text);
		return r;
	}
	(void)!text_copy(asset->code, sizeof(asset->code), code);
	asset->scale = (unsigned)scale;
	return RESULT_OK;
}

enum result admin_amount_read(struct http_request *rq, const json_t *value, const char *field,
        const struct asset_row *asset, uint64_t *out)
{
	struct asset_row given = *asset;
	enum result r = admin_amount_read_any(rq, value, field, &given, out);

	if (r)
		return r;
	if (strcmp(given.code, asset->code) == 0 && given.scale == asset->scale)
		return RESULT_OK;
	(void)admin_refuse(rq, RESULT_THEIRS_BAD_ASSET, field,
	        "\"%s\" must be an amount of %s with scale %u", field, asset->code, asset->scale);
	return RESULT_THEIRS_BAD_ASSET;
}

enum result admin_limits_read(struct http_request *rq, const struct admin_limits_in *in,
        const struct asset_row *asset, struct liquidity_limits *out)
{
	enum result r = admin_amount_read(rq, in->low, "liquidityThreshold", asset, &out->low);

	if (!r)
		r = admin_amount_read(rq, in->high, "liquidityThresholdHigh", asset, &out->high);
	if (r || !out->high || out->low < out->high)
		return r;
	(void)admin_refuse(rq, RESULT_THEIRS_BAD_AMOUNT,
	        in->high ? "liquidityThresholdHigh" : "liquidityThreshold",
	        WORDS("the low threshold must be below the high one"));
	return RESULT_THEIRS_BAD_AMOUNT;
}

enum result admin_param_id(struct http_request *rq, const char *name, struct id *out)
{
	const char *text = http_param(rq, name);

	return id_parse(text, strlen(text), out) ? RESULT_THEIRS_NOT_FOUND : RESULT_OK;
}

enum result admin_path_id(struct http_request *rq, struct id *out)
{
	return admin_param_id(rq, "id", out);
}

/* ---- refusals ---- */

static enum http_next refuse(
        struct http_request *rq, enum result r, const char *field, const char *sentence)
{
	json_t *details = json_object();

	if (field)
		(void)json_object_set_new(details, "field", json_string(field));
	return http_reply_error_details(rq, http_status_of(r), result_name(r), sentence, details);
}

enum http_next admin_refuse(
        struct http_request *rq, enum result r, const char *field, const char *format, ...)
{
	char sentence[SENTENCE_BYTES];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, ap);
	va_end(ap);
	return refuse(rq, r, field, sentence);
}

enum http_next admin_refuse_with(
        struct http_request *rq, enum result r, const char *field, const char *message, ...)
{
	char sentence[SENTENCE_BYTES];
	va_list values;

	va_start(values, message);
	words_fill_list(sentence, sizeof(sentence), message, values);
	va_end(values);
	return refuse(rq, r, field, sentence);
}

static const struct admin_refusal general[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such object")},
        {RESULT_THEIRS_CONFLICT, NULL, WORDS("it exists already, with other content")},
        {RESULT_THEIRS_STATE, NULL, WORDS("not possible in the object's present state")},
        {RESULT_THEIRS_INSUFFICIENT, NULL, WORDS("there is not enough money for this")},
        {RESULT_THEIRS_BAD_AMOUNT, NULL, WORDS("the amount must be above zero and below 2^63")},
        {RESULT_THEIRS_BAD_ASSET, NULL, WORDS("the asset does not fit here")},
        {RESULT_THEIRS_NO_RATE, NULL, WORDS("there is no exchange rate for this, or a stale one")},
        {RESULT_THEIRS_EXPIRED, NULL, WORDS("it is past its time")},
        {RESULT_RETRY_BUSY, NULL, WORDS("too much waits to be done; try again")},
        {RESULT_RETRY_STORE, NULL, WORDS("the store refused this once; try again")},
        {RESULT_RETRY_DRAINING, NULL, WORDS("the node is stopping")},
        {RESULT_OK, NULL, NULL},
};

const struct admin_refusal admin_move_refusals[] = {
        {RESULT_THEIRS_BAD_AMOUNT, "amount",
                WORDS("the amount must be above zero, and fit the account")},
        {RESULT_THEIRS_INSUFFICIENT, "amount", WORDS("the account holds less than this")},
        {RESULT_THEIRS_CONFLICT, "Idempotency-Key", WORDS("this key was used for another request")},
        {RESULT_THEIRS_STATE, NULL, WORDS("it is closed")},
        {RESULT_OK, NULL, NULL},
};

static const struct admin_refusal *find(const struct admin_refusal *table, enum result r)
{
	for (; table && table->result != RESULT_OK; table++)
		if (table->result == r)
			return table;
	return NULL;
}

enum http_next admin_refuse_by(
        struct http_request *rq, enum result r, const struct admin_refusal *table)
{
	const struct admin_refusal *row = find(table, r);

	if (!row)
		row = find(general, r);
	if (row)
		return admin_refuse(rq, r, row->field, "%s", row->text);
	if (result_class(r) == RESULT_CLASS_OURS)
		return http_reply_result(rq, r, "%s", WORDS("the node could not do this"));
	return admin_refuse(rq, r, NULL, "refused: %s", result_name(r));
}

bool admin_run_apart(void *(*run)(void *), void *arg)
{
	pthread_attr_t detached;
	pthread_t thread;
	bool started;

	if (pthread_attr_init(&detached) != 0)
		return false;
	started = pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0 &&
	          pthread_create(&thread, &detached, run, arg) == 0;
	pthread_attr_destroy(&detached);
	return started;
}

bool admin_day(const char *text, int64_t *out)
{
	static const char form[] = "dddd-dd-dd";
	struct calendar c = {0};

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != '-')
			return false;
	for (size_t i = 0; i < 4; i++)
		c.year = c.year * 10 + (text[i] - '0');
	c.month = (unsigned)((text[5] - '0') * 10 + text[6] - '0');
	c.day = (unsigned)((text[8] - '0') * 10 + text[9] - '0');
	if (!calendar_exists(&c) || c.year < 1970)
		return false;
	*out = calendar_join(&c);
	return true;
}
