/* event: what happened, and what became of telling the host. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/id.h"
#include "base/text.h"
#include "cli/admin_call.h"
#include "cli/command_table.h"

#define TAIL_PAUSE_MS 300

static const struct show_column event_columns[] = {
        {"CREATED", "createdAt", SHOW_TEXT},
        {"TYPE", "type", SHOW_TEXT},
        {"SEQUENCE", "sequence", SHOW_NUMBER},
        {"DELIVERY", "delivery.state", SHOW_TEXT},
        {"ATTEMPTS", "delivery.attempts", SHOW_NUMBER},
        {"ERROR", "delivery.error", SHOW_TEXT},
        {"ID", "id", SHOW_TEXT},
        {0},
};

static int event_list(struct cli *cli)
{
	static const char *const states[] = {"WAITING", "PENDING", "PARKED"};
	const char *state = cli_text(cli, "state"), *type = cli_text(cli, "type");
	char path[ADMIN_PATH_BYTES];
	bool known = !state;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		known = known || strcmp(state, states[i]) == 0;
	if (!known)
		return cli_fail(cli, EXIT_USAGE, NULL, "",
		        "--state is WAITING, PENDING or PARKED, not \"%s\"", state);
	admin_path(path, "/events?include=delivery", NULL);
	if (state)
		admin_path_add(path, "&state=*", state);
	if (type)
		admin_path_add(path, "&type=*", type);
	return admin_list(cli, path, event_columns);
}

static int event_redeliver(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"ID", "id", SHOW_TEXT},
	        {"TYPE", "type", SHOW_TEXT},
	        {"DELIVERY", "delivery.state", SHOW_TEXT},
	        {"NEXT ATTEMPT", "delivery.nextAttemptAt", SHOW_TEXT},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/events/*/redeliver", cli->args[0]);
	return admin_show(cli, "POST", path, json_object(), columns);
}

/* ---- following ---- */

/* One event, as one line: for people its data too. */
static void print_event(const json_t *event, bool json)
{
	const char *created = json_string_value(json_object_get(event, "createdAt"));
	const char *type = json_string_value(json_object_get(event, "type"));
	char *text = json_dumps(json ? event : json_object_get(event, "data"), JSON_COMPACT);

	if (text && json)
		printf("%s\n", text);
	else if (text)
		printf("%s %s %s\n", created ? created : "-", type ? type : "-", text);
	free(text);
	fflush(stdout);
}

/* Prints what comes behind *after, which moves on. *more: there is another page. */
static int print_page(struct admin *a, char after[ID_TEXT_SIZE], bool *more)
{
	char path[ADMIN_PATH_BYTES];
	json_t *answer = NULL;
	const json_t *event;
	size_t i;
	int status;

	admin_path(path, *after ? "/events?after=*" : "/events", *after ? after : NULL);
	status = admin_call(a, "GET", path, NULL, NULL, &answer);
	json_array_foreach(json_object_get(answer, "items"), i, event)
	{
		const char *id = json_string_value(json_object_get(event, "id"));

		if (!id || text_copy(after, ID_TEXT_SIZE, id)) {
			status = cli_fail(a->cli, EXIT_REFUSED, NULL, "", "an event has no id");
			break;
		}
		print_event(event, a->cli->json);
	}
	*more = json_is_string(json_object_get(answer, "nextCursor"));
	json_decref(answer);
	return status;
}

static int follow(struct admin *a, char after[ID_TEXT_SIZE])
{
	const struct timespec pause = {0, TAIL_PAUSE_MS * 1000000L};
	int status = EXIT_DONE;

	while (!status) { /* until the reader or the server goes away */
		bool more = false;

		status = print_page(a, after, &more);
		if (ferror(stdout))
			return EXIT_REFUSED;
		if (!more && !status)
			(void)nanosleep(&pause, NULL);
	}
	return status;
}

static int event_tail(struct cli *cli)
{
	const char *given = cli_text(cli, "after");
	char after[ID_TEXT_SIZE] = "";
	struct id id;
	struct admin a;
	int status;

	if (given && id_parse(given, strlen(given), &id))
		return cli_fail(cli, EXIT_USAGE, NULL, "", "--after \"%s\" is not a UUID", given);
	if (given)
		id_format(&id, after);
	status = admin_open(cli, &a);
	if (!status)
		status = follow(&a, after);
	admin_close(&a);
	return status;
}

static const struct option list_options[] = {
        {"state", "STATE", "only those that are WAITING, PENDING or PARKED", 0},
        {"type", "TYPE", "only those of this type, such as outgoing_payment.failed", 0},
        {"limit", "N", "items on a page (with --json)", 0},
        {"cursor", "TEXT", "the page to print: nextCursor of the one before (with --json)", 0},
        {0},
};

static const struct option tail_options[] = {
        {"after", "ID", "what came after this event; else from the first", 0},
        {0},
};

const struct command event_commands[] = {
        {"event list", "", "what happened, and whether the host was told", 0, 0, list_options,
                event_list},
        {"event tail", "", "what happened and what happens, line by line, until Ctrl-C", 0, 0,
                tail_options, event_tail},
        {"event redeliver", "ID", "tell the host of an event again", 1, 1, NULL, event_redeliver},
        {0},
};
