#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#ifdef HAVE_CONFIG_H
#include "autoconf.h"
#endif

int command_main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("florin " PACKAGE_VERSION);
		return EXIT_DONE;
	}
	fputs("florin: usage: florin COMMAND (try florin help)\n", stderr);
	return EXIT_USAGE;
}
