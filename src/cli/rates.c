/* rates: what is exchanged at which rate, what is kept of it, and what that earned. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/admin_call.h"
#include "cli/command_table.h"

#define WHO_BYTES 64 /* of a login name */

/* ---- rates ---- */

/* Why a source has no newer list, and what waits for a word; only people are told here, programs
 * ask for it. */
static int rates_trouble(struct cli *cli)
{
	struct admin a;
	char path[ADMIN_PATH_BYTES];
	json_t *answer = NULL, *source, *held;
	size_t i, k;
	int status = admin_open(cli, &a);

	admin_path(path, "/rates/sources", NULL);
	if (!status)
		status = admin_call(&a, "GET", path, NULL, NULL, &answer);
	json_array_foreach(json_object_get(answer, "items"), i, source)
	{
		const char *error = json_string_value(json_object_get(source, "error"));
		const char *reason = json_string_value(json_object_get(source, "reason"));

		if (error)
			printf("%s: the last fetch failed: %s%s%s\n",
			        json_string_value(json_object_get(source, "source")), error,
			        reason ? ": " : "", reason ? reason : "");
		json_array_foreach(json_object_get(source, "held"), k, held)
		        printf("%s jumped from %s to %s: held until florin rates accept %s\n",
		                json_string_value(json_object_get(held, "pair")),
		                json_string_value(json_object_get(held, "rate")),
		                json_string_value(json_object_get(held, "heldRate")),
		                json_string_value(json_object_get(held, "pair")));
	}
	json_decref(answer);
	admin_close(&a);
	return status;
}

static int rates(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"FROM", "from", SHOW_TEXT},
	        {"TO", "to", SHOW_TEXT},
	        {"RATE", "rate", SHOW_TEXT},
	        {"SOURCE", "source", SHOW_TEXT},
	        {"AGE MS", "ageMs", SHOW_NUMBER},
	        {"STALE", "stale", SHOW_FLAG},
	        {"SPREAD BPS", "spreads", SHOW_PAIRS},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];
	int status;

	admin_path(path, "/rates", NULL);
	status = admin_list(cli, path, columns);
	return status || cli->json ? status : rates_trouble(cli);
}

static const struct show_column source_columns[] = {
        {"NAME", "name", SHOW_TEXT},
        {"SOURCE", "source", SHOW_TEXT},
        {"UPDATED", "updatedAt", SHOW_TEXT},
        {"AGE MS", "ageMs", SHOW_NUMBER},
        {"MAX AGE MS", "maxAgeMs", SHOW_NUMBER},
        {"JUMP BPS", "jumpBps", SHOW_NUMBER},
        {"STALE", "stale", SHOW_FLAG},
        {"ERROR", "error", SHOW_TEXT},
        {0},
};

static int rates_sources(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/rates/sources", NULL);
	return admin_list(cli, path, source_columns);
}

static int rates_accept(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/rates/accept", NULL);
	return admin_show(
	        cli, "POST", path, json_pack("{s:s}", "pair", cli->args[0]), source_columns);
}

/* ---- spreads ---- */

static const struct show_column spread_columns[] = {
        {"VERSION", "version", SHOW_NUMBER},
        {"PEER", "peer", SHOW_TEXT},
        {"DIRECTION", "direction", SHOW_TEXT},
        {"FROM", "from", SHOW_TEXT},
        {"TO", "to", SHOW_TEXT},
        {"BPS", "basisPoints", SHOW_NUMBER},
        {"IN FORCE", "inForce", SHOW_FLAG},
        {"BY", "by", SHOW_TEXT},
        {"SINCE", "createdAt", SHOW_TEXT},
        {0},
};

static int spread_list(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, cli_flag(cli, "history") ? "/spreads?history=yes" : "/spreads", NULL);
	return admin_list(cli, path, spread_columns);
}

static void member(json_t *body, const char *name, const char *text)
{
	if (text)
		(void)json_object_set_new(body, name, json_string(text));
}

/* Which spread is meant, and who says it. */
static json_t *spread_body(const struct cli *cli)
{
	const char *user = getenv("USER");
	json_t *body = json_object();
	char who[WHO_BYTES];

	member(body, "peer", cli_text(cli, "peer"));
	member(body, "from", cli_text(cli, "from"));
	member(body, "to", cli_text(cli, "to"));
	member(body, "direction", cli_text(cli, "direction"));
	(void)snprintf(who, sizeof(who), "%s", user && *user ? user : "operator");
	member(body, "by", who);
	return body;
}

static int spread_set(struct cli *cli)
{
	json_t *body = spread_body(cli);
	char path[ADMIN_PATH_BYTES];
	char *end;
	unsigned long bps = strtoul(cli->args[0], &end, 10);

	if (*end || cli->args[0][0] < '0' || cli->args[0][0] > '9' || bps > BPS_ONE) {
		json_decref(body);
		return cli_fail(cli, EXIT_USAGE, NULL, "50 is half a percent",
		        "\"%s\" is no number of basis points from 0 to 10000", cli->args[0]);
	}
	(void)json_object_set_new(body, "basisPoints", json_integer((json_int_t)bps));
	admin_path(path, "/spreads", NULL);
	return admin_show(cli, "PUT", path, body, spread_columns);
}

static int spread_clear(struct cli *cli)
{
	json_t *body = spread_body(cli);
	char path[ADMIN_PATH_BYTES];

	(void)json_object_set_new(body, "clear", json_true());
	admin_path(path, "/spreads", NULL);
	return admin_show(cli, "PUT", path, body, spread_columns);
}

/* ---- revenue ---- */

static int revenue(struct cli *cli)
{
	static const struct show_column pairs[] = {
	        {"FROM", "from", SHOW_TEXT},
	        {"TO", "to", SHOW_TEXT},
	        {"PACKETS", "packets", SHOW_NUMBER},
	        {"SPREAD", "spread", SHOW_AMOUNT},
	        {"REMAINDERS", "remainder", SHOW_AMOUNT},
	        {0},
	};
	static const struct show_column assets[] = {
	        {"ASSET", "asset", SHOW_TEXT},
	        {"SPREAD", "spread", SHOW_AMOUNT},
	        {"REMAINDERS", "remainder", SHOW_AMOUNT},
	        {"SENDING FEES", "sendingFees", SHOW_AMOUNT},
	        {"RECEIVING FEES", "receivingFees", SHOW_AMOUNT},
	        {"TOTAL", "total", SHOW_AMOUNT},
	        {"BOOKED EVER", "booked", SHOW_AMOUNT},
	        {0},
	};
	const char *from = cli_text(cli, "from"), *to = cli_text(cli, "to");
	char path[ADMIN_PATH_BYTES];
	json_t *answer = NULL;
	struct admin a;
	int status = admin_open(cli, &a);

	admin_path(path, from ? "/revenue?from=*" : "/revenue", from);
	if (to)
		admin_path_add(path, from ? "&to=*" : "?to=*", to);
	if (!status)
		status = admin_call(&a, "GET", path, NULL, NULL, &answer);
	if (!status && cli->json)
		admin_print(&a);
	else if (!status) {
		show_table(json_object_get(answer, "pairs"), pairs);
		putchar('\n');
		show_table(json_object_get(answer, "assets"), assets);
	}
	json_decref(answer);
	admin_close(&a);
	return status;
}

#define SUBJECT                                                                                    \
	{"peer", "NAME", "of this peer; without it of a pair, whoever the peer is", 0},            \
	        {"from", "CODE", "for the pair from this asset ...", 0},                           \
	        {"to", "CODE", "... to this one; without a pair for any", 0},                      \
	{                                                                                          \
		"direction", "in|out", "of what comes from the peer, or besides goes to it", 0     \
	}

static const struct option subject_options[] = {SUBJECT, {0}};
static const struct option history_options[] = {
        {"history", NULL, "every version that there was", 0},
        {"limit", "N", "with --json: so many at most", 0},
        {"cursor", "TEXT", "with --json: the page after it", 0},
        {0},
};
static const struct option revenue_options[] = {
        {"from", "DAY", "from this day on, as 2026-11-25", 0},
        {"to", "DAY", "until before this day", 0},
        {0},
};

const struct command rates_commands[] = {
        {"rates", "", "exchange rates, their source and age", 0, 0, admin_list_options, rates},
        {"rates sources", "", "where prices come from, and how the last fetch went", 0, 0,
                admin_list_options, rates_sources},
        {"rates accept", "PAIR", "let a price that jumped count", 1, 1, NULL, rates_accept},
        {"spread list", "", "what is kept of exchanges", 0, 0, history_options, spread_list},
        {"spread set", "BPS", "keep so many basis points from now on", 1, 1, subject_options,
                spread_set},
        {"spread clear", "", "say nothing of it any more", 0, 0, subject_options, spread_clear},
        {"revenue", "", "what spreads, remainders and fees earned", 0, 0, revenue_options, revenue},
        {0},
};
