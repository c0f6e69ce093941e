/* money: the operator moves money into and out of wallets. */
#include "cli/admin_call.h"
#include "cli/command_table.h"

static const struct show_column moved_columns[] = {
        {"MOVED", "amount", SHOW_AMOUNT},
        {"WALLET", "wallet", SHOW_TEXT},
        {"BALANCE", "balance", SHOW_AMOUNT},
        {"PENDING", "pending", SHOW_AMOUNT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static int move_money(struct cli *cli, const char *pattern)
{
	char owner[ADMIN_PATH_BYTES], path[ADMIN_PATH_BYTES];

	admin_path(owner, "/wallet-addresses/*", cli->args[0]);
	admin_path(path, pattern, cli->args[0]);
	return admin_move(cli, owner, path, cli->args[1], NULL, moved_columns);
}

static int deposit(struct cli *cli)
{
	return move_money(cli, "/wallet-addresses/*/deposits");
}

static int withdraw(struct cli *cli)
{
	return move_money(cli, "/wallet-addresses/*/withdrawals");
}

static int balance(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"WALLET", "wallet", SHOW_TEXT},
	        {"BALANCE", "balance", SHOW_AMOUNT},
	        {"PENDING", "pending", SHOW_AMOUNT},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/wallet-addresses/*/balance", cli->args[0]);
	return admin_show(cli, "GET", path, NULL, columns);
}

static const struct option move_options[] = {ADMIN_ID_OPTION, {0}};

const struct command money_commands[] = {
        {"deposit", "NAME AMOUNT", "put money into a wallet", 2, 2, move_options, deposit},
        {"withdraw", "NAME AMOUNT", "take money out of a wallet", 2, 2, move_options, withdraw},
        {"balance", "NAME", "what a wallet holds", 1, 1, NULL, balance},
        {0},
};
