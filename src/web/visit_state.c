#include "web/visit_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum result visit_state_write(
        const struct remote_pay *p, const char *why, struct arena *a, struct visit_row *v)
{
	json_t *facts = json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:I,s:I,s:s,s:s,s:s,s:s}", "wallet",
	        p->wallet.id, "name", p->wallet.public_name, "auth", p->wallet.auth_server,
	        "resource", p->wallet.resource_server, "code", p->wallet.asset_code, "scale",
	        (int)p->wallet.asset_scale, "quote", p->quote.id, "debit",
	        (json_int_t)p->quote.debit, "quoteExpires", (json_int_t)p->quote.expires_ms,
	        "redirect", p->consent.redirect, "continue", p->consent.continue_uri, "outgoing",
	        p->outgoing.id, "why", why);
	char *text = facts ? json_dumps(facts, JSON_COMPACT) : NULL;
	const char *token = p->token[0] ? p->token : p->consent.continue_token;

	json_decref(facts);
	v->facts = text ? arena_strdup(a, text) : NULL;
	free(text);
	/* None of them has a line feed. */
	v->secret = arena_printf(a, "%s\n%s\n%s", p->nonce, p->consent.nonce, token);
	return v->facts && v->secret ? RESULT_OK : RESULT_OURS_MEMORY;
}

static bool take(const json_t *facts, const char *name, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(facts, name));

	return text && text_copy(out, size, text) == RESULT_OK;
}

static bool take_line(const char **at, char *out, size_t size)
{
	size_t n = strcspn(*at, "\n");

	if (n >= size)
		return false;
	memcpy(out, *at, n);
	out[n] = '\0';
	*at += n + ((*at)[n] == '\n');
	return true;
}

static bool read_facts(const json_t *facts, struct remote_pay *p)
{
	json_int_t scale = json_integer_value(json_object_get(facts, "scale"));

	if (scale < 0 || scale > ASSET_SCALE_MAX)
		return false;
	p->wallet.asset_scale = p->quote.asset_scale = (unsigned)scale;
	p->quote.debit = (uint64_t)json_integer_value(json_object_get(facts, "debit"));
	p->quote.expires_ms = json_integer_value(json_object_get(facts, "quoteExpires"));
	return take(facts, "wallet", p->wallet.id, sizeof(p->wallet.id)) &&
	       take(facts, "name", p->wallet.public_name, sizeof(p->wallet.public_name)) &&
	       take(facts, "auth", p->wallet.auth_server, sizeof(p->wallet.auth_server)) &&
	       take(facts, "resource", p->wallet.resource_server,
	               sizeof(p->wallet.resource_server)) &&
	       take(facts, "code", p->wallet.asset_code, sizeof(p->wallet.asset_code)) &&
	       take(facts, "code", p->quote.asset_code, sizeof(p->quote.asset_code)) &&
	       take(facts, "quote", p->quote.id, sizeof(p->quote.id)) &&
	       take(facts, "redirect", p->consent.redirect, sizeof(p->consent.redirect)) &&
	       take(facts, "continue", p->consent.continue_uri, sizeof(p->consent.continue_uri)) &&
	       take(facts, "outgoing", p->outgoing.id, sizeof(p->outgoing.id));
}

enum result visit_state_read(
        const struct visit_row *v, struct arena *a, struct remote_pay *p, const char **why)
{
	json_t *facts = json_loads(v->facts ? v->facts : "", 0, NULL);
	const char *text = json_string_value(json_object_get(facts, "why"));
	const char *at = v->secret;
	const char *outgoing = p->outgoing.id;
	bool ok = facts && read_facts(facts, p) && take_line(&at, p->nonce, sizeof(p->nonce)) &&
	          take_line(&at, p->consent.nonce, sizeof(p->consent.nonce));

	*why = arena_strdup(a, text ? text : "");
	json_decref(facts);
	if (!*why)
		return RESULT_OURS_MEMORY;
	/* The payment's own token takes the place of the one with which it was asked for. */
	if (ok && *outgoing)
		ok = take_line(&at, p->token, sizeof(p->token));
	else if (ok)
		ok = take_line(&at, p->consent.continue_token, sizeof(p->consent.continue_token));
	return ok ? RESULT_OK : RESULT_OURS_STORE;
}
