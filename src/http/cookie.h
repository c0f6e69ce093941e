/* cookie: one cookie of a request's Cookie field (RFC 6265 5.4). */
#ifndef FLORIN_HTTP_COOKIE_H
#define FLORIN_HTTP_COOKIE_H

#include <stdbool.h>
#include <stddef.h>

/* The value of the cookie `name` in the field (NULL: none) into out[size]. False, and out "": there
 * is none, it does not fit, or the name occurs twice: then somebody else may have put one of them
 * there. */
bool cookie_read(const char *field, const char *name, char *out, size_t size);

#endif
