#include "console/pages.h"

#include <string.h>

static const struct console_page *const tables[] = {
        node_pages, money_pages, network_pages, holder_pages};

const struct console_page *console_page_at(size_t i)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		const struct console_page *p = tables[t];

		for (; p->pattern; p++) {
			if (i-- == 0)
				return p;
		}
	}
	return NULL;
}

const struct console_page *console_page_of(const char *pattern)
{
	const struct console_page *p;

	for (size_t i = 0; (p = console_page_at(i)) != NULL; i++) {
		if (strcmp(p->pattern, pattern) == 0)
			return p;
	}
	return NULL;
}
