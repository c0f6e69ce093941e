#include <stdio.h>
#include <string.h>

#include "config.h"

enum result config_served(const struct config *c, struct config_error *error)
{
	const struct {
		bool set;
		const char *what;
		const char *hint;
	} rows[] = {
	        {c->server.tls_certificate != NULL, "[server] tls_certificate",
	                "put a TLS proxy in front and set trusted_proxies"},
	        {c->rates.url != NULL, "[rates] url", "write the rates to a file and set file"},
	        {strcmp(c->auth.consent, "builtin") != 0, "[auth] consent", "leave it at builtin"},
	        {c->accounts.mode == CONFIG_ACCOUNTS_HEADLESS, "[accounts] mode",
	                "leave it at wallet"},
	};

	if (c->webhooks.url && !c->webhooks.secret) {
		snprintf(error->what, sizeof(error->what), "[webhooks] secret");
		snprintf(error->why, sizeof(error->why), "not set, and events are always signed");
		snprintf(
		        error->hint, sizeof(error->hint), "set it, as @FILE or in the environment");
		return RESULT_OURS_CONFIG;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].set)
			continue;
		snprintf(error->what, sizeof(error->what), "%s", rows[i].what);
		snprintf(error->why, sizeof(error->why), "not served by this version");
		snprintf(error->hint, sizeof(error->hint), "%s", rows[i].hint);
		return RESULT_OURS_CONFIG;
	}
	return RESULT_OK;
}
