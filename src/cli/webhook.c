/* webhook: which of the host's servers are told of events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/secret.h"
#include "cli/admin_call.h"
#include "cli/command_table.h"

static const struct show_column columns[] = {
        {"URL", "url", SHOW_TEXT},
        {"ENABLED", "enabled", SHOW_FLAG},
        {"CONFIGURED", "configured", SHOW_FLAG},
        {"TYPES", "types", SHOW_WORDS},
        {"SECRET", "secret", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static int webhook_list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/webhook-endpoints", NULL);
	return admin_list(cli, path, columns);
}

/* "on" or "off" as --enabled has it. */
static int enabled_member(struct cli *cli, json_t *body)
{
	const char *given = cli_text(cli, "enabled");

	if (!given)
		return EXIT_DONE;
	if (strcmp(given, "on") != 0 && strcmp(given, "off") != 0)
		return cli_fail(
		        cli, EXIT_USAGE, NULL, "", "--enabled is on or off, not \"%s\"", given);
	(void)json_object_set_new(body, "enabled", json_boolean(strcmp(given, "on") == 0));
	return EXIT_DONE;
}

static int members(struct cli *cli, json_t *body)
{
	json_t *types = json_array();
	char secret[CLI_SECRET_BYTES];
	const char *type;
	int status = cli_secret(cli, "secret", secret);

	for (size_t i = 0; (type = cli_text_at(cli, "type", i)); i++)
		(void)json_array_append_new(types, json_string(type));
	if (json_array_size(types))
		(void)json_object_set(body, "types", types);
	json_decref(types);
	if (cli_flag(cli, "all-types"))
		(void)json_object_set_new(body, "types", json_null());
	if (!status && *secret)
		(void)json_object_set_new(body, "secret", json_string(secret));
	secret_wipe(secret, sizeof(secret));
	return status ? status : enabled_member(cli, body);
}

/* Sends a body of the options; url may be NULL. */
static int send_members(struct cli *cli, const char *method, const char *path, const char *url)
{
	json_t *body = json_object();
	int status = members(cli, body);

	if (url)
		(void)json_object_set_new(body, "url", json_string(url));
	if (!status)
		return admin_show(cli, method, path, body, columns);
	json_decref(body);
	return status;
}

static int webhook_add(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/webhook-endpoints", NULL);
	return send_members(cli, "POST", path, cli->args[0]);
}

static int webhook_set(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/webhook-endpoints/*", cli->args[0]);
	return send_members(cli, "PATCH", path, cli_text(cli, "url"));
}

static int webhook_secret(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/webhook-endpoints/*/secret", cli->args[0]);
	return admin_show(cli, "POST", path, json_object(), columns);
}

static int webhook_remove(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/webhook-endpoints/*", cli->args[0]);
	return admin_show(cli, "DELETE", path, NULL, columns);
}

static const struct show_column delivery_columns[] = {
        {"CREATED", "createdAt", SHOW_TEXT},
        {"TYPE", "type", SHOW_TEXT},
        {"SEQUENCE", "sequence", SHOW_NUMBER},
        {"DELIVERY", "delivery.state", SHOW_TEXT},
        {"ATTEMPTS", "delivery.attempts", SHOW_NUMBER},
        {"NEXT ATTEMPT", "delivery.nextAttemptAt", SHOW_TEXT},
        {"ERROR", "delivery.error", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static int webhook_deliveries(struct cli *cli)
{
	const char *state = cli_text(cli, "state");
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/webhook-endpoints/*/deliveries", cli->args[0]);
	if (state)
		admin_path_add(path, "?state=*", state);
	return admin_list(cli, path, delivery_columns);
}

static int webhook_redeliver(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];
	struct id id;

	if (id_parse(cli->args[1], strlen(cli->args[1]), &id))
		return cli_fail(cli, EXIT_USAGE, NULL, "", "\"%s\" is not a UUID", cli->args[1]);
	admin_path(path, "/webhook-endpoints/*", cli->args[0]);
	admin_path_add(path, "/deliveries/*/redeliver", cli->args[1]);
	return admin_show(cli, "POST", path, json_object(), delivery_columns);
}

#define MEMBER_OPTIONS                                                                             \
	{"type", "TYPE", "only events of this type", OPTION_REPEATED},                             \
	        {"secret", "TEXT", "what signs its events (or @FILE)", 0},                         \
	{                                                                                          \
		"enabled", "on|off", "off: it is told later what happens meanwhile", 0             \
	}

static const struct option add_options[] = {
        MEMBER_OPTIONS,
        {0},
};

static const struct option set_options[] = {
        {"url", "URL", "where it is told", 0},
        MEMBER_OPTIONS,
        {"all-types", NULL, "events of every type", 0},
        {0},
};

static const struct option delivery_options[] = {
        {"state", "STATE", "only those that are WAITING, PENDING or PARKED", 0},
        {"limit", "N", "items on a page (with --json)", 0},
        {"cursor", "TEXT", "the page to print: nextCursor of the one before (with --json)", 0},
        {0},
};

const struct command webhook_commands[] = {
        {"webhook list", "", "which servers are told of events", 0, 0, admin_list_options,
                webhook_list},
        {"webhook add", "URL", "tell one more, from now on; its secret is shown this once", 1, 1,
                add_options, webhook_add},
        {"webhook set", "ID", "change where, of what and with which secret it is told", 1, 1,
                set_options, webhook_set},
        {"webhook secret", "ID", "a new secret; the one before it stays good beside it", 1, 1, NULL,
                webhook_secret},
        {"webhook remove", "ID", "tell it no more", 1, 1, NULL, webhook_remove},
        {"webhook deliveries", "ID", "what it was told, and how that went", 1, 1, delivery_options,
                webhook_deliveries},
        {"webhook redeliver", "ID EVENT", "tell it of an event again", 2, 2, NULL,
                webhook_redeliver},
        {0},
};
