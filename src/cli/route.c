/* route: where addresses and pointers lead, and at which rates. */
#include <stdio.h>

#include "cli/admin_call.h"
#include "cli/command_table.h"

static int route_list(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"PREFIX", "prefix", SHOW_TEXT},
	        {"PEER", "peer", SHOW_TEXT},
	        {"SOURCE", "source", SHOW_TEXT},
	        {"PATH", "path", SHOW_WORDS},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/routes", NULL);
	return admin_list(cli, path, columns);
}

/* The answer, and below it every way that there would have been. */
static int route_explain(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"DESTINATION", "destination", SHOW_TEXT},
	        {"LEADS TO", "kind", SHOW_TEXT},
	        {"PREFIX", "prefix", SHOW_TEXT},
	        {"PEER", "peer", SHOW_TEXT},
	        {"WALLET", "wallet", SHOW_TEXT},
	        {"REASON", "reason", SHOW_TEXT},
	        {0},
	};
	static const struct show_column ways[] = {
	        {"PREFIX", "prefix", SHOW_TEXT},
	        {"PEER", "peer", SHOW_TEXT},
	        {"SOURCE", "source", SHOW_TEXT},
	        {"PATH", "path", SHOW_WORDS},
	        {"CHOSEN", "chosen", SHOW_FLAG},
	        {"WHY", "reason", SHOW_TEXT},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];
	json_t *answer = NULL;
	struct admin a;
	int status = admin_open(cli, &a);

	admin_path(path, "/routes/explain?destination=*", cli->args[0]);
	if (!status)
		status = admin_call(&a, "GET", path, NULL, NULL, &answer);
	if (!status && cli->json)
		admin_print(&a);
	else if (!status) {
		const json_t *all = json_object_get(answer, "candidates");

		show_object(answer, columns);
		if (json_array_size(all)) {
			putchar('\n');
			show_table(all, ways);
		}
	}
	json_decref(answer);
	admin_close(&a);
	return status;
}

/* Why there is no newer price list; only people are told here, programs ask for it. */
static int rates_trouble(struct cli *cli)
{
	struct admin a;
	char path[ADMIN_PATH_BYTES];
	json_t *source = NULL;
	const char *error;
	int status = admin_open(cli, &a);

	admin_path(path, "/rates/source", NULL);
	if (!status)
		status = admin_call(&a, "GET", path, NULL, NULL, &source);
	error = json_string_value(json_object_get(source, "error"));
	if (!status && error) {
		const char *reason = json_string_value(json_object_get(source, "reason"));

		printf("%s: the last fetch failed: %s%s%s\n",
		        json_string_value(json_object_get(source, "source")), error,
		        reason ? ": " : "", reason ? reason : "");
	}
	json_decref(source);
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

static int resolve(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"POINTER", "pointer", SHOW_TEXT},
	        {"URL", "url", SHOW_TEXT},
	        {"KIND", "kind", SHOW_TEXT},
	        {"PUBLIC NAME", "publicName", SHOW_TEXT},
	        {"ASSET", "assetCode", SHOW_TEXT},
	        {"SCALE", "assetScale", SHOW_NUMBER},
	        {"ILP ADDRESS", "ilpAddress", SHOW_TEXT},
	        {"LOCAL", "local", SHOW_FLAG},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/receivers/resolve?pointer=*", cli->args[0]);
	return admin_show(cli, "GET", path, NULL, columns);
}

const struct command route_commands[] = {
        {"route list", "", "the routing table", 0, 0, admin_list_options, route_list},
        {"route explain", "ADDRESS", "why an address goes where", 1, 1, NULL, route_explain},
        {"rates", "", "exchange rates, their source and age", 0, 0, admin_list_options, rates},
        {"resolve", "POINTER", "what a payment pointer leads to", 1, 1, NULL, resolve},
        {0},
};
