/* pay_data: the file that follows a payment's money (florin pay --data FILE). */
#ifndef FLORIN_CLI_PAY_DATA_H
#define FLORIN_CLI_PAY_DATA_H

#include "base/bytes.h"
#include "cli/admin_call.h"

/* What --data names, in *data, for free; NULL where it is not given. Returns the exit status, with
 * the error said. */
int pay_data_read(struct cli *cli, char **data, size_t *n);
/* Writes it to a quote. Returns the exit status, with the error said. */
int pay_data_put(struct admin *a, const json_t *quote, struct bytes data);
/* What of a payment's data has arrived; nothing where it has none. */
void pay_data_show(const json_t *payment);

#endif
