#include "web/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/when.h"
#include "web/consent_words.h"

#define RATE_DIGITS 6

json_t *show_amount(uint64_t units, const char *code, unsigned scale)
{
	char text[WORDS_SIZE], number[24];

	words_amount(units, code, scale, text);
	(void)snprintf(number, sizeof(number), "%" PRIu64, units);
	return json_pack("{s:s,s:s}", "text", text, "units", number);
}

json_t *show_amount_of(uint64_t units, const struct asset_row *asset)
{
	return show_amount(units, asset->code, asset->scale);
}

json_t *show_time(const struct http_request *rq, int64_t unix_ms)
{
	const struct when w = when_of(rq);

	return when_json(&w, unix_ms);
}

json_t *show_rate(uint64_t delivered, const char *to_code, unsigned to_scale, uint64_t paid,
        const struct asset_row *from)
{
	char text[RATIO_TEXT_SIZE];
	struct ratio rate;

	if (delivered == 0 || paid == 0 || ratio_make(delivered, paid, &rate) ||
	        ratio_scale(&rate, to_scale, from->scale, &rate))
		return json_null();
	ratio_format(&rate, RATE_DIGITS, text);
	return json_sprintf("1 %s = %s %s", from->code, text, to_code);
}

json_t *show_id(const struct id *id)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	return json_string(text);
}

json_t *show_pointer(const char *url)
{
	const char *rest = strstr(url, "://");

	return json_sprintf("$%s", rest ? rest + 3 : url);
}

json_t *show_copied(const char *text, const char *what)
{
	return json_pack("{s:s,s:s}", "value", text, "what", what);
}

json_t *show_pointer_copied(const char *url)
{
	return json_pack("{s:o,s:s}", "value", show_pointer(url), "what", "the payment pointer");
}
