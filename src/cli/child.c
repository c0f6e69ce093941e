#include "cli/child.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/command.h"

#define READY_LINE     "florin: ready"
#define READY_MS       20000
#define LISTEN_BYTES   32
#define LOG_PATH_BYTES (CHILD_DIR_BYTES + 16)
#define WALK_FILES     16 /* directories that nftw keeps open */

enum result child_dir_make(const char *purpose, char out[CHILD_DIR_BYTES])
{
	const char *base = getenv("TMPDIR");

	if (snprintf(out, CHILD_DIR_BYTES, "%s/florin-%s-XXXXXX", base ? base : "/tmp", purpose) >=
	        CHILD_DIR_BYTES)
		return RESULT_THEIRS_TOO_BIG;
	return mkdtemp(out) ? RESULT_OK : RESULT_OURS_IO;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void child_dir_remove(const char *dir)
{
	(void)nftw(dir, remove_entry, WALK_FILES, FTW_DEPTH | FTW_PHYS);
}

enum result child_run(const char *dir, const char *const *args, json_t **out)
{
	return child_run_input(dir, NULL, args, out);
}

enum result child_run_input(
        const char *dir, const char *input, const char *const *args, json_t **out)
{
	const char *argv[SPAWN_ARGS_MAX + 1] = {"-C", dir, "--json"};
	size_t n = 3;
	char *text = NULL;
	int status = EXIT_REFUSED;
	enum result r;

	if (out)
		*out = NULL;
	while (*args && n < SPAWN_ARGS_MAX)
		argv[n++] = *args++;
	if (*args)
		return RESULT_THEIRS_TOO_BIG;
	r = spawn_run(argv, input, &text, &status);
	if (!r && status != EXIT_DONE)
		r = RESULT_THEIRS_REFUSED;
	if (out) {
		*out = r ? NULL : json_loads(text, 0, NULL);
		if (!r && !*out)
			r = RESULT_THEIRS_MALFORMED;
	}
	free(text);
	return r;
}

enum result child_init(
        const char *dir, unsigned port, const char *public_url, const char *ilp_address)
{
	char listen[LISTEN_BYTES], admin[LISTEN_BYTES];

	(void)snprintf(listen, sizeof(listen), "127.0.0.1:%u", port);
	(void)snprintf(admin, sizeof(admin), "127.0.0.1:%u", port + 1);
	return child_run(dir,
	        (const char *const[]){"init", "--dev", "--listen", listen, "--admin-listen", admin,
	                "--public-url", public_url, "--ilp-address", ilp_address, NULL},
	        NULL);
}

enum result child_serve(const char *dir, struct spawn_server *out)
{
	char log[LOG_PATH_BYTES];

	if (snprintf(log, sizeof(log), "%s/serve.log", dir) >= (int)sizeof(log))
		return RESULT_THEIRS_TOO_BIG;
	return spawn_server_start(
	        out, (const char *const[]){"-C", dir, "serve", NULL}, log, READY_LINE, READY_MS);
}
