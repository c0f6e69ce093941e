/* Access items as JSON. */
#include "model/access.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/interval.h"

#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))
#define ASSET_SCALE_WIRE 255 /* of a foreign asset */

static enum result wrong(struct json_fault *fault, const char *member, const char *text)
{
	text_copy_cut(fault->member, sizeof(fault->member), member);
	text_copy_cut(fault->text, sizeof(fault->text), text);
	return RESULT_THEIRS_MALFORMED;
}

/* "https://HOST/.../incoming-payments/ID", which a holder reads before agreeing: with nothing that
 * makes it look like another (user@, characters that are no part of a URL). */
static bool is_receiver(const char *s)
{
	static const char part[] = "/incoming-payments/";
	const char *host = text_starts(s, "https://")  ? s + strlen("https://")
	                   : text_starts(s, "http://") ? s + strlen("http://")
	                                               : NULL;
	const char *at = host && *host ? strstr(host + 1, part) : NULL;

	if (!at || !at[strlen(part)] || strcspn(host, "@") < strcspn(host, "/?#"))
		return false;
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}

static enum result read_actions(
        const json_t *array, unsigned known, unsigned *out, struct json_fault *fault)
{
	*out = 0;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *name = json_string_value(json_array_get(array, i));
		enum access_action action;

		if (!name || access_action_parse(name, &action) || !(known & 1U << action))
			return wrong(fault, "actions",
			        "member \"actions\" holds an action that its type does not have");
		if (*out & 1U << action)
			return wrong(fault, "actions", "member \"actions\" holds an action twice");
		*out |= 1U << action;
	}
	if (*out == 0)
		return wrong(fault, "actions", "member \"actions\" must not be empty");
	return RESULT_OK;
}

static enum result read_amount(
        const json_t *value, struct access_limits *l, struct json_fault *fault)
{
	const char *code = NULL;
	uint64_t scale = 0;
	const struct json_member members[] = {
	        {"value", JSON_TO_AMOUNT, &l->amount, .required = true},
	        {"assetCode", JSON_TO_STRING, &code, .required = true, .min = 1,
	                .max = ASSET_CODE_MAX},
	        {"assetScale", JSON_TO_UINT, &scale, .required = true, .max = ASSET_SCALE_WIRE},
	};

	TRY(json_spec_read(value, members, COUNT(members), 0, fault));
	l->scale = (unsigned)scale;
	return text_copy(l->code, sizeof(l->code), code);
}

static enum result read_limits(
        const json_t *value, struct access_limits *l, struct json_fault *fault)
{
	json_t *debit = NULL, *receive = NULL;
	struct interval interval;
	const struct json_member members[] = {
	        {"receiver", JSON_TO_STRING, &l->receiver, .min = 1, .max = ACCESS_URL_MAX},
	        {"interval", JSON_TO_STRING, &l->interval, .min = 1, .max = INTERVAL_TEXT_MAX},
	        {"debitAmount", JSON_TO_OBJECT, .target = &debit},
	        {"receiveAmount", JSON_TO_OBJECT, .target = &receive},
	};

	l->given = true;
	/* A limit that we do not know must not be taken as no limit. */
	TRY(json_spec_read(value, members, COUNT(members), JSON_SPEC_STRICT, fault));
	if (l->receiver && !is_receiver(l->receiver))
		return wrong(fault, "receiver",
		        "member \"receiver\" must be the URL of an incoming payment");
	if (l->interval && interval_parse(l->interval, strlen(l->interval), &interval))
		return wrong(fault, "interval",
		        "member \"interval\" must be an ISO 8601 repeating interval");
	if (debit && receive)
		return wrong(
		        fault, "limits", "limits hold a debitAmount or a receiveAmount, not both");
	if (!debit && !receive)
		return RESULT_OK;
	l->cap = debit ? CAP_DEBIT : CAP_RECEIVE;
	return read_amount(debit ? debit : receive, l, fault);
}

enum result access_item_read(const json_t *value, struct access_item *out, struct json_fault *fault)
{
	const char *type = NULL;
	json_t *actions = NULL, *limits = NULL;
	const struct json_member members[] = {
	        {"type", JSON_TO_STRING, &type, .required = true},
	        {"actions", JSON_TO_ARRAY, &actions, .required = true, .max = ACCESS_ACTIONS},
	        {"identifier", JSON_TO_STRING, &out->identifier, .min = 1, .max = ACCESS_URL_MAX},
	        {"limits", JSON_TO_OBJECT, .target = &limits},
	};

	*out = (struct access_item){0};
	TRY(json_spec_read(value, members, COUNT(members), JSON_SPEC_STRICT, fault));
	if (access_type_parse(type, &out->type))
		return wrong(fault, "type",
		        "member \"type\" must be incoming-payment, quote or outgoing-payment");
	TRY(read_actions(actions, access_actions_of(out->type), &out->actions, fault));
	if (out->type == ACCESS_OUTGOING_PAYMENT && !out->identifier)
		return wrong(fault, "identifier", "an outgoing-payment item needs an identifier");
	if (limits && out->type != ACCESS_OUTGOING_PAYMENT)
		return wrong(fault, "limits", "only an outgoing-payment item has limits");
	return limits ? read_limits(limits, &out->limits, fault) : RESULT_OK;
}

/* ---- writing ---- */

static json_t *actions_json(unsigned actions)
{
	json_t *array = json_array();

	for (unsigned i = 0; array && i < ACCESS_ACTIONS; i++) {
		if (!(actions & 1U << i))
			continue;
		if (json_array_append_new(
		            array, json_string(access_action_name((enum access_action)i)))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *cap_json(const struct access_limits *l)
{
	char digits[AMOUNT_TEXT_SIZE];

	(void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)l->amount);
	return json_pack("{s:s, s:s, s:i}", "value", digits, "assetCode", l->code, "assetScale",
	        (int)l->scale);
}

static json_t *limits_json(const struct access_limits *l)
{
	json_t *o = json_object();
	int failed = 0;

	if (l->receiver)
		failed |= json_object_set_new(o, "receiver", json_string(l->receiver));
	if (l->interval)
		failed |= json_object_set_new(o, "interval", json_string(l->interval));
	if (l->cap == CAP_DEBIT)
		failed |= json_object_set_new(o, "debitAmount", cap_json(l));
	if (l->cap == CAP_RECEIVE)
		failed |= json_object_set_new(o, "receiveAmount", cap_json(l));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

json_t *access_item_json(const struct access_item *item)
{
	json_t *o = json_pack("{s:s, s:o}", "type", access_type_name(item->type), "actions",
	        actions_json(item->actions));
	int failed = !o;

	if (item->identifier)
		failed |= json_object_set_new(o, "identifier", json_string(item->identifier));
	if (item->limits.given)
		failed |= json_object_set_new(o, "limits", limits_json(&item->limits));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}
