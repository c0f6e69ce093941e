/* No encoder to go round with, so: what is let through is let through again in its normal form,
 * which is its own; what a stranger may name is https, port 443 and a name; what anybody may, a
 * development node may too. The allow list never helps a stranger. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "base/text.h"
#include "net/url_guard.h"

static struct url_guard *guard_of(bool dev, const char *allow)
{
	struct url_guard *g = NULL;

	if (url_guard_new(dev, allow, &g) != RESULT_OK)
		abort();
	return g;
}

static enum result judge(const struct url_guard *g, enum url_policy policy, const char *url)
{
	static struct url_parts first, again;
	enum result r = url_guard_url(g, policy, url, &first);

	if (r != RESULT_OK)
		return r;
	FUZZ_CHECK(strlen(first.url) <= URL_MAX_CHARS);
	for (const char *p = first.url; *p; p++)
		FUZZ_CHECK(*p > ' ' && *p < 0x7f && *p != '\\' && *p != '#');
	FUZZ_CHECK(text_starts(first.url, first.tls ? "https://" : "http://"));
	FUZZ_CHECK(first.host[0] != '\0' && first.port != 0);
	FUZZ_CHECK(!strpbrk(first.host, "@/?%"));
	FUZZ_CHECK(url_guard_url(g, policy, first.url, &again) == RESULT_OK);
	FUZZ_CHECK(strcmp(first.url, again.url) == 0 && strcmp(first.host, again.host) == 0);
	FUZZ_CHECK(first.port == again.port && first.literal == again.literal);
	if (policy == URL_POLICY_FOREIGN && !url_guard_allows_http(g))
		FUZZ_CHECK(first.tls && first.port == 443 && !first.literal);
	return RESULT_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct url_guard *strict, *listed, *dev;
	char url[URL_MAX_CHARS + 16];
	enum result foreign;

	if (!strict) {
		strict = guard_of(false, NULL);
		listed = guard_of(false, "peer.internal 10.0.0.0/8 fd00::/8");
		dev = guard_of(true, NULL);
	}
	if (size >= sizeof(url))
		return 0;
	memcpy(url, data, size);
	url[size] = '\0';
	foreign = judge(strict, URL_POLICY_FOREIGN, url);
	FUZZ_CHECK(judge(listed, URL_POLICY_FOREIGN, url) == foreign);
	if (foreign == RESULT_OK) {
		FUZZ_CHECK(judge(listed, URL_POLICY_OPERATOR, url) == RESULT_OK);
		FUZZ_CHECK(judge(dev, URL_POLICY_FOREIGN, url) == RESULT_OK);
	}
	(void)judge(dev, URL_POLICY_OPERATOR, url);
	return 0;
}
