/* word: words that the admin API has for states, directions, kinds, as a person reads them.
 *
 * In English they are shown as the API has them. Only words of the table are translated: the same
 * letters may be a name elsewhere.
 */
#ifndef FLORIN_CONSOLE_WORD_H
#define FLORIN_CONSOLE_WORD_H

#include "base/words.h"

/* Marks words of the table, blank-separated, that a reader chooses from. */
#define CHOICES(words) words

/* In the language; itself where it is none of ours. */
const char *word_said(const struct language *l, const char *word);
/* "badge good", "badge bad", "badge wait" or "badge": how good it is. */
const char *word_badge(const char *word);

#endif
