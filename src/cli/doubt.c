/* doubt: amounts that a crash left in doubt, and where they go in the end. */
#include "cli/admin_call.h"

#include <string.h>

#include "cli/command_table.h"

static const struct show_column doubt_columns[] = {
        {"SINCE", "since", SHOW_TEXT},
        {"DIRECTION", "direction", SHOW_TEXT},
        {"AMOUNT", "amount", SHOW_AMOUNT},
        {"PEER", "peer", SHOW_TEXT},
        {"PAYMENT", "payment", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static int doubt_list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/doubts", NULL);
	return admin_list(cli, path, doubt_columns);
}

static int doubt_release(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"RELEASED TO", "releasedTo", SHOW_TEXT},
	        {"AMOUNT", "amount", SHOW_AMOUNT},
	        {"PEER", "peer", SHOW_TEXT},
	        {"PAYMENT", "payment", SHOW_TEXT},
	        {"ID", "id", SHOW_TEXT},
	        {0},
	};
	const char *to = cli_text(cli, "to");
	char path[ADMIN_PATH_BYTES];

	if (strcmp(to, "payer") != 0 && strcmp(to, "peer") != 0)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "--to is payer or peer, not \"%s\"", to);
	admin_path(path, "/doubts/*/release", cli->args[0]);
	return admin_post_once(cli, path, json_pack("{s:s}", "to", to), columns);
}

static const struct option release_options[] = {
        {"to", "payer|peer", "who gets the amount", OPTION_REQUIRED},
        ADMIN_ID_OPTION,
        {0},
};

const struct command doubt_commands[] = {
        {"doubt list", "", "amounts that a crash left in doubt", 0, 0, admin_list_options,
                doubt_list},
        {"doubt release", "ID", "settle an amount in doubt", 1, 1, release_options, doubt_release},
        {0},
};
