#include "http/target.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

static unsigned hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return (unsigned)((c | 0x20) - 'a') + 10;
}

/* The gate has seen to it that each escape has two hex digits. */
static size_t unescape(const char *s, size_t n, char *out)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '%' && i + 2 < n) {
			out[used++] = (char)(hex_value(s[i + 1]) << 4 | hex_value(s[i + 2]));
			i += 2;
		} else {
			out[used++] = s[i];
		}
	}
	out[used] = '\0';
	return used;
}

/* Decodes n characters at *to, where there is room, and moves *to behind the NUL. */
static enum result decode(const char *s, size_t n, char **to, const char **out)
{
	size_t used = unescape(s, n, *to);

	if (!text_is_clean_utf8(*to, used))
		return RESULT_THEIRS_MALFORMED;
	*out = *to;
	*to += used + 1;
	return RESULT_OK;
}

static enum result split_path(struct http_request *rq, const char *s, size_t n, char **to)
{
	const char *end = s + n;

	s++; /* the first slash */
	if (s == end)
		return RESULT_OK;
	for (;;) {
		const char *slash = memchr(s, '/', (size_t)(end - s));
		size_t len = (size_t)((slash ? slash : end) - s);
		const char *segment;
		enum result r;

		if (rq->segment_count == HTTP_SEGMENTS_MAX)
			return RESULT_THEIRS_TOO_BIG;
		r = decode(s, len, to, &segment);
		if (r)
			return r;
		if (strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
			return RESULT_THEIRS_MALFORMED;
		rq->segments[rq->segment_count++] = segment;
		if (!slash)
			return RESULT_OK;
		s = slash + 1;
	}
}

static enum result split_query(struct http_request *rq, const char *s, char **to)
{
	while (*s) {
		size_t n = strcspn(s, "&"), name_n = 0;
		struct http_pair pair;
		enum result r;

		while (name_n < n && s[name_n] != '=')
			name_n++;
		if (n > 0) {
			size_t value_at = name_n < n ? name_n + 1 : n;

			if (rq->query_count == HTTP_QUERY_MAX)
				return RESULT_THEIRS_TOO_BIG;
			r = decode(s, name_n, to, &pair.name);
			if (!r)
				r = decode(s + value_at, n - value_at, to, &pair.value);
			if (r)
				return r;
			if (http_query(rq, pair.name))
				return RESULT_THEIRS_MALFORMED;
			rq->query[rq->query_count++] = pair;
		}
		s += n;
		if (*s == '&')
			s++;
	}
	return RESULT_OK;
}

enum result target_split(struct http_request *rq)
{
	const char *query = strchr(rq->target, '?');
	size_t n = strlen(rq->target);
	size_t path_n = query ? (size_t)(query - rq->target) : n;
	enum result r;
	char *to;

	assert(rq->target[0] == '/');
	rq->segment_count = 0;
	rq->query_count = 0;
	/* Decoding never lengthens. Each piece adds a NUL and takes the place of a separator, but
	 * for the two that a query member without '=' adds. */
	to = arena_alloc(&rq->arena, n + HTTP_SEGMENTS_MAX + 2 * HTTP_QUERY_MAX + 2);
	if (!to)
		return RESULT_OURS_MEMORY;
	r = split_path(rq, rq->target, path_n, &to);
	if (!r && query)
		r = split_query(rq, query + 1, &to);
	return r;
}
