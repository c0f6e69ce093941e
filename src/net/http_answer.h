/* http_answer: reads one HTTP/1 answer as its bytes arrive.
 *
 * Strict, because what follows decides about money: anything that two readers could take for two
 * things is refused. Informational answers (1xx) are skipped. No I/O; private to src/net.
 *
 * Spec: RFC 9112 (4, 5, 6, 7.1); RFC 9110 15.2.
 */
#ifndef FLORIN_NET_HTTP_ANSWER_H
#define FLORIN_NET_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "net/answer_body.h"

#define HTTP_ANSWER_HEAD_MAX  32768 /* bytes of all status lines, fields and trailers */
#define HTTP_ANSWER_CHUNK_MAX 256   /* characters of a chunk's size with its extensions */
#define HTTP_ANSWER_TYPE_SIZE 96

enum http_answer_state {
	HTTP_ANSWER_STATUS,
	HTTP_ANSWER_FIELD,
	HTTP_ANSWER_SIZED,     /* body of a known length */
	HTTP_ANSWER_REST,      /* body up to the end of the connection */
	HTTP_ANSWER_CHUNK,     /* size of a chunk */
	HTTP_ANSWER_DATA,      /* of a chunk */
	HTTP_ANSWER_CHUNK_END, /* the empty line after it */
	HTTP_ANSWER_TRAILER,
	HTTP_ANSWER_WHOLE,
};

struct http_answer {
	/* found, once it is whole */
	int status;
	bool keeps;                       /* the connection may carry another request */
	char type[HTTP_ANSWER_TYPE_SIZE]; /* media type, lower case, without parameters */
	struct answer_body body;          /* its memory is the caller's */

	/* private */
	enum http_answer_state state;
	size_t head_bytes;
	bool old; /* HTTP/1.0 */
	bool chunked;
	bool has_length;
	uint64_t left; /* of the body, or of the chunk */
	uint8_t *line; /* malloc'd: the beginning of a line whose end has not come */
	size_t line_n, line_cap;
};

/* Begins an answer. `body` brings memory, or none, and the maximum; the line's memory of an earlier
 * answer is kept: zero the struct before its first use. */
void http_answer_begin(struct http_answer *a, struct answer_body body);
/* Frees all but the body. */
void http_answer_clear(struct http_answer *a);
/* Takes what arrived. Once the answer is whole, *used tells how much of `in` belonged to it; else
 * it is all. Errors: THEIRS_PROTOCOL (not HTTP/1, or ambiguous), THEIRS_TOO_BIG (head or body),
 * OURS_MEMORY. After an error the answer is not to be used. */
MUST_USE enum result http_answer_take(struct http_answer *a, struct bytes in, size_t *used);
bool http_answer_is_whole(const struct http_answer *a);
/* The connection ended: OK where that is how the body ends, and the answer is whole then. Errors:
 * RETRY_UNKNOWN (it is not whole). */
MUST_USE enum result http_answer_end(struct http_answer *a);

#endif
