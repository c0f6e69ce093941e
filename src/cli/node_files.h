/* node_files: what lies in a node's directory, and its two secrets.
 *
 *   florin.conf   the configuration           rates.json    the prices that `init` ships
 *   master.key    seals what the store keeps  admin.token   opens the admin API
 *
 * The secrets are text, so that they survive copying: 64 hex digits, and a token of 43 characters.
 * A secret that others on the machine could read is refused.
 */
#ifndef FLORIN_CLI_NODE_FILES_H
#define FLORIN_CLI_NODE_FILES_H

#include <stddef.h>
#include <sys/types.h>

#include "base/result.h"
#include "base/secret.h"

#define NODE_KEY_FILE   "master.key"
#define NODE_TOKEN_FILE "admin.token"
#define NODE_RATES_FILE "rates.json"

#define NODE_PATH_BYTES 4096
#define NODE_WHY_BYTES  512

/* `why` gets one line for a person after every error.
 * Errors: OURS_IO (missing or unreadable), OURS_CONFIG (not a secret of this kind, or its mode lets
 * others read it). The caller clears the secret. */
MUST_USE enum result node_key_read(const char *dir, struct secret32 *out, char why[NODE_WHY_BYTES]);
MUST_USE enum result node_token_read(
        const char *dir, char out[TOKEN_TEXT_SIZE], char why[NODE_WHY_BYTES]);

/* DIR/NAME. Errors: THEIRS_TOO_BIG. */
MUST_USE enum result node_path(const char *dir, const char *name, char out[NODE_PATH_BYTES]);
/* Makes a file that was not there, synced to the disk. Errors: THEIRS_CONFLICT (it was), OURS_IO,
 * with errno set. */
MUST_USE enum result node_file_create(const char *path, const char *text, mode_t mode);

#endif
