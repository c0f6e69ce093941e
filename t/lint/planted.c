/* planted: bugs that a sanitized build must notice. Each lies in the library or is caused through
 * it, so that a build in which only the tests are instrumented does not pass.
 *
 * Usage: planted heap|undefined|race. Without a sanitizer it ends quietly.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/calendar.h"

#define RACE_WRITES 100000

/* The library reads past the end of a block. */
static int heap(void)
{
	char out[2 * 8 + 1];
	uint8_t *block = calloc(1, 4);

	if (!block)
		return 1;
	hex_encode(bytes_of(block, 8), out);
	free(block);
	return out[0] == '0' ? 0 : 1;
}

/* The library multiplies past the range of its type. */
static int undefined(void)
{
	return calendar_join(&(struct calendar){.year = INT64_MAX, .month = 1, .day = 1}) == 0;
}

static uint8_t storage[2 * RACE_WRITES];
static struct buf shared;

static void *write_bytes(void *arg)
{
	for (int i = 0; i < RACE_WRITES; i++)
		buf_u8(&shared, 1);
	return arg;
}

/* The library writes one buffer from two threads. */
static int race(void)
{
	pthread_t other;

	buf_init(&shared, storage, sizeof(storage));
	if (pthread_create(&other, NULL, write_bytes, NULL))
		return 1;
	(void)write_bytes(NULL);
	return pthread_join(other, NULL);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "heap") == 0)
		return heap();
	if (argc == 2 && strcmp(argv[1], "undefined") == 0)
		return undefined();
	if (argc == 2 && strcmp(argv[1], "race") == 0)
		return race();
	fputs("usage: planted heap|undefined|race\n", stderr);
	return 2;
}
