#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t cap;
	alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){.max = max};
}

void arena_limit(struct arena *a, size_t max)
{
	a->max = max > a->taken ? max : a->taken;
}

void arena_clear(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	a->used = 0;
	a->taken = 0;
}

void arena_reset(struct arena *a)
{
	struct arena_block *kept = NULL, *b = a->blocks;

	while (b) {
		struct arena_block *next = b->next;

		if (!kept && b->cap == ARENA_BLOCK_BYTES) {
			kept = b;
			kept->next = NULL;
			kept->used = 0;
		} else {
			free(b);
		}
		b = next;
	}
	a->blocks = kept;
	a->used = 0;
	a->taken = kept ? kept->cap : 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t align = alignof(max_align_t);
	struct arena_block *b = a->blocks;
	void *out;

	if (n > a->max)
		return NULL;
	n = (n + align - 1) / align * align;
	if (!b || n > b->cap - b->used) {
		size_t cap = n > ARENA_BLOCK_BYTES ? n : ARENA_BLOCK_BYTES;

		if (cap > a->max - a->taken && n <= a->max - a->taken)
			cap = n;
		if (cap > a->max - a->taken)
			return NULL;
		b = malloc(sizeof(*b) + cap);
		if (!b)
			return NULL;
		b->next = a->blocks;
		b->used = 0;
		b->cap = cap;
		a->blocks = b;
		a->taken += cap;
	}
	out = b->data + b->used;
	b->used += n;
	a->used += n;
	memset(out, 0, n);
	return out;
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *out = arena_alloc(a, n);

	if (out && n)
		memcpy(out, p, n);
	return out;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *out = arena_alloc(a, n + 1);

	if (out && n)
		memcpy(out, s, n);
	return out;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char *out = NULL;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	if (n >= 0)
		out = arena_alloc(a, (size_t)n + 1);
	if (out)
		vsnprintf(out, (size_t)n + 1, format, again);
	va_end(again);
	va_end(args);
	return out;
}
