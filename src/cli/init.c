/* init: makes the directory of a new node. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/command_table.h"
#include "cli/node_files.h"
#include "config.h"
#include "store/store.h"

#define CONF_BYTES (16 * 1024)
#define KEY_TEXT   (2 * sizeof(struct secret32) + 2)

/* Prices to play with, for a developer's node: for 1 USD. */
static const char dev_rates_json[] = "{\n"
                                     "  \"base\": \"USD\",\n"
                                     "  \"rates\": {\n"
                                     "    \"EUR\": 0.91,\n"
                                     "    \"GBP\": 0.78,\n"
                                     "    \"XRP\": 1.95,\n"
                                     "    \"BTC\": 0.0000105\n"
                                     "  }\n"
                                     "}\n";

/* With others' money nothing is exchanged at a price that nobody chose. */
static const char no_rates_json[] = "{\n  \"base\": \"USD\",\n  \"rates\": {}\n}\n";

/* What this run has made, to be taken away again where it fails half-way. */
struct made {
	const char *dir;
	bool directory;
	char paths[4][NODE_PATH_BYTES];
	size_t paths_n;
};

static void take_away(const struct made *made)
{
	for (size_t i = 0; i < made->paths_n; i++)
		(void)unlink(made->paths[i]);
	if (made->directory)
		(void)rmdir(made->dir);
}

/* ---- the configuration ---- */

/* Which option of the command sets which key. */
static const struct {
	const char *option, *section, *key;
} settings[] = {
        {"listen", "server", "listen"},
        {"public-url", "server", "public_url"},
        {"admin-listen", "server", "admin_listen"},
        {"database", "database", "url"},
        {"ilp-address", "ilp", "address"},
};

static void append(char text[CONF_BYTES], const char *before, const char *value, const char *after)
{
	size_t used = strlen(text);

	(void)snprintf(text + used, CONF_BYTES - used, "%s%s%s", before, value, after);
}

/* Every option that was given, under its section; the rest is left to the defaults. */
static void write_conf(const struct cli *cli, char text[CONF_BYTES])
{
	const char *section = "server";

	(void)snprintf(text, CONF_BYTES,
	        "; A Florin node. florin check lists every key with its value; those that are not\n"
	        "; here have their defaults. FLORIN_SECTION_KEY in the environment wins.\n"
	        "\n[server]\n%s",
	        cli_flag(cli, "dev") ? "dev = yes\n" : "");
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		const char *value = cli_text(cli, settings[i].option);

		if (!value)
			continue;
		if (strcmp(section, settings[i].section) != 0)
			append(text, "\n[", settings[i].section, "]\n");
		section = settings[i].section;
		append(text, settings[i].key, " = ", value);
		append(text, "\n", "", "");
	}
}

/* What was typed must come out of the file again: a value that the file's grammar would cut or
 * read as something else is refused before it is written. */
static int check_conf(const struct cli *cli, const char *text)
{
	struct config_error error;
	struct config config;

	if (config_load_text(cli->dir, text, NULL, &config, &error))
		return cli_fail(cli, EXIT_USAGE, error.what, error.hint, "%s", error.why);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		const char *value = cli_text(cli, settings[i].option);
		struct config_row row;

		for (size_t at = 0; value && at < config_row_count(); at++) {
			config_row(&config, at, &row);
			if (strcmp(row.section, settings[i].section) != 0 ||
			        strcmp(row.key, settings[i].key) != 0 ||
			        strcmp(row.value, value) == 0)
				continue;
			config_clear(&config);
			return cli_fail(cli, EXIT_USAGE, NULL, "",
			        "--%s can't be written to the file as it is", settings[i].option);
		}
	}
	config_clear(&config);
	return EXIT_DONE;
}

/* ---- the files ---- */

static int make_directory(struct cli *cli, struct made *made)
{
	static const char *const ours[] = {
	        CONFIG_FILE_NAME, NODE_KEY_FILE, NODE_TOKEN_FILE, NODE_RATES_FILE};
	char path[NODE_PATH_BYTES];

	made->dir = cli->dir;
	if (mkdir(cli->dir, 0700) == 0) {
		made->directory = true;
		return EXIT_DONE;
	}
	if (errno != EEXIST)
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "%s can't be made: %s", cli->dir,
		        strerror(errno));
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		if (!node_path(cli->dir, ours[i], path) && access(path, F_OK) == 0)
			return cli_fail(cli, EXIT_REFUSED, NULL, "choose another with -C DIR",
			        "%s is in use: it holds %s", cli->dir, ours[i]);
	if (chmod(cli->dir, 0700))
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "%s: %s", cli->dir, strerror(errno));
	return EXIT_DONE;
}

static int make_file(
        struct cli *cli, struct made *made, const char *name, const char *text, mode_t mode)
{
	char *path = made->paths[made->paths_n];

	if (node_path(cli->dir, name, path))
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "the directory's name is too long");
	if (node_file_create(path, text, mode))
		return cli_fail(
		        cli, EXIT_REFUSED, NULL, "", "%s can't be made: %s", path, strerror(errno));
	made->paths_n++;
	return EXIT_DONE;
}

static int make_secrets(struct cli *cli, struct made *made, struct secret32 *key)
{
	char token[TOKEN_TEXT_SIZE + 1], text[KEY_TEXT];
	int status;

	secret_random(key);
	hex_encode(bytes_of(key->b, sizeof key->b), text);
	text[KEY_TEXT - 2] = '\n';
	text[KEY_TEXT - 1] = '\0';
	token_random(token);
	token[TOKEN_TEXT_SIZE - 1] = '\n';
	token[TOKEN_TEXT_SIZE] = '\0';
	status = make_file(cli, made, NODE_KEY_FILE, text, 0600);
	if (!status)
		status = make_file(cli, made, NODE_TOKEN_FILE, token, 0600);
	secret_wipe(text, sizeof text);
	secret_wipe(token, sizeof token);
	return status;
}

static int make_database(struct cli *cli, const struct config *config, const struct secret32 *key)
{
	struct store_options options = {.url = config->database.url,
	        .dir = cli->dir,
	        .master_key = key,
	        .now_ms = clock_wall_ms()};
	char why[STORE_WHY_SIZE] = "";

	if (!store_create(&options, why))
		return EXIT_DONE;
	return cli_fail(cli, EXIT_REFUSED, "database", "", "%s", why);
}

/* What others type to pay its wallets then has the port in it, and only dev nodes take that. */
static void warn_of_port(const struct config *config)
{
	const char *host = strstr(config->server.public_url, "://");
	const char *port = host ? strrchr(host + 3, ':') : NULL;

	if (!config->server.dev && port && !strchr(port, ']'))
		fprintf(stderr,
		        "florin: init: the public URL %s has a port: payment pointers with a port "
		        "are resolved by nodes with dev = yes only\n",
		        config->server.public_url);
}

static int say_made(struct cli *cli, const struct config *config)
{
	struct config_error wants;
	json_t *object;
	bool written;

	warn_of_port(config);
	if (!cli->json) {
		printf("made %s\n  public URL   %s\n  admin        %s\n  ILP address  %s\n",
		        cli->dir, config->server.public_url, config->server.admin_listen,
		        config->ilp.address);
		if (config->server.dev)
			printf("  dev = yes: plain http and private addresses are allowed; the "
			       "prices in " NODE_RATES_FILE " are made up\n");
		if (config_served(config, &wants))
			printf("before it starts: %s: %s (%s)\n", wants.what, wants.why,
			        wants.hint);
		printf("start it with: florin -C %s serve\n", cli->dir);
		return EXIT_DONE;
	}
	object = json_pack("{s:s,s:s,s:s,s:s,s:s,s:b}", "dir", cli->dir, "publicUrl",
	        config->server.public_url, "adminListen", config->server.admin_listen, "ilpAddress",
	        config->ilp.address, "database", config->database.url, "dev", config->server.dev);
	written = object && json_dumpf(object, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF;
	json_decref(object);
	if (!written)
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "the output could not be written");
	return EXIT_DONE;
}

/* The database comes last: where it or a file before it can't be made, the files are taken away
 * again. */
static int make_node(struct cli *cli, struct made *made, const char *text)
{
	struct config_error error;
	struct config config;
	struct secret32 key;
	int status;

	/* The database may be named in the environment, which wins here, too. */
	if (config_load_text(cli->dir, text, environ, &config, &error))
		return cli_fail(cli, EXIT_USAGE, error.what, error.hint, "%s", error.why);
	status = make_directory(cli, made);
	if (!status)
		status = make_secrets(cli, made, &key);
	if (!status)
		status = make_file(cli, made, NODE_RATES_FILE,
		        config.server.dev ? dev_rates_json : no_rates_json, 0600);
	if (!status)
		status = make_file(cli, made, CONFIG_FILE_NAME, text, 0600);
	if (!status)
		status = make_database(cli, &config, &key);
	if (!status) {
		*made = (struct made){.paths_n = 0}; /* it is complete, whoever hears of it */
		status = say_made(cli, &config);
	}
	secret_clear(&key);
	config_clear(&config);
	return status;
}

static int init_run(struct cli *cli)
{
	char text[CONF_BYTES];
	struct made made = {.paths_n = 0};
	int status;

	write_conf(cli, text);
	status = check_conf(cli, text);
	if (!status)
		status = make_node(cli, &made, text);
	if (status)
		take_away(&made);
	return status;
}

static const struct option init_options[] = {
        {"public-url", "U", "where others reach this node: https://wallet.example", 0},
        {"listen", "A:P", "address and port of the public listener", 0},
        {"admin-listen", "A:P", "address and port of the admin listener", 0},
        {"ilp-address", "X", "this node's ILP address", 0},
        {"database", "URL", "sqlite:FILE, relative to the directory", 0},
        {"dev", NULL, "for one developer's machine: plain http, private addresses", 0},
        {0},
};

const struct command init_commands[] = {
        {"init", "", "make the directory of a new node", 0, 0, init_options, init_run},
        {0},
};
