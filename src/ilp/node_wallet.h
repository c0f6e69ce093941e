/* node_wallet: which addresses are wallets of this node, and which wallet that is.
 *
 * Names of our wallets are lower case and found in any case; addresses of other servers keep the
 * case of their paths (codec/wallet_address.h). PUBLIC_URL/.well-known/pay is the root wallet: the
 * configured one, else the node's only one.
 */
#ifndef FLORIN_ILP_NODE_WALLET_H
#define FLORIN_ILP_NODE_WALLET_H

#include "codec/wallet_address.h"
#include "ilp/node.h"
#include "store/key.h"

#define NODE_IDENTITY_NAME "node" /* PUBLIC_URL/node is the node itself, and no wallet */

/* The canonical form of any wallet address; one of ours with its name in lower case.
 * Errors: as wallet_address_canonical. */
MUST_USE enum result node_wallet_address(
        const struct node *n, const char *url, char out[WALLET_ADDRESS_SIZE]);
/* The name of the wallet of ours that an address names: "" stands for the root wallet. False where
 * it is none of our addresses. Whether there is such a wallet is node_wallet_find's to say. */
bool node_wallet_name(const struct node *n, const char *url, char out[NAME_MAX_CHARS + 1]);
/* A key of one of our wallets has signed a request: noted in passing, at most once in
 * KEY_USED_STEP_MS. What can't be noted is forgotten. */
void node_key_used(struct node_loop *l, const struct wallet_key_row *key, int64_t now_ms);
/* Somebody asked for a wallet of this name (text_is_name), and there is none: the host is told
 * where it wants to be ([accounts] wallet_not_found), by a loop at most once in
 * WALLET_ASKED_STEP_MS. What can't be told is forgotten: whoever asked asks again. */
#define WALLET_ASKED_STEP_MS 1000
void node_wallet_asked(struct node_loop *l, const char *name, int64_t now_ms);
/* The wallet of that name, also a closed one. Errors: THEIRS_NOT_FOUND, and those of reads. */
MUST_USE enum result node_wallet_find(const struct node *n, struct reader *r, struct arena *a,
        const char *name, struct wallet_row *out);

#endif
