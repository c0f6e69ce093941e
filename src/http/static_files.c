#include "http/static_files.h"

#include <stdbool.h>
#include <string.h>

#include "http/reply.h"

#define CACHE_CONTROL "public, max-age=3600"

const struct static_file *static_file_find(const char *path, size_t n)
{
	for (size_t i = 0; i < static_file_count; i++) {
		const struct static_file *f = &static_files[i];

		if (strncmp(f->path, path, n) == 0 && f->path[n] == '\0')
			return f;
	}
	return NULL;
}

/* Weak comparison over the list: a tag with W/ before it is the same content. */
static bool names_tag(const char *field, const char *etag)
{
	return field && (strcmp(field, "*") == 0 || strstr(field, etag));
}

enum http_next static_files_get(struct http_request *rq)
{
	const struct static_file *f = static_file_find(rq->target, strcspn(rq->target, "?"));

	if (!f)
		return http_reply_error(rq, 404, "not_found", "no such file");
	http_reply_header(rq, "ETag", f->etag);
	http_reply_header(rq, "Cache-Control", CACHE_CONTROL);
	if (names_tag(http_header(rq, "If-None-Match"), f->etag))
		return http_reply_empty(rq, 304);
	return http_reply_bytes(rq, 200, f->type, f->content);
}
