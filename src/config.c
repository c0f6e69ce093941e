#include "config.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/amount.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/rate_book.h"

#define ENVIRONMENT_PREFIX "FLORIN_"
#define ENVIRONMENT_NAME   96 /* longest FLORIN_SECTION_KEY */
#define CONFIG_PATH_BYTES  4096
#define NEAR_ENOUGH        4 /* edits between an unknown name and the one that is proposed */
#define SECONDS_OF_A_DAY   86400
#define WINDOWS_IN_A_HOLD  4 /* at least, where the window is not set: so connectors are passed */
#define COUNT_OF(array)    (sizeof(array) / sizeof((array)[0]))

/* The digits of a named limit, so that the table's defaults are the limits themselves. */
#define DIGITS_(number) #number
#define DIGITS(number)  DIGITS_(number)

struct key {
	const char *section;
	const char *name;
	enum config_kind kind;
	size_t offset;        /* of the member in struct config */
	const char *fallback; /* NULL: unset */
	uint64_t min, max;    /* of a number */
	const char *const *choices;
};

static const char *const log_levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const profiles[] = {"compat", "strict", NULL};
static const char *const digest_rules[] = {"strict", "warn", "off", NULL};
static const char *const account_modes[] = {"wallet", "headless", NULL};

/* clang-format off */
#define OPTION(s, n, kind, fallback) {#s, #n, kind, offsetof(struct config, s.n), fallback, 0, 0, NULL}
#define NUMBER(s, n, fallback, min, max) \
	{#s, #n, KIND_NUMBER, offsetof(struct config, s.n), fallback, min, max, NULL}
#define CHOICE(s, n, fallback, words) \
	{#s, #n, KIND_CHOICE, offsetof(struct config, s.n), fallback, 0, 0, words}

static const struct key keys[] = {
	OPTION(server, listen, KIND_LISTEN, "127.0.0.1:3000"),
	OPTION(server, public_url, KIND_ORIGIN, NULL),
	OPTION(server, admin_listen, KIND_LISTEN, "127.0.0.1:3001"),
	NUMBER(server, threads, "0", 0, 256),
	OPTION(server, tls_certificate, KIND_PATH, NULL),
	OPTION(server, tls_key, KIND_PATH, NULL),
	OPTION(server, trusted_proxies, KIND_LIST, NULL),
	OPTION(server, root_wallet, KIND_NAME, NULL),
	CHOICE(server, log_level, "info", log_levels),
	OPTION(server, dev, KIND_FLAG, "no"),

	OPTION(database, url, KIND_DATABASE, "sqlite:florin.db"),

	OPTION(ilp, address, KIND_ADDRESS, "test.florin"),
	NUMBER(ilp, max_packet_amount, "0", 0, AMOUNT_MAX),
	NUMBER(ilp, max_hold_s, "30", 2, 60),
	NUMBER(ilp, min_message_window_ms, "1000", 1, 30000),
	OPTION(ilp, stream_echo, KIND_FLAG, "no"),
	OPTION(ilp, auto_peering, KIND_FLAG, "no"),

	OPTION(rates, file, KIND_PATH, "rates.json"),
	OPTION(rates, url, KIND_URL, NULL),
	OPTION(rates, ecb, KIND_PLACE, NULL),
	OPTION(rates, priority, KIND_LIST, "file url ecb"),
	NUMBER(rates, max_age_s, "0", 0, 365 * SECONDS_OF_A_DAY),
	NUMBER(rates, file_max_age_s, "0", 0, 365 * SECONDS_OF_A_DAY),
	NUMBER(rates, url_max_age_s, "300", 0, 365 * SECONDS_OF_A_DAY),
	NUMBER(rates, ecb_max_age_s, "518400", 0, 365 * SECONDS_OF_A_DAY),
	NUMBER(rates, jump_bps, "2000", 0, 10000000),

	NUMBER(quotes, lifetime_s, "30", 1, SECONDS_OF_A_DAY),
	NUMBER(quotes, slippage_bps, "100", 0, 10000),

	OPTION(auth, consent, KIND_CONSENT, "builtin"),
	OPTION(auth, idp_secret, KIND_SECRET, NULL),
	NUMBER(auth, password_above, "100", 0, 1000000000),
	NUMBER(auth, token_lifetime_s, "600", 1, 365 * SECONDS_OF_A_DAY),
	NUMBER(auth, signature_max_age_s, "300", 1, SECONDS_OF_A_DAY),
	CHOICE(auth, signature_profile, "compat", profiles),
	CHOICE(auth, require_content_digest, "strict", digest_rules),

	CHOICE(accounts, mode, "wallet", account_modes),
	OPTION(accounts, incoming_approval, KIND_FLAG, "no"),
	OPTION(accounts, confirm_partials, KIND_FLAG, "no"),
	OPTION(accounts, wallet_not_found, KIND_FLAG, "no"),
	NUMBER(accounts, addresses_per_user, "0", 0, 1000),
	NUMBER(accounts, faucet, "0", 0, 1000000000),

	OPTION(webhooks, url, KIND_URL, NULL),
	OPTION(webhooks, secret, KIND_SECRET, NULL),
	NUMBER(webhooks, timeout_s, "10", 1, 300),

	OPTION(outbound, allow, KIND_LIST, NULL),
	OPTION(outbound, ca_file, KIND_PATH, NULL),

	NUMBER(limits, connections, DIGITS(LIMIT_CONNECTIONS), 1, 1000000),
	NUMBER(limits, connections_per_address, DIGITS(LIMIT_CONNECTIONS_PER_ADDRESS), 1, 1000000),
	NUMBER(limits, connection_bytes, "16384", 8192, 1048576),
	NUMBER(limits, header_s, DIGITS(LIMIT_HEADER_S), 1, 3600),
	NUMBER(limits, body_s, DIGITS(LIMIT_BODY_S), 1, 3600),
	NUMBER(limits, response_s, DIGITS(LIMIT_RESPONSE_S), 1, 3600),
	NUMBER(limits, idle_s, DIGITS(LIMIT_IDLE_S), 1, 3600),
	NUMBER(limits, header_bytes, DIGITS(LIMIT_HEADER_BYTES), 1024, 1048576),
	NUMBER(limits, header_fields, DIGITS(LIMIT_HEADER_FIELDS), 8, LIMIT_HEADER_FIELDS),
	NUMBER(limits, json_bytes, DIGITS(LIMIT_JSON_BYTES), 1024, LIMIT_JSON_BYTES),
	NUMBER(limits, json_depth, DIGITS(LIMIT_JSON_DEPTH), 4, 64),
	NUMBER(limits, json_tokens, DIGITS(LIMIT_JSON_TOKENS), 64, 1000000),
	NUMBER(limits, metadata_bytes, DIGITS(LIMIT_METADATA_BYTES), 0, LIMIT_METADATA_BYTES),
	NUMBER(limits, requests_per_address_per_s, "2000", 0, 100000000),
	NUMBER(limits, requests_per_key_per_s, "500", 0, 100000000),
	NUMBER(limits, packets_per_peer_per_s, DIGITS(LIMIT_PACKETS_PER_PEER_PER_S), 0, 100000000),
	NUMBER(limits, packets_per_peer_burst, "40000", 1, 100000000),
	NUMBER(limits, in_flight_per_peer, DIGITS(LIMIT_IN_FLIGHT_PER_PEER), 1, 1000000),
	NUMBER(limits, routes_per_peer, "10000", 1, 2000000),
	NUMBER(limits, routes, "100000", 1, 2000000),
	NUMBER(limits, packet_expiry_s, "60", 2, 3600),
	NUMBER(limits, outbound_connect_s, "3", 1, 300),
	NUMBER(limits, outbound_total_s, "8", 1, 300),
	NUMBER(limits, outbound_bytes, DIGITS(LIMIT_OUTBOUND_BODY_BYTES), 1024, 16777216),
	NUMBER(limits, outbound_per_host, DIGITS(LIMIT_OUTBOUND_PER_HOST), 1, 10000),
	NUMBER(limits, pending_grants_per_client, "100", 1, 1000000),
	NUMBER(limits, interaction_s, "600", 1, SECONDS_OF_A_DAY),
	NUMBER(limits, session_idle_s, "900", 1, SECONDS_OF_A_DAY),
	NUMBER(limits, session_s, "28800", 1, 30 * SECONDS_OF_A_DAY),
	NUMBER(limits, incoming_payment_s, "86400", 1, 3650 * SECONDS_OF_A_DAY),
	NUMBER(limits, incoming_payment_max_s, "2592000", 1, 3650 * SECONDS_OF_A_DAY),
	NUMBER(limits, incoming_slack_bps, "100", 0, 10000),
	NUMBER(limits, confirm_partial_ms, DIGITS(LIMIT_CONFIRM_PARTIAL_MS), 100, 60000),
	NUMBER(limits, webhook_days, "7", 1, 3650),
	NUMBER(limits, settlement_timeout_s, "10", 1, 300),
	NUMBER(limits, idempotency_days, "7", 1, 3650),
	NUMBER(limits, page_size, DIGITS(LIMIT_PAGE_SIZE), 1, 10000),
};
/* clang-format on */

_Static_assert(COUNT_OF(keys) <= CONFIG_KEYS_MAX, "struct config has room for every key");

/* ---- saying what is wrong ---- */

static enum result refuse(struct config_error *error, const char *what, const char *hint,
        const char *format, ...) __attribute__((format(printf, 4, 5)));

static enum result refuse(
        struct config_error *error, const char *what, const char *hint, const char *format, ...)
{
	va_list args;

	(void)snprintf(error->what, sizeof error->what, "%s", what);
	(void)snprintf(error->hint, sizeof error->hint, "%s", hint);
	va_start(args, format);
	(void)vsnprintf(error->why, sizeof error->why, format, args);
	va_end(args);
	return RESULT_OURS_CONFIG;
}

static enum result out_of_memory(struct config_error *error)
{
	(void)refuse(error, "configuration", "", "no memory left");
	return RESULT_OURS_MEMORY;
}

/* The name under which the value in force was given. */
static void key_label(const struct config *c, size_t i, char out[128])
{
	if (c->source[i] == CONFIG_ENVIRONMENT) {
		int n = snprintf(
		        out, 128, ENVIRONMENT_PREFIX "%s_%s", keys[i].section, keys[i].name);

		for (int at = 0; at < n && out[at]; at++)
			if (out[at] >= 'a' && out[at] <= 'z')
				out[at] = (char)(out[at] - 'a' + 'A');
		return;
	}
	(void)snprintf(out, 128, "[%s] %s", keys[i].section, keys[i].name);
}

/* ---- finding a key ---- */

static bool find_key(const char *section, const char *name, size_t *out)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* A key under the wrong section counts as nearer than one with another spelling. */
static enum result refuse_unknown(const char *section, const char *name, struct config_error *error)
{
	char hint[256] = "florin check lists every key", what[128];
	unsigned best = NEAR_ENOUGH + 1;

	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		unsigned distance = text_distance(keys[i].name, name);

		if (strcmp(keys[i].section, section) != 0)
			distance++;
		if (distance >= best)
			continue;
		best = distance;
		(void)snprintf(hint, sizeof hint, "the nearest known key is [%s] %s",
		        keys[i].section, keys[i].name);
	}
	(void)snprintf(what, sizeof what, "[%.40s] %.80s", section, name);
	return refuse(error, what, hint, "no such key");
}

static enum result set_value(struct config *c, size_t i, const char *value,
        enum config_source source, struct config_error *error)
{
	char label[128];

	c->source[i] = (uint8_t)source;
	key_label(c, i, label);
	if (strlen(value) > CONFIG_VALUE_CHARS)
		return refuse(error, label, "", "the value is longer than %d characters",
		        CONFIG_VALUE_CHARS);
	if (!text_is_clean_utf8(value, strlen(value)))
		return refuse(error, label, "", "the value is not plain UTF-8 text");
	c->value[i] = arena_strdup(&c->memory, value);
	return c->value[i] ? RESULT_OK : out_of_memory(error);
}

/* ---- the file ---- */

struct reading {
	struct config *config;
	struct config_error *error;
	enum result failed; /* the first failure */
};

/* inih hands a continued line over as the same key once more. That makes long lists possible; any
 * other key given twice is a mistake whose second half would silently win. */
static enum result take_line(
        struct reading *r, const char *section, const char *name, const char *value)
{
	struct config *c = r->config;
	char label[128], *joined;
	size_t i;

	if (!find_key(section, name, &i))
		return refuse_unknown(section, name, r->error);
	if (c->source[i] != CONFIG_FILE)
		return set_value(c, i, value, CONFIG_FILE, r->error);
	key_label(c, i, label);
	if (keys[i].kind != KIND_LIST)
		return refuse(r->error, label, "in " CONFIG_FILE_NAME, "given twice");
	joined = arena_printf(&c->memory, "%s %s", c->value[i], value);
	if (!joined)
		return out_of_memory(r->error);
	return set_value(c, i, joined, CONFIG_FILE, r->error);
}

static int on_line(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;

	if (!r->failed)
		r->failed = take_line(r, section, name, value);
	return 1;
}

/* inih cuts a long line silently, and the rest would be read as a line of its own. */
static enum result check_lines(const char *text, struct config_error *error)
{
	unsigned line = 1;

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n > CONFIG_LINE_CHARS)
			return refuse(error, CONFIG_FILE_NAME,
			        "continue a list on an indented line, or use the environment",
			        "line %u is longer than %d characters", line, CONFIG_LINE_CHARS);
		text += n;
		text += *text == '\n';
		line++;
	}
	return RESULT_OK;
}

static enum result read_file_text(struct config *c, const char *text, struct config_error *error)
{
	struct reading reading = {.config = c, .error = error};
	enum result r = check_lines(text, error);
	int line;

	if (r)
		return r;
	line = ini_parse_string(text, on_line, &reading);
	if (reading.failed)
		return reading.failed;
	if (line > 0)
		return refuse(error, CONFIG_FILE_NAME, "lines are [section] or key = value",
		        "line %d can't be understood", line);
	return line == 0 ? RESULT_OK : out_of_memory(error);
}

/* ---- the environment ---- */

/* FLORIN_SERVER_LISTEN -> "server", "listen". False where it names no section of ours: other
 * programs may have variables that start like this. */
static bool split_variable(
        const char *variable, char section[ENVIRONMENT_NAME], char name[ENVIRONMENT_NAME])
{
	const char *text = variable + strlen(ENVIRONMENT_PREFIX);
	char lower[ENVIRONMENT_NAME];
	size_t n = strcspn(text, "=");

	if (n >= sizeof lower)
		return false;
	for (size_t i = 0; i < n; i++)
		lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
	lower[n] = '\0';
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		size_t s = strlen(keys[i].section);

		if (strncmp(lower, keys[i].section, s) != 0 || lower[s] != '_')
			continue;
		(void)snprintf(section, ENVIRONMENT_NAME, "%s", keys[i].section);
		(void)snprintf(name, ENVIRONMENT_NAME, "%s", lower + s + 1);
		return true;
	}
	return false;
}

static enum result read_environment(
        struct config *c, char *const *environment, struct config_error *error)
{
	for (; environment && *environment; environment++) {
		char section[ENVIRONMENT_NAME], name[ENVIRONMENT_NAME];
		const char *value = strchr(*environment, '=');
		enum result r;
		size_t i;

		if (!value || !text_starts(*environment, ENVIRONMENT_PREFIX) ||
		        !split_variable(*environment, section, name))
			continue;
		if (!find_key(section, name, &i)) {
			r = refuse_unknown(section, name, error);
			(void)snprintf(error->what, sizeof error->what, "%.*s",
			        (int)(value - *environment), *environment);
			return r;
		}
		r = set_value(c, i, value + 1, CONFIG_ENVIRONMENT, error);
		if (r)
			return r;
	}
	return RESULT_OK;
}

/* ---- turning a text into the value ---- */

static enum result refuse_value(const struct config *c, size_t i, struct config_error *error,
        const char *hint, const char *expected)
{
	char label[128];

	key_label(c, i, label);
	if (keys[i].kind == KIND_SECRET)
		return refuse(error, label, hint, "not %s", expected);
	return refuse(error, label, hint, "\"%.80s\" is not %s", c->value[i], expected);
}

static enum result store_choice(struct config *c, size_t i, void *at, struct config_error *error)
{
	char expected[128] = "one of";

	for (unsigned n = 0; keys[i].choices[n]; n++) {
		size_t used = strlen(expected);

		if (strcmp(keys[i].choices[n], c->value[i]) == 0) {
			memcpy(at, &n, sizeof n); /* an enum of these values, which starts at 0 */
			return RESULT_OK;
		}
		(void)snprintf(expected + used, sizeof expected - used, " %s", keys[i].choices[n]);
	}
	return refuse_value(c, i, error, "", expected);
}

static enum result store_number(struct config *c, size_t i, void *at, struct config_error *error)
{
	char expected[128];
	uint64_t number;

	if (!text_parse_u64(c->value[i], keys[i].max, &number) && number >= keys[i].min) {
		memcpy(at, &number, sizeof number);
		return RESULT_OK;
	}
	(void)snprintf(expected, sizeof expected, "a whole number from %llu to %llu",
	        (unsigned long long)keys[i].min, (unsigned long long)keys[i].max);
	return refuse_value(c, i, error, "", expected);
}

static enum result store_value(struct config *c, size_t i, struct config_error *error)
{
	enum config_kind kind = keys[i].kind;
	void *at = (char *)c + keys[i].offset;
	const char *value = c->value[i], *hint = "", *fault;

	/* An empty text is an unset one; numbers and words have to be given. */
	if (!value || (value[0] == '\0' && kind < KIND_NUMBER)) {
		c->value[i] = NULL;
		return RESULT_OK;
	}
	if (kind == KIND_NUMBER)
		return store_number(c, i, at, error);
	if (kind == KIND_CHOICE)
		return store_choice(c, i, at, error);
	if (kind == KIND_FLAG)
		return config_text_flag(value, at) ? RESULT_OK
		                                   : refuse_value(c, i, error, "", "yes or no");
	fault = config_text_fault(kind, value, &hint);
	if (fault)
		return refuse_value(c, i, error, hint, fault);
	if ((kind == KIND_PATH || (kind == KIND_PLACE && !config_text_is_url(value))) &&
	        value[0] != '/')
		value = arena_printf(&c->memory, "%s/%s", c->dir, value);
	if (!value)
		return out_of_memory(error);
	memcpy(at, &value, sizeof value);
	return RESULT_OK;
}

/* ---- what must hold between keys ---- */

static bool is_given(const struct config *c, const char *section, const char *name)
{
	size_t i;

	return find_key(section, name, &i) && c->source[i] != CONFIG_DEFAULT && c->value[i];
}

/* Where none is set, the address that this machine itself can use. */
static enum result default_public_url(struct config *c, struct config_error *error)
{
	char host[CONFIG_LISTEN_CHARS];
	uint16_t port;
	size_t i;

	if (c->server.public_url)
		return RESULT_OK;
	if (!find_key("server", "public_url", &i) ||
	        config_parse_listen(c->server.listen, host, &port))
		return RESULT_OURS_BUG;
	c->server.public_url = arena_printf(&c->memory, "%s://localhost:%u",
	        c->server.dev && !c->server.tls_certificate ? "http" : "https", port);
	c->value[i] = c->server.public_url;
	return c->server.public_url ? RESULT_OK : out_of_memory(error);
}

/* A default that another key decides. */
static enum result follow(struct config *c, const char *section, const char *name, uint64_t *field,
        uint64_t value, struct config_error *error)
{
	size_t i;

	if (is_given(c, section, name) || !find_key(section, name, &i))
		return RESULT_OK;
	*field = value;
	c->value[i] = arena_printf(&c->memory, "%llu", (unsigned long long)value);
	return c->value[i] ? RESULT_OK : out_of_memory(error);
}

/* A packet lives max_hold_s when it leaves its sender, and a connector passes it on where two
 * windows are left (model/expiry.h): the default shrinks with a short hold, and a window that is
 * set must let packets through. */
static enum result fit_window(struct config *c, struct config_error *error)
{
	uint64_t hold_ms = c->ilp.max_hold_s * 1000, window_ms = c->ilp.min_message_window_ms;

	if (is_given(c, "ilp", "min_message_window_ms"))
		return 2 * window_ms < hold_ms
		               ? RESULT_OK
		               : refuse(error, "[ilp] min_message_window_ms",
		                         "leave it unset or make it smaller",
		                         "no packet passes a connector: max_hold_s is %llu, which "
		                         "must be more than two windows",
		                         (unsigned long long)c->ilp.max_hold_s);
	if (window_ms * WINDOWS_IN_A_HOLD <= hold_ms)
		return RESULT_OK;
	return follow(c, "ilp", "min_message_window_ms", &c->ilp.min_message_window_ms,
	        hold_ms / WINDOWS_IN_A_HOLD, error);
}

/* Where prices are fetched the file that a node is made with is none of the sources, unless
 * somebody names it. */
static enum result check_rates(struct config *c, struct config_error *error)
{
	static const bool all[RATE_ORIGINS] = {true, true, true};
	struct rate_book book;

	if ((c->rates.url || c->rates.ecb) && !is_given(c, "rates", "file"))
		c->rates.file = NULL;
	if (rate_book_order(&book, c->rates.priority ? c->rates.priority : "", all))
		return refuse(error, "[rates] priority", "the words are file, url and ecb",
		        "a word that is no source, or one twice");
	if (!is_given(c, "rates", "max_age_s"))
		return RESULT_OK;
	if (follow(c, "rates", "file_max_age_s", &c->rates.file_max_age_s, c->rates.max_age_s,
	            error) ||
	        follow(c, "rates", "url_max_age_s", &c->rates.url_max_age_s, c->rates.max_age_s,
	                error))
		return RESULT_OURS_MEMORY;
	return RESULT_OK;
}

static enum result check_together(struct config *c, struct config_error *error)
{
	static const char *const https_only[][2] = {
	        {"server", "public_url"}, {"rates", "url"}, {"rates", "ecb"}, {"webhooks", "url"}};
	const char *address = c->ilp.address;

	if (!address)
		return refuse(error, "[ilp] address", "for example test.florin", "not set");
	if (c->server.dev && text_starts(address, "g."))
		return refuse(error, "[ilp] address", "use an address under test.",
		        "\"%.80s\" is of the production network, which dev = yes excludes",
		        address);
	if (c->ilp.stream_echo && !c->server.dev)
		return refuse(error, "[ilp] stream_echo", "it is for testing clients",
		        "only with [server] dev = yes");
	if (c->accounts.faucet && !c->server.dev)
		return refuse(error, "[accounts] faucet", "it gives money away, to try things out",
		        "only with [server] dev = yes");
	for (size_t n = 0; n < COUNT_OF(https_only) && !c->server.dev; n++) {
		size_t i;

		if (find_key(https_only[n][0], https_only[n][1], &i) && c->value[i] &&
		        text_starts(c->value[i], "http:"))
			return refuse_value(c, i, error,
			        "dev = yes allows http on a developer's machine", "https");
	}
	if (!c->server.tls_certificate != !c->server.tls_key)
		return refuse(error,
		        c->server.tls_key ? "[server] tls_key" : "[server] tls_certificate",
		        "set tls_certificate and tls_key, or neither", "one without the other");
	if (check_rates(c, error))
		return RESULT_OURS_CONFIG;
	if (strcmp(c->server.listen, c->server.admin_listen) == 0 &&
	        !text_starts(strrchr(c->server.listen, ':'), ":0"))
		return refuse(error, "[server] admin_listen", "give it another port",
		        "\"%s\" is the public listener, too", c->server.admin_listen);
	if (c->limits.incoming_payment_s > c->limits.incoming_payment_max_s)
		return refuse(error, "[limits] incoming_payment_s", "",
		        "longer than incoming_payment_max_s");
	return fit_window(c, error);
}

/* ---- loading ---- */

static enum result settle(struct config *c, struct config_error *error)
{
	enum result r;

	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		r = store_value(c, i, error);
		if (r)
			return r;
	}
	if (!c->server.listen || !c->server.admin_listen)
		return refuse(error, c->server.listen ? "[server] admin_listen" : "[server] listen",
		        "for example 127.0.0.1:3000", "not set");
	if (!c->database.url)
		return refuse(error, "[database] url", "for example sqlite:florin.db", "not set");
	r = default_public_url(c, error);
	return r ? r : check_together(c, error);
}

enum result config_load_text(const char *dir, const char *text, char *const *environment,
        struct config *out, struct config_error *error)
{
	enum result r;

	memset(out, 0, sizeof *out);
	memset(error, 0, sizeof *error);
	arena_init(&out->memory, CONFIG_ARENA_BYTES);
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		out->value[i] = keys[i].fallback;
	out->dir = arena_strdup(&out->memory, dir);
	r = out->dir ? RESULT_OK : out_of_memory(error);
	if (!r)
		r = read_file_text(out, text, error);
	if (!r)
		r = read_environment(out, environment, error);
	if (!r)
		r = settle(out, error);
	if (r)
		config_clear(out);
	return r;
}

enum result config_load(
        const char *dir, char *const *environment, struct config *out, struct config_error *error)
{
	char *text = NULL, path[CONFIG_PATH_BYTES];
	enum result r;
	size_t n;

	if ((size_t)snprintf(path, sizeof path, "%s/" CONFIG_FILE_NAME, dir) >= sizeof path)
		return refuse(error, "configuration", "", "the directory's name is too long");
	r = file_read(path, CONFIG_FILE_BYTES, &text, &n);
	if (r == RESULT_OURS_IO)
		(void)refuse(error, "configuration",
		        errno == ENOENT ? "florin init makes a node's directory" : "", "%.160s: %s",
		        path, strerror(errno));
	else if (r == RESULT_OURS_MEMORY)
		r = out_of_memory(error);
	else if (r || memchr(text, '\0', n))
		r = refuse(error, CONFIG_FILE_NAME, "", "not a text of at most %d bytes",
		        CONFIG_FILE_BYTES);
	else
		r = config_load_text(dir, text, environment, out, error);
	free(text);
	return r;
}

void config_clear(struct config *c)
{
	arena_clear(&c->memory);
	memset(c, 0, sizeof *c);
}

/* ---- showing ---- */

size_t config_row_count(void)
{
	return COUNT_OF(keys);
}

void config_row(const struct config *c, size_t i, struct config_row *out)
{
	static const char *const sources[] = {"default", "file", "environment"};
	const char *value = c->value[i] ? c->value[i] : "";

	if (keys[i].kind == KIND_SECRET && *value)
		value = "set";
	*out = (struct config_row){keys[i].section, keys[i].name, value, sources[c->source[i]]};
}
