/* check: is the node's directory in order; and audit: are its books.
 *
 * Both only read, and both work beside a running server. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/command_table.h"
#include "cli/node_files.h"
#include "cli/show.h"
#include "config.h"
#include "ilp/rate_feed.h"
#include "model/rate.h"
#include "store/store.h"

#define RATES_FILE_BYTES (256 * 1024)

static int print_items(const struct cli *cli, json_t *items)
{
	json_t *page = json_pack("{s:O,s:n}", "items", items, "nextCursor");
	bool written = page && json_dumpf(page, stdout, JSON_COMPACT) == 0;

	json_decref(page);
	if (!written)
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "the output could not be written");
	putchar('\n');
	return EXIT_DONE;
}

/* ---- what both need ---- */

static int open_reader(const struct cli *cli, const struct config *config, struct reader **out)
{
	char why[NODE_WHY_BYTES] = "", store_why[STORE_WHY_SIZE] = "";
	struct secret32 key;
	struct store_options options = {.url = config->database.url,
	        .dir = cli->dir,
	        .master_key = &key,
	        .now_ms = clock_wall_ms()};
	enum result r;

	if (node_key_read(cli->dir, &key, why))
		return cli_fail(cli, EXIT_USAGE, "secrets", "", "%s", why);
	r = reader_open(&options, store_why, out);
	secret_clear(&key);
	if (!r)
		return EXIT_DONE;
	return cli_fail(cli, r == RESULT_OURS_CONFIG ? EXIT_USAGE : EXIT_REFUSED, "database", "",
	        "%s", *store_why ? store_why : result_name(r));
}

/* ---- check ---- */

static int check_readable(const struct cli *cli, const char *what, const char *path)
{
	if (!path || access(path, R_OK) == 0)
		return EXIT_DONE;
	return cli_fail(cli, EXIT_USAGE, what, "", "%s can't be read: %s", path, strerror(errno));
}

static int check_rates(const struct cli *cli, const char *path)
{
	struct rate_fault fault = {.what = "not a price list"};
	struct rate_table *table = NULL;
	int status = EXIT_DONE;
	char *text = NULL;
	size_t n;

	if (!path)
		return EXIT_DONE;
	if (file_read(path, RATES_FILE_BYTES, &text, &n))
		return cli_fail(cli, EXIT_USAGE, "[rates] file", "", "%s: %s", path,
		        access(path, R_OK) != 0 ? strerror(errno) : "can't be read");
	if (rate_table_parse(bytes_of(text, n), clock_wall_ms(), &table, &fault))
		status = cli_fail(cli, EXIT_USAGE, "[rates] file", "", "%s, byte %zu: %s", path,
		        fault.at, fault.what);
	rate_table_free(table);
	free(text);
	return status;
}

/* The text only: what the name leads to is judged at each fetch. */
static int check_feed(const struct cli *cli, const struct config *c, enum rate_origin origin,
        const char *what, const char *place)
{
	struct url_guard *guard = NULL;
	struct url_parts parts;
	enum result r;

	if (!place || place[0] == '/')
		return check_readable(cli, what, place);
	if (url_guard_new(c->server.dev, c->outbound.allow, &guard))
		return cli_fail(cli, EXIT_USAGE, "[outbound] allow", "",
		        "an entry is no host, address or network");
	r = rate_feed_url(guard, origin, place, &parts);
	url_guard_free(guard);
	if (!r)
		return EXIT_DONE;
	return cli_fail(cli, EXIT_USAGE, what, RATE_FEED_URL_RULE, "%s", result_name(r));
}

static int check_secrets(const struct cli *cli)
{
	char token[TOKEN_TEXT_SIZE], why[NODE_WHY_BYTES] = "";

	if (node_token_read(cli->dir, token, why))
		return cli_fail(cli, EXIT_USAGE, "secrets", "", "%s", why);
	secret_wipe(token, sizeof token);
	return EXIT_DONE;
}

static int show_rows(const struct cli *cli, const struct config *config)
{
	static const struct show_column columns[] = {
	        {"SECTION", "section", SHOW_TEXT},
	        {"KEY", "key", SHOW_TEXT},
	        {"VALUE", "value", SHOW_TEXT},
	        {"SOURCE", "source", SHOW_TEXT},
	        {0},
	};
	json_t *items = json_array();
	int status = EXIT_DONE;

	for (size_t i = 0; i < config_row_count(); i++) {
		struct config_row row;

		config_row(config, i, &row);
		(void)json_array_append_new(
		        items, json_pack("{s:s,s:s,s:s,s:s}", "section", row.section, "key",
		                       row.key, "value", row.value, "source", row.source));
	}
	if (cli->json)
		status = print_items(cli, items);
	else
		show_table(items, columns);
	json_decref(items);
	return status;
}

static int check_run(struct cli *cli)
{
	struct reader *reader = NULL;
	struct config config;
	int status = cli_config_served(cli, &config);

	if (status)
		return status;
	status = check_secrets(cli);
	if (!status)
		status = check_readable(
		        cli, "[server] tls_certificate", config.server.tls_certificate);
	if (!status)
		status = check_readable(cli, "[server] tls_key", config.server.tls_key);
	if (!status)
		status = check_rates(cli, config.rates.file);
	if (!status)
		status = check_feed(cli, &config, RATE_ORIGIN_URL, "[rates] url", config.rates.url);
	if (!status)
		status = check_feed(cli, &config, RATE_ORIGIN_ECB, "[rates] ecb", config.rates.ecb);
	if (!status)
		status = open_reader(cli, &config, &reader);
	if (!status)
		status = show_rows(cli, &config);
	reader_close(reader);
	config_clear(&config);
	return status;
}

/* ---- audit ---- */

struct findings {
	const struct cli *cli;
	json_t *items;
};

static void on_finding(void *arg, const char *check, const char *what)
{
	struct findings *f = arg;

	if (f->cli->json)
		(void)json_array_append_new(
		        f->items, json_pack("{s:s,s:s}", "invariant", check, "description", what));
	else
		printf("%s: %s\n", check, what);
}

static int audit_books(struct cli *cli, struct reader *reader)
{
	struct findings findings = {.cli = cli, .items = json_array()};
	size_t broken = 0;
	enum result r = store_audit(reader, clock_wall_ms(), on_finding, &findings, &broken);
	int status = EXIT_DONE;

	if (r)
		status = cli_fail(cli, EXIT_REFUSED, NULL, "",
		        "the audit could not be finished: %s", result_name(r));
	else if (cli->json)
		status = print_items(cli, findings.items);
	else if (broken == 0)
		puts("clean: every invariant holds");
	json_decref(findings.items);
	if (!status && broken)
		status = cli_fail(cli, EXIT_REFUSED, NULL,
		        "stop the node and keep a copy of its directory",
		        "%zu rows break an invariant", broken);
	return status;
}

static int audit_run(struct cli *cli)
{
	struct reader *reader = NULL;
	struct config config;
	int status = cli_config(cli, &config);

	if (status)
		return status;
	status = open_reader(cli, &config, &reader);
	if (!status)
		status = audit_books(cli, reader);
	reader_close(reader);
	config_clear(&config);
	return status;
}

const struct command check_commands[] = {
        {"check", "", "validate configuration, database and secrets", 0, 0, NULL, check_run},
        {"audit", "", "run every invariant of the ledger", 0, 0, NULL, audit_run},
        {0},
};
