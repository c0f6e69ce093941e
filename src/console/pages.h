/* pages: the pages of the console, as a table of tables. */
#ifndef FLORIN_CONSOLE_PAGES_H
#define FLORIN_CONSOLE_PAGES_H

#include "console/view.h"

/* Each ends with a NULL pattern. */
extern const struct console_page node_pages[];    /* pages_node.c */
extern const struct console_page money_pages[];   /* pages_money.c */
extern const struct console_page network_pages[]; /* pages_network.c */
extern const struct console_page holder_pages[];  /* pages_holder.c */

/* The i-th of all; NULL past the last. */
const struct console_page *console_page_at(size_t i);
/* By its pattern; NULL: none has it. */
const struct console_page *console_page_of(const char *pattern);

/* The handler of every page. */
http_handler console_page_get;

#endif
