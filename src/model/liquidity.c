#include "model/liquidity.h"

#define APART 10 /* of a limit: this part of it */

uint64_t liquidity_of(const struct account *a)
{
	return a->credits_posted + a->credit_limit - a->debits_posted;
}

enum liquidity_side liquidity_side(
        const struct liquidity_limits *l, enum liquidity_side told, uint64_t units)
{
	if (l->low && units <= l->low)
		return LIQUIDITY_LOW;
	if (l->high && units >= l->high)
		return LIQUIDITY_HIGH;
	if (told == LIQUIDITY_LOW && l->low && units - l->low <= l->low / APART)
		return LIQUIDITY_LOW;
	if (told == LIQUIDITY_HIGH && l->high && l->high - units <= l->high / APART)
		return LIQUIDITY_HIGH;
	return LIQUIDITY_FINE;
}
