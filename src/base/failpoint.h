/* failpoint: named places where a test build can be made to die, wait or fail.
 *
 * FLORIN_FAILPOINT="name:count:action[,...]" in the environment, one entry per name: at the
 * count-th passing of `name` (`*`: at each) the action is taken: kill (SIGKILL, 20 ms later),
 * abort, sleep=MS, error. Each passing is counted, and with FLORIN_FAILPOINT_LOG=FILE the first
 * passing of each name is appended to FILE, so that a campaign can tell that every place was
 * reached. Not in production builds: there the macro is empty.
 *
 * A name says the module or the thing and what has happened to it (`writer.after_commit`,
 * `grant.revoked`); the names are where they stand: grep FAILPOINT in src/.
 */
#ifndef FLORIN_BASE_FAILPOINT_H
#define FLORIN_BASE_FAILPOINT_H

#include <stdbool.h>

#ifdef HAVE_CONFIG_H
#include "autoconf.h"
#endif

#ifdef FLORIN_FAILPOINTS
/* True where the action `error` is due: the caller fails as if by itself. */
bool failpoint_pass(const char *name);
#define FAILPOINT(name) failpoint_pass(name)
#else
#define FAILPOINT(name) false
#endif

#endif
