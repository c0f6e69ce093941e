#include "base/heap.h"

#include <stdlib.h> /* says which library this is */

#ifdef __GLIBC__
#include <malloc.h>
#endif

void heap_init(void)
{
#ifdef M_TRIM_THRESHOLD
	mallopt(M_TRIM_THRESHOLD, HEAP_KEEP_BYTES);
#endif
}
