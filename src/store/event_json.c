#include "store/event_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

const char *event_type_name(enum event_type t)
{
	static const char *const names[EVENT_TYPES] = {
	        [EVENT_TYPE_OUTGOING_CREATED] = "outgoing_payment.created",
	        [EVENT_TYPE_OUTGOING_ATTEMPT_FAILED] = "outgoing_payment.attempt_failed",
	        [EVENT_TYPE_OUTGOING_FUNDED] = "outgoing_payment.funded",
	        [EVENT_TYPE_OUTGOING_COMPLETED] = "outgoing_payment.completed",
	        [EVENT_TYPE_OUTGOING_FAILED] = "outgoing_payment.failed",
	        [EVENT_TYPE_OUTGOING_CANCELLED] = "outgoing_payment.cancelled",
	        [EVENT_TYPE_INCOMING_CREATED] = "incoming_payment.created",
	        [EVENT_TYPE_INCOMING_COMPLETED] = "incoming_payment.completed",
	        [EVENT_TYPE_INCOMING_EXPIRED] = "incoming_payment.expired",
	        [EVENT_TYPE_INCOMING_PARTIAL] = "incoming_payment.partial_payment_received",
	        [EVENT_TYPE_GRANT_FINALIZED] = "grant.finalized",
	        [EVENT_TYPE_GRANT_REVOKED] = "grant.revoked",
	        [EVENT_TYPE_WALLET_NOT_FOUND] = "wallet_address.not_found",
	        [EVENT_TYPE_WALLET_WEB_MONETIZATION] = "wallet_address.web_monetization",
	        [EVENT_TYPE_KEY_ADDED] = "key.added",
	        [EVENT_TYPE_KEY_REVOKED] = "key.revoked",
	        [EVENT_TYPE_ASSET_LIQUIDITY_LOW] = "asset.liquidity_low",
	        [EVENT_TYPE_ASSET_LIQUIDITY_HIGH] = "asset.liquidity_high",
	        [EVENT_TYPE_PEER_LIQUIDITY_LOW] = "peer.liquidity_low",
	        [EVENT_TYPE_PEER_LIQUIDITY_HIGH] = "peer.liquidity_high",
	        [EVENT_TYPE_PEER_DOWN] = "peer.down",
	        [EVENT_TYPE_PEER_UP] = "peer.up",
	        [EVENT_TYPE_SETTLEMENT_DUE] = "settlement.due",
	        [EVENT_TYPE_SETTLEMENT_RECEIVED] = "settlement.received",
	        [EVENT_TYPE_RATES_STALE] = "rates.stale",
	        [EVENT_TYPE_RATES_JUMP] = "rates.jump",
	        [EVENT_TYPE_WEBHOOK_DEAD_LETTER] = "webhook.dead_letter",
	};

	return names[t];
}

enum result event_type_parse(const char *name, enum event_type *out)
{
	for (enum event_type t = 0; t < EVENT_TYPES; t++) {
		if (strcmp(event_type_name(t), name) == 0) {
			*out = t;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

json_t *event_id(const struct id *id)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	return json_string(text);
}

json_t *event_amount(uint64_t units, const char *code, unsigned scale)
{
	char value[AMOUNT_TEXT_SIZE];

	amount_format_major(units, 0, value);
	return json_pack(
	        "{s:s, s:s, s:i}", "value", value, "assetCode", code, "assetScale", (int)scale);
}

json_t *event_time(int64_t unix_ms)
{
	char text[TIME_TEXT_SIZE];

	if (unix_ms == 0)
		return json_null();
	time_format(unix_ms, text);
	return json_string(text);
}

json_t *event_text(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

void event_text_id(struct json_text *t, const char *name, const struct id *id)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	json_text_string(t, name, text);
}

void event_text_time(struct json_text *t, const char *name, int64_t unix_ms)
{
	char text[TIME_TEXT_SIZE];

	time_format(unix_ms, text);
	event_text_string(t, name, unix_ms ? text : NULL);
}

void event_text_string(struct json_text *t, const char *name, const char *s)
{
	if (s && *s)
		json_text_string(t, name, s);
	else
		json_text_null(t, name);
}

void event_text_raw(struct json_text *t, const char *name, const char *json)
{
	json_text_raw(t, name, *json ? json : "null");
}

enum result event_write_text(
        struct batch *b, enum event_type type, const struct id *resource, struct json_text *data)
{
	size_t n;
	char *text = json_text_take(data, &n);
	enum result r = RESULT_OURS_MEMORY;

	if (text)
		r = batch_event_add(b, event_type_name(type), resource, text);
	free(text);
	return r;
}

enum result event_write(
        struct batch *b, enum event_type type, const struct id *resource, json_t *data)
{
	char *text = data ? json_dumps(data, JSON_COMPACT) : NULL;
	enum result r;

	json_decref(data);
	if (!text)
		return RESULT_OURS_MEMORY;
	r = batch_event_add(b, event_type_name(type), resource, text);
	free(text);
	return r;
}
