/* peer: the nodes that packets come from and go to. */
#include "cli/admin_call.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/secret.h"
#include "cli/command_table.h"

#define DRAIN_S       90 /* longer than any packet lives; where --wait says nothing else */
#define DRAIN_MAX_S   3600
#define DRAIN_LOOK_MS 100

static const struct show_column peer_columns[] = {
        {"NAME", "name", SHOW_TEXT},
        {"STATE", "state", SHOW_TEXT},
        {"HEALTH", "health.state", SHOW_TEXT},
        {"ASSET", "assetCode", SHOW_TEXT},
        {"BALANCE", "balance", SHOW_AMOUNT},
        {"CREDIT LIMIT", "creditLimit", SHOW_AMOUNT},
        {"SPREAD BPS", "spreadBps", SHOW_NUMBER},
        {"ILP ADDRESS", "ilpAddress", SHOW_TEXT},
        {"URL", "url", SHOW_TEXT},
        {0},
};

static const struct show_column peer_details[] = {
        {"NAME", "name", SHOW_TEXT},
        {"STATE", "state", SHOW_TEXT},
        {"ASSET", "assetCode", SHOW_TEXT},
        {"BALANCE", "balance", SHOW_AMOUNT},
        {"PENDING", "pending", SHOW_AMOUNT},
        {"CREDIT LIMIT", "creditLimit", SHOW_AMOUNT},
        {"DEBT LIMIT", "debtLimit", SHOW_AMOUNT},
        {"MAX PACKET", "maxPacketAmount", SHOW_AMOUNT},
        {"PACKETS PER SECOND", "packetsPerSecond", SHOW_NUMBER},
        {"AMOUNT PER SECOND", "amountPerSecond", SHOW_AMOUNT},
        {"IN FLIGHT LIMIT", "inFlightLimit", SHOW_NUMBER},
        {"SPREAD BPS", "spreadBps", SHOW_NUMBER},
        {"ILP ADDRESS", "ilpAddress", SHOW_TEXT},
        {"URL", "url", SHOW_TEXT},
        {"ROUTES", "routes", SHOW_WORDS},
        {"RELATION", "relation", SHOW_TEXT},
        {"OUR ADDRESS", "assignedAddress", SHOW_TEXT},
        {"CCP", "ccp", SHOW_FLAG},
        {"INCOMING TOKENS", "incomingTokens", SHOW_IDS},
        {"HEALTH", "health.state", SHOW_TEXT},
        {"DOWN SINCE", "health.downSince", SHOW_TEXT},
        {"LAST PACKET", "health.lastPacketAt", SHOW_TEXT},
        {"LAST ANSWER", "health.lastAnswerAt", SHOW_TEXT},
        {"LATENCY MS", "health.latencyMs", SHOW_NUMBER},
        {"IN FLIGHT FROM IT", "health.inFlight", SHOW_NUMBER},
        {"IN FLIGHT TO IT", "health.inFlightOut", SHOW_NUMBER},
        {"PACKETS FROM IT", "health.packetsIn", SHOW_NUMBER},
        {"REFUSED BY US", "health.refusedIn", SHOW_NUMBER},
        {"PACKETS TO IT", "health.packetsOut", SHOW_NUMBER},
        {"REJECTED BY IT", "health.rejectedOut", SHOW_NUMBER},
        {"WITHOUT ANSWER", "health.failedOut", SHOW_NUMBER},
        {"CREATED", "createdAt", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

/* ---- the members that add and set share ---- */

static void text_member(const struct cli *cli, const char *option, const char *member, json_t *body)
{
	const char *text = cli_text(cli, option);

	if (text)
		(void)json_object_set_new(body, member, json_string(text));
}

static int secret_member(
        const struct cli *cli, const char *option, const char *member, json_t *body)
{
	char secret[CLI_SECRET_BYTES];
	int status = cli_secret(cli, option, secret);

	if (!status && cli_text(cli, option))
		(void)json_object_set_new(body, member, json_string(secret));
	secret_wipe(secret, sizeof secret);
	return status;
}

static int check_ccp(struct cli *cli)
{
	const char *ccp = cli_text(cli, "ccp");

	if (!ccp || strcmp(ccp, "on") == 0 || strcmp(ccp, "off") == 0)
		return EXIT_DONE;
	return cli_fail(cli, EXIT_USAGE, NULL, "", "--ccp is on or off, not \"%s\"", ccp);
}

static int peer_members(const struct cli *cli, const struct admin_asset *asset, json_t *body)
{
	static const struct {
		const char *option, *member;
		uint64_t max;
	} numbers[] = {{"spread-bps", "spreadBps", BPS_ONE},
	        {"packets-per-s", "packetsPerSecond", 100000000},
	        {"in-flight", "inFlightLimit", 1000000}};
	json_t *routes = json_array();
	const char *prefix;
	int status = EXIT_DONE;

	text_member(cli, "ilp-address", "ilpAddress", body);
	text_member(cli, "url", "url", body);
	for (size_t i = 0; (prefix = cli_text_at(cli, "route", i)); i++)
		(void)json_array_append_new(routes, json_string(prefix));
	if (json_array_size(routes))
		(void)json_object_set(body, "routes", routes);
	json_decref(routes);
	if (cli_flag(cli, "parent"))
		(void)json_object_set_new(body, "parent", json_true());
	if (cli_flag(cli, "child"))
		(void)json_object_set_new(body, "child", json_true());
	if (cli_text(cli, "ccp"))
		(void)json_object_set_new(
		        body, "ccp", json_boolean(strcmp(cli_text(cli, "ccp"), "on") == 0));
	for (size_t i = 0; !status && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		status = admin_number_member(
		        cli, numbers[i].option, numbers[i].member, numbers[i].max, body);
	if (!status)
		status = secret_member(cli, "outgoing-token", "outgoingToken", body);
	if (!status)
		status = secret_member(cli, "incoming-token", "incomingToken", body);
	if (!status)
		status = admin_amount_member(cli, asset, "credit-limit", "creditLimit", body);
	if (!status)
		status = admin_amount_member(cli, asset, "debt-limit", "debtLimit", body);
	if (!status)
		status = admin_amount_member(cli, asset, "amount-per-s", "amountPerSecond", body);
	if (!status)
		status = admin_amount_member(cli, asset, "max-packet", "maxPacketAmount", body);
	if (!status)
		status = admin_limit_members(cli, asset, body);
	return status;
}

/* Sends what the options say about the peer whose asset `owner` knows. */
static int send_members(
        struct cli *cli, const char *owner, const char *method, const char *path, json_t *body)
{
	struct admin_asset asset;
	struct admin a;
	int status = check_ccp(cli);

	if (status) {
		json_decref(body);
		return status;
	}
	status = admin_open(cli, &a);
	if (!status)
		status = admin_asset_of(&a, owner, &asset);
	admin_close(&a);
	if (!status)
		status = peer_members(cli, &asset, body);
	if (!status)
		return admin_show(cli, method, path, body, peer_details);
	json_decref(body);
	return status;
}

/* ---- commands ---- */

static int peer_add(struct cli *cli)
{
	const char *code = cli_text(cli, "asset");
	char owner[ADMIN_PATH_BYTES], path[ADMIN_PATH_BYTES];

	if (!cli_flag(cli, "parent") && !cli_flag(cli, "child") && !cli_text(cli, "ilp-address"))
		return cli_fail(cli, EXIT_USAGE, NULL,
		        "only a --parent tells it, and only a --child gets it from us",
		        "needs --ilp-address");
	admin_path(owner, "/assets/*", code);
	admin_path(path, "/peers", NULL);
	return send_members(cli, owner, "POST", path,
	        json_pack("{s:s,s:s}", "name", cli->args[0], "assetCode", code));
}

static int peer_list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/peers", NULL);
	return admin_list(cli, path, peer_columns);
}

static int peer_show(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/peers/*", cli->args[0]);
	return admin_show(cli, "GET", path, NULL, peer_details);
}

static int peer_set(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];
	json_t *body = json_object();
	int status = secret_member(cli, "add-incoming-token", "addIncomingToken", body);

	if (!status)
		status = secret_member(cli, "revoke-incoming-token", "revokeIncomingToken", body);
	if (status) {
		json_decref(body);
		return status;
	}
	text_member(cli, "state", "state", body);
	admin_path(path, "/peers/*", cli->args[0]);
	return send_members(cli, path, "PATCH", path, body);
}

static bool is_drained(const json_t *peer)
{
	const json_t *health = json_object_get(peer, "health");
	const char *pending =
	        json_string_value(json_object_get(json_object_get(peer, "pending"), "value"));

	return json_integer_value(json_object_get(health, "inFlight")) == 0 &&
	       json_integer_value(json_object_get(health, "inFlightOut")) == 0 && pending &&
	       strcmp(pending, "0") == 0;
}

/* Nothing new from now on; what is under way ends within its time. */
static int drain(struct admin *a, const char *path, uint64_t wait_s)
{
	const struct timespec pause = {0, DRAIN_LOOK_MS * 1000000L};
	const int64_t until_ms = clock_mono_ms() + (int64_t)wait_s * 1000;
	json_t *peer = NULL;
	int status =
	        admin_call(a, "PATCH", path, json_pack("{s:s}", "state", "draining"), NULL, &peer);

	while (!status && !is_drained(peer)) {
		if (clock_mono_ms() >= until_ms) {
			status = cli_fail(a->cli, EXIT_REFUSED, "peer",
			        "it stays draining: try again, or remove it without --drain",
			        "after %" PRIu64 " s packets are still under way", wait_s);
			break;
		}
		json_decref(peer);
		peer = NULL;
		(void)nanosleep(&pause, NULL);
		status = admin_call(a, "GET", path, NULL, NULL, &peer);
	}
	json_decref(peer);
	return status;
}

static int peer_remove(struct cli *cli)
{
	const char *wait = cli_text(cli, "wait");
	char path[ADMIN_PATH_BYTES];
	uint64_t wait_s = DRAIN_S;
	struct admin a;
	int status = EXIT_DONE;

	if (wait && !cli_flag(cli, "drain"))
		return cli_fail(cli, EXIT_USAGE, NULL, "", "--wait goes with --drain");
	if (wait)
		status = admin_seconds_typed(cli, "wait", wait, DRAIN_MAX_S, &wait_s);
	admin_path(path, "/peers/*", cli->args[0]);
	if (!status && cli_flag(cli, "drain")) {
		status = admin_open(cli, &a);
		if (!status)
			status = drain(&a, path, wait_s);
		admin_close(&a);
	}
	return status ? status : admin_show(cli, "DELETE", path, NULL, peer_details);
}

/* A peer that does not answer is a failed test, not a failed call. */
static int peer_test(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"OK", "ok", SHOW_FLAG},
	        {"ILP ADDRESS", "ilpAddress", SHOW_TEXT},
	        {"PING MS", "pingMs", SHOW_NUMBER},
	        {"MILLISECONDS", "elapsedMs", SHOW_NUMBER},
	        {"ARRIVED", "arrived", SHOW_FLAG},
	        {"ERROR", "error", SHOW_TEXT},
	        {0},
	};
	static const struct show_column hops[] = {
	        {"HOP", "hop", SHOW_NUMBER},
	        {"ILP ADDRESS", "ilpAddress", SHOW_TEXT},
	        {"CODE", "code", SHOW_TEXT},
	        {"MICROSECONDS", "elapsedUs", SHOW_NUMBER},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];
	json_t *body = json_object();
	json_t *answer = NULL;
	struct admin a;
	int status = admin_open(cli, &a);

	text_member(cli, "to", "destination", body);
	admin_path(path, "/peers/*/test", cli->args[0]);
	if (!status)
		status = admin_call(&a, "POST", path, json_incref(body), NULL, &answer);
	json_decref(body);
	if (!status) {
		if (cli->json) {
			admin_print(&a);
		} else {
			show_object(answer, columns);
			show_table(json_object_get(answer, "hops"), hops);
		}
		if (!json_is_true(json_object_get(answer, "ok")))
			status = EXIT_REFUSED;
	}
	json_decref(answer);
	admin_close(&a);
	return status;
}

#define SHARED_OPTIONS                                                                             \
	{"credit-limit", "AMOUNT", "what the peer may owe us (default 0: prepaid only)", 0},       \
	        {"debt-limit", "AMOUNT", "what packets may make us owe it (default 0: any)", 0},   \
	        {"packets-per-s", "N", "that it may send (default 0: the node's limit)", 0},       \
	        {"amount-per-s", "AMOUNT", "that it may send (default 0: any)", 0},                \
	        {"in-flight", "N", "packets at a time, either way (default 0: the node's)", 0},    \
	        {"max-packet", "AMOUNT", "cap of one packet, both directions (default: none)", 0}, \
	        {"spread-bps", "N", "our share of an exchange, in hundredths of a percent", 0},    \
	        {"route", "PREFIX", "addresses that are reached through this peer",                \
	                OPTION_REPEATED},                                                          \
	        {"parent", NULL, "our upstream: default route, and our address by ILDCP", 0},      \
	        {"child", NULL, "we are its upstream: it gets its address from us", 0},            \
	        {"ccp", "on|off", "exchange routes with it (default: off)", 0},                    \
	        ADMIN_LIMIT_OPTIONS,                                                               \
	{                                                                                          \
		0                                                                                  \
	}

static const struct option add_options[] = {
        {"asset", "CODE", "the asset that is settled with it", OPTION_REQUIRED},
        {"ilp-address", "A", "its ILP address", 0},
        {"url", "U",
                "where it takes packets: http(s)://, async+http(s):// where it answers later, or "
                "btp+ws(s)://; \"btp:\" where it opens the link",
                OPTION_REQUIRED},
        {"outgoing-token", "T", "the token that we show it (or @FILE); not with btp:", 0},
        {"incoming-token", "T", "the token that it shows us (or @FILE)", OPTION_REQUIRED},
        SHARED_OPTIONS,
};
static const struct option set_options[] = {
        {"state", "active|draining|disabled",
                "draining: nothing new from it or to it; disabled: nor is its token accepted", 0},
        {"add-incoming-token", "T", "another token that it may show us (or @FILE)", 0},
        {"revoke-incoming-token", "ID", "a token that it may show no more: it, or its id", 0},
        {"ilp-address", "A", "its ILP address", 0},
        {"url", "U", "where it takes packets", 0},
        {"outgoing-token", "T", "the token that we show it (or @FILE)", 0},
        {"incoming-token", "T", "the token that it shows us (or @FILE)", 0},
        SHARED_OPTIONS,
};
static const struct option remove_options[] = {
        {"drain", NULL, "first take nothing new, and wait for what is under way", 0},
        {"wait", "TIME", "how long for: 90s, 5m (default: 90s)", 0},
        {0},
};
static const struct option test_options[] = {
        {"to", "ADDRESS", "an ILP address beyond the peer: each hop on the way is shown", 0},
        {0},
};
const struct command peer_commands[] = {
        {"peer add", "NAME", "add a peer", 1, 1, add_options, peer_add},
        {"peer list", "", "list the peers; a balance is what we owe, below zero they owe us", 0, 0,
                admin_list_options, peer_list},
        {"peer show", "NAME", "show one peer", 1, 1, NULL, peer_show},
        {"peer set", "NAME", "change a peer", 1, 1, set_options, peer_set},
        {"peer remove", "NAME", "remove a peer, or disable it where its account is not empty", 1, 1,
                remove_options, peer_remove},
        {"peer test", "NAME", "does a peer answer, and how fast", 1, 1, test_options, peer_test},
        {0},
};
