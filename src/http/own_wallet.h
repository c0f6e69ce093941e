/* own_wallet: from a wallet address to the wallet of this node that it names. */
#ifndef FLORIN_HTTP_OWN_WALLET_H
#define FLORIN_HTTP_OWN_WALLET_H

#include "http/request.h"
#include "store/store.h"

/* address: any spelling. *id (may be NULL) is the wallet's id as its document shows it, in the
 * arena. Errors: THEIRS_NOT_FOUND (elsewhere, no such wallet, closed), those of a read. */
MUST_USE enum result own_wallet_find(
        struct http_request *rq, const char *address, struct wallet_row *out, const char **id);

#endif
