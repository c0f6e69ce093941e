#include "net/http_answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_START       256
#define STATUS_LINE_MIN  12 /* "HTTP/1.1 200" */
#define CHUNK_DIGITS_MAX 15
#define LENGTH_MAX       (UINT64_MAX / 16)

void http_answer_begin(struct http_answer *a, struct answer_body body)
{
	a->status = 0;
	a->keeps = true;
	a->type[0] = '\0';
	a->body = body;
	a->body.n = 0;
	a->state = HTTP_ANSWER_STATUS;
	a->head_bytes = 0;
	a->old = a->chunked = a->has_length = false;
	a->left = 0;
	a->line_n = 0;
}

void http_answer_clear(struct http_answer *a)
{
	free(a->line);
	a->line = NULL;
	a->line_n = a->line_cap = 0;
}

bool http_answer_is_whole(const struct http_answer *a)
{
	return a->state == HTTP_ANSWER_WHOLE;
}

/* ---- fields ---- */

static bool is_token_character(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static struct bytes trimmed(struct bytes s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = bytes_of(s.p + 1, s.n - 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* Whatever the case of its letters. */
static bool is_word(struct bytes s, const char *word)
{
	return s.n == strlen(word) && strncasecmp((const char *)s.p, word, s.n) == 0;
}

static bool lists(struct bytes value, const char *word)
{
	while (value.n) {
		const uint8_t *comma = memchr(value.p, ',', value.n);
		size_t n = comma ? (size_t)(comma - value.p) : value.n;

		if (is_word(trimmed(bytes_of(value.p, n)), word))
			return true;
		n += comma != NULL;
		value = bytes_of(value.p + n, value.n - n);
	}
	return false;
}

static void take_type(struct http_answer *a, struct bytes value)
{
	size_t n = 0;

	for (; n < value.n && n < sizeof(a->type) - 1; n++) {
		uint8_t c = value.p[n];

		if (c == ';' || c == ' ' || c == '\t')
			break;
		a->type[n] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	a->type[n] = '\0';
}

/* Twice the same length is still one length. */
static enum result take_length(struct http_answer *a, struct bytes value)
{
	uint64_t n = 0;

	if (value.n == 0)
		return RESULT_THEIRS_PROTOCOL;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return RESULT_THEIRS_PROTOCOL;
		if (n > LENGTH_MAX)
			return RESULT_THEIRS_TOO_BIG;
		n = n * 10 + (uint64_t)(value.p[i] - '0');
	}
	if (a->has_length && a->left != n)
		return RESULT_THEIRS_PROTOCOL;
	a->has_length = true;
	a->left = n;
	return RESULT_OK;
}

static enum result take_field(struct http_answer *a, struct bytes line)
{
	const uint8_t *colon = memchr(line.p, ':', line.n);
	struct bytes name, value;

	/* A line that begins with a blank once continued the one before: readers differ on it. */
	if (!colon || colon == line.p)
		return RESULT_THEIRS_PROTOCOL;
	name = bytes_of(line.p, (size_t)(colon - line.p));
	for (size_t i = 0; i < name.n; i++) {
		if (!is_token_character(name.p[i]))
			return RESULT_THEIRS_PROTOCOL;
	}
	value = trimmed(bytes_of(colon + 1, line.n - name.n - 1));
	if (a->state == HTTP_ANSWER_TRAILER)
		return RESULT_OK;
	if (is_word(name, "content-length"))
		return take_length(a, value);
	if (is_word(name, "transfer-encoding")) {
		if (a->chunked || !is_word(value, "chunked"))
			return RESULT_THEIRS_PROTOCOL;
		a->chunked = true;
	} else if (is_word(name, "connection")) {
		if (lists(value, "close"))
			a->keeps = false;
	} else if (is_word(name, "content-type")) {
		take_type(a, value);
	}
	return RESULT_OK;
}

/* ---- lines ---- */

static bool may_begin_status(const uint8_t *p, size_t n)
{
	static const char begin[] = "HTTP/1.";

	return memcmp(p, begin, n < sizeof(begin) - 1 ? n : sizeof(begin) - 1) == 0;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static enum result take_status(struct http_answer *a, struct bytes line)
{
	const uint8_t *p = line.p;

	if (line.n < STATUS_LINE_MIN || !may_begin_status(p, line.n) ||
	        (p[7] != '0' && p[7] != '1') || p[8] != ' ' || p[9] < '1' || p[9] > '5' ||
	        !is_digit(p[10]) || !is_digit(p[11]) || (line.n > 12 && p[12] != ' '))
		return RESULT_THEIRS_PROTOCOL;
	a->status = (p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0');
	if (a->status == 101)
		return RESULT_THEIRS_PROTOCOL; /* we asked for no other protocol */
	a->old = p[7] == '0';
	a->keeps = !a->old;
	a->chunked = a->has_length = false;
	a->left = 0;
	a->type[0] = '\0';
	a->state = HTTP_ANSWER_FIELD;
	return RESULT_OK;
}

static enum result end_head(struct http_answer *a)
{
	if (a->status < 200) {
		a->state = HTTP_ANSWER_STATUS;
		return RESULT_OK;
	}
	/* RFC 9112 6.3: with both, one of the two is a lie. */
	if (a->chunked && (a->has_length || a->old))
		return RESULT_THEIRS_PROTOCOL;
	if (a->status == 204 || a->status == 304)
		a->state = HTTP_ANSWER_WHOLE;
	else if (a->chunked)
		a->state = HTTP_ANSWER_CHUNK;
	else if (!a->has_length)
		a->state = HTTP_ANSWER_REST;
	else
		a->state = a->left ? HTTP_ANSWER_SIZED : HTTP_ANSWER_WHOLE;
	if (a->state == HTTP_ANSWER_REST)
		a->keeps = false;
	if (a->state == HTTP_ANSWER_SIZED && a->left > a->body.max)
		return RESULT_THEIRS_TOO_BIG;
	return RESULT_OK;
}

static enum result take_chunk(struct http_answer *a, struct bytes line)
{
	uint64_t size = 0;
	size_t n = 0;

	for (; n < line.n && hex_digit((char)line.p[n]) >= 0; n++) {
		if (n == CHUNK_DIGITS_MAX)
			return RESULT_THEIRS_TOO_BIG;
		size = size * 16 + (uint64_t)hex_digit((char)line.p[n]);
	}
	/* Extensions say nothing to us. */
	if (n == 0 || (n < line.n && line.p[n] != ';'))
		return RESULT_THEIRS_PROTOCOL;
	if (size > a->body.max - a->body.n)
		return RESULT_THEIRS_TOO_BIG;
	a->left = size;
	a->state = size ? HTTP_ANSWER_DATA : HTTP_ANSWER_TRAILER;
	return RESULT_OK;
}

/* A line without its end. */
static enum result dispatch(struct http_answer *a, struct bytes line)
{
	switch (a->state) {
	case HTTP_ANSWER_STATUS:
		return take_status(a, line);
	case HTTP_ANSWER_FIELD:
		return line.n ? take_field(a, line) : end_head(a);
	case HTTP_ANSWER_CHUNK:
		return take_chunk(a, line);
	case HTTP_ANSWER_CHUNK_END:
		a->state = HTTP_ANSWER_CHUNK;
		return line.n ? RESULT_THEIRS_PROTOCOL : RESULT_OK;
	case HTTP_ANSWER_TRAILER:
		if (line.n)
			return take_field(a, line);
		a->state = HTTP_ANSWER_WHOLE;
		return RESULT_OK;
	case HTTP_ANSWER_SIZED:
	case HTTP_ANSWER_REST:
	case HTTP_ANSWER_DATA:
	case HTTP_ANSWER_WHOLE:
		break;
	}
	return RESULT_OURS_BUG;
}

static enum result keep_line(struct http_answer *a, struct bytes piece)
{
	size_t cap = a->line_cap ? a->line_cap : LINE_START;
	uint8_t *p;

	while (cap < a->line_n + piece.n)
		cap *= 2;
	if (cap > a->line_cap) {
		p = realloc(a->line, cap);
		if (!p)
			return RESULT_OURS_MEMORY;
		a->line = p;
		a->line_cap = cap;
	}
	memcpy(a->line + a->line_n, piece.p, piece.n);
	a->line_n += piece.n;
	return RESULT_OK;
}

/* Each chunk brings at least a byte of the body, which is bounded: its line need not be counted. */
static enum result count_head(struct http_answer *a, size_t n)
{
	if (a->state == HTTP_ANSWER_CHUNK || a->state == HTTP_ANSWER_CHUNK_END)
		return a->line_n + n > HTTP_ANSWER_CHUNK_MAX ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
	a->head_bytes += n;
	return a->head_bytes > HTTP_ANSWER_HEAD_MAX ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}

/* Takes a line, or its beginning. */
static enum result take_line(struct http_answer *a, struct bytes in, size_t *used)
{
	const uint8_t *end = memchr(in.p, '\n', in.n);
	struct bytes line = bytes_of(in.p, end ? (size_t)(end - in.p) + 1 : in.n);
	enum result r = count_head(a, line.n);

	*used = line.n;
	if (!r && (a->line_n || !end)) {
		r = keep_line(a, line);
		line = bytes_of(a->line, a->line_n);
	}
	if (r)
		return r;
	/* Another protocol need not send a line at all. */
	if (a->state == HTTP_ANSWER_STATUS && !may_begin_status(line.p, line.n))
		return RESULT_THEIRS_PROTOCOL;
	if (!end)
		return RESULT_OK;
	a->line_n = 0;
	if (line.n < 2 || line.p[line.n - 2] != '\r')
		return RESULT_THEIRS_PROTOCOL;
	line.n -= 2;
	for (size_t i = 0; i < line.n; i++) {
		if ((line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7f)
			return RESULT_THEIRS_PROTOCOL;
	}
	return dispatch(a, line);
}

static enum result take_data(struct http_answer *a, struct bytes in, size_t *used)
{
	bool bounded = a->state != HTTP_ANSWER_REST;
	size_t n = bounded && a->left < in.n ? (size_t)a->left : in.n;

	*used = n;
	if (bounded)
		a->left -= n;
	if (bounded && a->left == 0)
		a->state = a->state == HTTP_ANSWER_DATA ? HTTP_ANSWER_CHUNK_END : HTTP_ANSWER_WHOLE;
	return answer_body_add(&a->body, bytes_of(in.p, n));
}

enum result http_answer_take(struct http_answer *a, struct bytes in, size_t *used)
{
	enum result r = RESULT_OK;
	size_t taken = 0;

	while (!r && taken < in.n && !http_answer_is_whole(a)) {
		struct bytes rest = bytes_of(in.p + taken, in.n - taken);
		bool data = a->state == HTTP_ANSWER_SIZED || a->state == HTTP_ANSWER_REST ||
		            a->state == HTTP_ANSWER_DATA;
		size_t n = 0;

		r = data ? take_data(a, rest, &n) : take_line(a, rest, &n);
		taken += n;
	}
	*used = taken;
	return r;
}

enum result http_answer_end(struct http_answer *a)
{
	if (a->state == HTTP_ANSWER_REST)
		a->state = HTTP_ANSWER_WHOLE;
	return http_answer_is_whole(a) ? RESULT_OK : RESULT_RETRY_UNKNOWN;
}
