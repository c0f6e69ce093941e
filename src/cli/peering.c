/* peering: becoming peers by a link: the one operator makes it, the other accepts it. */
#include "base/limits.h"
#include "base/secret.h"
#include "cli/admin_call.h"
#include "cli/command_table.h"

#define EXPIRES_HOURS_MAX (30 * 24)

static const struct show_column invitation_columns[] = {
        {"PEER", "name", SHOW_TEXT},
        {"LINK", "url", SHOW_TEXT},
        {"ASSET", "assetCode", SHOW_TEXT},
        {"CREDIT LIMIT", "creditLimit", SHOW_AMOUNT},
        {"MAX PACKET", "maxPacketAmount", SHOW_AMOUNT},
        {"SPREAD BPS", "spreadBps", SHOW_NUMBER},
        {"EXPIRES", "expiresAt", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static const struct show_column peer_columns[] = {
        {"NAME", "name", SHOW_TEXT},
        {"ASSET", "assetCode", SHOW_TEXT},
        {"ILP ADDRESS", "ilpAddress", SHOW_TEXT},
        {"URL", "url", SHOW_TEXT},
        {"CREDIT LIMIT", "creditLimit", SHOW_AMOUNT},
        {"MAX PACKET", "maxPacketAmount", SHOW_AMOUNT},
        {"SPREAD BPS", "spreadBps", SHOW_NUMBER},
        {"ID", "id", SHOW_TEXT},
        {0},
};

/* What the other operator offers. */
static const struct show_column terms_columns[] = {
        {"THEIR ILP ADDRESS", "ilpAddress", SHOW_TEXT},
        {"THEIR URL", "url", SHOW_TEXT},
        {"ASSET", "assetCode", SHOW_TEXT},
        {"WE MAY OWE THEM", "creditLimit", SHOW_AMOUNT},
        {"MAX PACKET", "maxPacketAmount", SHOW_AMOUNT},
        {"THEIR SPREAD BPS", "spreadBps", SHOW_NUMBER},
        {"EXPIRES", "expiresAt", SHOW_TEXT},
        {0},
};

static int limit_members(const struct cli *cli, const struct admin_asset *asset, json_t *body)
{
	int status = admin_amount_member(cli, asset, "credit-limit", "creditLimit", body);

	if (!status)
		status = admin_amount_member(cli, asset, "max-packet", "maxPacketAmount", body);
	return status ? status : admin_number_member(cli, "spread-bps", "spreadBps", BPS_ONE, body);
}

static int peer_invite(struct cli *cli)
{
	char owner[ADMIN_PATH_BYTES], path[ADMIN_PATH_BYTES];
	json_t *body =
	        json_pack("{s:s, s:s}", "name", cli->args[0], "assetCode", cli_text(cli, "asset"));
	struct admin_asset asset;
	struct admin a;
	uint64_t hours = 0;
	int status = admin_open(cli, &a);

	admin_path(owner, "/assets/*", cli_text(cli, "asset"));
	admin_path(path, "/peers/invitations", NULL);
	if (!status)
		status = admin_asset_of(&a, owner, &asset);
	admin_close(&a);
	if (!status)
		status = limit_members(cli, &asset, body);
	if (!status)
		status = cli_number(cli, "hours", EXPIRES_HOURS_MAX, &hours);
	if (!status && hours)
		(void)json_object_set_new(
		        body, "expiresInS", json_integer((json_int_t)hours * 3600));
	if (!status)
		return admin_show(cli, "POST", path, body, invitation_columns);
	json_decref(body);
	return status;
}

/* Shows the terms, and says which asset they are in. */
static int look(struct cli *cli, struct admin *a, const char *link, struct admin_asset *asset)
{
	char path[ADMIN_PATH_BYTES];
	json_t *terms = NULL;
	int status;

	admin_path(path, "/peers/invitations/preview", NULL);
	status = admin_call(a, "POST", path, json_pack("{s:s}", "url", link), NULL, &terms);
	if (status)
		return status;
	if (!cli->json)
		show_object(terms, terms_columns);
	status = admin_asset_read(cli, terms, asset);
	json_decref(terms);
	return status;
}

static int peer_accept(struct cli *cli)
{
	const char *automatic = cli_text(cli, "auto");
	char path[ADMIN_PATH_BYTES], owner[ADMIN_PATH_BYTES];
	struct admin_asset asset = {.scale = 0};
	json_t *body = NULL;
	char link[URL_MAX_CHARS +
	          2]; /* holds a secret: it may stand in a file, as its first line */
	struct admin a;
	int status = cli_secret_typed(cli, "the link", cli->args[0], link, sizeof link);

	if (status)
		return status;
	status = admin_open(cli, &a);
	admin_path(path, automatic ? "/peers/auto" : "/peers/invitations/accept", NULL);
	if (!status && automatic) {
		admin_path(owner, "/assets/*", automatic);
		status = admin_asset_of(&a, owner, &asset);
	}
	if (!status && !automatic)
		status = look(cli, &a, link, &asset);
	if (!status)
		status = cli_confirm(cli, "Become peers?", "not accepted");
	admin_close(&a);
	body = json_pack("{s:s, s:s}", "url", link, "name", cli_text(cli, "name"));
	secret_wipe(link, sizeof link);
	if (automatic)
		(void)json_object_set_new(body, "assetCode", json_string(automatic));
	if (!status)
		status = limit_members(cli, &asset, body);
	if (!status)
		return admin_show(cli, "POST", path, body, peer_columns);
	json_decref(body);
	return status;
}

#define LIMIT_OPTIONS                                                                              \
	{"credit-limit", "AMOUNT", "what they may owe us (default 0: prepaid only)", 0},           \
	        {"max-packet", "AMOUNT", "cap of one packet, both directions (default: none)", 0}, \
	{                                                                                          \
		"spread-bps", "N", "our share of an exchange, in hundredths of a percent", 0       \
	}

static const struct option invite_options[] = {
        {"asset", "CODE", "the asset that is settled", OPTION_REQUIRED},
        LIMIT_OPTIONS,
        {"hours", "N", "how long the link may be used (default 24)", 0},
        {0},
};
static const struct option accept_options[] = {
        {"name", "NAME", "what the peer is called here", OPTION_REQUIRED},
        LIMIT_OPTIONS,
        {"auto", "CODE", "the URL is another node's auto-peering (as Rafiki has it), in this asset",
                0},
        {"yes", NULL, "do not ask", 0},
        {0},
};

static int peer_invitations(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"NAME", "name", SHOW_TEXT},
	        {"ASSET", "assetCode", SHOW_TEXT},
	        {"CREDIT LIMIT", "creditLimit", SHOW_AMOUNT},
	        {"EXPIRES", "expiresAt", SHOW_TEXT},
	        {"ID", "id", SHOW_TEXT},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/peers/invitations", NULL);
	return admin_list(cli, path, columns);
}

static int peer_uninvite(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"ID", "id", SHOW_TEXT},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/peers/invitations/*", cli->args[0]);
	return admin_show(cli, "DELETE", path, NULL, columns);
}

const struct command peering_commands[] = {
        {"peer invite", "NAME", "make a link by which another operator becomes a peer", 1, 1,
                invite_options, peer_invite},
        {"peer invitations", "", "the links that may still be used", 0, 0, admin_list_options,
                peer_invitations},
        {"peer uninvite", "ID", "take a link back that was not used", 1, 1, NULL, peer_uninvite},
        {"peer accept", "LINK", "become a peer by another operator's link", 1, 1, accept_options,
                peer_accept},
        {0},
};
