/* route: where addresses and pointers lead. */
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
        {"resolve", "POINTER", "what a payment pointer leads to", 1, 1, NULL, resolve},
        {0},
};
