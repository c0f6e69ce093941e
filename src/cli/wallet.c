/* wallet: wallet addresses, their accounts and their users. */
#include "cli/admin_call.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli/command_table.h"

#define TERMINAL_INTERRUPT '\003' /* Ctrl-C, where it is a character like others */

static const struct show_column wallet_columns[] = {
        {"NAME", "name", SHOW_TEXT},
        {"ASSET", "assetCode", SHOW_TEXT},
        {"STATUS", "status", SHOW_TEXT},
        {"USER", "user", SHOW_TEXT},
        {"PUBLIC NAME", "publicName", SHOW_TEXT},
        {"URL", "url", SHOW_TEXT},
        {0},
};

static const struct show_column wallet_details[] = {
        {"NAME", "name", SHOW_TEXT},
        {"URL", "url", SHOW_TEXT},
        {"PUBLIC NAME", "publicName", SHOW_TEXT},
        {"ASSET", "assetCode", SHOW_TEXT},
        {"SCALE", "assetScale", SHOW_NUMBER},
        {"USER", "user", SHOW_TEXT},
        {"STATUS", "status", SHOW_TEXT},
        {"ILP ADDRESS", "ilpAddress", SHOW_TEXT},
        {"REPLY", "reply", SHOW_TEXT},
        {"CREATED", "createdAt", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

/* One line from standard input; a terminal shows a prompt and does not echo. Nor does Ctrl-C end
 * the program meanwhile, which would leave the terminal without its echo. */
static int read_password(const struct cli *cli, char out[CLI_SECRET_BYTES])
{
	struct termios shown, hidden;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
	char *line;

	if (terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
		fputs("Password: ", stderr);
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	line = fgets(out, CLI_SECRET_BYTES, stdin);
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		fputc('\n', stderr);
	}
	if (line && strlen(out) == CLI_SECRET_BYTES - 1)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "the password is too long");
	if (line)
		out[strcspn(out, "\r\n")] = '\0';
	if (line && *out && !strchr(out, TERMINAL_INTERRUPT))
		return EXIT_DONE;
	return cli_fail(cli, EXIT_USAGE, NULL, "one line on standard input", "no password given");
}

static int wallet_add(struct cli *cli)
{
	const char *name = cli_text(cli, "name"), *user = cli_text(cli, "user");
	char path[ADMIN_PATH_BYTES], password[CLI_SECRET_BYTES];
	json_t *body;

	if (cli_flag(cli, "password-stdin") && read_password(cli, password))
		return EXIT_USAGE;
	body = json_pack("{s:s,s:s}", "name", cli->args[0], "assetCode", cli_text(cli, "asset"));
	if (name)
		(void)json_object_set_new(body, "publicName", json_string(name));
	if (user)
		(void)json_object_set_new(body, "user", json_string(user));
	if (cli_flag(cli, "password-stdin")) {
		(void)json_object_set_new(body, "password", json_string(password));
		secret_wipe(password, sizeof password);
	}
	admin_path(path, "/wallet-addresses", NULL);
	return admin_show(cli, "POST", path, body, wallet_details);
}

static int wallet_set(struct cli *cli)
{
	static const struct {
		const char *option, *member;
	} texts[] = {{"name", "publicName"}, {"status", "status"}, {"reply", "reply"}};
	char path[ADMIN_PATH_BYTES], password[CLI_SECRET_BYTES];
	json_t *body = json_object();

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = cli_text(cli, texts[i].option);

		if (text && json_object_set_new(body, texts[i].member, json_string(text))) {
			json_decref(body);
			return cli_fail(cli, EXIT_USAGE, NULL, "", "the %s is not valid UTF-8",
			        texts[i].option);
		}
	}
	if (!cli_flag(cli, "password-stdin") && json_object_size(body) == 0) {
		json_decref(body);
		return cli_fail(cli, EXIT_USAGE, NULL,
		        "it says what to set: --name TEXT, --status S, --reply TEXT or "
		        "--password-stdin",
		        "nothing to set");
	}
	if (cli_flag(cli, "password-stdin") && read_password(cli, password)) {
		json_decref(body);
		return EXIT_USAGE;
	}
	if (cli_flag(cli, "password-stdin")) {
		(void)json_object_set_new(body, "password", json_string(password));
		secret_wipe(password, sizeof password);
	}
	admin_path(path, "/wallet-addresses/*", cli->args[0]);
	return admin_show(cli, "PATCH", path, body, wallet_details);
}

static int wallet_list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/wallet-addresses", NULL);
	return admin_list(cli, path, wallet_columns);
}

static int wallet_show(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/wallet-addresses/*", cli->args[0]);
	return admin_show(cli, "GET", path, NULL, wallet_details);
}

static int wallet_close(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/wallet-addresses/*", cli->args[0]);
	return admin_show(
	        cli, "PATCH", path, json_pack("{s:s}", "status", "closed"), wallet_details);
}

static const struct option add_options[] = {
        {"asset", "CODE", "the asset that it holds", OPTION_REQUIRED},
        {"name", "TEXT", "the name that payers see", 0},
        {"user", "U", "its user (default: a user named NAME)", 0},
        {"password-stdin", NULL, "read the user's password from standard input", 0},
        {0},
};

static const struct option set_options[] = {
        {"name", "TEXT", "the name that payers see; '' for none", 0},
        {"status", "S", "active, or inactive: no new payments, and after a day none at all", 0},
        {"password-stdin", NULL, "read its user's new password from standard input", 0},
        {"reply", "TEXT", "answer to every message that comes with a payment; '' for none", 0},
        {0},
};

const struct command wallet_commands[] = {
        {"wallet add", "NAME", "open a wallet", 1, 1, add_options, wallet_add},
        {"wallet list", "", "list the wallets", 0, 0, admin_list_options, wallet_list},
        {"wallet show", "NAME", "show one wallet", 1, 1, NULL, wallet_show},
        {"wallet set", "NAME", "change its name, status or automatic reply, or its user's password",
                1, 1, set_options, wallet_set},
        {"wallet close", "NAME", "close an empty wallet", 1, 1, NULL, wallet_close},
        {0},
};
