/* settlement: money that moves between a peer and us outside Interledger. */
#include "cli/admin_call.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "cli/command_table.h"

#define NONE "none"

static const struct show_column terms_details[] = {
        {"PEER", "peer", SHOW_TEXT},
        {"BALANCE", "balance", SHOW_AMOUNT},
        {"SETTLE AT", "settleThreshold", SHOW_AMOUNT},
        {"SETTLE TO", "settleTo", SHOW_AMOUNT},
        {"CLAIM AT", "claimThreshold", SHOW_AMOUNT},
        {"ENGINE", "engineUrl", SHOW_TEXT},
        {"ENGINE TOKEN", "engineToken", SHOW_FLAG},
        {"LEFTOVER", "leftover", SHOW_PAIRS},
        {"DUE", "due", SHOW_TEXT},
        {0},
};

/* ---- one settlement ---- */

/* --direction, or --sent as it was before. NULL: it is neither. */
static const char *direction_of(const struct cli *cli)
{
	const char *given = cli_text(cli, "direction");

	if (!given)
		return cli_flag(cli, "sent") ? "sent" : "received";
	if (strcmp(given, "paid") == 0)
		return "sent";
	return strcmp(given, "received") == 0 && !cli_flag(cli, "sent") ? given : NULL;
}

static int peer_settle(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"SETTLED", "amount", SHOW_AMOUNT},
	        {"DIRECTION", "direction", SHOW_TEXT},
	        {"REFERENCE", "reference", SHOW_TEXT},
	        {"STATE", "state", SHOW_TEXT},
	        {"ID", "id", SHOW_TEXT},
	        {0},
	};
	char owner[ADMIN_PATH_BYTES], path[ADMIN_PATH_BYTES];
	const char *direction = direction_of(cli), *reference = cli_text(cli, "reference");
	json_t *body;

	if (!direction)
		return cli_fail(cli, EXIT_USAGE, NULL, "paid: we paid the peer",
		        "--direction is paid or received");
	body = json_pack("{s:s}", "direction", direction);
	if (reference)
		(void)json_object_set_new(body, "reference", json_string(reference));
	if (cli_flag(cli, "engine"))
		(void)json_object_set_new(body, "engine", json_true());
	admin_path(owner, "/peers/*", cli->args[0]);
	admin_path(path, "/peers/*/settlements", cli->args[0]);
	return admin_move(cli, owner, path, cli->args[1], body, columns);
}

static int peer_settlements(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"CREATED", "createdAt", SHOW_TEXT},
	        {"DIRECTION", "direction", SHOW_TEXT},
	        {"AMOUNT", "amount", SHOW_AMOUNT},
	        {"STATE", "state", SHOW_TEXT},
	        {"ENGINE", "engine", SHOW_FLAG},
	        {"REFERENCE", "reference", SHOW_TEXT},
	        {"ATTEMPTS", "attempts", SHOW_NUMBER},
	        {"ERROR", "error", SHOW_TEXT},
	        {"ID", "id", SHOW_TEXT},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/peers/*/settlements", cli->args[0]);
	return admin_list(cli, path, columns);
}

static int peer_settle_end(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"STATE", "state", SHOW_TEXT},
	        {"BALANCE", "balance", SHOW_AMOUNT},
	        {"ID", "id", SHOW_TEXT},
	        {0},
	};
	const char *as = cli_text(cli, "as");
	char path[ADMIN_PATH_BYTES];

	if (strcmp(as, "paid") != 0 && strcmp(as, "refused") != 0)
		return cli_fail(
		        cli, EXIT_USAGE, NULL, "", "--as is paid or refused, not \"%s\"", as);
	admin_path(path, "/peers/*", cli->args[0]);
	admin_path_add(path, "/settlements/*/end", cli->args[1]);
	return admin_post_once(cli, path, json_pack("{s:s}", "as", as), columns);
}

/* ---- terms ---- */

static int signed_member(const struct cli *cli, const struct admin_asset *asset, const char *option,
        const char *member, json_t *body)
{
	const char *text = cli_text(cli, option);
	bool negative = text && *text == '-';
	char value[AMOUNT_TEXT_SIZE + 1];
	json_t *amount = NULL;
	int status;

	if (!text)
		return EXIT_DONE;
	if (strcmp(text, NONE) == 0) {
		(void)json_object_set_new(body, member, json_null());
		return EXIT_DONE;
	}
	status = admin_amount_typed(cli, text + negative, asset, &amount);
	if (status)
		return status;
	(void)snprintf(value, sizeof(value), "%s%s", negative ? "-" : "",
	        json_string_value(json_object_get(amount, "value")));
	(void)json_object_set_new(amount, "value", json_string(value));
	(void)json_object_set_new(body, member, amount);
	return EXIT_DONE;
}

static int token_member(const struct cli *cli, json_t *body)
{
	char secret[CLI_SECRET_BYTES];
	const char *given = cli_text(cli, "engine-token");
	int status = cli_secret(cli, "engine-token", secret);

	if (!status && given)
		(void)json_object_set_new(body, "engineToken",
		        strcmp(given, NONE) == 0 ? json_null() : json_string(secret));
	secret_wipe(secret, sizeof secret);
	return status;
}

static int terms_members(const struct cli *cli, const struct admin_asset *asset, json_t *body)
{
	const char *engine = cli_text(cli, "engine-url");
	int status = signed_member(cli, asset, "settle-threshold", "settleThreshold", body);

	if (!status)
		status = signed_member(cli, asset, "settle-to", "settleTo", body);
	if (!status)
		status = signed_member(cli, asset, "claim-threshold", "claimThreshold", body);
	if (engine)
		(void)json_object_set_new(body, "engineUrl",
		        strcmp(engine, NONE) == 0 ? json_null() : json_string(engine));
	return status ? status : token_member(cli, body);
}

static int peer_settlement(struct cli *cli)
{
	char owner[ADMIN_PATH_BYTES], path[ADMIN_PATH_BYTES];
	struct admin_asset asset;
	struct admin a;
	json_t *body;
	int status;

	admin_path(owner, "/peers/*", cli->args[0]);
	admin_path(path, "/peers/*/settlement-terms", cli->args[0]);
	if (cli->options_n == 0)
		return admin_show(cli, "GET", path, NULL, terms_details);
	status = admin_open(cli, &a);
	if (!status)
		status = admin_asset_of(&a, owner, &asset);
	admin_close(&a);
	body = json_object();
	if (!status)
		status = terms_members(cli, &asset, body);
	if (!status)
		return admin_show(cli, "PATCH", path, body, terms_details);
	json_decref(body);
	return status;
}

static const struct option settle_options[] = {
        {"direction", "paid|received", "who paid: we, or the peer (default: received)", 0},
        {"sent", NULL, "the same as --direction paid", 0},
        {"reference", "TEXT", "what the payment is known as elsewhere", 0},
        {"engine", NULL, "have the peer's settlement engine pay it, with --direction paid", 0},
        ADMIN_ID_OPTION,
        {0},
};

static const struct option end_options[] = {
        {"as", "paid|refused", "what was found out", OPTION_REQUIRED},
        ADMIN_ID_OPTION,
        {0},
};

static const struct option terms_options[] = {
        {"settle-threshold", "AMOUNT", "settle when we owe the peer this; none: never", 0},
        {"settle-to", "AMOUNT", "down to this (default 0); below zero we pay in advance", 0},
        {"claim-threshold", "AMOUNT", "tell the host when the peer owes us this; none: never", 0},
        {"engine-url", "URL", "the settlement engine that pays; none: a person does", 0},
        {"engine-token", "T", "what the engine and this node show each other (or @FILE)", 0},
        {0},
};

const struct command settlement_commands[] = {
        {"peer settle", "NAME AMOUNT", "record or order money that moves outside Interledger", 2, 2,
                settle_options, peer_settle},
        {"peer settlements", "NAME", "list what moved outside Interledger", 1, 1,
                admin_list_options, peer_settlements},
        {"peer settle-end", "NAME ID", "say how an order ended that the engine does not answer", 2,
                2, end_options, peer_settle_end},
        {"peer settlement", "NAME", "show or change when and where is settled with a peer", 1, 1,
                terms_options, peer_settlement},
        {0},
};
