/* btp_dial: where a peer's BTP connection is opened to, and with what. Immutable; any thread.
 *
 * A peer's URL says which link it has: http and https are ILP over HTTP; btp+ws and btp+wss (or ws
 * and wss) is BTP, and we open the connection; "btp:" is BTP, and the peer opens it.
 */
#ifndef FLORIN_ILP_BTP_DIAL_H
#define FLORIN_ILP_BTP_DIAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "net/url_guard.h"

#define BTP_THEY_DIAL "btp:"

/* BTP, whoever opens the connection. */
bool btp_url_is(const char *url);

struct btp_dial {
	atomic_int holds;
	bool waits; /* the peer opens the connection; the rest but policy is empty */
	struct url_parts parts;
	enum url_policy policy;
	char token[]; /* what we are known by there */
};

/* Judges such a URL as the way that it is: as http or https. parts may be NULL for "btp:". Errors:
 * as url_guard_url. */
MUST_USE enum result btp_url_check(const struct url_guard *g, enum url_policy policy,
        const char *url, struct url_parts *parts);
/* Born with one hold. Errors: as btp_url_check. */
MUST_USE enum result btp_dial_new(const struct url_guard *g, enum url_policy policy,
        const char *url, const char *token, struct btp_dial **out);
struct btp_dial *btp_dial_hold(struct btp_dial *d);
/* NULL is fine. */
void btp_dial_release(struct btp_dial *d);

#endif
