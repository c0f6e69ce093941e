/* owner: from an embedded part back to the whole that it lies in.
 *
 * Messages, timers and requests are embedded in what they work for; a callback gets the part. The
 * part must really be that member of that type: the pointer's type is checked, its origin is not.
 */
#ifndef FLORIN_BASE_OWNER_H
#define FLORIN_BASE_OWNER_H

#include <stddef.h>

/* The `type` whose `member` (which may be nested: op.task) `part` points to. The comparison is
 * never evaluated: it is there for the compiler to refuse a part of another type. */
#define OWNER_OF(part, type, member)                                                               \
	((type *)(void *)((char *)(part)-offsetof(type, member) -                                  \
	                  0 * sizeof((part) == &((type *)0)->member)))

#endif
