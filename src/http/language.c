#include "http/language.h"

#include <string.h>

#include "http/cookie.h"
#include "http/negotiate.h"

#define RANGES_MAX 32 /* members of the field that are looked at */

/* ---- which ---- */

/* RFC 4647 3.4: the range is cut at its hyphens until it is one of ours. */
static const struct language *lookup(const char *range, size_t n)
{
	const struct language *l = language_tagged(range, n);

	while (!l && n > 0) {
		while (n > 0 && range[n - 1] != '-')
			n--;
		if (n > 0)
			l = language_tagged(range, --n);
	}
	return l && !l->hidden ? l : NULL;
}

/* One member: "es-MX;q=0.8". False: not of the form. */
static bool parse_member(const char *s, size_t n, size_t *tag_n, unsigned *quality)
{
	const char *end = s + n, *semicolon = memchr(s, ';', n);
	const char *tag_end = semicolon ? semicolon : end;

	*quality = NEGOTIATE_QUALITY_ONE;
	while (tag_end > s && (tag_end[-1] == ' ' || tag_end[-1] == '\t'))
		tag_end--;
	*tag_n = (size_t)(tag_end - s);
	if (!semicolon)
		return *tag_n > 0;
	s = semicolon + 1;
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (end - s < 2 || (s[0] != 'q' && s[0] != 'Q') || s[1] != '=')
		return false;
	return *tag_n > 0 && negotiate_quality(s + 2, (size_t)(end - s - 2), quality);
}

static const struct language *best_of(const char *accept)
{
	const struct language *best = NULL;
	unsigned best_quality = 0;

	for (unsigned i = 0; i < RANGES_MAX && *accept; i++) {
		size_t n, tag_n;
		unsigned quality;

		accept += strspn(accept, " \t");
		n = strcspn(accept, ",");
		if (parse_member(accept, n, &tag_n, &quality) && quality > best_quality) {
			const struct language *l = tag_n == 1 && *accept == '*'
			                                   ? &languages[0]
			                                   : lookup(accept, tag_n);

			if (l) {
				best = l;
				best_quality = quality;
			}
		}
		accept += n;
		accept += strspn(accept, ",");
	}
	return best;
}

const struct language *language_choose(const char *cookie, const char *accept)
{
	const struct language *l = cookie ? language_tagged(cookie, strlen(cookie)) : NULL;

	if (!l && accept)
		l = best_of(accept);
	return l ? l : &languages[0];
}

static const struct language *find(const struct http_request *rq)
{
	char cookie[WORDS_TAG_MAX + 1];
	bool chosen;

	chosen = cookie_read(http_header(rq, "Cookie"), LANGUAGE_COOKIE, cookie, sizeof(cookie));
	return language_choose(chosen ? cookie : NULL, http_header(rq, "Accept-Language"));
}

const struct language *language_of(const struct http_request *rq)
{
	/* Found once; to whoever asks, the request is the same. */
	if (!rq->language)
		((struct http_request *)(uintptr_t)rq)->language = find(rq);
	return rq->language;
}

/* ---- words ---- */

const char *words(const struct http_request *rq, const char *text)
{
	return text ? words_in(language_of(rq), text) : NULL;
}

const char *words_again(struct http_request *rq, const char *text)
{
	char *out = arena_alloc(&rq->arena, WORDS_TEXT_MAX);

	if (out)
		words_recognize(language_of(rq), text, out, WORDS_TEXT_MAX);
	return out;
}

const char *words_with(struct http_request *rq, const char *text, ...)
{
	char *out = arena_alloc(&rq->arena, WORDS_TEXT_MAX);
	va_list values;

	if (!out)
		return NULL;
	va_start(values, text);
	words_fill_list(out, WORDS_TEXT_MAX, words(rq, text), values);
	va_end(values);
	return out;
}

const char *words_count(struct http_request *rq, const char *one, const char *many, uint64_t n)
{
	char *out = arena_alloc(&rq->arena, WORDS_TEXT_MAX);

	if (out)
		words_counted(language_of(rq), one, many, n, out, WORDS_TEXT_MAX);
	return out;
}
