#include "model/wallet_name.h"

#include <stddef.h>
#include <string.h>

static const char *const reserved[] = {"auth", "op", "ilp", "wallet", "admin", "node", "health",
        "metrics", "static", "console", "incoming-payments", "outgoing-payments", "quotes"};

bool wallet_name_is_reserved(const char *name)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(reserved[i], name) == 0)
			return true;
	return false;
}
