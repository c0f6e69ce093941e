/* wallet_name: which names no wallet may have. */
#ifndef FLORIN_MODEL_WALLET_NAME_H
#define FLORIN_MODEL_WALLET_NAME_H

#include <stdbool.h>

/* First segments of the public listener's own paths (contract.md section 4) that have the form of a
 * name, and words that clients take for a part of other URLs (spec/open-payments.md 1.1). */
bool wallet_name_is_reserved(const char *name);

#endif
