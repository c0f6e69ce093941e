#include <string.h>

#include "base/text.h"
#include "config.h"

static const char *after_scheme(const char *url)
{
	if (text_starts(url, "https://"))
		return url + strlen("https://");
	if (text_starts(url, "http://"))
		return url + strlen("http://");
	return NULL;
}

bool config_text_is_url(const char *url)
{
	const char *rest = after_scheme(url);

	return rest && *rest && strcspn(rest, "/?#") > 0 && strpbrk(rest, " \"<>\\@#") == NULL;
}

bool config_text_is_origin(const char *url)
{
	return config_text_is_url(url) && strpbrk(after_scheme(url), "/?") == NULL;
}

bool config_text_flag(const char *text, bool *out)
{
	static const char *const yes[] = {"yes", "true", "on", "1"};
	static const char *const no[] = {"no", "false", "off", "0"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		*out = strcmp(text, yes[i]) == 0;
		if (*out || strcmp(text, no[i]) == 0)
			return true;
	}
	return false;
}
