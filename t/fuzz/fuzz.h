/* fuzz: what every target shares.
 *
 * A target is one function that gets any bytes and checks the property "decode, encode, decode,
 * equal" (or says in a comment what else). Built for libFuzzer with --enable-fuzzers, and otherwise
 * with standalone_main.c, which replays the corpus.
 */
#ifndef FLORIN_T_FUZZ_FUZZ_H
#define FLORIN_T_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert: it must hold in every build. */
#define FUZZ_CHECK(condition)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
