#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command_table.h"
#include "cli/help.h"
#include "config.h"

#define ERROR_LINE_BYTES 1024
#define WHAT_BYTES       128

#define CONFIRM_LINE_BYTES 16

/* ---- saying what is wrong ---- */

/* What others chose may stand in an error line: it stays one line, and can't drive a terminal. */
static void print_clean(const char *line)
{
	char clean[ERROR_LINE_BYTES];
	size_t n = 0;

	for (; line[n] && n + 1 < sizeof clean; n++) {
		unsigned char c = (unsigned char)line[n];

		clean[n] = c < 0x20 || c == 0x7f ? ' ' : line[n];
	}
	clean[n] = '\0';
	fprintf(stderr, "florin: %s\n", clean);
}

int cli_fail(const struct cli *cli, int status, const char *what, const char *hint,
        const char *format, ...)
{
	char line[ERROR_LINE_BYTES], why[ERROR_LINE_BYTES / 2];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(why, sizeof why, format, args);
	va_end(args);
	if (!what)
		what = cli->command ? cli->command->name : "usage";
	if (*hint)
		(void)snprintf(line, sizeof line, "%s: %s (%s)", what, why, hint);
	else
		(void)snprintf(line, sizeof line, "%s: %s", what, why);
	print_clean(line);
	return status;
}

/* A wrong line of a command that is known: the usage is the hint. */
static int fail_usage(const struct cli *cli, const char *why, const char *which)
{
	char usage[HELP_USAGE_BYTES];

	help_usage(cli->command, usage);
	return cli_fail(cli, EXIT_USAGE, NULL, usage, "%s%s", why, which);
}

/* ---- taking the line apart ---- */

/* An option's name means the same kind of thing in every command, so that options may stand
 * before the command is known. A unit test holds the tables to it. */
static const struct option *find_option(const struct command *command, const char *name, size_t n)
{
	for (const struct option *o = command->options; o && o->name; o++)
		if (strncmp(o->name, name, n) == 0 && o->name[n] == '\0')
			return o;
	return NULL;
}

static const struct option *find_anywhere(const char *name, size_t n)
{
	const struct command *c;

	for (size_t i = 0; (c = command_at(i)); i++) {
		const struct option *o = find_option(c, name, n);

		if (o)
			return o;
	}
	return NULL;
}

/* What stands on the line but belongs to no command. */
struct line {
	char **argv;
	int argc;
	int at;
	bool help;
	bool version;
	bool options_ended; /* after `--` */
};

static const char *next_word(struct line *l)
{
	return l->at < l->argc ? l->argv[l->at++] : NULL;
}

static int take_directory(struct line *l, struct cli *cli, const char *attached)
{
	cli->dir = *attached ? attached : next_word(l);
	if (!cli->dir || !*cli->dir)
		return cli_fail(
		        cli, EXIT_USAGE, "-C", "florin -C DIR COMMAND", "no directory given");
	return EXIT_DONE;
}

static int take_option(struct line *l, struct cli *cli, const char *word)
{
	const char *name = word + 2, *equals = strchr(name, '=');
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *o = find_anywhere(name, n);
	const char *value = NULL;

	if (!o)
		return cli_fail(cli, EXIT_USAGE, word, "florin help COMMAND lists its options",
		        "no such option");
	if (o->value) {
		value = equals ? equals + 1 : next_word(l);
		if (!value)
			return cli_fail(
			        cli, EXIT_USAGE, word, "", "its value %s is missing", o->value);
	} else if (equals) {
		return cli_fail(cli, EXIT_USAGE, word, "", "takes no value");
	}
	if (cli->options_n == CLI_OPTIONS_MAX)
		return cli_fail(cli, EXIT_USAGE, word, "", "too many options");
	cli->options[cli->options_n].name = o->name;
	cli->options[cli->options_n++].value = value;
	return EXIT_DONE;
}

static int take_word(struct line *l, struct cli *cli, const char *word)
{
	if (!l->options_ended && word[0] == '-' && word[1]) {
		if (strcmp(word, "--") == 0)
			l->options_ended = true;
		else if (strcmp(word, "--json") == 0)
			cli->json = true;
		else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
			l->help = true;
		else if (strcmp(word, "--version") == 0)
			l->version = true;
		else if (text_starts(word, "-C"))
			return take_directory(l, cli, word + 2);
		else if (text_starts(word, "--"))
			return take_option(l, cli, word);
		else
			return cli_fail(cli, EXIT_USAGE, word,
			        "florin help COMMAND lists its options", "no such option");
		return EXIT_DONE;
	}
	if (cli->args_n == CLI_ARGS_MAX)
		return cli_fail(cli, EXIT_USAGE, word, "", "too many words");
	cli->args[cli->args_n++] = word;
	return EXIT_DONE;
}

/* The command's own words leave the arguments. */
static int name_command(struct cli *cli)
{
	const struct command *c = NULL;
	const char *first = cli->args[0], *nearest;
	char hint[WHAT_BYTES] = "florin help lists the commands";
	size_t words = 2;

	if (cli->args_n == 0)
		return cli_fail(cli, EXIT_USAGE, "usage", "florin help lists the commands",
		        "florin [-C DIR] [--json] COMMAND ...");
	if (cli->args_n > 1)
		c = command_find(first, cli->args[1]);
	if (!c) {
		words = 1;
		c = command_find(first, NULL);
	}
	if (!c && command_is_noun(first)) {
		(void)snprintf(hint, sizeof hint, "florin help %s shows its commands", first);
		return cli_fail(cli, EXIT_USAGE, first, hint,
		        cli->args_n > 1 ? "no such command: %s %s" : "%s needs a second word",
		        first, cli->args[1]);
	}
	if (!c) {
		nearest = command_nearest(first);
		if (nearest)
			(void)snprintf(hint, sizeof hint, "did you mean %s?", nearest);
		return cli_fail(cli, EXIT_USAGE, first, hint, "no such command");
	}
	cli->command = c;
	cli->args_n -= words;
	memmove(cli->args, cli->args + words, cli->args_n * sizeof cli->args[0]);
	cli->args[cli->args_n] = NULL;
	return EXIT_DONE;
}

/* The name of the command's argument at `at`. */
static void missing_word(const struct command *c, size_t at, char out[WHAT_BYTES])
{
	const char *word = c->arguments;

	for (; at > 0 && *word; at--) {
		word += strcspn(word, " ");
		word += strspn(word, " ");
	}
	(void)snprintf(out, WHAT_BYTES, "%.*s", (int)strcspn(word, " "), word);
}

static int check_line(const struct cli *cli)
{
	const struct command *c = cli->command;
	char missing[WHAT_BYTES];

	for (size_t i = 0; i < cli->options_n; i++) {
		const char *name = cli->options[i].name;

		if (!find_option(c, name, strlen(name)))
			return fail_usage(cli, "does not take --", name);
	}
	for (const struct option *o = c->options; o && o->name; o++)
		if ((o->flags & OPTION_REQUIRED) && !cli_text(cli, o->name))
			return fail_usage(cli, "needs --", o->name);
	if (cli->args_n < c->args_min) {
		missing_word(c, cli->args_n, missing);
		return fail_usage(cli, "needs ", missing);
	}
	if (cli->args_n > c->args_max)
		return fail_usage(cli, "one word too many: ", cli->args[c->args_max]);
	return EXIT_DONE;
}

int command_parse(int argc, char **argv, struct cli *cli)
{
	struct line line = {.argv = argv, .argc = argc, .at = 1};
	const char *word, *dir = getenv(CLI_DIR_VARIABLE);
	int status;

	memset(cli, 0, sizeof *cli);
	cli->program = argc > 0 ? argv[0] : "florin";
	cli->dir = dir && *dir ? dir : CLI_DIR_DEFAULT;
	while ((word = next_word(&line))) {
		status = take_word(&line, cli, word);
		if (status)
			return status;
	}
	if (line.version || line.help) {
		/* `florin wallet add --help` is `florin help wallet add`. */
		cli->command = command_find(line.version ? "version" : "help", NULL);
		return EXIT_DONE;
	}
	status = name_command(cli);
	return status ? status : check_line(cli);
}

int command_main(int argc, char **argv)
{
	struct cli cli;
	int status = command_parse(argc, argv, &cli);

	if (status)
		return status;
	/* What a command has to say it says itself; serve sets the level of its configuration. */
	log_set_level(LOG_LEVEL_WARN);
	status = cli.command->run(&cli);
	if ((fflush(stdout) || ferror(stdout)) && status == EXIT_DONE)
		return cli_fail(&cli, EXIT_REFUSED, NULL, "", "the output could not be written");
	return status;
}

/* ---- for the commands ---- */

bool cli_flag(const struct cli *cli, const char *name)
{
	for (size_t i = 0; i < cli->options_n; i++)
		if (strcmp(cli->options[i].name, name) == 0)
			return true;
	return false;
}

const char *cli_text(const struct cli *cli, const char *name)
{
	for (size_t i = cli->options_n; i > 0; i--)
		if (strcmp(cli->options[i - 1].name, name) == 0)
			return cli->options[i - 1].value;
	return NULL;
}

const char *cli_text_at(const struct cli *cli, const char *name, size_t i)
{
	for (size_t at = 0; at < cli->options_n; at++)
		if (strcmp(cli->options[at].name, name) == 0 && i-- == 0)
			return cli->options[at].value;
	return NULL;
}

int cli_number(const struct cli *cli, const char *name, uint64_t max, uint64_t *out)
{
	const char *text = cli_text(cli, name);

	if (!text || !text_parse_u64(text, max, out))
		return EXIT_DONE;
	return cli_fail(cli, EXIT_USAGE, NULL, "",
	        "--%s \"%s\" is not a whole number from 0 to %llu", name, text,
	        (unsigned long long)max);
}

static int read_secret_file(const struct cli *cli, const char *path, char *out, size_t size)
{
	FILE *file = fopen(path, "re");
	char *line;

	if (!file)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "%s can't be read", path);
	line = fgets(out, (int)size, file);
	(void)fclose(file);
	if (!line)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "%s is empty", path);
	if (strlen(out) == size - 1)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "the secret in %s is too long", path);
	out[strcspn(out, "\r\n")] = '\0';
	return EXIT_DONE;
}

int cli_secret_typed(
        const struct cli *cli, const char *what, const char *text, char *out, size_t size)
{
	out[0] = '\0';
	if (text[0] == '@')
		return read_secret_file(cli, text + 1, out, size);
	if (text_copy(out, size, text))
		return cli_fail(cli, EXIT_USAGE, NULL, "", "%s is too long", what);
	return EXIT_DONE;
}

int cli_secret(const struct cli *cli, const char *name, char out[CLI_SECRET_BYTES])
{
	const char *text = cli_text(cli, name);
	char what[WHAT_BYTES];

	out[0] = '\0';
	if (!text)
		return EXIT_DONE;
	(void)snprintf(what, sizeof what, "--%s", name);
	return cli_secret_typed(cli, what, text, out, CLI_SECRET_BYTES);
}

int cli_may_ask(const struct cli *cli)
{
	if (cli_flag(cli, "yes") || isatty(STDIN_FILENO))
		return EXIT_DONE;
	return cli_fail(cli, EXIT_USAGE, NULL, "add --yes", "nobody is there to be asked");
}

int cli_confirm(const struct cli *cli, const char *question, const char *no)
{
	char line[CONFIRM_LINE_BYTES];
	int status = cli_may_ask(cli);

	if (status || cli_flag(cli, "yes"))
		return status;
	fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(line, sizeof line, stdin) || (line[0] != 'y' && line[0] != 'Y'))
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "%s", no);
	return EXIT_DONE;
}

int cli_config(const struct cli *cli, struct config *out)
{
	struct config_error error;

	if (!config_load(cli->dir, environ, out, &error))
		return EXIT_DONE;
	return cli_fail(cli, EXIT_USAGE, error.what, error.hint, "%s", error.why);
}

int cli_config_served(const struct cli *cli, struct config *out)
{
	struct config_error error;
	int status = cli_config(cli, out);

	if (status || !config_served(out, &error))
		return status;
	config_clear(out);
	return cli_fail(cli, EXIT_USAGE, error.what, error.hint, "%s", error.why);
}
