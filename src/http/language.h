/* language: in which language a request is answered, and words in it.
 *
 * The reader's choice (a cookie of this host, set by a form at the foot of each page), else what
 * the browser asks for (Accept-Language: RFC 9110 12.5.4, matched as RFC 4647 3.4 "Lookup"), else
 * English. scripts/words takes the messages out of the calls below, so they are written there as
 * literals, or marked by WORDS() (base/words.h) where they stand in a table.
 */
#ifndef FLORIN_HTTP_LANGUAGE_H
#define FLORIN_HTTP_LANGUAGE_H

#include "base/words.h"
#include "http/request.h"

#define LANGUAGE_COOKIE "florin-language"

/* By the cookie's value and the field; both may be NULL. Never NULL. */
const struct language *language_choose(const char *cookie, const char *accept);
const struct language *language_of(const struct http_request *rq);

/* The message in the request's language; itself where that has none. NULL: NULL, as of a text for
 * which there was no memory. */
const char *words(const struct http_request *rq, const char *text);
/* A text that a lower level has made of a message, with values: the messages of which it may be are
 * tried. Itself where there is none; NULL without memory. */
const char *words_again(struct http_request *rq, const char *text);
/* As words, with values for its {name}s: names and values one after the other, and a NULL. In the
 * request's arena; NULL without memory. */
const char *words_with(struct http_request *rq, const char *text, ...) __attribute__((sentinel));
/* The form for n of a message with {n}: words_count(rq, "{n} day", "{n} days", n). */
const char *words_count(struct http_request *rq, const char *one, const char *many, uint64_t n);

#endif
