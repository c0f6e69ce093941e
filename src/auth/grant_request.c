#include "auth/grant_request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/account_url.h"
#include "codec/wallet_address.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define OF_REQUEST false
#define OF_CLIENT  true

static enum result fault_of(struct gnap_fault *fault, enum result r, bool of_client,
        const char *format, ...) __attribute__((format(printf, 4, 5)));

static enum result fault_of(
        struct gnap_fault *fault, enum result r, bool of_client, const char *format, ...)
{
	va_list args;

	fault->of_client = of_client;
	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	return r;
}

static enum result malformed(struct gnap_fault *fault, const char *text)
{
	return fault_of(fault, RESULT_THEIRS_MALFORMED, OF_REQUEST, "%s", text);
}

static enum result read_members(const json_t *value, const struct json_member *members,
        size_t count, int flags, struct gnap_fault *fault)
{
	struct json_fault why;

	if (json_spec_read(value, members, count, flags, &why))
		return malformed(fault, why.text);
	return RESULT_OK;
}

static enum result read_address(const char *text, const char *member, struct arena *a,
        const char **out, struct gnap_fault *fault)
{
	char canonical[WALLET_ADDRESS_SIZE];

	if (wallet_address_canonical(bytes_str(text), canonical))
		return fault_of(fault, RESULT_THEIRS_MALFORMED, OF_REQUEST,
		        "member \"%s\" must be a wallet address", member);
	*out = arena_strdup(a, canonical);
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}

/* ---- who ---- */

static enum result read_jwk(
        const json_t *value, struct arena *a, struct grant_client *out, struct gnap_fault *fault)
{
	char thumbprint[JWK_THUMBPRINT_SIZE];
	const char *why;
	json_t *canonical;
	char *text;

	if (jwk_parse(value, &out->jwk, &why))
		return fault_of(fault, RESULT_THEIRS_MALFORMED, OF_CLIENT,
		        "the client's jwk can't be used: %s", why);
	jwk_thumbprint(out->jwk.public_key, thumbprint);
	canonical = jwk_json(&out->jwk);
	text = canonical ? json_dumps(canonical, JSON_COMPACT) : NULL;
	out->by_key = true;
	out->jwk_text = text ? arena_strdup(a, text) : NULL;
	out->name = arena_printf(a, "jwk:%s", thumbprint);
	free(text);
	json_decref(canonical);
	return out->jwk_text && out->name ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum result grant_client_read(
        const json_t *body, struct arena *a, struct grant_client *out, struct gnap_fault *fault)
{
	const json_t *client = json_object_get(body, "client");
	const char *address = NULL;
	json_t *jwk = NULL;
	const struct json_member string[] = {
	        {"client", JSON_TO_STRING, &address, .required = true, .min = 1},
	};
	const struct json_member object[] = {
	        {"walletAddress", JSON_TO_STRING, .target = &address, .min = 1},
	        {"jwk", JSON_TO_OBJECT, .target = &jwk},
	};
	bool is_object = json_is_object(client);

	*out = (struct grant_client){0};
	TRY(is_object ? read_members(client, object, COUNT(object), JSON_SPEC_STRICT, fault)
	              : read_members(body, string, COUNT(string), 0, fault));
	if (is_object && (address != NULL) == (jwk != NULL))
		return malformed(fault, "member \"client\" holds a walletAddress or a jwk");
	return jwk ? read_jwk(jwk, a, out, fault)
	           : read_address(address, "client", a, &out->name, fault);
}

/* ---- what ---- */

static enum result read_access(
        const json_t *items, struct arena *a, struct grant_request *out, struct gnap_fault *fault)
{
	for (size_t i = 0; i < json_array_size(items); i++) {
		struct access_item *item = &out->access[i];
		struct json_fault why;

		if (access_item_read(json_array_get(items, i), item, &why))
			return malformed(fault, why.text);
		if (item->identifier)
			TRY(read_address(
			        item->identifier, "identifier", a, &item->identifier, fault));
		for (size_t k = 0; k < i; k++)
			if (access_item_eq(item, &out->access[k]))
				return malformed(fault, "member \"access\" holds an item twice");
		out->access_count++;
	}
	return RESULT_OK;
}

static enum result read_access_token(
        const json_t *value, struct arena *a, struct grant_request *out, struct gnap_fault *fault)
{
	json_t *access = NULL;
	const struct json_member members[] = {
	        {"access", JSON_TO_ARRAY, &access, .required = true, .max = ACCESS_ITEMS_MAX},
	};

	TRY(read_members(value, members, COUNT(members), 0, fault));
	if (json_array_size(access) == 0)
		return malformed(fault, "member \"access\" must not be empty");
	return read_access(access, a, out, fault);
}

static enum result read_subject(
        const json_t *value, struct arena *a, struct grant_request *out, struct gnap_fault *fault)
{
	json_t *ids = NULL;
	const char *id = NULL, *format = NULL;
	const struct json_member subject[] = {
	        {"sub_ids", JSON_TO_ARRAY, &ids, .required = true, .max = 1},
	};
	const struct json_member sub_id[] = {
	        {"id", JSON_TO_STRING, &id, .required = true, .min = 1},
	        {"format", JSON_TO_STRING, &format, .required = true},
	};

	TRY(read_members(value, subject, COUNT(subject), 0, fault));
	if (json_array_size(ids) != 1)
		return malformed(fault, "member \"sub_ids\" must hold one id");
	TRY(read_members(json_array_get(ids, 0), sub_id, COUNT(sub_id), 0, fault));
	if (strcmp(format, "uri") != 0)
		return malformed(fault, "member \"format\" must be uri");
	return read_address(id, "id", a, &out->subject, fault);
}

/* Errors: THEIRS_MALFORMED, THEIRS_BLOCKED (http to another machine). */
static enum result check_finish(const char *uri, bool dev)
{
	struct account_url u;

	/* What a browser or a header could read in another way; # is a fragment. */
	for (const char *p = uri; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("\"<>\\^`{|}#", *p))
			return RESULT_THEIRS_MALFORMED;
	TRY(account_url_split(bytes_str(uri), &u));
	return u.https || dev || account_url_is_loopback(&u) ? RESULT_OK : RESULT_THEIRS_BLOCKED;
}

static enum result read_finish(
        const json_t *value, bool dev, struct grant_request *out, struct gnap_fault *fault)
{
	const char *method = NULL;
	const struct json_member members[] = {
	        {"method", JSON_TO_STRING, &method, .required = true},
	        {"uri", JSON_TO_STRING, &out->finish.uri, .required = true, .min = 1},
	        {"nonce", JSON_TO_STRING, &out->finish.nonce, .required = true, .min = 1,
	                .max = FINISH_NONCE_MAX},
	};

	enum result usable;

	TRY(read_members(value, members, COUNT(members), 0, fault));
	if (strcmp(method, "redirect") != 0)
		return malformed(fault, "member \"method\" must be redirect");
	usable = check_finish(out->finish.uri, dev);
	if (usable == RESULT_THEIRS_BLOCKED)
		return malformed(fault, "the finish uri must be https");
	if (usable)
		return malformed(fault, "the finish uri must be an http(s) URL without a fragment");
	out->finishes = true;
	return RESULT_OK;
}

static enum result read_interact(
        const json_t *value, bool dev, struct grant_request *out, struct gnap_fault *fault)
{
	json_t *start = NULL, *finish = NULL;
	const struct json_member members[] = {
	        {"start", JSON_TO_ARRAY, &start, .required = true},
	        {"finish", JSON_TO_OBJECT, .target = &finish},
	};
	bool redirects = false;

	TRY(read_members(value, members, COUNT(members), 0, fault));
	for (size_t i = 0; i < json_array_size(start); i++) {
		const char *mode = json_string_value(json_array_get(start, i));

		redirects = redirects || (mode && strcmp(mode, "redirect") == 0);
	}
	if (!redirects)
		return malformed(fault, "member \"start\" must hold redirect");
	out->interacts = true;
	return finish ? read_finish(finish, dev, out, fault) : RESULT_OK;
}

enum result grant_request_read(const json_t *body, bool dev, struct arena *a,
        struct grant_request *out, struct gnap_fault *fault)
{
	json_t *token = NULL, *subject = NULL, *interact = NULL;
	const struct json_member members[] = {
	        {"access_token", JSON_TO_OBJECT, .target = &token},
	        {"subject", JSON_TO_OBJECT, .target = &subject},
	        {"interact", JSON_TO_OBJECT, .target = &interact},
	};

	*out = (struct grant_request){0};
	TRY(read_members(body, members, COUNT(members), 0, fault));
	if (!token && !subject)
		return malformed(fault, "an access_token or a subject must be asked for");
	if (token)
		TRY(read_access_token(token, a, out, fault));
	if (subject)
		TRY(read_subject(subject, a, out, fault));
	return interact ? read_interact(interact, dev, out, fault) : RESULT_OK;
}

/* ---- whether ---- */

bool grant_request_asks(const struct grant_request *r)
{
	bool asks = r->subject != NULL;

	for (size_t i = 0; i < r->access_count; i++)
		asks = asks || access_is_interactive(&r->access[i]);
	return asks;
}

enum result grant_request_judge(
        const struct grant_request *r, const struct grant_client *client, struct gnap_fault *fault)
{
	if (!grant_request_asks(r))
		return RESULT_OK;
	if (client->by_key)
		return fault_of(fault, RESULT_THEIRS_FORBIDDEN, OF_CLIENT,
		        "a person is asked for a client with a wallet address only");
	if (!r->interacts)
		return fault_of(fault, RESULT_THEIRS_FORBIDDEN, OF_REQUEST,
		        "this access needs an interaction: member \"interact\" is missing");
	for (size_t i = 0; i < r->access_count; i++)
		if (access_is_interactive(&r->access[i]) && !r->access[i].identifier)
			return fault_of(fault, RESULT_THEIRS_FORBIDDEN, OF_REQUEST,
			        "an item that a person must agree to needs an identifier");
	return RESULT_OK;
}
