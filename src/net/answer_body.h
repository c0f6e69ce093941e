/* answer_body: an answer's body in memory that grows up to a maximum. Private to src/net. */
#ifndef FLORIN_NET_ANSWER_BODY_H
#define FLORIN_NET_ANSWER_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define ANSWER_BODY_START 1024

struct answer_body {
	uint8_t *p; /* malloc'd; a NUL after the n bytes */
	size_t n, cap, max;
};

/* Errors: THEIRS_TOO_BIG (more than max), OURS_MEMORY; the body is then as it was. */
MUST_USE enum result answer_body_add(struct answer_body *b, struct bytes more);

#endif
