/* wallet_name: which names no wallet may have. */
#ifndef FLORIN_MODEL_WALLET_NAME_H
#define FLORIN_MODEL_WALLET_NAME_H

#include <stdbool.h>

/* First segments of the public listener's own paths (docs/http.md) that have the form of a
 * name, and words that clients take for a part of other URLs (Open Payments, URLs). */
bool wallet_name_is_reserved(const char *name);

#endif
