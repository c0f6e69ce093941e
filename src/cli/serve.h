/* serve: the assembly of a running node, in the foreground.
 *
 * Starts, in this order, store, writer, outbound thread, listeners; stops them the other way round:
 * no new requests, what is parked completes, payments in flight come home, the writer empties its
 * queue, the store closes.
 */
#ifndef FLORIN_CLI_SERVE_H
#define FLORIN_CLI_SERVE_H

#include "config.h"

#define SERVE_DRAIN_MS 30000 /* longest stop */

/* config is borrowed. Prints the ready line, returns an exit status of command.h after SIGTERM or
 * SIGINT; SIGHUP reloads rates and log level. */
int serve_run(const struct config *config);

#endif
