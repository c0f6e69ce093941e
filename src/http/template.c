#include "http/template.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "http/static_files.h"

#define NAME_BYTES  64
#define FIRST_BYTES 8192

struct scope {
	const struct scope *outer;
	const json_t *value;
};

struct render {
	char *p;
	size_t n, cap;
	const char *page;
	const struct language *language;
};

/* One {{tag}}, or a [[message]]. */
struct tag {
	char kind;             /* # ^ / > [ or 0 for a name */
	char name[NAME_BYTES]; /* "" of a message */
	const char *begin;     /* of "{{" */
	const char *end;       /* after "}}" */
};

static enum result run(
        struct render *r, const char *p, const char *end, const struct scope *s, unsigned depth);

static enum result bug(const struct render *r, const char *what, const char *name)
{
	log_error("template", "page=%s what=\"%s\" name=%s", r->page, what, name);
	return RESULT_OURS_BUG;
}

/* ---- what comes out ---- */

static enum result put(struct render *r, const char *s, size_t n)
{
	if (n == 0)
		return RESULT_OK;
	if (n > r->cap - r->n) {
		size_t cap = r->cap ? r->cap * 2 : FIRST_BYTES;
		char *grown;

		while (cap - r->n < n && cap <= TEMPLATE_OUT_MAX)
			cap *= 2;
		if (cap > TEMPLATE_OUT_MAX)
			return RESULT_THEIRS_TOO_BIG;
		grown = realloc(r->p, cap);
		if (!grown)
			return RESULT_OURS_MEMORY;
		r->p = grown;
		r->cap = cap;
	}
	memcpy(r->p + r->n, s, n);
	r->n += n;
	return RESULT_OK;
}

static const char *escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static enum result put_escaped(struct render *r, const char *s)
{
	enum result result = RESULT_OK;

	while (*s && !result) {
		size_t n = strcspn(s, "&<>\"'");

		result = put(r, s, n);
		s += n;
		if (*s && !result) {
			const char *escape = escape_of(*s++);

			result = put(r, escape, strlen(escape));
		}
	}
	return result;
}

/* ---- what is shown ---- */

static const json_t *find(const struct scope *s, const char *name)
{
	if (strcmp(name, ".") == 0)
		return s->value;
	for (; s; s = s->outer) {
		const json_t *v = json_object_get(s->value, name);

		if (v)
			return v;
	}
	return NULL;
}

static bool shows(const json_t *v)
{
	if (json_is_string(v))
		return json_string_length(v) > 0;
	if (json_is_array(v))
		return json_array_size(v) > 0;
	return json_is_object(v) || json_is_true(v) || json_is_integer(v);
}

static enum result put_value(struct render *r, const struct scope *s, const char *name)
{
	const json_t *v = find(s, name);
	char number[24];

	if (json_is_string(v))
		return put_escaped(r, json_string_value(v));
	if (!json_is_integer(v))
		return bug(r, "no such text", name);
	(void)snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
	return put(r, number, strlen(number));
}

/* ---- tags ---- */

/* The next tag in [p, end). Errors: THEIRS_NOT_FOUND (none), THEIRS_MALFORMED. */
static enum result next_tag(const char *p, const char *end, struct tag *out)
{
	const char *close;
	size_t n;

	while (p < end - 1 && !((p[0] == '{' || p[0] == '[') && p[1] == p[0]))
		p++;
	if (p >= end - 1)
		return RESULT_THEIRS_NOT_FOUND;
	out->begin = p;
	if (p[0] == '[') {
		out->kind = '[';
		out->name[0] = '\0';
		close = memmem(p, (size_t)(end - p), "]]", 2);
		out->end = close ? close + 2 : NULL;
		return close ? RESULT_OK : RESULT_THEIRS_MALFORMED;
	}
	p += 2;
	close = memchr(p, '}', (size_t)(end - p));
	if (!close || close + 1 >= end || close[1] != '}')
		return RESULT_THEIRS_MALFORMED;
	out->end = close + 2;
	out->kind = '\0';
	if (p < close && strchr("#^/>", *p))
		out->kind = *p++;
	n = (size_t)(close - p);
	if (n == 0 || n >= sizeof(out->name))
		return RESULT_THEIRS_MALFORMED;
	memcpy(out->name, p, n);
	out->name[n] = '\0';
	return RESULT_OK;
}

/* The tag that closes the section. */
static enum result find_close(const char *p, const char *end, const char *name, struct tag *out)
{
	unsigned open = 1;
	enum result result;

	for (;;) {
		result = next_tag(p, end, out);
		if (result)
			return result;
		p = out->end;
		if (strcmp(out->name, name) != 0)
			continue;
		if (out->kind == '#' || out->kind == '^')
			open++;
		if (out->kind == '/' && --open == 0)
			return RESULT_OK;
	}
}

static enum result part(struct render *r, const char *name, const struct scope *s, unsigned depth)
{
	char path[NAME_BYTES + 16];
	const struct static_file *f;
	const char *text;
	int n = snprintf(path, sizeof(path), "/pages/%s.html", name);

	f = static_file_find(path, (size_t)n);
	if (!f)
		return bug(r, "no such template", name);
	if (depth > TEMPLATE_DEPTH_MAX)
		return bug(r, "too deep", name);
	text = (const char *)f->content.p;
	return run(r, text, text + f->content.n, s, depth + 1);
}

static enum result section(struct render *r, const struct tag *open, const struct tag *close,
        const struct scope *s, unsigned depth)
{
	const json_t *v = find(s, open->name);
	struct scope inner = {s, v};
	enum result result = RESULT_OK;

	if (depth > TEMPLATE_DEPTH_MAX)
		return bug(r, "too deep", open->name);
	if (open->kind == '^')
		return shows(v) ? RESULT_OK : run(r, open->end, close->begin, s, depth + 1);
	if (!shows(v))
		return RESULT_OK;
	if (!json_is_array(v))
		return run(r, open->end, close->begin, &inner, depth + 1);
	for (size_t i = 0; i < json_array_size(v) && !result; i++) {
		inner.value = json_array_get(v, i);
		result = run(r, open->end, close->begin, &inner, depth + 1);
	}
	return result;
}

/* What stands in the message is looked at again: the same names, in another order. */
static enum result message(
        struct render *r, const struct tag *m, const struct scope *s, unsigned depth)
{
	const char *text = m->begin + 2;
	size_t n = (size_t)(m->end - 2 - text);
	const char *said = words_find(r->language, text, n, 0);

	if (depth > TEMPLATE_DEPTH_MAX)
		return bug(r, "too deep", "[[");
	if (said) {
		text = said;
		n = strlen(said);
	}
	return run(r, text, text + n, s, depth + 1);
}

static enum result run(
        struct render *r, const char *p, const char *end, const struct scope *s, unsigned depth)
{
	struct tag tag, close;
	enum result result;

	for (;;) {
		result = next_tag(p, end, &tag);
		if (result == RESULT_THEIRS_NOT_FOUND)
			return put(r, p, (size_t)(end - p));
		if (result)
			return bug(r, "a tag is not closed", "-");
		result = put(r, p, (size_t)(tag.begin - p));
		p = tag.end;
		if (result)
			return result;
		if (tag.kind == '#' || tag.kind == '^') {
			if (find_close(p, end, tag.name, &close))
				return bug(r, "a section is not closed", tag.name);
			result = section(r, &tag, &close, s, depth);
			p = close.end;
		} else if (tag.kind == '>') {
			result = part(r, tag.name, s, depth);
		} else if (tag.kind == '[') {
			result = message(r, &tag, s, depth);
		} else if (tag.kind == '/') {
			result = bug(r, "nothing to close", tag.name);
		} else {
			result = put_value(r, s, tag.name);
		}
		if (result)
			return result;
	}
}

static enum result finish(struct render *r, enum result result, struct bytes *out)
{
	if (result) {
		free(r->p);
		return result;
	}
	*out = bytes_of(r->p, r->n);
	return RESULT_OK;
}

enum result template_render(
        const char *name, const json_t *view, const struct language *language, struct bytes *out)
{
	struct render r = {.page = name, .language = language};
	const struct scope outermost = {NULL, view};

	return finish(&r, part(&r, name, &outermost, 0), out);
}

enum result template_render_text(
        const char *text, const json_t *view, const struct language *language, struct bytes *out)
{
	struct render r = {.page = "-", .language = language};
	const struct scope outermost = {NULL, view};

	return finish(&r, run(&r, text, text + strlen(text), &outermost, 0), out);
}
