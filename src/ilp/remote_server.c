#include "ilp/remote_server.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Length of what stands before the payment's own part; 0: not such a URL. */
static size_t resource_n(const char *url)
{
	static const char path[] = "/incoming-payments/";
	const char *last = NULL;

	for (const char *at = url; (at = strstr(at, path)); at++)
		last = at;
	return last ? (size_t)(last - url) : 0;
}

static struct remote_server *entry_of(struct remote_servers *s, const char *url)
{
	size_t n = resource_n(url);

	for (size_t i = 0; n > 0 && i < REMOTE_SERVERS_MAX; i++) {
		struct remote_server *e = &s->entries[i];

		if (e->resource && strncmp(e->resource, url, n) == 0 && e->resource[n] == '\0')
			return e;
	}
	return NULL;
}

static void entry_clear(struct remote_server *e)
{
	free(e->resource);
	free(e->auth);
	*e = (struct remote_server){.resource = NULL};
}

bool remote_server_find(
        struct remote_servers *s, const char *url, int64_t now_ms, char auth[URL_MAX_CHARS + 1])
{
	const struct remote_server *e = entry_of(s, url);

	return e && now_ms < e->until_ms &&
	       text_copy(auth, URL_MAX_CHARS + 1, e->auth) == RESULT_OK;
}

void remote_server_note(struct remote_servers *s, const char *url, const char *auth, int64_t now_ms)
{
	struct remote_server *e = entry_of(s, url);
	size_t n = resource_n(url);

	if (n == 0)
		return;
	if (!e) {
		e = &s->entries[s->next];
		s->next = (s->next + 1) % REMOTE_SERVERS_MAX;
	}
	entry_clear(e);
	e->resource = strndup(url, n);
	e->auth = strdup(auth);
	e->until_ms = now_ms + REMOTE_SERVER_LIFE_MS;
	if (!e->resource || !e->auth)
		entry_clear(e);
}

void remote_server_forget(struct remote_servers *s, const char *url)
{
	struct remote_server *e = entry_of(s, url);

	if (e)
		entry_clear(e);
}

void remote_servers_clear(struct remote_servers *s)
{
	for (size_t i = 0; i < REMOTE_SERVERS_MAX; i++)
		entry_clear(&s->entries[i]);
}
