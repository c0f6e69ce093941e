/* child: a node in a directory of its own, made and run with this program's own commands, as a user
 * would: for the demo and the benchmarks.
 */
#ifndef FLORIN_CLI_CHILD_H
#define FLORIN_CLI_CHILD_H

#include <jansson.h>

#include "base/result.h"
#include "cli/spawn.h"

#define CHILD_DIR_BYTES 512
#define CHILD_STOP_MS   31000 /* a little more than `serve` takes at most to drain */

/* Makes a directory under $TMPDIR whose name begins with `florin-PURPOSE-`.
 * Errors: OURS_IO (errno says why; out names what was tried), THEIRS_TOO_BIG. */
MUST_USE enum result child_dir_make(const char *purpose, char out[CHILD_DIR_BYTES]);
/* Removes a directory and all that is in it, as far as it can. */
void child_dir_remove(const char *dir);

/* Runs `florin -C DIR --json ARGS...` to its end; args ends with NULL. *out (may be NULL: what it
 * printed does not matter) receives its JSON, the caller's, and is NULL after an error.
 * Errors: THEIRS_REFUSED (it failed, and said why on our stderr), THEIRS_MALFORMED (it printed no
 * JSON), THEIRS_TOO_BIG (more words than SPAWN_ARGS_MAX), and those of spawn_run. */
MUST_USE enum result child_run(const char *dir, const char *const *args, json_t **out);
/* The same with something on its standard input. */
MUST_USE enum result child_run_input(
        const char *dir, const char *input, const char *const *args, json_t **out);
/* Makes a node for plain HTTP on loopback, whose listener is `port` and whose admin API is the next
 * port. Errors: as child_run. */
MUST_USE enum result child_init(
        const char *dir, unsigned port, const char *public_url, const char *ilp_address);
/* Runs the node; its log is DIR/serve.log. Errors: as spawn_server_start, THEIRS_TOO_BIG. */
MUST_USE enum result child_serve(const char *dir, struct spawn_server *out);

#endif
