/* resolve_payer: who paid an incoming payment of this node, as the receiver of a refund: the part
 * of the resolver for PUBLIC_URL/op/incoming-payments/ID/payer.
 *
 * It is a wallet of this node, paid as any other, or the connection that its payer opened, where it
 * told an address. The connection's secret is the incoming payment's own.
 */
#ifndef FLORIN_ILP_RESOLVE_PAYER_H
#define FLORIN_ILP_RESOLVE_PAYER_H

#include "ilp/resolver.h"

bool resolve_payer_is_url(const struct node *n, const char *receiver);
/* r->receiver is one. Ends r. */
void resolve_payer(struct resolution *r);

#endif
