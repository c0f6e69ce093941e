/* heap: settings of the C library's allocator, once per process, at its start. */
#ifndef FLORIN_BASE_HEAP_H
#define FLORIN_BASE_HEAP_H

/* The library gives the heap's top back to the kernel whenever more than 128 KiB of it are free. A
 * thread whose work per turn crosses that mark pays for a system call and fresh, cleared pages each
 * time: in the writer two thirds of its CPU time. We keep a few MiB before giving any back. */
#define HEAP_KEEP_BYTES (4 * 1024 * 1024)

void heap_init(void);

#endif
