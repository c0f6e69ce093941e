/* sqlite_image: a new database as the schema steps leave it, embedded at build time by make_image:
 * it is written as a file in a hundredth of the time that the steps take. */
#ifndef FLORIN_STORE_SQLITE_IMAGE_H
#define FLORIN_STORE_SQLITE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/* What is not zero in the file; most of a page of an empty table is. */
struct sqlite_piece {
	uint32_t at, size; /* bytes */
};

extern const size_t sqlite_image_size; /* of the file */
extern const struct sqlite_piece sqlite_image_pieces[];
extern const size_t sqlite_image_pieces_count;
extern const uint8_t sqlite_image_bytes[]; /* of the pieces, one after the other */

#endif
