#include "cli/node_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

#define SECRET_LINE_BYTES 128
#define MODE_OF_OTHERS    077

enum result node_path(const char *dir, const char *name, char out[NODE_PATH_BYTES])
{
	int n = snprintf(out, NODE_PATH_BYTES, "%s/%s", dir, name);

	return n >= 0 && n < NODE_PATH_BYTES ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

static enum result refuse(
        char why[NODE_WHY_BYTES], enum result r, const char *path, const char *what)
{
	(void)snprintf(why, NODE_WHY_BYTES, "%.*s: %s", NODE_WHY_BYTES / 2, path, what);
	return r;
}

/* The one line of a secret's file, without its end. */
static enum result read_line(
        const char *dir, const char *name, char line[SECRET_LINE_BYTES], char why[NODE_WHY_BYTES])
{
	char path[NODE_PATH_BYTES];
	struct stat status;
	ssize_t n = -1;
	int fd;

	if (node_path(dir, name, path))
		return refuse(why, RESULT_OURS_IO, name, "the directory's name is too long");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse(why, RESULT_OURS_IO, path, strerror(errno));
	if (fstat(fd, &status) == 0)
		n = read(fd, line, SECRET_LINE_BYTES - 1);
	(void)close(fd);
	if (n < 0)
		return refuse(why, RESULT_OURS_IO, path, strerror(errno));
	if (status.st_mode & MODE_OF_OTHERS)
		return refuse(why, RESULT_OURS_CONFIG, path,
		        "others may read it, and it is secret: chmod 600");
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return RESULT_OK;
}

enum result node_key_read(const char *dir, struct secret32 *out, char why[NODE_WHY_BYTES])
{
	char line[SECRET_LINE_BYTES];
	enum result r = read_line(dir, NODE_KEY_FILE, line, why);
	size_t n = 0;

	if (!r && (hex_decode(line, strlen(line), out->b, sizeof out->b, &n) || n != sizeof out->b))
		r = refuse(why, RESULT_OURS_CONFIG, NODE_KEY_FILE, "not 64 hex digits");
	secret_wipe(line, sizeof line);
	return r;
}

enum result node_token_read(const char *dir, char out[TOKEN_TEXT_SIZE], char why[NODE_WHY_BYTES])
{
	char line[SECRET_LINE_BYTES];
	enum result r = read_line(dir, NODE_TOKEN_FILE, line, why);

	if (!r && strlen(line) != TOKEN_TEXT_SIZE - 1)
		r = refuse(why, RESULT_OURS_CONFIG, NODE_TOKEN_FILE, "does not hold a token");
	if (!r)
		memcpy(out, line, TOKEN_TEXT_SIZE);
	secret_wipe(line, sizeof line);
	return r;
}

enum result node_file_create(const char *path, const char *text, mode_t mode)
{
	size_t n = strlen(text), at = 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return errno == EEXIST ? RESULT_THEIRS_CONFLICT : RESULT_OURS_IO;
	while (at < n) {
		ssize_t written = write(fd, text + at, n - at);

		if (written < 0 && errno != EINTR)
			break;
		at += written > 0 ? (size_t)written : 0;
	}
	if (at == n && fsync(fd) == 0 && close(fd) == 0)
		return RESULT_OK;
	(void)close(fd);
	(void)unlink(path);
	return RESULT_OURS_IO;
}
