/* liquidity: when the operator is told that an account runs dry, or fills up.
 *
 * An asset's pool has what it can pay out in exchanges; a peer has what it may still send, its
 * credit limit included. Pending amounts are left out: they come and go with each packet.
 */
#ifndef FLORIN_MODEL_LIQUIDITY_H
#define FLORIN_MODEL_LIQUIDITY_H

#include "model/ledger.h"

struct liquidity_limits {
	uint64_t low;  /* smallest units: told at this and below; 0: never */
	uint64_t high; /* told at this and above; 0: never */
};

enum liquidity_side { LIQUIDITY_FINE, LIQUIDITY_LOW, LIQUIDITY_HIGH };

/* Of an account that may not go negative. */
uint64_t liquidity_of(const struct account *a);

/* Which limit it is at, where `told` is what was said last. A side is left only a tenth of its
 * limit away from it, so that an account that moves around a limit is not told of
 * again and again. */
enum liquidity_side liquidity_side(
        const struct liquidity_limits *l, enum liquidity_side told, uint64_t units);

#endif
