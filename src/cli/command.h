/* command: the command line. Finds the command of a line, checks its words and options against the
 * command's row, and runs it.
 *
 * To add a command: write an array of rows in the noun's file, declare it in command_table.h and
 * list it in command_table.c. Everything else (help, usage, checks, completion) follows the row.
 */
#ifndef FLORIN_CLI_COMMAND_H
#define FLORIN_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

/* Exit statuses of every command. */
enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,     /* refused or failed */
	EXIT_USAGE = 2,       /* wrong usage or configuration */
	EXIT_UNREACHABLE = 3, /* the server can't be reached */
};

#define CLI_ARGS_MAX     64
#define CLI_OPTIONS_MAX  64
#define CLI_SECRET_BYTES 1024 /* longest secret, with its NUL */
#define CLI_DIR_DEFAULT  "./florin-data"
#define CLI_DIR_VARIABLE "FLORIN_DIR"

enum {
	OPTION_REQUIRED = 1, /* the command is refused without it */
	OPTION_REPEATED = 2, /* may be given more than once; otherwise the last one counts */
};

struct option {
	const char *name;  /* without the dashes */
	const char *value; /* what its value is called in the usage; NULL: takes none */
	const char *help;
	unsigned flags;
};

struct cli;

struct command {
	const char *name;      /* one or two words: "init", "wallet add" */
	const char *arguments; /* as shown in the usage: "NAME AMOUNT"; may be "" */
	const char *help;      /* one line */
	size_t args_min, args_max;
	const struct option *options; /* ends with a row without name; NULL: none */
	int (*run)(struct cli *cli);  /* returns an exit status, after it said why */
};

/* One command line, understood. Texts borrow from argv and the environment. */
struct cli {
	const struct command *command;
	const char *program; /* argv[0] */
	const char *dir;     /* the node's directory; need not exist */
	bool json;
	/* The words after the command's name; NULL-terminated. */
	const char *args[CLI_ARGS_MAX + 1];
	size_t args_n;
	struct {
		const char *name;
		const char *value; /* NULL for a flag */
	} options[CLI_OPTIONS_MAX];
	size_t options_n;
};

/* Runs the line; returns an exit status. */
int command_main(int argc, char **argv);
/* The same without running: fills *cli and returns EXIT_DONE, or says what is wrong and returns
 * EXIT_USAGE. cli->command is NULL for a line that asks for help or the version. */
int command_parse(int argc, char **argv, struct cli *cli);

/* ---- for the commands ---- */

bool cli_flag(const struct cli *cli, const char *name);
/* The last value given, NULL where it was not. */
const char *cli_text(const struct cli *cli, const char *name);
/* The i-th value of a repeated option, NULL past the last. */
const char *cli_text_at(const struct cli *cli, const char *name, size_t i);
/* A whole number up to max; *out is left alone where the option was not given.
 * Returns EXIT_DONE, or EXIT_USAGE after saying why. */
MUST_USE int cli_number(const struct cli *cli, const char *name, uint64_t max, uint64_t *out);
/* A secret: the value itself, or with @FILE the first line of FILE. out is "" where the option was
 * not given. The caller wipes it. Returns EXIT_DONE, or EXIT_USAGE after saying why. */
MUST_USE int cli_secret(const struct cli *cli, const char *name, char out[CLI_SECRET_BYTES]);
/* The same of a word that was typed, into out[size]; what: how an error calls it. */
MUST_USE int cli_secret_typed(
        const struct cli *cli, const char *what, const char *text, char *out, size_t size);
/* Whether cli_confirm() has somebody to ask, or need not: EXIT_DONE, or EXIT_USAGE after saying so.
 * For what begins with others' work. */
MUST_USE int cli_may_ask(const struct cli *cli);
/* Asks "QUESTION [y/N]" unless --yes is given. Returns EXIT_DONE for yes; EXIT_REFUSED after saying
 * `no`, EXIT_USAGE where nobody can be asked. */
MUST_USE int cli_confirm(const struct cli *cli, const char *question, const char *no);

/* The one error line, `florin: WHAT: WHY (HINT)`; hint may be "" and what NULL for the command's
 * own name. Control characters in it are replaced. Returns status. */
int cli_fail(const struct cli *cli, int status, const char *what, const char *hint,
        const char *format, ...) __attribute__((format(printf, 5, 6)));

struct config;
/* The node's configuration. Returns EXIT_DONE, or EXIT_USAGE after saying why; the caller clears
 * *out after success. */
MUST_USE int cli_config(const struct cli *cli, struct config *out);
/* The same for a node that is to run: also refuses what this version does not serve. */
MUST_USE int cli_config_served(const struct cli *cli, struct config *out);

#endif
