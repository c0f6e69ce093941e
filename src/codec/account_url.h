/* account_url: the parts of an http(s) URL that names an account, and how they are written again.
 *
 * The grammar of RFC 3986 without user information. What is read is borrowed; scheme and host are
 * compared without case and written in lower case, the path is kept as it is.
 */
#ifndef FLORIN_CODEC_ACCOUNT_URL_H
#define FLORIN_CODEC_ACCOUNT_URL_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/result.h"

struct account_url {
	bool https;
	struct bytes host;
	struct bytes port; /* digits; empty where none is given or it is the scheme's own */
	struct bytes path; /* empty, or from the first slash, without one trailing slash */
	struct bytes tail; /* from ? or # to the end */
};

/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result account_url_split(struct bytes url, struct account_url *out);
/* What follows the scheme, as it stands: a port and a trailing slash stay. Errors: as above. */
MUST_USE enum result account_url_split_rest(struct bytes rest, struct account_url *out);

/* localhost, 127.0.0.0/8, [::1] */
bool account_url_is_loopback(const struct account_url *u);
/* There is one, and it is more than a slash. */
bool account_url_has_path(const struct account_url *u);
/* Host and port. */
void account_url_put_host(struct buf *b, const struct account_url *u);
/* The whole URL; no_path stands for a path that is not there. */
void account_url_put(struct buf *b, const struct account_url *u, const char *no_path);
/* The NUL behind it. Errors: THEIRS_TOO_BIG, where the buffer was too small for the whole. */
MUST_USE enum result account_url_end(struct buf *b);

#endif
