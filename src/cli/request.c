/* request: an incoming payment of a wallet, to be paid by its URL. */
#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/admin_call.h"
#include "cli/command_table.h"

#define LIFE_MAX_S (3650ULL * 24 * 3600)

static const struct show_column columns[] = {
        {"URL", "url", SHOW_TEXT},
        {"STATE", "state", SHOW_TEXT},
        {"AMOUNT", "incomingAmount", SHOW_AMOUNT},
        {"RECEIVED", "receivedAmount", SHOW_AMOUNT},
        {"EXPIRES", "expiresAt", SHOW_TEXT},
        {"METADATA", "metadata", SHOW_PAIRS},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static int add_amount(struct cli *cli, struct admin *a, json_t *body)
{
	char path[ADMIN_PATH_BYTES];
	struct admin_asset asset;
	json_t *amount = NULL;
	int status;

	if (cli->args_n < 2)
		return EXIT_DONE;
	admin_path(path, "/wallet-addresses/*", cli->args[0]);
	status = admin_asset_of(a, path, &asset);
	if (!status)
		status = admin_amount_typed(cli, cli->args[1], &asset, &amount);
	if (!status)
		(void)json_object_set_new(body, "incomingAmount", amount);
	return status;
}

static int add_options(struct cli *cli, json_t *body)
{
	const char *description = cli_text(cli, "description");
	const char *expires = cli_text(cli, "expires");
	char at[TIME_TEXT_SIZE];
	uint64_t life_s = 0;
	json_t *text;

	if (description) {
		text = json_string(description);
		if (!text)
			return cli_fail(cli, EXIT_USAGE, NULL, "", "the description is not UTF-8");
		(void)json_object_set_new(
		        body, "metadata", json_pack("{s:o}", "description", text));
	}
	if (!expires)
		return EXIT_DONE;
	if (admin_seconds_typed(cli, "expires", expires, LIFE_MAX_S, &life_s))
		return EXIT_USAGE;
	time_format(clock_wall_ms() + (int64_t)life_s * 1000, at);
	(void)json_object_set_new(body, "expiresAt", json_string(at));
	return EXIT_DONE;
}

static int request(struct cli *cli)
{
	json_t *body = json_pack("{s:s}", "walletAddress", cli->args[0]);
	char path[ADMIN_PATH_BYTES];
	struct admin a;
	int status = body ? admin_open(cli, &a)
	                  : cli_fail(cli, EXIT_USAGE, NULL, "", "the name is not valid UTF-8");

	if (!status) {
		status = add_amount(cli, &a, body);
		admin_close(&a);
	}
	if (!status)
		status = add_options(cli, body);
	if (status) {
		json_decref(body);
		return status;
	}
	admin_path(path, "/incoming-payments", NULL);
	return admin_post_once(cli, path, body, columns);
}

static const struct option request_options[] = {
        {"description", "D", "what it is for; payers see it", 0},
        {"expires", "TIME", "for how long it can be paid: 90s, 15m, 1h, 7d", 0},
        ADMIN_ID_OPTION,
        {0},
};

const struct command request_commands[] = {
        {"request", "NAME [AMOUNT]", "ask for a payment, and get the URL to pay it by", 1, 2,
                request_options, request},
        {0},
};
