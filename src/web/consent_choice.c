#include "web/consent_choice.h"

#include <string.h>

#include "base/text.h"
#include "http/when.h"
#include "web/consent_view.h"

#define NAME_SIZE (sizeof(CONSENT_LIMIT_NAME) + 1)

_Static_assert(ACCESS_ITEMS_MAX <= 10, "digits");

static const char *limit_name(size_t item, char out[NAME_SIZE])
{
	text_copy_cut(out, NAME_SIZE, CONSENT_LIMIT_NAME "0");
	out[NAME_SIZE - 2] = (char)('0' + item);
	return out;
}

void consent_choice_init(struct consent_choice *c)
{
	*c = (struct consent_choice){.until = ""};
	for (size_t i = 0; i < ACCESS_ITEMS_MAX; i++)
		c->limits[i] = "";
}

/* ---- out of a form ---- */

static enum result read_shown(struct http_request *rq, const struct interaction_row *i,
        const char *shown, struct consent_choice *c)
{
	uint8_t now[sizeof(c->shown)];
	size_t n;

	if (base64_decode(shown, strlen(shown), c->shown, sizeof(c->shown), &n) ||
	        n != sizeof(c->shown))
		return RESULT_THEIRS_CONFLICT;
	if (interaction_digest(i, &rq->arena, now))
		return RESULT_OURS_MEMORY;
	return bytes_eq(bytes_of(now, sizeof(now)), bytes_of(c->shown, sizeof(c->shown)))
	               ? RESULT_OK
	               : RESULT_THEIRS_CONFLICT;
}

/* First all that was typed, so that a page can show it again. */
static enum result read_texts(
        struct http_request *rq, const struct page_form *f, struct consent_choice *c)
{
	char name[NAME_SIZE];

	c->until = arena_strdup(&rq->arena, page_field(f, "until"));
	for (size_t i = 0; i < ACCESS_ITEMS_MAX; i++)
		c->limits[i] = arena_strdup(&rq->arena, page_field(f, limit_name(i, name)));
	for (size_t i = 0; i < ACCESS_ITEMS_MAX && c->until; i++)
		if (!c->limits[i])
			c->until = NULL;
	if (c->until)
		return RESULT_OK;
	consent_choice_init(c);
	return RESULT_OURS_MEMORY;
}

/* The last day is one of the holder's zone, as the page says. */
static bool until_is_right(const struct http_request *rq, struct consent_choice *c)
{
	const struct when w = when_of(rq);

	if (!c->until[0])
		return true;
	if (consent_day_end(c->until, &c->ends_ms))
		return false;
	c->ends_ms = when_of_local(&w, c->ends_ms);
	return c->ends_ms > w.now_ms;
}

static bool limits_are_right(
        struct http_request *rq, const struct grant_row *g, struct consent_choice *c)
{
	for (size_t i = 0; i < g->access_count; i++) {
		if (g->access[i].limits.cap != CAP_NONE &&
		        consent_limit_read(
		                language_of(rq), &g->access[i].limits, c->limits[i], &c->lower[i]))
			return false;
	}
	return true;
}

enum result consent_choice_read(struct http_request *rq, const struct interaction_row *i,
        const struct page_form *f, struct consent_choice *out, const char **problem)
{
	enum result r = read_shown(rq, i, page_field(f, "shown"), out);

	if (!r)
		r = read_texts(rq, f, out);
	if (r)
		return r;
	*problem = NULL;
	if (!until_is_right(rq, out))
		*problem = words(rq, "The last day must be a day from today on.");
	else if (!limits_are_right(rq, &i->grant, out))
		*problem = words(rq, "A limit must be an amount above zero, and no more than was "
		                     "asked for.");
	return *problem ? RESULT_THEIRS_MALFORMED : RESULT_OK;
}

/* ---- what it means ---- */

void consent_choice_apply(const struct consent_choice *c, const struct interaction_row *i,
        struct interaction_row *out)
{
	*out = *i;
	for (size_t k = 0; k < out->grant.access_count; k++)
		if (c->lower[k])
			out->grant.access[k].limits.amount = c->lower[k];
}

json_t *consent_choice_fields(const struct consent_choice *c)
{
	json_t *list = json_pack("[{s:s,s:s}]", "name", "until", "value", c->until);
	char name[NAME_SIZE];

	for (size_t i = 0; i < ACCESS_ITEMS_MAX; i++)
		if (c->limits[i][0])
			(void)json_array_append_new(
			        list, json_pack("{s:s,s:s}", "name", limit_name(i, name), "value",
			                      c->limits[i]));
	return list;
}

void consent_choice_fill(const struct consent_choice *c, json_t *view)
{
	json_t *limit;
	size_t n;

	(void)json_object_set_new(view, "until", json_string(c->until));
	json_array_foreach(json_object_get(view, "limits"), n, limit)
	{
		const char *name = json_string_value(json_object_get(limit, "name"));
		char of[NAME_SIZE];

		for (size_t i = 0; i < ACCESS_ITEMS_MAX; i++)
			if (name && strcmp(name, limit_name(i, of)) == 0)
				(void)json_object_set_new(
				        limit, "typed", json_string(c->limits[i]));
	}
}

void consent_choice_name(const struct consent_choice *c, const struct interaction_row *i,
        char out[CONSENT_CHOICE_NAME_SIZE])
{
	static const char start[] = "consent ";
	uint8_t text[128], hash[32];
	struct buf b;

	_Static_assert(sizeof(start) + BASE64_LEN(32) <= CONSENT_CHOICE_NAME_SIZE, "room");
	_Static_assert(16 + 32 + 8 + 8 * ACCESS_ITEMS_MAX <= sizeof(text), "room");
	buf_init(&b, text, sizeof(text));
	buf_put(&b, i->id.b, sizeof(i->id.b));
	buf_put(&b, c->shown, sizeof(c->shown));
	buf_u64(&b, (uint64_t)c->ends_ms);
	for (size_t k = 0; k < ACCESS_ITEMS_MAX; k++)
		buf_u64(&b, c->lower[k]);
	sha256(buf_view(&b), hash);
	text_copy_cut(out, CONSENT_CHOICE_NAME_SIZE, start);
	base64_encode(
	        bytes_of(hash, sizeof(hash)), BASE64_URL | BASE64_NO_PAD, out + sizeof(start) - 1);
}
