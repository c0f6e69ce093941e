#include "ilp/async_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ASYNC_PREFIX "async+"

const char *async_url(const char *url)
{
	return text_starts(url, ASYNC_PREFIX) ? url + strlen(ASYNC_PREFIX) : NULL;
}

enum result async_id_read(const char *text, struct id *out)
{
	return id_parse(text, strlen(text), out);
}

bool async_may_wait(uint64_t of_peer, uint64_t of_all)
{
	return of_peer + of_all < ASYNC_WAITING_MAX;
}

/* No segment that a server could take for a way up, and nothing that is escaped. */
static bool is_plain_path(const char *path)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                           "0123456789._~-/";

	if (strspn(path, good) != strlen(path))
		return false;
	for (const char *s = path; s; s = strchr(s, '/')) {
		size_t n;

		s += *s == '/';
		n = strcspn(s, "/");
		if ((n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
			return false;
	}
	return true;
}

/* Both are normalised. */
static enum result below_of(const char *base, const char *callback, char below[ASYNC_BELOW_SIZE])
{
	size_t n = strlen(base);
	const char *rest = callback + n;

	if (strncmp(callback, base, n) != 0)
		return RESULT_THEIRS_BLOCKED;
	if (*rest && (strchr(base, '?') || (*rest != '/' && base[n - 1] != '/')))
		return RESULT_THEIRS_BLOCKED;
	if (!is_plain_path(rest))
		return RESULT_THEIRS_BLOCKED;
	return text_copy(below, ASYNC_BELOW_SIZE, rest);
}

enum result async_callback_read(const struct url_guard *g, enum url_policy policy,
        const char *peer_url, const char *callback, char below[ASYNC_BELOW_SIZE])
{
	const char *base = async_url(peer_url);
	struct url_parts *parts = malloc(2 * sizeof(*parts));
	enum result r;

	if (!parts)
		return RESULT_OURS_MEMORY;
	r = url_guard_url(g, policy, base ? base : peer_url, &parts[0]);
	if (!r)
		r = url_guard_url(g, policy, callback, &parts[1]);
	if (!r)
		r = below_of(parts[0].url, parts[1].url, below);
	free(parts);
	return r;
}
