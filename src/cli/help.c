#include "cli/help.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/command_table.h"

#ifdef HAVE_CONFIG_H
#include "autoconf.h"
#endif

#define NAME_COLUMN   20
#define OPTION_COLUMN 28

static void add(char out[HELP_USAGE_BYTES], const char *a, const char *b, const char *c)
{
	size_t used = strlen(out);

	(void)snprintf(out + used, HELP_USAGE_BYTES - used, "%s%s%s", a, b, c);
}

void help_usage(const struct command *command, char out[HELP_USAGE_BYTES])
{
	out[0] = '\0';
	add(out, "florin ", command->name, "");
	if (*command->arguments)
		add(out, " ", command->arguments, "");
	for (const struct option *o = command->options; o && o->name; o++) {
		bool required = o->flags & OPTION_REQUIRED;

		add(out, required ? " --" : " [--", o->name, "");
		if (o->value)
			add(out, " ", o->value, "");
		add(out, o->flags & OPTION_REPEATED ? " ..." : "", required ? "" : "]", "");
	}
}

static void print_command(const struct command *c)
{
	char text[HELP_USAGE_BYTES];

	help_usage(c, text);
	printf("%s\n    %s\n", text, c->help);
	for (const struct option *o = c->options; o && o->name; o++) {
		(void)snprintf(text, sizeof text, "--%s%s%s", o->name, o->value ? " " : "",
		        o->value ? o->value : "");
		printf("      %-*s %s\n", OPTION_COLUMN, text, o->help);
	}
}

static void print_all(void)
{
	const struct command *c;

	printf("usage: florin [-C DIR] [--json] COMMAND ...\n\n"
	       "  -C DIR    the node's directory (default: $" CLI_DIR_VARIABLE
	       ", else " CLI_DIR_DEFAULT ")\n"
	       "  --json    print one JSON value\n"
	       "  --version print the version\n\n");
	for (size_t i = 0; (c = command_at(i)); i++)
		printf("  %-*s %s\n", NAME_COLUMN, c->name, c->help);
	printf("\nflorin help COMMAND shows a command's words and options.\n"
	       "Exit status: 0 done, 1 refused or failed, 2 wrong usage or configuration, 3 no "
	       "server.\n");
}

static int print_json(void)
{
	json_t *items = json_array(), *page;
	const struct command *c;
	int status = EXIT_REFUSED;

	for (size_t i = 0; (c = command_at(i)); i++) {
		char usage[HELP_USAGE_BYTES];

		help_usage(c, usage);
		if (json_array_append_new(items, json_pack("{s:s,s:s,s:s}", "command", c->name,
		                                         "usage", usage, "help", c->help)))
			goto out;
	}
	page = json_pack("{s:O,s:n}", "items", items, "nextCursor");
	if (page && json_dumpf(page, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF)
		status = EXIT_DONE;
	json_decref(page);
out:
	json_decref(items);
	return status;
}

/* Everything that starts with the given words: `help wallet` shows all of wallet's commands. */
static int help_run(struct cli *cli)
{
	const char *first = cli->args[0], *second = first ? cli->args[1] : NULL;
	const struct command *c, *exact;
	bool any = false;

	if (cli->json)
		return print_json();
	if (!first) {
		print_all();
		return EXIT_DONE;
	}
	exact = second ? command_find(first, second) : NULL;
	for (size_t i = 0; (c = command_at(i)); i++) {
		size_t n = strlen(first);

		if (exact ? c != exact
		          : strncmp(c->name, first, n) != 0 || (c->name[n] && c->name[n] != ' '))
			continue;
		if (any)
			putchar('\n');
		print_command(c);
		any = true;
	}
	if (any)
		return EXIT_DONE;
	return cli_fail(
	        cli, EXIT_USAGE, first, "florin help lists the commands", "no such command");
}

static int version_run(struct cli *cli)
{
	if (cli->json)
		puts("{\"version\":\"" PACKAGE_VERSION "\"}");
	else
		puts("florin " PACKAGE_VERSION);
	return EXIT_DONE;
}

const struct command help_commands[] = {
        {"help", "[COMMAND]", "what the commands do", 0, 2, NULL, help_run},
        {"version", "", "print the version", 0, 0, NULL, version_run},
        {0},
};
