#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "config.h"

/* Whether only this machine reaches the public listener. */
static bool is_loopback(const struct config *c)
{
	char host[CONFIG_LISTEN_CHARS];
	uint16_t port;

	if (config_parse_listen(c->server.listen, host, &port))
		return false;
	return text_starts(host, "127.") || strcmp(host, "::1") == 0 ||
	       strcmp(host, "localhost") == 0;
}

enum result config_served(const struct config *c, struct config_error *error)
{
	const struct {
		bool set;
		const char *what, *why, *hint;
	} rows[] = {
	        {!c->server.dev && !is_loopback(c) && !c->server.tls_certificate &&
	                        !c->server.trusted_proxies,
	                "[server] listen", "others could reach it without TLS",
	                "set tls_certificate and tls_key, or trusted_proxies for a TLS proxy in "
	                "front"},
	        {c->webhooks.url && !c->webhooks.secret, "[webhooks] secret",
	                "not set, and events are always signed",
	                "FLORIN_WEBHOOKS_SECRET keeps it out of the file"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].set)
			continue;
		snprintf(error->what, sizeof(error->what), "%s", rows[i].what);
		snprintf(error->why, sizeof(error->why), "%s", rows[i].why);
		snprintf(error->hint, sizeof(error->hint), "%s", rows[i].hint);
		return RESULT_OURS_CONFIG;
	}
	return RESULT_OK;
}
