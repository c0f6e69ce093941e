#include "ilp/btp_dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"

/* The schemes of BTP, and what their connections begin as. */
static const struct {
	const char *scheme;
	const char *http;
} schemes[] = {
        {"btp+wss://", "https://"},
        {"btp+ws://", "http://"},
        {"wss://", "https://"},
        {"ws://", "http://"},
};

/* The scheme's place in the table, or -1. */
static int scheme_of(const char *url)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (text_starts(url, schemes[i].scheme))
			return (int)i;
	}
	return -1;
}

bool btp_url_is(const char *url)
{
	return strcmp(url, BTP_THEY_DIAL) == 0 || scheme_of(url) >= 0;
}

enum result btp_url_check(
        const struct url_guard *g, enum url_policy policy, const char *url, struct url_parts *parts)
{
	char http[URL_MAX_CHARS + 1];
	int scheme = scheme_of(url);

	if (strcmp(url, BTP_THEY_DIAL) == 0)
		return RESULT_OK;
	if (scheme < 0)
		return RESULT_THEIRS_MALFORMED;
	if ((size_t)snprintf(http, sizeof(http), "%s%s", schemes[scheme].http,
	            url + strlen(schemes[scheme].scheme)) >= sizeof(http))
		return RESULT_THEIRS_TOO_BIG;
	return url_guard_url(g, policy, http, parts);
}

enum result btp_dial_new(const struct url_guard *g, enum url_policy policy, const char *url,
        const char *token, struct btp_dial **out)
{
	size_t n = strlen(token) + 1;
	struct btp_dial *d = calloc(1, sizeof(*d) + n);
	enum result r;

	if (!d)
		return RESULT_OURS_MEMORY;
	atomic_init(&d->holds, 1);
	d->policy = policy;
	d->waits = strcmp(url, BTP_THEY_DIAL) == 0;
	r = btp_url_check(g, policy, url, &d->parts);
	if (r) {
		free(d);
		return r;
	}
	memcpy(d->token, token, n);
	*out = d;
	return RESULT_OK;
}

struct btp_dial *btp_dial_hold(struct btp_dial *d)
{
	if (d)
		atomic_fetch_add_explicit(&d->holds, 1, memory_order_relaxed);
	return d;
}

void btp_dial_release(struct btp_dial *d)
{
	if (!d || atomic_fetch_sub_explicit(&d->holds, 1, memory_order_acq_rel) > 1)
		return;
	secret_wipe(d->token, strlen(d->token));
	free(d);
}
