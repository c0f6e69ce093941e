#include "http/router.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* One segment of a pattern: a literal, or a {name} with name borrowed from the pattern. */
struct segment {
	const char *s;
	size_t n;
	bool any;
};

/* All routes with one pattern. */
struct pattern {
	struct segment segments[HTTP_SEGMENTS_MAX];
	size_t count;
	const struct http_route *by_method[HTTP_METHODS];
	unsigned allowed;
	unsigned flags;
};

struct router {
	struct pattern *patterns; /* by count, then most specific first */
	size_t count;
	size_t first[HTTP_SEGMENTS_MAX + 2]; /* of the patterns with this many segments */
};

static bool parse_pattern(const char *s, struct pattern *out)
{
	out->count = 0;
	if (*s++ != '/')
		return false;
	while (*s) {
		struct segment *seg = &out->segments[out->count];
		size_t n = strcspn(s, "/");

		if (n == 0 || out->count == HTTP_SEGMENTS_MAX)
			return false;
		seg->any = s[0] == '{';
		if (seg->any && (n < 3 || s[n - 1] != '}'))
			return false;
		seg->s = seg->any ? s + 1 : s;
		seg->n = seg->any ? n - 2 : n;
		out->count++;
		s += n;
		if (*s == '/' && *++s == '\0')
			return false; /* a trailing slash is a flag, not a pattern */
	}
	return true;
}

static int compare(const void *va, const void *vb)
{
	const struct pattern *a = va, *b = vb;

	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (size_t i = 0; i < a->count; i++) {
		const struct segment *x = &a->segments[i], *y = &b->segments[i];
		size_t n = x->n < y->n ? x->n : y->n;
		int order;

		if (x->any != y->any)
			return x->any ? 1 : -1;
		if (x->any)
			continue;
		order = memcmp(x->s, y->s, n);
		if (order != 0)
			return order;
		if (x->n != y->n)
			return x->n < y->n ? -1 : 1;
	}
	return 0;
}

/* Patterns that compare equal become one; the routes are already attached to each. */
static bool merge(struct router *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++) {
		struct pattern *into = kept > 0 ? &r->patterns[kept - 1] : NULL;

		if (!into || compare(into, &r->patterns[i]) != 0) {
			r->patterns[kept++] = r->patterns[i];
			continue;
		}
		if (into->allowed & r->patterns[i].allowed)
			return false;
		for (size_t m = 0; m < HTTP_METHODS; m++) {
			if (r->patterns[i].by_method[m])
				into->by_method[m] = r->patterns[i].by_method[m];
		}
		into->allowed |= r->patterns[i].allowed;
		into->flags |= r->patterns[i].flags;
	}
	r->count = kept;
	return true;
}

static bool add_table(struct router *r, const struct http_table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct http_route *route = &t->routes[i];
		struct pattern *p = &r->patterns[r->count];

		if (!parse_pattern(route->pattern, p)) {
			log_error("bad_route", "pattern=%s", route->pattern);
			return false;
		}
		p->by_method[route->method] = route;
		p->allowed = 1u << route->method;
		p->flags = route->flags;
		r->count++;
	}
	return true;
}

enum result router_new(const struct http_table *tables, size_t n, struct router **out)
{
	enum result result = RESULT_OURS_MEMORY;
	struct router *r = calloc(1, sizeof(*r));
	size_t all = 0;

	if (!r)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < n; i++)
		all += tables[i].count;
	r->patterns = calloc(all ? all : 1, sizeof(*r->patterns));
	if (!r->patterns)
		goto out;
	result = RESULT_OURS_CONFIG;
	for (size_t i = 0; i < n; i++) {
		if (!add_table(r, &tables[i]))
			goto out;
	}
	if (all > 1)
		qsort(r->patterns, all, sizeof(*r->patterns), compare);
	if (!merge(r)) {
		log_error("bad_route", "reason=\"the same method and pattern twice\"");
		goto out;
	}
	for (size_t c = 0, i = 0; c < HTTP_SEGMENTS_MAX + 2; c++) {
		while (i < r->count && r->patterns[i].count < c)
			i++;
		r->first[c] = i;
	}
	for (size_t i = 0; i < r->count; i++) {
		struct pattern *p = &r->patterns[i];

		if (p->allowed & 1u << HTTP_GET)
			p->allowed |= 1u << HTTP_HEAD;
		p->allowed |= 1u << HTTP_OPTIONS;
	}
	*out = r;
	return RESULT_OK;
out:
	router_free(r);
	return result;
}

void router_free(struct router *r)
{
	if (!r)
		return;
	free(r->patterns);
	free(r);
}

static bool fits(const struct pattern *p, const char *const *segments)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct segment *seg = &p->segments[i];

		if (seg->any ? segments[i][0] == '\0'
		             : strncmp(segments[i], seg->s, seg->n) != 0 ||
		                        segments[i][seg->n] != '\0')
			return false;
	}
	return true;
}

static const struct pattern *find_pattern(
        const struct router *r, const char *const *segments, size_t count)
{
	if (count > HTTP_SEGMENTS_MAX)
		return NULL;
	for (size_t i = r->first[count]; i < r->first[count + 1]; i++) {
		if (fits(&r->patterns[i], segments))
			return &r->patterns[i];
	}
	return NULL;
}

struct route_match router_find(
        const struct router *r, enum http_method method, const char *const *segments, size_t count)
{
	struct route_match match = {0};
	const struct pattern *p = find_pattern(r, segments, count);

	if (!p && count > 1 && segments[count - 1][0] == '\0') {
		p = find_pattern(r, segments, count - 1);
		if (p && !(p->flags & HTTP_ROUTE_TRAILING_SLASH))
			p = NULL;
	}
	if (!p)
		return match;
	match.allowed = p->allowed;
	match.flags = p->flags;
	match.route = p->by_method[method];
	if (!match.route && method == HTTP_HEAD)
		match.route = p->by_method[HTTP_GET];
	return match;
}

void router_allow(unsigned allowed, char out[ROUTER_ALLOW_SIZE])
{
	size_t used = 0;

	out[0] = '\0';
	for (unsigned m = 0; m < HTTP_METHODS; m++) {
		const char *name = http_method_name((enum http_method)m);
		size_t n = strlen(name);

		if (!(allowed & 1u << m) || used + n + 3 > ROUTER_ALLOW_SIZE)
			continue;
		if (used > 0) {
			out[used++] = ',';
			out[used++] = ' ';
		}
		memcpy(out + used, name, n + 1);
		used += n;
	}
}
