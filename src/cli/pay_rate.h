/* pay_rate: payments that last: --rate 0.01/s --for 60s. */
#ifndef FLORIN_CLI_PAY_RATE_H
#define FLORIN_CLI_PAY_RATE_H

#include "cli/admin_call.h"

#define PAY_FOR_MAX_S (24 * 3600)

/* What --rate and --for come to: *amount, what leaves in all, and *over_ms, in which time. Errors:
 * EXIT_USAGE, said. */
MUST_USE int pay_rate_read(
        const struct cli *cli, const struct admin_asset *asset, json_t **amount, uint64_t *over_ms);

/* From now on Ctrl-C, SIGTERM and SIGHUP ask for the payment's end and do not end the program. */
void pay_rate_catch(void);
/* Once after a signal: the payment `id` is cancelled; what has left is not called back. */
MUST_USE int pay_rate_stop_asked(struct admin *a, const char *id, bool *stopped);
/* One line of how it stands. */
void pay_rate_show(const json_t *payment, int64_t over_ms);

#endif
