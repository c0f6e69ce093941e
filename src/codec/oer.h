/* oer: the octet encoding rules that the Interledger formats use.
 *
 * Readers work on a cursor with sticky failure: after the first failure they return 0 or empty
 * bytes, and the caller looks at cursor.failed once. Nothing is allocated, so a hostile length
 * costs nothing. Writers work on a buf, which is sticky in the same way. Spec: RFC 0030; X.696
 * canonical OER.
 */
#ifndef FLORIN_CODEC_OER_H
#define FLORIN_CODEC_OER_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* A length prefix. Never more than what is left of the input.
 * Errors: THEIRS_TRUNCATED (the prefix, or the bytes that it announces, end too early),
 * THEIRS_NONCANONICAL (0x80, a leading zero, or the long form of a length below 128),
 * THEIRS_TOO_BIG (a length of more than 8 bytes). */
size_t oer_length(struct cursor *c);

/* A length prefix and that many bytes, borrowed from the input. Errors: as oer_length;
 * THEIRS_TOO_BIG where there are more than `max`. */
struct bytes oer_octets(struct cursor *c, size_t max);

/* A variable-length unsigned integer. Errors: as oer_length; THEIRS_NONCANONICAL (no byte, a
 * leading zero), THEIRS_TOO_BIG (above 2^64-1). */
uint64_t oer_uint(struct cursor *c);

/* The same, but a value above 2^64-1 reads as 2^64-1. Two STREAM fields want this. */
uint64_t oer_uint_saturating(struct cursor *c);

void oer_put_length(struct buf *b, size_t n);
void oer_put_octets(struct buf *b, struct bytes v);
void oer_put_uint(struct buf *b, uint64_t v);

/* Bytes that oer_put_length writes. */
size_t oer_length_size(size_t n);

#endif
