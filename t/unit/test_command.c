#include "cli/command.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command_table.h"
#include "cli/help.h"
#include "unit/harness.h"

#define WORDS_MAX 32

/* Parses "florin LINE", split at blanks; what is said on stderr comes back in `said`. */
static int parse(const char *line, struct cli *cli, char said[1024])
{
	static char words[1024];
	char *argv[WORDS_MAX] = {"florin"};
	int argc = 1, status, saved = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	size_t n;

	(void)snprintf(words, sizeof words, "%s", line);
	for (char *at = words; argc < WORDS_MAX - 1;) {
		at += strspn(at, " ");
		if (!*at)
			break;
		argv[argc++] = at;
		at += strcspn(at, " ");
		if (*at)
			*at++ = '\0';
	}
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
	status = command_parse(argc, argv, cli);
	fflush(stderr);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	close(saved);
	rewind(file);
	n = fread(said, 1, 1023, file);
	said[n] = '\0';
	fclose(file);
	return status;
}

static const struct {
	const char *line;
	const char *said; /* a part of the one line on stderr */
} wrong[] = {
        {"", "florin: usage: florin [-C DIR] [--json] COMMAND"},
        {"frobnicate", "florin: frobnicate: no such command (florin help"},
        {"walet", "florin: walet: no such command (did you mean wallet"},
        {"wallet", "florin: wallet: wallet needs a second word"},
        {"wallet frob", "florin: wallet: no such command: wallet frob"},
        {"wallet show", "florin: wallet show: needs NAME (florin wallet show NAME)"},
        {"wallet show a b", "florin: wallet show: one word too many: b"},
        {"wallet add a", "florin: wallet add: needs --asset (florin wallet add NAME --asset CODE"},
        {"wallet show a --asset USD", "florin: wallet show: does not take --asset"},
        {"wallet add a --asset", "florin: --asset: its value CODE is missing"},
        {"wallet add a --nope", "florin: --nope: no such option"},
        {"wallet add a -x", "florin: -x: no such option"},
        {"wallet add a --password-stdin=x", "florin: --password-stdin=x: takes no value"},
        {"balance a -C", "florin: -C: no directory given"},
};

START_TEST(test_wrong)
{
	struct cli cli;
	char said[1024];

	ck_assert_int_eq(parse(wrong[_i].line, &cli, said), EXIT_USAGE);
	ck_assert_msg(strncmp(said, wrong[_i].said, strlen(wrong[_i].said)) == 0, "%s -> %s",
	        wrong[_i].line, said);
	ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}
END_TEST

/* Each of these says the same. */
static const char *const same[] = {
        "-C d --json deposit alice 10.00 --id x",
        "deposit -C d alice 10.00 --id=x --json",
        "--id x deposit --json alice 10.00 -Cd",
        "deposit --json -C e --id y -C d alice --id x -- 10.00",
};

START_TEST(test_options_anywhere)
{
	struct cli cli;
	char said[1024];

	ck_assert_int_eq(parse(same[_i], &cli, said), EXIT_DONE);
	ck_assert_str_eq(said, "");
	ck_assert_str_eq(cli.command->name, "deposit");
	ck_assert_str_eq(cli.dir, "d");
	ck_assert(cli.json);
	ck_assert_uint_eq(cli.args_n, 2);
	ck_assert_str_eq(cli.args[0], "alice");
	ck_assert_str_eq(cli.args[1], "10.00");
	ck_assert_ptr_null(cli.args[2]);
	ck_assert_str_eq(cli_text(&cli, "id"), "x");
}
END_TEST

START_TEST(test_values)
{
	struct cli cli;
	char said[1024];
	uint64_t number = 7;

	ck_assert_int_eq(
	        parse("peer add p --asset USD --url u --outgoing-token o --incoming-token i "
	              "--route a --route b --parent",
	                &cli, said),
	        EXIT_DONE);
	ck_assert(cli_flag(&cli, "parent"));
	ck_assert(!cli_flag(&cli, "spread-bps"));
	ck_assert_str_eq(cli_text_at(&cli, "route", 0), "a");
	ck_assert_str_eq(cli_text_at(&cli, "route", 1), "b");
	ck_assert_ptr_null(cli_text_at(&cli, "route", 2));
	ck_assert_int_eq(cli_number(&cli, "spread-bps", 10, &number), EXIT_DONE);
	ck_assert_uint_eq(number, 7);
}
END_TEST

START_TEST(test_secret_from_file)
{
	char path[] = "/tmp/florin-secret-XXXXXX", line[256], said[1024], out[CLI_SECRET_BYTES];
	int fd = mkstemp(path);
	struct cli cli;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "hush\nmore\n", 10), 10);
	close(fd);
	(void)snprintf(
	        line, sizeof line, "peer set p --outgoing-token @%s --incoming-token plain", path);
	ck_assert_int_eq(parse(line, &cli, said), EXIT_DONE);
	ck_assert_int_eq(cli_secret(&cli, "outgoing-token", out), EXIT_DONE);
	ck_assert_str_eq(out, "hush");
	ck_assert_int_eq(cli_secret(&cli, "incoming-token", out), EXIT_DONE);
	ck_assert_str_eq(out, "plain");
	unlink(path);
	ck_assert_int_eq(cli_secret(&cli, "outgoing-token", out), EXIT_USAGE);
}
END_TEST

START_TEST(test_directory)
{
	struct cli cli;
	char said[1024];

	unsetenv(CLI_DIR_VARIABLE);
	ck_assert_int_eq(parse("rates", &cli, said), EXIT_DONE);
	ck_assert_str_eq(cli.dir, CLI_DIR_DEFAULT);
	setenv(CLI_DIR_VARIABLE, "/n", 1);
	ck_assert_int_eq(parse("rates", &cli, said), EXIT_DONE);
	ck_assert_str_eq(cli.dir, "/n");
	ck_assert_int_eq(parse("rates -C m", &cli, said), EXIT_DONE);
	ck_assert_str_eq(cli.dir, "m");
}
END_TEST

/* What the parser relies on, and what help shows. */
START_TEST(test_table)
{
	const struct command *c, *other;
	char usage[HELP_USAGE_BYTES];

	for (size_t i = 0; (c = command_at(i)); i++) {
		ck_assert(c->run && c->help && *c->help);
		ck_assert_uint_le(c->args_min, c->args_max);
		help_usage(c, usage);
		ck_assert_msg(
		        strlen(usage) < HELP_USAGE_BYTES - 1, "%s: the usage is cut", c->name);
		for (size_t k = 0; (other = command_at(k)); k++) {
			ck_assert_msg(
			        k == i || strcmp(c->name, other->name) != 0, "%s twice", c->name);
			for (const struct option *o = c->options; o && o->name; o++)
				for (const struct option *p = other->options; p && p->name; p++)
					ck_assert_msg(strcmp(o->name, p->name) != 0 ||
					                      !o->value == !p->value,
					        "--%s takes a value in one of %s, %s", o->name,
					        c->name, other->name);
		}
	}
}
END_TEST

/* docs/cli.md names every command. */
START_TEST(test_documented)
{
	const struct command *c;
	char *page, name[64];

	ck_assert_int_eq(file_read(TOP_SRCDIR "/docs/cli.md", 256 * 1024, &page, NULL), RESULT_OK);
	for (size_t i = 0; (c = command_at(i)); i++) {
		(void)snprintf(name, sizeof name, "`%s", c->name);
		ck_assert_msg(strstr(page, name), "docs/cli.md does not know %s", c->name);
		for (const struct option *o = c->options; o && o->name; o++) {
			(void)snprintf(name, sizeof name, "--%s", o->name);
			ck_assert_msg(strstr(page, name), "docs/cli.md does not know %s", name);
		}
	}
	free(page);
}
END_TEST

static void fill(TCase *tc)
{
	tcase_add_loop_test(tc, test_wrong, 0, sizeof wrong / sizeof wrong[0]);
	tcase_add_loop_test(tc, test_options_anywhere, 0, sizeof same / sizeof same[0]);
	tcase_add_test(tc, test_values);
	tcase_add_test(tc, test_secret_from_file);
	tcase_add_test(tc, test_directory);
	tcase_add_test(tc, test_table);
	tcase_add_test(tc, test_documented);
}

TEST_MAIN("command", fill)
