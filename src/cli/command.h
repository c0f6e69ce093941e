/* command: the table of commands and the dispatch to them. */
#ifndef FLORIN_CLI_COMMAND_H
#define FLORIN_CLI_COMMAND_H

/* Exit statuses of every command. */
enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,     /* refused or failed */
	EXIT_USAGE = 2,       /* wrong usage or configuration */
	EXIT_UNREACHABLE = 3, /* the server can't be reached */
};

int command_main(int argc, char **argv);

#endif
