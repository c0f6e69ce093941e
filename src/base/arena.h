/* arena: the memory of one request or operation; freed as one. Never thread-safe, one owner.
 *
 * Allocations come from blocks; the arena refuses to grow past `max` bytes, which bounds what one
 * request can make us hold.
 */
#ifndef FLORIN_BASE_ARENA_H
#define FLORIN_BASE_ARENA_H

#include <stddef.h>

#include "base/result.h"

#define ARENA_BLOCK_BYTES 4096

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used;  /* bytes handed out */
	size_t taken; /* bytes of all blocks */
	size_t max;   /* limit of `taken` */
};

void arena_init(struct arena *a, size_t max);
/* Another limit from now on; what was handed out stays, also where it is above. */
void arena_limit(struct arena *a, size_t max);
/* Frees everything; the arena may be used again. */
void arena_clear(struct arena *a);
/* As arena_clear, but keeps one block of ARENA_BLOCK_BYTES for the next use, where there is one. */
void arena_reset(struct arena *a);
/* n zeroed bytes, aligned for any type; NULL when memory or the limit is out. */
void *arena_alloc(struct arena *a, size_t n);
/* A NUL-terminated copy of n bytes; NULL as above. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
void *arena_memdup(struct arena *a, const void *p, size_t n);
/* printf into the arena; NULL as above. */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
