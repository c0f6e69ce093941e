/* demo: three nodes on loopback and a payment across two currencies (docs/cli.md).
 *
 * The demo holds no rule of its own: it runs this program's own commands, as a user would. */
#ifndef FLORIN_CLI_DEMO_H
#define FLORIN_CLI_DEMO_H

#include <stdbool.h>

#define DEMO_PORT_DEFAULT 3000
#define DEMO_SEND_DEFAULT "10.00"

struct demo_options {
	unsigned port;    /* the first of four, 100 apart */
	const char *dir;  /* kept when given; NULL: temporary */
	const char *send; /* major units of USD */
	bool once;        /* stop after the first payment */
	bool json;
};

/* Returns an exit status of command.h. Blocks until Ctrl-C unless once. */
int demo_run(const struct demo_options *options);

#endif
