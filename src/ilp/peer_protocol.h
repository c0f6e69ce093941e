/* peer_protocol: packets to peer.*, which are for this node alone and are never forwarded.
 *
 * peer.config is ILDCP: the peer's own address and asset. Other names are refused.
 * Spec: RFC 0031; spec/interledger.md 1.5, 5.3.
 */
#ifndef FLORIN_ILP_PEER_PROTOCOL_H
#define FLORIN_ILP_PEER_PROTOCOL_H

#include "ilp/packet.h"

/* Sets the packet's reply: F00 for a wrong condition, F03 for an amount, F01 for an unknown name.
 */
void peer_protocol_answer(struct packet *p);

#endif
