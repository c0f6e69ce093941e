/* asset: what money is made of here, its fees, and the liquidity for exchanging it. */
#include "cli/admin_call.h"
#include "cli/command_table.h"

static const struct show_column asset_columns[] = {
        {"CODE", "code", SHOW_TEXT},
        {"SCALE", "scale", SHOW_NUMBER},
        {"LIQUIDITY", "liquidity", SHOW_AMOUNT},
        {"FIXED FEE", "feeFixed", SHOW_AMOUNT},
        {"FEE BPS", "feeBps", SHOW_NUMBER},
        {"FIXED RECEIVE FEE", "receiveFeeFixed", SHOW_AMOUNT},
        {"RECEIVE FEE BPS", "receiveFeeBps", SHOW_NUMBER},
        {0},
};

/* The members of the fees and thresholds that are given. */
static int asset_members(const struct cli *cli, const struct admin_asset *asset, json_t *body)
{
	int status = admin_number_member(cli, "fee-bps", "feeBps", BPS_ONE - 1, body);

	if (!status)
		status = admin_number_member(
		        cli, "receive-fee-bps", "receiveFeeBps", BPS_ONE - 1, body);
	if (!status)
		status = admin_amount_member(cli, asset, "fee-fixed", "feeFixed", body);
	if (!status)
		status = admin_amount_member(
		        cli, asset, "receive-fee-fixed", "receiveFeeFixed", body);
	if (!status)
		status = admin_amount_member(
		        cli, asset, "withdrawal-threshold", "withdrawalThreshold", body);
	return status ? status : admin_limit_members(cli, asset, body);
}

static int asset_add(struct cli *cli)
{
	json_t *body = json_pack("{s:s}", "code", cli->args[0]);
	struct admin_asset asset = {.code = ""};
	char path[ADMIN_PATH_BYTES];
	uint64_t scale = 0;
	int status = cli_number(cli, "scale", ASSET_SCALE_MAX, &scale);

	/* A code that is too long is cut here only for the fee's members; the server refuses it. */
	(void)snprintf(asset.code, sizeof asset.code, "%s", cli->args[0]);
	asset.scale = (unsigned)scale;
	(void)json_object_set_new(body, "scale", json_integer((json_int_t)scale));
	if (!status)
		status = asset_members(cli, &asset, body);
	if (status) {
		json_decref(body);
		return status;
	}
	admin_path(path, "/assets", NULL);
	return admin_show(cli, "POST", path, body, asset_columns);
}

static int asset_list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/assets", NULL);
	return admin_list(cli, path, asset_columns);
}

static int asset_set(struct cli *cli)
{
	json_t *body = json_object();
	struct admin_asset asset;
	char path[ADMIN_PATH_BYTES];
	struct admin a;
	int status;

	admin_path(path, "/assets/*", cli->args[0]);
	status = admin_open(cli, &a);
	if (!status)
		status = admin_asset_of(&a, path, &asset);
	admin_close(&a);
	if (!status)
		status = asset_members(cli, &asset, body);
	if (status) {
		json_decref(body);
		return status;
	}
	return admin_show(cli, "PATCH", path, body, asset_columns);
}

static int asset_deposit(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"DEPOSITED", "amount", SHOW_AMOUNT},
	        {"ID", "id", SHOW_TEXT},
	        {0},
	};
	char owner[ADMIN_PATH_BYTES], path[ADMIN_PATH_BYTES];

	admin_path(owner, "/assets/*", cli->args[0]);
	admin_path(path, "/assets/*/liquidity/deposits", cli->args[0]);
	return admin_move(cli, owner, path, cli->args[1], NULL, columns);
}

static const struct option add_options[] = {
        {"scale", "N", "decimals of the smallest unit: 2 for cents", OPTION_REQUIRED},
        {"fee-fixed", "AMOUNT", "fee of an outgoing payment", 0},
        {"fee-bps", "N", "the same in hundredths of a percent", 0},
        {"receive-fee-fixed", "AMOUNT", "fee of an incoming payment, which its wallet pays", 0},
        {"receive-fee-bps", "N", "the same in hundredths of a percent", 0},
        {"withdrawal-threshold", "AMOUNT",
                "tell the host when so much came to a wallet without an incoming payment", 0},
        ADMIN_LIMIT_OPTIONS,
        {0},
};
static const struct option move_options[] = {ADMIN_ID_OPTION, {0}};

const struct command asset_commands[] = {
        {"asset add", "CODE", "add an asset", 1, 1, add_options, asset_add},
        {"asset list", "", "list the assets", 0, 0, admin_list_options, asset_list},
        {"asset set", "CODE", "change an asset's fees and thresholds", 1, 1, add_options + 1,
                asset_set},
        {"asset deposit", "CODE AMOUNT", "add liquidity for exchanges", 2, 2, move_options,
                asset_deposit},
        {0},
};
