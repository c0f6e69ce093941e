/* operator: who may sign in at the console. */
#include "cli/admin_call.h"
#include "cli/command_table.h"

static const struct show_column columns[] = {
        {"NAME", "name", SHOW_TEXT},
        {"READY", "ready", SHOW_FLAG},
        {"SIGNED IN", "signedInAt", SHOW_TEXT},
        {"SET-UP TOKEN UNTIL", "setupEndsAt", SHOW_TEXT},
        {"CREATED", "createdAt", SHOW_TEXT},
        {0},
};

static const struct show_column token_columns[] = {
        {"NAME", "name", SHOW_TEXT},
        {"TOKEN", "setupToken", SHOW_TEXT},
        {"PAGE", "setupPath", SHOW_TEXT},
        {"UNTIL", "expiresAt", SHOW_TEXT},
        {0},
};

static const struct show_column removed_columns[] = {
        {"REMOVED", "name", SHOW_TEXT},
        {0},
};

static int operator_list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/operators", NULL);
	return admin_list(cli, path, columns);
}

static int operator_token(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];
	const char *name = cli->args_n > 0 ? cli->args[0] : "admin";

	admin_path(path, "/operators", NULL);
	return admin_show(cli, "POST", path, json_pack("{s:s}", "name", name), token_columns);
}

static int operator_remove(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/operators/*", cli->args[0]);
	return admin_show(cli, "DELETE", path, NULL, removed_columns);
}

const struct command operator_commands[] = {
        {"operator token", "[NAME]",
                "a token, good once, that sets an operator's password and codes for /console", 0, 1,
                NULL, operator_token},
        {"operator list", "", "who may sign in at /console", 0, 0, admin_list_options,
                operator_list},
        {"operator remove", "NAME", "an operator may not sign in any more", 1, 1, NULL,
                operator_remove},
        {0},
};
