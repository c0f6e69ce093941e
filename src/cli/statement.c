/* statement: what a peer and we owe each other, line by line as both sides' books have it; and the
 * doubts with a peer, ended by its own statement. */
#include "cli/admin_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/command_table.h"

#define STATEMENT_FILE_MAX (8 * 1024 * 1024)
#define EVER               "packets_ever"

static const char *cell(const json_t *line, const char *member)
{
	const char *text = json_string_value(json_object_get(line, member));

	return text ? text : "";
}

static void print_line(const json_t *line)
{
	const json_t *amount = json_object_get(line, "amount");
	const char *digits = cell(amount, "value");
	json_int_t scale = json_integer_value(json_object_get(amount, "assetScale"));
	bool negative = *digits == '-';
	char major[AMOUNT_TEXT_SIZE] = "?";
	uint64_t units;

	if (scale >= 0 && scale <= ASSET_SCALE_MAX &&
	        !text_parse_u64(digits + negative, UINT64_MAX, &units))
		amount_format_major(units, (unsigned)scale, major);
	printf("%s,%s,%s,%s,%s%s,%s\n", cell(line, "date"), cell(line, "item"), cell(line, "from"),
	        cell(line, "to"), negative ? "-" : "", major, cell(amount, "assetCode"));
}

/* A day as it is typed, for the query. */
static bool is_day(const char *text)
{
	return !text || (strlen(text) == sizeof("2026-11-26") - 1 &&
	                        strspn(text, "0123456789-") == strlen(text));
}

static int peer_statement(struct cli *cli)
{
	const char *from = cli_text(cli, "from"), *to = cli_text(cli, "to");
	char path[ADMIN_PATH_BYTES];
	json_t *answer = NULL, *line;
	struct admin a;
	size_t i;
	int status;

	if (!is_day(from) || !is_day(to))
		return cli_fail(cli, EXIT_USAGE, NULL, "for example 2026-11-26",
		        "--from and --to are days");
	admin_path(path, "/peers/*/statement", cli->args[0]);
	if (from)
		admin_path_add(path, "?from=*", from);
	if (to)
		admin_path_add(path, from ? "&to=*" : "?to=*", to);
	status = admin_open(cli, &a);
	if (!status)
		status = admin_call(&a, "GET", path, NULL, NULL, &answer);
	if (!status && cli->json) {
		admin_print(&a);
	} else if (!status) {
		puts("date,item,from,to,amount,asset");
		json_array_foreach(json_object_get(answer, "lines"), i, line)
		{
			print_line(line);
		}
	}
	json_decref(answer);
	admin_close(&a);
	return status;
}

/* ---- reconciling ---- */

/* What the peer's statement says, of all time; "" where it says nothing. */
struct said {
	char received[AMOUNT_TEXT_SIZE], sent[AMOUNT_TEXT_SIZE];
};

/* How this node may be called in it. */
struct names {
	char own[ADMIN_PATH_BYTES], assigned[ADMIN_PATH_BYTES];
};

static bool is_us(const struct names *n, const char *address)
{
	return *address && (strcmp(address, n->own) == 0 || strcmp(address, n->assigned) == 0);
}

/* date,item,from,to,amount,asset; the line is taken apart. */
static void read_line(char *line, const struct names *n, struct said *said)
{
	char *cells[6];
	size_t count = 0;

	for (char *p = line; count < 6; p++) {
		cells[count++] = p;
		p += strcspn(p, ",");
		if (!*p)
			break;
		*p = '\0';
	}
	if (count != 6 || strcmp(cells[1], EVER) != 0)
		return;
	if (is_us(n, cells[2]))
		(void)!text_copy(said->received, sizeof(said->received), cells[4]);
	else if (is_us(n, cells[3]))
		(void)!text_copy(said->sent, sizeof(said->sent), cells[4]);
}

static int read_file(struct cli *cli, const char *file, const struct names *n, struct said *said)
{
	char *text, *line;

	if (file_read(file, STATEMENT_FILE_MAX, &text, NULL))
		return cli_fail(cli, EXIT_USAGE, NULL, "", "\"%s\" can't be read", file);
	for (char *rest = text; *rest;) {
		line = rest;
		rest += strcspn(rest, "\r\n");
		if (*rest)
			*rest++ = '\0';
		read_line(line, n, said);
	}
	free(text);
	if (!*said->received)
		return cli_fail(cli, EXIT_REFUSED, NULL,
		        "florin peer statement, on the peer's node, makes one",
		        "\"%s\" is no statement of the peer's about this node", file);
	return EXIT_DONE;
}

static int text_of(struct admin *a, const char *path, const char *member, char *out, size_t size)
{
	json_t *answer = NULL;
	int status = admin_call(a, "GET", path, NULL, NULL, &answer);

	*out = '\0';
	if (!status)
		(void)!text_copy(out, size, cell(answer, member));
	json_decref(answer);
	return status;
}

static int said_by_peer(struct cli *cli, struct admin *a, const char *owner, struct said *out)
{
	const char *received = cli_text(cli, "received"), *sent = cli_text(cli, "sent-to-us");
	const char *file = cli_text(cli, "statement");
	struct names n;
	char path[ADMIN_PATH_BYTES];
	int status;

	*out = (struct said){"", ""};
	if (!file == !received || (file && sent))
		return cli_fail(cli, EXIT_USAGE, NULL, "",
		        "give --statement FILE, or --received AMOUNT and perhaps --sent-to-us");
	if (!file) {
		if (text_copy(out->received, sizeof(out->received), received) ||
		        (sent && text_copy(out->sent, sizeof(out->sent), sent)))
			return cli_fail(cli, EXIT_USAGE, NULL, "", "that is no amount");
		return EXIT_DONE;
	}
	admin_path(path, "/whoami", NULL);
	status = text_of(a, path, "ilpAddress", n.own, sizeof(n.own));
	if (!status)
		status = text_of(a, owner, "assignedAddress", n.assigned, sizeof(n.assigned));
	return status ? status : read_file(cli, file, &n, out);
}

static int typed_member(const struct cli *cli, const struct admin_asset *asset, const char *text,
        const char *member, json_t *body)
{
	json_t *amount = NULL;
	int status;

	if (!*text)
		return EXIT_DONE;
	status = admin_amount_typed(cli, text, asset, &amount);
	if (!status)
		(void)json_object_set_new(body, member, amount);
	return status;
}

static int doubt_reconcile(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"PEER", "peer", SHOW_TEXT},
	        {"ADMITTED", "admitted", SHOW_AMOUNT},
	        {"DENIED", "denied", SHOW_AMOUNT},
	        {"KEPT", "kept", SHOW_AMOUNT},
	        {"STILL OPEN", "open", SHOW_AMOUNT},
	        {"BALANCE", "balance", SHOW_AMOUNT},
	        {0},
	};
	char owner[ADMIN_PATH_BYTES], path[ADMIN_PATH_BYTES];
	json_t *body = json_object();
	struct admin_asset asset;
	struct admin a;
	struct said said;
	int status = admin_open(cli, &a);

	admin_path(owner, "/peers/*", cli->args[0]);
	admin_path(path, "/peers/*/reconcile", cli->args[0]);
	if (!status)
		status = admin_asset_of(&a, owner, &asset);
	if (!status)
		status = said_by_peer(cli, &a, owner, &said);
	admin_close(&a);
	if (!status)
		status = typed_member(cli, &asset, said.received, "received", body);
	if (!status)
		status = typed_member(cli, &asset, said.sent, "sent", body);
	if (!status)
		return admin_post_once(cli, path, body, columns);
	json_decref(body);
	return status;
}

static const struct option statement_options[] = {
        {"from", "DAY", "the first day, as 2026-11-26 (default: since ever)", 0},
        {"to", "DAY", "the last day (default: today)", 0},
        {0},
};

static const struct option reconcile_options[] = {
        {"statement", "FILE", "what florin peer statement printed on the peer's node", 0},
        {"received", "AMOUNT", "or: packets that the peer ever received from us, as it says", 0},
        {"sent-to-us", "AMOUNT", "and that it ever sent to us", 0},
        ADMIN_ID_OPTION,
        {0},
};

const struct command statement_commands[] = {
        {"peer statement", "NAME", "what we and a peer owe each other, as CSV", 1, 1,
                statement_options, peer_statement},
        {"doubt reconcile", "PEER", "end the amounts in doubt with a peer by its own books", 1, 1,
                reconcile_options, doubt_reconcile},
        {0},
};
