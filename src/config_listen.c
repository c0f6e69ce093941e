#include <string.h>

#include "base/text.h"
#include "config.h"

enum result config_parse_listen(const char *text, char host[CONFIG_LISTEN_CHARS], uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	const char *from = text;
	uint64_t number;
	size_t n;

	if (!colon || text_parse_u64(colon + 1, UINT16_MAX, &number))
		return RESULT_THEIRS_MALFORMED;
	n = (size_t)(colon - text);
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		from++;
		n -= 2;
	} else if (memchr(text, ':', n)) {
		return RESULT_THEIRS_MALFORMED; /* an IPv6 address needs its brackets */
	}
	if (n == 0 || n >= CONFIG_LISTEN_CHARS || strcspn(from, " /@") < n)
		return RESULT_THEIRS_MALFORMED;
	memcpy(host, from, n);
	host[n] = '\0';
	*port = (uint16_t)number;
	return RESULT_OK;
}
