/* spawn: runs this same program as a child, for the demo and the benchmarks.
 *
 * Children die with their parent (the kernel sends them SIGTERM), and only children that were
 * started here are ever signalled.
 */
#ifndef FLORIN_CLI_SPAWN_H
#define FLORIN_CLI_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#include "base/result.h"

#define SPAWN_ARGS_MAX         32 /* words of a command line */
#define SPAWN_OUTPUT_BYTES_MAX (256 * 1024)

/* Runs `florin ARGS...` to its end. *out receives what it printed on stdout, NUL-terminated, owned
 * by the caller; its stderr is ours. *status is its exit status. input may be NULL.
 * Errors: OURS_IO, OURS_MEMORY, THEIRS_TOO_BIG (more output than the limit). */
MUST_USE enum result spawn_run(const char *const *args, const char *input, char **out, int *status);

struct spawn_server {
	pid_t pid; /* 0: not running */
};

/* Starts `florin ARGS...` with stderr appended to the file `log`, and waits until it prints a line
 * that starts with `ready`. Errors: RETRY_TIMEOUT (not ready in timeout_ms), OURS_IO (it ended). */
MUST_USE enum result spawn_server_start(struct spawn_server *s, const char *const *args,
        const char *log, const char *ready, int timeout_ms);
/* SIGTERM, then SIGKILL when it has not ended after timeout_ms. Does nothing when not running. */
void spawn_server_stop(struct spawn_server *s, int timeout_ms);
/* The same for several at once. */
void spawn_servers_stop(struct spawn_server *s, size_t count, int timeout_ms);

#endif
