#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "codec/ilp_address.h"
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

/* What a text of this kind has to be, where it is not; NULL where it is good. */
const char *config_text_fault(enum config_kind kind, const char *value, const char **hint)
{
	char host[CONFIG_LISTEN_CHARS];
	uint16_t port;

	switch (kind) {
	case KIND_NAME:
		return text_is_name(value)
		               ? NULL
		               : "a name: a to z, 0 to 9, _ and -, at most 63 characters";
	case KIND_LISTEN:
		*hint = "for example 127.0.0.1:3000 or [::]:443";
		return config_parse_listen(value, host, &port) ? "ADDRESS:PORT" : NULL;
	case KIND_ORIGIN:
		*hint = "for example https://wallet.example";
		if (value[strlen(value) - 1] == '/')
			return "a URL without a trailing slash";
		return config_text_is_origin(value) ? NULL : "a URL of scheme, host and port only";
	case KIND_CONSENT:
		return strcmp(value, "builtin") == 0 || config_text_is_url(value)
		               ? NULL
		               : "builtin or a URL";
	case KIND_URL:
		return config_text_is_url(value) ? NULL : "an http or https URL";
	case KIND_PLACE:
		return !strstr(value, "://") || config_text_is_url(value)
		               ? NULL
		               : "a file or an http or https URL";
	case KIND_DATABASE:
		*hint = "for example sqlite:florin.db";
		if (text_starts(value, "postgresql:"))
			return "available yet: this name is reserved";
		return text_starts(value, "sqlite:") && value[strlen("sqlite:")]
		               ? NULL
		               : "of the form sqlite:PATH";
	case KIND_ADDRESS:
		*hint = "for example test.florin";
		return strlen(value) > NODE_ADDRESS_CHARS || ilp_address_check(bytes_str(value))
		               ? "an ILP address"
		               : NULL;
	case KIND_TEXT:
	case KIND_SECRET:
	case KIND_PATH:
	case KIND_LIST:
	case KIND_NUMBER:
	case KIND_FLAG:
	case KIND_CHOICE:
		return NULL;
	}
	return NULL;
}
