/* resolve_incoming: receivers that are incoming payments, of this node or of another one, and
 * making one at a wallet address. Part of the resolver. On the outbound thread.
 */
#ifndef FLORIN_ILP_RESOLVE_INCOMING_H
#define FLORIN_ILP_RESOLVE_INCOMING_H

#include <jansson.h>

#include "ilp/resolver.h"

/* https://HOST/.../incoming-payments/ID */
bool resolve_incoming_is_url(const char *receiver);
/* Of this node's server; then the id that it names, where it is one of an incoming payment. */
bool resolve_incoming_is_own(const struct node *n, const char *url);
bool resolve_incoming_local(const struct node *n, const char *url, struct id *out);
/* Of r->receiver, which is such a URL: ends r. */
void resolve_incoming(struct resolution *r);
/* An incoming payment at the wallet whose document this is, as r asks; `failed` goes on where the
 * wallet's server does not give one after all. False: it is no wallet address document. */
bool resolve_incoming_make(
        struct resolution *r, const json_t *document, void (*failed)(struct resolution *r));
/* Frees what they kept. */
void resolve_incoming_clear(struct resolution *r);

#endif
