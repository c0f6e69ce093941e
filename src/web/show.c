#include "web/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/figure.h"
#include "http/language.h"
#include "http/when.h"
#include "web/consent_words.h"

#define RATE_DIGITS 6

json_t *show_amount(const struct http_request *rq, uint64_t units, const char *code, unsigned scale)
{
	char text[CONSENT_WORDS_SIZE], number[24];

	consent_amount(language_of(rq), units, code, scale, text);
	(void)snprintf(number, sizeof(number), "%" PRIu64, units);
	return json_pack("{s:s,s:s}", "text", text, "units", number);
}

json_t *show_amount_of(const struct http_request *rq, uint64_t units, const struct asset_row *asset)
{
	return show_amount(rq, units, asset->code, asset->scale);
}

json_t *show_time(const struct http_request *rq, int64_t unix_ms)
{
	const struct when w = when_of(rq);

	return when_json(&w, unix_ms);
}

json_t *show_rate(const struct http_request *rq, uint64_t delivered, const char *to_code,
        unsigned to_scale, uint64_t paid, const struct asset_row *from)
{
	char text[RATIO_TEXT_SIZE];
	struct ratio rate;

	if (delivered == 0 || paid == 0 || ratio_make(delivered, paid, &rate) ||
	        ratio_scale(&rate, to_scale, from->scale, &rate))
		return json_null();
	ratio_format(&rate, RATE_DIGITS, text);
	figure_decimal(language_of(rq), text);
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

json_t *show_pointer_copied(const struct http_request *rq, const char *url)
{
	return json_pack(
	        "{s:o,s:s}", "value", show_pointer(url), "what", words(rq, "the payment pointer"));
}

const char *show_typed(struct http_request *rq, const char *text)
{
	char *copy = arena_strdup(&rq->arena, text);

	if (!copy)
		return text;
	figure_decimal(language_of(rq), copy);
	return copy;
}

const char *show_amount_problem(
        struct http_request *rq, enum result r, const char *code, unsigned scale)
{
	char least[AMOUNT_TEXT_SIZE], digits[12];

	if (r == RESULT_THEIRS_NONCANONICAL)
		return words_with(rq,
		        "That might be read in two ways. Enter the amount of {asset} without signs "
		        "between the thousands.",
		        "asset", code, NULL);
	if (scale == 0)
		return words_with(rq, "Enter a whole number of {asset}.", "asset", code, NULL);
	/* "10.05", or "10.5" */
	figure_amount(language_of(rq), scale < 2 ? 105 : 1005, scale < 2 ? 1 : 2, least);
	(void)snprintf(digits, sizeof(digits), "%u", scale);
	return words_with(rq,
	        "Enter an amount of {asset} above zero, such as 10 or {example}, with at most "
	        "{digits} digits behind the decimal sign.",
	        "asset", code, "example", least, "digits", digits, NULL);
}
