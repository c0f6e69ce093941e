/* grant: what clients may do with wallets of this node. */
#include "cli/admin_call.h"
#include "cli/command_table.h"

static const struct show_column columns[] = {
        {"CLIENT", "client", SHOW_TEXT},
        {"NAME", "clientName", SHOW_TEXT},
        {"STATE", "state", SHOW_TEXT},
        {"REASON", "reason", SHOW_TEXT},
        {"CREATED", "createdAt", SHOW_TEXT},
        {"ENDS", "endsAt", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static int grant_list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/grants", NULL);
	return admin_list(cli, path, columns);
}

static int grant_revoke(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/grants/*/revoke", cli->args[0]);
	return admin_show(cli, "POST", path, NULL, columns);
}

const struct command grant_commands[] = {
        {"grant list", "", "what clients may do, newest first", 0, 0, admin_list_options,
                grant_list},
        {"grant revoke", "ID", "end a grant and its tokens at once", 1, 1, NULL, grant_revoke},
        {0},
};
