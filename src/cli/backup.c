/* backup: a copy of the running node's database; restore: back from one. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/admin_call.h"
#include "cli/command_table.h"
#include "cli/node_files.h"
#include "config.h"
#include "store/backup.h"

#define BACKUP_TIMEOUT_MS (3600 * 1000LL) /* a large database takes its time */

/* The node may run in another working directory. */
static int whole_path(const struct cli *cli, const char *file, char out[PATH_MAX])
{
	char here[PATH_MAX];

	if (file[0] == '/')
		here[0] = '\0';
	else if (!getcwd(here, sizeof here))
		return cli_fail(cli, EXIT_USAGE, NULL, "", "the working directory has no name");
	if (snprintf(out, PATH_MAX, "%s%s%s", here, here[0] ? "/" : "", file) >= PATH_MAX)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "the path is too long");
	return EXIT_DONE;
}

static int backup(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"FILE", "file", SHOW_TEXT},
	        {"BYTES", "bytes", SHOW_NUMBER},
	        {"GENERATION", "generation", SHOW_NUMBER},
	        {"CREATED", "createdAt", SHOW_TEXT},
	        {0},
	};
	char path[ADMIN_PATH_BYTES], file[PATH_MAX];
	int status = whole_path(cli, cli->args[0], file);

	if (status)
		return status;
	admin_path(path, "/backup", NULL);
	return admin_show_slow(
	        cli, "POST", path, json_pack("{s:s}", "file", file), columns, BACKUP_TIMEOUT_MS);
}

/* ---- restore: without a server ---- */

static void on_finding(void *arg, const char *check, const char *what)
{
	(void)arg;
	fprintf(stderr, "%s: %s\n", check, what);
}

static const char *hint_of(enum result r)
{
	if (r == RESULT_OURS_CONFIG)
		return "put the master.key that belongs to it into the directory";
	if (r == RESULT_RETRY_BUSY)
		return "stop the server first";
	if (r == RESULT_THEIRS_CONFLICT)
		return "--accept-rollback replaces it all the same";
	return "";
}

static int print_restored(const struct cli *cli, const struct restore_report *report)
{
	json_t *answer;

	if (!cli->json) {
		printf("restored; its books are clean\n");
		if (report->aside[0])
			printf("the database before is now %s\n", report->aside);
		return EXIT_DONE;
	}
	answer = json_pack("{s:s, s:I, s:s, s:s?}", "file", cli->args[0], "generation",
	        (json_int_t)report->generation, "audit", "clean", "putAside",
	        report->aside[0] ? report->aside : NULL);
	(void)json_dumpf(answer, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(answer);
	return EXIT_DONE;
}

/* A new node's directory, which `florin init` makes, has another key: nothing can be restored
 * there. */
static int restore_config(const struct cli *cli, struct config *out)
{
	char path[NODE_PATH_BYTES];

	if (!node_path(cli->dir, CONFIG_FILE_NAME, path) && access(path, F_OK) != 0)
		return cli_fail(cli, EXIT_USAGE, "configuration",
		        "put the node's own florin.conf, master.key, admin.token and rates.json "
		        "there first",
		        "%s: %s", path, strerror(errno));
	return cli_config(cli, out);
}

static int restore(struct cli *cli)
{
	char why[NODE_WHY_BYTES] = "", store_why[STORE_WHY_SIZE] = "";
	struct restore_options options = {.file = cli->args[0],
	        .accept_rollback = cli_flag(cli, "accept-rollback"),
	        .finding = on_finding};
	struct restore_report report = {0};
	struct config config;
	struct secret32 key;
	int status = restore_config(cli, &config);
	enum result r;

	if (status)
		return status;
	if (node_key_read(cli->dir, &key, why)) {
		config_clear(&config);
		return cli_fail(cli, EXIT_USAGE, "secrets",
		        "put the master.key that belongs to it into the directory", "%s", why);
	}
	options.store = (struct store_options){.url = config.database.url,
	        .dir = cli->dir,
	        .master_key = &key,
	        .now_ms = clock_wall_ms()};
	r = store_restore(&options, &report, store_why);
	secret_clear(&key);
	config_clear(&config);
	if (r)
		return cli_fail(cli, EXIT_REFUSED, NULL, hint_of(r), "%s", store_why);
	return print_restored(cli, &report);
}

static const struct option restore_options_table[] = {
        {"accept-rollback", NULL, "also where the database here has gone on since the backup", 0},
        {0},
};

const struct command backup_commands[] = {
        {"backup", "FILE", "copy the running node's database into a file", 1, 1, NULL, backup},
        {"restore", "FILE", "put a backup back, after checking it", 1, 1, restore_options_table,
                restore},
        {0},
};
