/* What a list of PAGES_LISTED rows, newest first, gives in pages of PAGES_LIMIT: for the tests of
 * every list that has cursors (store/list.h).
 */
#ifndef FLORIN_T_STORE_PAGES_H
#define FLORIN_T_STORE_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#define PAGES_LISTED 9
#define PAGES_LIMIT  4

struct page_case {
	int cursor; /* index of the row that the page is next to; -1: none */
	bool newer; /* than the cursor, else older */
	size_t from, count;
	bool has_newer, has_older;
};

static const struct page_case page_cases[] = {
        {-1, false, 0, 4, false, true},
        {3, false, 4, 4, true, true},
        {7, false, 8, 1, true, false},
        {8, false, 0, 0, false, false},
        {8, true, 4, 4, true, true},
        {4, true, 0, 4, false, true},
        {2, true, 0, 2, false, true},
        {0, true, 0, 0, false, false},
};

#define PAGE_CASES (sizeof(page_cases) / sizeof(page_cases[0]))

#endif
