/* static_files: the files of www/, built into the program. */
#ifndef FLORIN_HTTP_STATIC_FILES_H
#define FLORIN_HTTP_STATIC_FILES_H

#include <stddef.h>

#include "base/bytes.h"
#include "http/request.h"

struct static_file {
	const char *path; /* as requested: "/robots.txt" */
	const char *type;
	const char *etag; /* with its quotes; changes with the content */
	struct bytes content;
};

/* Made at build time by scripts/embed-files. */
extern const struct static_file static_files[];
extern const size_t static_file_count;

/* The file of this path; NULL where there is none. */
const struct static_file *static_file_find(const char *path, size_t n);

/* Handler for "/favicon.ico", "/robots.txt" and "/static/{file}": 200, 304 where If-None-Match
 * names the present content (RFC 9110 13.1.2), 404. */
enum http_next static_files_get(struct http_request *rq);

#endif
