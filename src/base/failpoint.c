#include "base/failpoint.h"

/* An ISO C file holds at least one declaration. */
typedef int failpoint_unit;

#ifdef FLORIN_FAILPOINTS

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAILPOINTS_MAX     32
#define FAILPOINT_NAME_MAX 48
#define KILL_AFTER_MS      20 /* what another thread promised too early gets out */
#define FAILPOINT_ALWAYS   ULONG_MAX

enum failpoint_action { ACTION_NONE, ACTION_KILL, ACTION_ABORT, ACTION_SLEEP, ACTION_ERROR };

struct failpoint {
	char name[FAILPOINT_NAME_MAX];
	unsigned long passed;
	unsigned long at; /* 0: never, FAILPOINT_ALWAYS: each time */
	enum failpoint_action action;
	unsigned sleep_ms;
};

static struct failpoint points[FAILPOINTS_MAX];
static size_t points_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool parsed;

static struct failpoint *point_get(const char *name)
{
	for (size_t i = 0; i < points_count; i++)
		if (strcmp(points[i].name, name) == 0)
			return &points[i];
	if (points_count == FAILPOINTS_MAX)
		abort();
	snprintf(points[points_count].name, FAILPOINT_NAME_MAX, "%s", name);
	return &points[points_count++];
}

static void parse_environment(void)
{
	const char *text = getenv("FLORIN_FAILPOINT");
	char copy[1024];
	char *save = NULL;

	parsed = true;
	if (!text)
		return;
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *item = strtok_r(copy, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
		char *count = strchr(item, ':');
		char *action = count ? strchr(count + 1, ':') : NULL;
		struct failpoint *p;

		if (!action)
			abort();
		*count++ = '\0';
		*action++ = '\0';
		p = point_get(item);
		p->at = strcmp(count, "*") == 0 ? FAILPOINT_ALWAYS : strtoul(count, NULL, 10);
		if (strcmp(action, "kill") == 0)
			p->action = ACTION_KILL;
		else if (strcmp(action, "abort") == 0)
			p->action = ACTION_ABORT;
		else if (strcmp(action, "error") == 0)
			p->action = ACTION_ERROR;
		else if (strncmp(action, "sleep=", 6) == 0)
			p->action = ACTION_SLEEP;
		else
			abort();
		if (p->action == ACTION_SLEEP)
			p->sleep_ms = (unsigned)strtoul(action + 6, NULL, 10);
	}
}

static void append_to_log(const char *name, const char *what)
{
	const char *file = getenv("FLORIN_FAILPOINT_LOG");
	char line[FAILPOINT_NAME_MAX + 16];
	int n, fd;

	if (!file)
		return;
	fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	n = snprintf(line, sizeof(line), "%s %s\n", what, name);
	if (write(fd, line, (size_t)n) != n)
		abort();
	close(fd);
}

bool failpoint_pass(const char *name)
{
	struct failpoint now;

	pthread_mutex_lock(&lock);
	if (!parsed)
		parse_environment();
	{
		struct failpoint *p = point_get(name);

		p->passed++;
		now = *p;
	}
	pthread_mutex_unlock(&lock);
	if (now.passed == 1)
		append_to_log(name, "reached");
	if (now.at != FAILPOINT_ALWAYS && now.passed != now.at)
		return false;
	append_to_log(name, "fired");
	switch (now.action) {
	case ACTION_KILL:
		usleep(KILL_AFTER_MS * 1000U);
		kill(getpid(), SIGKILL);
		pause();
		break;
	case ACTION_ABORT:
		abort();
	case ACTION_SLEEP:
		usleep(now.sleep_ms * 1000U);
		break;
	case ACTION_ERROR:
		return true;
	case ACTION_NONE:
		break;
	}
	return false;
}

#endif
