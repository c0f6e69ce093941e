#include "codec/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/amount.h"
#include "base/text.h"

#define FIRST_BYTES 1024

void json_text_init(struct json_text *t)
{
	*t = (struct json_text){.p = NULL};
}

void json_text_clear(struct json_text *t)
{
	free(t->p);
	json_text_init(t);
}

char *json_text_take(struct json_text *t, size_t *n)
{
	char *p = t->failed ? NULL : t->p;

	*n = p ? t->n : 0;
	if (!p)
		free(t->p);
	json_text_init(t);
	return p;
}

/* n more bytes, and the NUL behind them. */
static char *room(struct json_text *t, size_t n)
{
	size_t need = t->n + n + 1, cap = t->cap ? t->cap : FIRST_BYTES;
	char *grown;

	if (t->failed)
		return NULL;
	if (need > t->cap) {
		while (cap < need)
			cap *= 2;
		grown = realloc(t->p, cap);
		if (!grown) {
			t->failed = true;
			return NULL;
		}
		t->p = grown;
		t->cap = cap;
	}
	grown = t->p + t->n;
	t->n += n;
	t->p[t->n] = '\0';
	return grown;
}

static void put(struct json_text *t, const char *s, size_t n)
{
	char *to = room(t, n);

	if (to)
		memcpy(to, s, n);
}

/* What stands before a value. */
static void begin(struct json_text *t, const char *name)
{
	char last = t->n ? t->p[t->n - 1] : '[';

	if (last != '[' && last != '{' && last != ':')
		put(t, ",", 1);
	if (name) {
		put(t, "\"", 1);
		put(t, name, strlen(name));
		put(t, "\":", 2);
	}
}

void json_text_object(struct json_text *t, const char *name)
{
	begin(t, name);
	put(t, "{", 1);
}

void json_text_array(struct json_text *t, const char *name)
{
	begin(t, name);
	put(t, "[", 1);
}

void json_text_end_object(struct json_text *t)
{
	put(t, "}", 1);
}

void json_text_end_array(struct json_text *t)
{
	put(t, "]", 1);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static void put_escape(struct json_text *t, unsigned char c)
{
	static const char short_of[] = {
	        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	char text[8] = {'\\', (char)c};
	int n = 2;

	if (c < sizeof(short_of) && short_of[c])
		text[1] = short_of[c];
	else if (c < 0x20)
		n = snprintf(text, sizeof(text), "\\u%04X", c);
	put(t, text, (size_t)n);
}

static void put_string(struct json_text *t, const char *s)
{
	const char *from = s;

	if (!text_is_utf8(s, strlen(s)))
		t->failed = true;
	put(t, "\"", 1);
	for (; *s; s++) {
		if (is_plain((unsigned char)*s))
			continue;
		put(t, from, (size_t)(s - from));
		put_escape(t, (unsigned char)*s);
		from = s + 1;
	}
	put(t, from, (size_t)(s - from));
	put(t, "\"", 1);
}

void json_text_name(struct json_text *t, const char *name)
{
	begin(t, NULL);
	put_string(t, name);
	put(t, ":", 1);
}

void json_text_string(struct json_text *t, const char *name, const char *s)
{
	begin(t, name);
	put_string(t, s);
}

void json_text_int(struct json_text *t, const char *name, int64_t v)
{
	char text[24];

	begin(t, name);
	put(t, text, (size_t)snprintf(text, sizeof(text), "%lld", (long long)v));
}

void json_text_bool(struct json_text *t, const char *name, bool v)
{
	json_text_raw(t, name, v ? "true" : "false");
}

void json_text_null(struct json_text *t, const char *name)
{
	json_text_raw(t, name, "null");
}

void json_text_raw(struct json_text *t, const char *name, const char *json)
{
	begin(t, name);
	put(t, json, strlen(json));
}

void json_text_amount(
        struct json_text *t, const char *name, uint64_t units, const char *code, unsigned scale)
{
	char value[AMOUNT_TEXT_SIZE];

	amount_format_major(units, 0, value);
	json_text_object(t, name);
	json_text_string(t, "value", value);
	json_text_string(t, "assetCode", code);
	json_text_int(t, "assetScale", scale);
	json_text_end_object(t);
}
