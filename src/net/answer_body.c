#include "net/answer_body.h"

#include <stdlib.h>
#include <string.h>

static enum result grow(struct answer_body *b, size_t need)
{
	size_t cap = b->cap ? b->cap : ANSWER_BODY_START;
	uint8_t *p;

	if (need <= b->cap)
		return RESULT_OK;
	while (cap < need)
		cap *= 2;
	p = realloc(b->p, cap);
	if (!p)
		return RESULT_OURS_MEMORY;
	b->p = p;
	b->cap = cap;
	return RESULT_OK;
}

enum result answer_body_add(struct answer_body *b, struct bytes more)
{
	enum result r;

	if (more.n > b->max - b->n)
		return RESULT_THEIRS_TOO_BIG;
	r = grow(b, b->n + more.n + 1);
	if (r)
		return r;
	if (more.n)
		memcpy(b->p + b->n, more.p, more.n);
	b->n += more.n;
	b->p[b->n] = '\0';
	return RESULT_OK;
}
