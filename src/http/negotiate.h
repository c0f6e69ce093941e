/* negotiate: which of our media types a client prefers (RFC 9110 12.5.1).
 *
 * Order of preference: quality, then how exactly the range that decided names the type, then the
 * position of that range in the field, then the position of the offer. The most exact range that
 * matches an offer decides its quality, so that an explicit q=0 excludes it. A member that does not
 * parse is skipped; a field in which nothing parses is as if absent.
 */
#ifndef FLORIN_HTTP_NEGOTIATE_H
#define FLORIN_HTTP_NEGOTIATE_H

#include <stdbool.h>
#include <stddef.h>

#define NEGOTIATE_RANGES_MAX 32 /* members of the field that are looked at */

/* A quality value (RFC 9110 12.4.2), in thousandths. False: not of the form. */
#define NEGOTIATE_QUALITY_ONE 1000
bool negotiate_quality(const char *s, size_t n, unsigned *out);

/* Index of the offer to send; -1 where the client accepts none. accept NULL (no field) is the first
 * offer. Offers are lower case, without parameters. */
int negotiate(const char *accept, const char *const *offers, size_t count);

#endif
