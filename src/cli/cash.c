/* cash: deposits and withdrawals that account holders ask for, and the operator's answers. */
#include "cli/admin_call.h"
#include "cli/command_table.h"

static const struct show_column columns[] = {
        {"ASKED FOR", "createdAt", SHOW_TEXT},
        {"WHAT", "type", SHOW_TEXT},
        {"WALLET", "walletAddress", SHOW_TEXT},
        {"AMOUNT", "amount", SHOW_AMOUNT},
        {"NOTE", "note", SHOW_TEXT},
        {"STATE", "state", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static int list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/cash-requests", NULL);
	return admin_list(cli, path, columns);
}

static int answer(struct cli *cli, const char *pattern)
{
	const char *text = cli_text(cli, "answer");
	char path[ADMIN_PATH_BYTES];

	admin_path(path, pattern, cli->args[0]);
	return admin_post_once(
	        cli, path, text ? json_pack("{s:s}", "answer", text) : json_object(), columns);
}

static int approve(struct cli *cli)
{
	return answer(cli, "/cash-requests/*/approve");
}

static int refuse(struct cli *cli)
{
	return answer(cli, "/cash-requests/*/refuse");
}

static const struct option answer_options[] = {
        {"answer", "TEXT", "one line that the account holder reads", 0},
        ADMIN_ID_OPTION,
        {0},
};

const struct command cash_commands[] = {
        {"cash list", "", "deposits and withdrawals that account holders ask for", 0, 0,
                admin_list_options, list},
        {"cash approve", "ID", "the money has come, or has gone", 1, 1, answer_options, approve},
        {"cash refuse", "ID", "it does not move", 1, 1, answer_options, refuse},
        {0},
};
