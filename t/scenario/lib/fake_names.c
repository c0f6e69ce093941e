/* fake_names: loaded into a server under test, it answers for the names that a test gives, so that
 * a name can lead anywhere, and somewhere else the second time. All other names are resolved as
 * ever. FAKE_NAMES is a list of `name=address/port`: of several addresses for one answer joined by
 * `|`, of several answers, one for each question and the last one for good, by `>`; entries are
 * separated by blanks. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAMES_MAX 64
#define TEXT_MAX  512

typedef int resolve_function(
        const char *, const char *, const struct addrinfo *, struct addrinfo **);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned asked[NAMES_MAX];

/* The text of the next answer for the name; false where it is none of the test's. */
static int next_answer(const char *name, char out[TEXT_MAX])
{
	const char *at = getenv("FAKE_NAMES");
	size_t length = strlen(name);

	for (unsigned i = 0; at && *at && i < NAMES_MAX; i++) {
		size_t entry = strcspn(at, " ");

		if (strncasecmp(at, name, length) == 0 && at[length] == '=') {
			const char *from = at + length + 1, *end = at + entry;
			unsigned turn;

			pthread_mutex_lock(&lock);
			turn = asked[i]++;
			pthread_mutex_unlock(&lock);
			for (; turn && memchr(from, '>', (size_t)(end - from)); turn--)
				from = (const char *)memchr(from, '>', (size_t)(end - from)) + 1;
			(void)snprintf(out, TEXT_MAX, "%.*s", (int)(end - from), from);
			out[strcspn(out, ">")] = '\0';
			return 1;
		}
		at += entry + (at[entry] == ' ');
	}
	return 0;
}

int getaddrinfo(
        const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	static resolve_function *real;
	struct addrinfo numeric = {0}, **last = out;
	char answer[TEXT_MAX], *one, *rest = NULL;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (!name || !next_answer(name, answer))
		return real(name, service, hints, out);
	if (hints)
		numeric.ai_socktype = hints->ai_socktype;
	numeric.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
	*out = NULL;
	for (one = strtok_r(answer, "|", &rest); one; one = strtok_r(NULL, "|", &rest)) {
		char *port = strchr(one, '/');

		if (!port)
			return EAI_NONAME;
		*port++ = '\0';
		if (real(one, port, &numeric, last))
			return EAI_NONAME;
		while (*last)
			last = &(*last)->ai_next;
	}
	return *out ? 0 : EAI_NONAME;
}
