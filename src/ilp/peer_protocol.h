/* peer_protocol: packets to peer.*, which are for this node alone and are never forwarded.
 *
 * peer.config is ILDCP: the peer's own address and asset, if it is not we who ask the peer.
 * peer.settle is between settlement engines (settlement_message.h). peer.route.* is the exchange of
 * routes, where the peer is switched on for it (routes.h). Other names are refused. Spec: RFC 0031;
 * Interledger, addresses, ILDCP.
 */
#ifndef FLORIN_ILP_PEER_PROTOCOL_H
#define FLORIN_ILP_PEER_PROTOCOL_H

#include "ilp/packet.h"

/* Sets the packet's reply, or parks it: F00 for a wrong condition, or a peer whose address is not
 * ours to tell; F03 for an amount; T00 before our own parent has told us ours; F01 for an unknown
 * name. */
enum packet_next peer_protocol_take(struct packet *p);

#endif
