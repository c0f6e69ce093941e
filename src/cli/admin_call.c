#include "cli/admin_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/node_files.h"
#include "config.h"
#include "net/client.h"

#define URL_BYTES  128
#define HINT_BYTES 256

const struct option admin_list_options[] = {
        {"limit", "N", "items on a page (with --json)", 0},
        {"cursor", "TEXT", "the page to print: nextCursor of the one before (with --json)", 0},
        {0},
};

/* ---- opening ---- */

/* The address to call for one to listen on: a wildcard is reached through loopback. */
static void base_url(const struct config *config, char out[URL_BYTES])
{
	char host[CONFIG_LISTEN_CHARS] = "";
	uint16_t port = 0;

	if (config_parse_listen(config->server.admin_listen, host, &port))
		host[0] = '\0'; /* the configuration was checked: can't be */
	if (strcmp(host, "0.0.0.0") == 0)
		(void)snprintf(host, sizeof host, "127.0.0.1");
	else if (strcmp(host, "::") == 0)
		(void)snprintf(host, sizeof host, "::1");
	(void)snprintf(
	        out, URL_BYTES, strchr(host, ':') ? "http://[%s]:%u" : "http://%s:%u", host, port);
}

static int open_for(struct cli *cli, int64_t timeout_ms, struct admin *out)
{
	char url[URL_BYTES], token[TOKEN_TEXT_SIZE], why[NODE_WHY_BYTES];
	struct client_options options = {
	        .base_url = url, .bearer = token, .timeout_ms = timeout_ms};
	struct config config;
	int status = cli_config(cli, &config);

	memset(out, 0, sizeof *out);
	out->cli = cli;
	if (status)
		return status;
	base_url(&config, url);
	config_clear(&config);
	if (node_token_read(cli->dir, token, why))
		return cli_fail(cli, EXIT_USAGE, "secrets", "florin init makes them", "%s", why);
	if (client_new(&options, &out->client))
		status = cli_fail(cli, EXIT_REFUSED, NULL, "", "no memory left");
	secret_wipe(token, sizeof token);
	return status;
}

int admin_open(struct cli *cli, struct admin *out)
{
	return open_for(cli, 0, out);
}

/* It may hold a token that is shown once. */
static void forget_text(struct admin *a)
{
	if (a->text)
		secret_wipe(a->text, strlen(a->text));
	free(a->text);
	a->text = NULL;
}

void admin_close(struct admin *a)
{
	client_free(a->client);
	forget_text(a);
	memset(a, 0, sizeof *a);
}

/* ---- paths ---- */

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("-._~", c) != NULL;
}

static void escape(struct buf *out, const char *value)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (is_unreserved(*value)) {
			buf_u8(out, c);
		} else {
			buf_u8(out, '%');
			buf_u8(out, (uint8_t)digits[c >> 4]);
			buf_u8(out, (uint8_t)digits[c & 15]);
		}
	}
}

void admin_path(char out[ADMIN_PATH_BYTES], const char *pattern, const char *value)
{
	memcpy(out, ADMIN_BASE, sizeof ADMIN_BASE);
	admin_path_add(out, pattern, value);
}

void admin_path_add(char path[ADMIN_PATH_BYTES], const char *pattern, const char *value)
{
	size_t before = strcspn(pattern, "*"), used = strlen(path);
	struct buf more;

	if (used == 0)
		return;
	buf_init(&more, path + used, ADMIN_PATH_BYTES - used);
	buf_put(&more, pattern, before);
	if (pattern[before]) {
		escape(&more, value);
		buf_bytes(&more, bytes_str(pattern + before + 1));
	}
	buf_u8(&more, '\0');
	if (more.failed)
		path[0] = '\0';
}

/* ---- calling ---- */

/* A call that was sent but not answered may have been carried out: with its key it can be repeated
 * without moving money twice. */
static int say_unreachable(struct admin *a, enum result r, const char *key)
{
	char hint[HINT_BYTES];
	bool sent = r == RESULT_RETRY_TIMEOUT || r == RESULT_RETRY_UNKNOWN;

	if (sent && key)
		(void)snprintf(
		        hint, sizeof hint, "it may have been done: repeat it with --id %s", key);
	else if (sent)
		(void)snprintf(hint, sizeof hint, "it may have been done");
	else
		(void)snprintf(hint, sizeof hint, "start it with florin -C %s serve", a->cli->dir);
	return cli_fail(a->cli, EXIT_UNREACHABLE, NULL, hint, "the server of %s %s", a->cli->dir,
	        sent ? "did not answer" : "can't be reached");
}

static int say_refused(struct admin *a, int status, const json_t *body)
{
	const json_t *error = json_object_get(body, "error");
	const json_t *details = json_object_get(error, "details");
	const char *description = json_string_value(json_object_get(error, "description"));
	const char *hint = json_string_value(json_object_get(details, "hint"));
	const char *code = json_string_value(json_object_get(error, "code"));

	if (!description)
		return cli_fail(a->cli, EXIT_REFUSED, NULL, "", "the server answered %d", status);
	return cli_fail(a->cli, EXIT_REFUSED, NULL,
	        hint   ? hint
	        : code ? code
	               : "",
	        "%s", description);
}

int admin_call(struct admin *a, const char *method, const char *path, json_t *body, const char *key,
        json_t **out)
{
	char *json = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct client_request request = {
	        .method = method, .path = path, .json = json, .idempotency_key = key};
	struct client_answer answer;
	enum result r = RESULT_OURS_MEMORY;

	*out = NULL;
	if (!body || json)
		r = client_call(a->client, &request, &answer);
	if (json)
		secret_wipe(json, strlen(json)); /* it may hold a password or tokens */
	free(json);
	json_decref(body);
	if (r && result_class(r) == RESULT_CLASS_RETRY)
		return say_unreachable(a, r, key);
	if (r)
		return cli_fail(
		        a->cli, EXIT_REFUSED, NULL, "", "the call failed: %s", result_name(r));
	forget_text(a);
	a->text = strndup(answer.body, answer.body_n);
	*out = json_loadb(answer.body, answer.body_n, JSON_REJECT_DUPLICATES, NULL);
	if (!a->text || (answer.status < 300 && !*out)) {
		json_decref(*out);
		*out = NULL;
		return cli_fail(a->cli, EXIT_REFUSED, NULL, "", "the answer can't be understood");
	}
	if (answer.status >= 200 && answer.status < 300)
		return EXIT_DONE;
	(void)say_refused(a, answer.status, *out);
	json_decref(*out);
	*out = NULL;
	return EXIT_REFUSED;
}

/* ---- whole commands ---- */

/* The server writes one line; its end is ours. */
void admin_print(const struct admin *a)
{
	printf("%.*s\n", (int)strcspn(a->text, "\r\n"), a->text);
}

static int show_call(struct admin *a, const char *method, const char *path, json_t *body,
        const char *key, const struct show_column *columns)
{
	json_t *answer;
	int status = admin_call(a, method, path, body, key, &answer);

	if (status)
		return status;
	if (a->cli->json)
		admin_print(a);
	else
		show_object(answer, columns);
	json_decref(answer);
	return EXIT_DONE;
}

int admin_show(struct cli *cli, const char *method, const char *path, json_t *body,
        const struct show_column *columns)
{
	return admin_show_slow(cli, method, path, body, columns, 0);
}

int admin_show_slow(struct cli *cli, const char *method, const char *path, json_t *body,
        const struct show_column *columns, int64_t timeout_ms)
{
	struct admin a;
	int status = open_for(cli, timeout_ms, &a);

	if (status)
		json_decref(body);
	else
		status = show_call(&a, method, path, body, NULL, columns);
	admin_close(&a);
	return status;
}

/* PATH?limit=L&cursor=C with those of the two that are there. */
static void page_path(
        char out[ADMIN_PATH_BYTES], const char *path, const char *limit, const char *cursor)
{
	(void)!text_copy(out, ADMIN_PATH_BYTES, path);
	if (limit)
		admin_path_add(out, strchr(out, '?') ? "&limit=*" : "?limit=*", limit);
	if (cursor)
		admin_path_add(out, strchr(out, '?') ? "&cursor=*" : "?cursor=*", cursor);
}

static int list_page(struct admin *a, const char *path)
{
	char page[ADMIN_PATH_BYTES];
	json_t *answer;
	int status;

	page_path(page, path, cli_text(a->cli, "limit"), cli_text(a->cli, "cursor"));
	status = admin_call(a, "GET", page, NULL, NULL, &answer);
	if (status)
		return status;
	admin_print(a);
	json_decref(answer);
	return EXIT_DONE;
}

static int list_all(struct admin *a, const char *path, const struct show_column *columns)
{
	char cursor[ADMIN_PATH_BYTES / 2], page[ADMIN_PATH_BYTES];
	json_t *all = json_array(), *answer = NULL;
	const char *next = NULL; /* where the list goes on; NULL: nowhere */
	int status = EXIT_DONE;

	for (unsigned pages = 0; pages < ADMIN_PAGES_MAX; pages++) {
		page_path(page, path, NULL, next);
		status = admin_call(a, "GET", page, NULL, NULL, &answer);
		if (status)
			goto out;
		if (json_array_extend(all, json_object_get(answer, "items"))) {
			status = cli_fail(
			        a->cli, EXIT_REFUSED, NULL, "", "the answer holds no list");
			goto out;
		}
		next = json_string_value(json_object_get(answer, "nextCursor"));
		if (!next || text_copy(cursor, sizeof cursor, next))
			break;
		next = cursor;
		json_decref(answer);
		answer = NULL;
	}
	if (next)
		status = cli_fail(a->cli, EXIT_REFUSED, NULL, "", "the list has no end");
	else
		show_table(all, columns);
out:
	json_decref(answer);
	json_decref(all);
	return status;
}

int admin_list(struct cli *cli, const char *path, const struct show_column *columns)
{
	struct admin a;
	int status = admin_open(cli, &a);

	if (!status)
		status = cli->json ? list_page(&a, path) : list_all(&a, path, columns);
	admin_close(&a);
	return status;
}

/* ---- money ---- */

int admin_asset_read(const struct cli *cli, const json_t *object, struct admin_asset *out)
{
	const char *code = json_string_value(json_object_get(object, "assetCode"));
	json_int_t scale = json_integer_value(json_object_get(object, "assetScale"));

	if (!code) { /* an asset itself */
		code = json_string_value(json_object_get(object, "code"));
		scale = json_integer_value(json_object_get(object, "scale"));
	}
	if (!code || scale < 0 || scale > ASSET_SCALE_MAX ||
	        text_copy(out->code, sizeof out->code, code))
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "the answer names no asset");
	out->scale = (unsigned)scale;
	return EXIT_DONE;
}

int admin_asset_of(struct admin *a, const char *path, struct admin_asset *out)
{
	json_t *object;
	int status = admin_call(a, "GET", path, NULL, NULL, &object);

	if (status)
		return status;
	status = admin_asset_read(a->cli, object, out);
	json_decref(object);
	return status;
}

/* option: where it was typed; NULL: as an argument. */
static int amount_typed(const struct cli *cli, const char *option, const char *text,
        const struct admin_asset *asset, json_t **out)
{
	char digits[AMOUNT_TEXT_SIZE];
	uint64_t units;

	if (amount_parse_major(text, strlen(text), asset->scale, &units))
		return cli_fail(cli, EXIT_USAGE, NULL, "for example 10.00",
		        "%s%s%s\"%s\" is not an amount of %s, which has %u decimals",
		        option ? "--" : "", option ? option : "", option ? " " : "", text,
		        asset->code, asset->scale);
	(void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)units);
	*out = json_pack("{s:s,s:s,s:i}", "value", digits, "assetCode", asset->code, "assetScale",
	        (int)asset->scale);
	return *out ? EXIT_DONE : cli_fail(cli, EXIT_REFUSED, NULL, "", "no memory left");
}

int admin_amount_typed(
        const struct cli *cli, const char *text, const struct admin_asset *asset, json_t **out)
{
	return amount_typed(cli, NULL, text, asset, out);
}

int admin_amount_member(const struct cli *cli, const struct admin_asset *asset, const char *option,
        const char *member, json_t *body)
{
	const char *text = cli_text(cli, option);
	json_t *amount;
	int status;

	if (!text)
		return EXIT_DONE;
	status = amount_typed(cli, option, text, asset, &amount);
	if (!status)
		(void)json_object_set_new(body, member, amount);
	return status;
}

int admin_number_member(
        const struct cli *cli, const char *option, const char *member, uint64_t max, json_t *body)
{
	uint64_t value = 0;
	int status = cli_number(cli, option, max, &value);

	if (!status && cli_text(cli, option))
		(void)json_object_set_new(body, member, json_integer((json_int_t)value));
	return status;
}

int admin_limit_members(const struct cli *cli, const struct admin_asset *asset, json_t *body)
{
	int status =
	        admin_amount_member(cli, asset, "liquidity-threshold", "liquidityThreshold", body);

	return status ? status
	              : admin_amount_member(cli, asset, "liquidity-threshold-high",
	                        "liquidityThresholdHigh", body);
}

/* --id or a fresh one. */
static int key_of(const struct cli *cli, char out[ID_TEXT_SIZE])
{
	const char *given = cli_text(cli, "id");
	struct id id;

	if (given && id_parse(given, strlen(given), &id))
		return cli_fail(cli, EXIT_USAGE, NULL, "", "--id \"%s\" is not a UUID", given);
	if (!given)
		id_new(clock_wall_ms(), &id);
	id_format(&id, out);
	return EXIT_DONE;
}

int admin_move(struct cli *cli, const char *owner, const char *path, const char *text, json_t *more,
        const struct show_column *columns)
{
	json_t *body = more ? more : json_object(), *amount = NULL;
	struct admin_asset asset;
	char key[ID_TEXT_SIZE];
	struct admin a;
	int status = admin_open(cli, &a);

	if (!status)
		status = key_of(cli, key);
	if (!status)
		status = admin_asset_of(&a, owner, &asset);
	if (!status)
		status = admin_amount_typed(cli, text, &asset, &amount);
	if (!status && json_object_set_new(body, "amount", amount))
		status = cli_fail(cli, EXIT_REFUSED, NULL, "", "no memory left");
	if (!status)
		status = show_call(&a, "POST", path, json_incref(body), key, columns);
	admin_close(&a);
	json_decref(body);
	return status;
}

int admin_post_once(
        struct cli *cli, const char *path, json_t *body, const struct show_column *columns)
{
	char key[ID_TEXT_SIZE];
	struct admin a;
	int status = admin_open(cli, &a);

	if (!status)
		status = key_of(cli, key);
	if (!status)
		status = show_call(&a, "POST", path, json_incref(body), key, columns);
	admin_close(&a);
	json_decref(body);
	return status;
}

int admin_seconds_typed(
        const struct cli *cli, const char *option, const char *text, uint64_t max, uint64_t *out)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 24 * 3600}};
	size_t n = strlen(text);
	char digits[24];
	uint64_t count;

	for (size_t i = 0; n > 1 && n < sizeof digits && i < sizeof units / sizeof units[0]; i++) {
		if (text[n - 1] != units[i].unit)
			continue;
		memcpy(digits, text, n - 1);
		digits[n - 1] = '\0';
		if (text_parse_u64(digits, max / units[i].seconds, &count) || count == 0)
			break;
		*out = count * units[i].seconds;
		return EXIT_DONE;
	}
	return cli_fail(cli, EXIT_USAGE, NULL, "like 90s, 15m, 1h or 7d",
	        "--%s \"%s\" is no length of time of at most %llu hours", option, text,
	        (unsigned long long)(max / 3600));
}
