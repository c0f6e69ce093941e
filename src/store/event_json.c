#include "store/event_json.h"

#include <stdlib.h>

#include "base/clock.h"

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

json_t *event_parsed(const char *json)
{
	return *json ? json_loads(json, 0, NULL) : json_null();
}

enum result event_write(struct batch *b, const char *type, const struct id *resource, json_t *data)
{
	char *text = data ? json_dumps(data, JSON_COMPACT) : NULL;
	enum result r;

	json_decref(data);
	if (!text)
		return RESULT_OURS_MEMORY;
	r = batch_event_add(b, type, resource, text);
	free(text);
	return r;
}
