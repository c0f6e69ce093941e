/* file: a whole small file at once. */
#ifndef FLORIN_BASE_FILE_H
#define FLORIN_BASE_FILE_H

#include <stddef.h>

#include "base/result.h"

/* The file's bytes and a NUL after them, owned by the caller (free). out_n may be NULL.
 * Errors: OURS_IO (errno says why), THEIRS_TOO_BIG (more than max bytes), OURS_MEMORY. */
MUST_USE enum result file_read(const char *path, size_t max, char **out, size_t *out_n);

#endif
