/* config_text: which texts of a configuration are URLs or flags. Private to config. */
#ifndef FLORIN_CONFIG_TEXT_H
#define FLORIN_CONFIG_TEXT_H

#include <stdbool.h>

/* http or https with a host, without user information or fragment. */
bool config_text_is_url(const char *url);
/* The same without path or query. */
bool config_text_is_origin(const char *url);
/* yes, true, on, 1 and their opposites; false: none of them. */
bool config_text_flag(const char *text, bool *out);

#endif
