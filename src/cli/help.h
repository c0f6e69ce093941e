/* help: usage lines and help pages, made from the rows of the commands. */
#ifndef FLORIN_CLI_HELP_H
#define FLORIN_CLI_HELP_H

#include "cli/command.h"

#define HELP_USAGE_BYTES 512

/* "florin wallet add NAME --asset CODE [--user U]"; cut where it does not fit. */
void help_usage(const struct command *command, char out[HELP_USAGE_BYTES]);

#endif
