#include "web/link.h"

#include <string.h>

#include "codec/form.h"

const char *link_make(
        struct http_request *rq, const char *path, const struct http_pair *pairs, size_t n)
{
	char *storage = arena_alloc(&rq->arena, LINK_MAX + 1);
	char mark = '?';
	struct buf out;

	if (!storage)
		return NULL;
	buf_init(&out, storage, LINK_MAX);
	buf_put(&out, path, strlen(path));
	for (size_t i = 0; i < n; i++) {
		if (!pairs[i].value || !*pairs[i].value)
			continue;
		buf_u8(&out, (uint8_t)mark);
		mark = '&';
		form_escape(bytes_str(pairs[i].name), &out);
		buf_u8(&out, '=');
		form_escape(bytes_str(pairs[i].value), &out);
	}
	if (out.failed)
		return NULL;
	storage[out.len] = '\0';
	return storage;
}

const char *link_query(struct http_request *rq, const char *name)
{
	const char *query = strchr(rq->target, '?'), *text;
	struct form *form = arena_alloc(&rq->arena, sizeof(*form));
	char *storage;

	query = query ? query + 1 : "";
	storage = arena_alloc(&rq->arena, strlen(query) + 1);
	if (!form || !storage || form_decode(bytes_str(query), storage, form))
		text = http_query(rq, name);
	else
		text = form_get(form, name);
	return text ? text : "";
}

const char *link_trimmed(struct http_request *rq, const char *text)
{
	char *copy = arena_strdup(&rq->arena, text + strspn(text, " "));
	size_t n = copy ? strlen(copy) : 0;

	while (n > 0 && copy[n - 1] == ' ')
		copy[--n] = '\0';
	return copy ? copy : "";
}
