/* routes: the URLs of the console, made of its tables. */
#ifndef FLORIN_CONSOLE_ROUTES_H
#define FLORIN_CONSOLE_ROUTES_H

#include "console/console.h"

/* Fills c->routes: pages, acts, login, set-up, files. Errors: OURS_MEMORY. */
MUST_USE enum result console_routes_new(struct console *c);

#endif
