#include "cli/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define SELF              "/proc/self/exe"
#define POLL_STEP_MS      10
#define READY_LINE_BYTES  1024
#define CHILD_EXEC_FAILED 127

/* At most SPAWN_ARGS_MAX args: what is beyond would be lost. */
static void child_exec(const char *const *args, int in, int out, int err)
{
	const char *argv[SPAWN_ARGS_MAX + 2] = {"florin"};

	for (size_t i = 0; args[i] && i < SPAWN_ARGS_MAX; i++)
		argv[i + 1] = args[i];
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
	        (err >= 0 && dup2(err, 2) < 0))
		_exit(CHILD_EXEC_FAILED);
	execv(SELF, (char *const *)(void *)argv);
	_exit(CHILD_EXEC_FAILED);
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_EXEC_FAILED;
}

static enum result read_all(int fd, char **out)
{
	size_t len = 0, cap = 4096;
	char *text = malloc(cap);

	if (!text)
		return RESULT_OURS_MEMORY;
	for (;;) {
		ssize_t n = read(fd, text + len, cap - len - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
		if (cap - len > 1)
			continue;
		if (cap >= SPAWN_OUTPUT_BYTES_MAX) {
			free(text);
			return RESULT_THEIRS_TOO_BIG;
		}
		cap *= 2;
		char *more = realloc(text, cap);
		if (!more) {
			free(text);
			return RESULT_OURS_MEMORY;
		}
		text = more;
	}
	text[len] = '\0';
	*out = text;
	return RESULT_OK;
}

static void write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		left -= (size_t)n;
	}
}

enum result spawn_run(const char *const *args, const char *input, char **out, int *status)
{
	int to[2] = {-1, -1}, from[2] = {-1, -1};
	enum result r = RESULT_OURS_IO;
	pid_t pid;

	*out = NULL;
	if (pipe2(to, O_CLOEXEC) != 0)
		return RESULT_OURS_IO;
	if (pipe2(from, O_CLOEXEC) != 0)
		goto out;
	pid = fork();
	if (pid < 0)
		goto out;
	if (pid == 0)
		child_exec(args, to[0], from[1], -1);
	close(to[0]);
	close(from[1]);
	to[0] = from[1] = -1;
	if (input)
		write_all(to[1], input);
	close(to[1]);
	to[1] = -1;
	r = read_all(from[0], out);
	close(from[0]);
	from[0] = -1;
	*status = wait_for(pid);
out:
	for (size_t i = 0; i < 2; i++) {
		if (to[i] >= 0)
			close(to[i]);
		if (from[i] >= 0)
			close(from[i]);
	}
	return r;
}

/* Reads the child's stdout until the ready line; what follows on it stays unread. */
static enum result wait_ready(int fd, const char *ready, int timeout_ms)
{
	int64_t until = clock_mono_ms() + timeout_ms;
	char line[READY_LINE_BYTES];
	size_t len = 0;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - clock_mono_ms();
		ssize_t n;

		if (left <= 0)
			return RESULT_RETRY_TIMEOUT;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, line + len, 1);
		if (n <= 0)
			return RESULT_OURS_IO;
		if (line[len] == '\n') {
			line[len] = '\0';
			if (strncmp(line, ready, strlen(ready)) == 0)
				return RESULT_OK;
			len = 0;
		} else if (len < sizeof(line) - 1) {
			len++;
		}
	}
}

enum result spawn_server_start(struct spawn_server *s, const char *const *args, const char *log,
        const char *ready, int timeout_ms)
{
	int from[2] = {-1, -1}, in = -1, err = -1;
	enum result r = RESULT_OURS_IO;

	s->pid = 0;
	in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	err = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (in < 0 || err < 0 || pipe2(from, O_CLOEXEC) != 0)
		goto out;
	s->pid = fork();
	if (s->pid < 0) {
		s->pid = 0;
		goto out;
	}
	if (s->pid == 0)
		child_exec(args, in, from[1], err);
	close(from[1]);
	from[1] = -1;
	r = wait_ready(from[0], ready, timeout_ms);
	if (r)
		spawn_server_stop(s, 0);
out:
	if (in >= 0)
		close(in);
	if (err >= 0)
		close(err);
	for (size_t i = 0; i < 2; i++)
		if (from[i] >= 0)
			close(from[i]);
	return r;
}

void spawn_servers_stop(struct spawn_server *s, size_t count, int timeout_ms)
{
	int64_t until = clock_mono_ms() + timeout_ms;

	for (size_t i = 0; i < count; i++)
		if (s[i].pid)
			kill(s[i].pid, SIGTERM);
	for (size_t i = 0; i < count; i++) {
		int status;

		while (s[i].pid && waitpid(s[i].pid, &status, WNOHANG) == 0) {
			if (clock_mono_ms() >= until) {
				kill(s[i].pid, SIGKILL);
				waitpid(s[i].pid, &status, 0);
				break;
			}
			poll(NULL, 0, POLL_STEP_MS);
		}
		s[i].pid = 0;
	}
}

void spawn_server_stop(struct spawn_server *s, int timeout_ms)
{
	spawn_servers_stop(s, 1, timeout_ms);
}
