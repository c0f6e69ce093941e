/* Answers of other wallets' servers: what is read is bounded and clean, and written as the members
 * that it came from is read as the same. */
#include "fuzz/fuzz.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "codec/ilp_address.h"
#include "codec/json_scan.h"
#include "codec/remote_answer.h"

static void clean(const char *s, size_t size)
{
	FUZZ_CHECK(memchr(s, '\0', size) != NULL);
	FUZZ_CHECK(text_is_clean_utf8(s, strlen(s)));
}

static void is_url(const char *s)
{
	clean(s, URL_MAX_CHARS + 1);
	FUZZ_CHECK(text_starts(s, "http://") || text_starts(s, "https://"));
	FUZZ_CHECK(!strchr(s, ' '));
}

static void wallet(const json_t *body)
{
	struct remote_wallet w, again;
	json_t *value;

	if (remote_wallet_read(body, &w))
		return;
	is_url(w.id);
	is_url(w.auth_server);
	clean(w.resource_server, sizeof(w.resource_server));
	clean(w.public_name, sizeof(w.public_name));
	/* A resource server that is a scheme and slashes is no URL without its last one. */
	value = json_pack("{s:s,s:s,s:s,s:s,s:i,s:s}", "id", w.id, "authServer", w.auth_server,
	        "resourceServer", strlen(w.resource_server) > 8 ? w.resource_server : w.id,
	        "assetCode", w.asset_code, "assetScale", (int)w.asset_scale, "publicName",
	        w.public_name);
	FUZZ_CHECK(value && remote_wallet_read(value, &again) == RESULT_OK);
	FUZZ_CHECK(strcmp(w.id, again.id) == 0 && strcmp(w.auth_server, again.auth_server) == 0);
	FUZZ_CHECK(strcmp(w.asset_code, again.asset_code) == 0);
	FUZZ_CHECK(w.asset_scale == again.asset_scale);
	FUZZ_CHECK(strcmp(w.public_name, again.public_name) == 0);
	json_decref(value);
}

static void token(const json_t *body)
{
	struct remote_token t, again;
	json_t *value;

	if (remote_token_read(body, &t))
		return;
	is_url(t.manage);
	clean(t.text, sizeof(t.text));
	FUZZ_CHECK(*t.text && !strpbrk(t.text, " \r\n\t"));
	FUZZ_CHECK(t.expires_in_s >= 0);
	value = json_pack("{s:{s:s,s:s,s:I}}", "access_token", "value", t.text, "manage", t.manage,
	        "expires_in", (json_int_t)t.expires_in_s);
	FUZZ_CHECK(value && remote_token_read(value, &again) == RESULT_OK);
	FUZZ_CHECK(memcmp(&t, &again, sizeof(t)) == 0);
	json_decref(value);
}

static void incoming(const json_t *body)
{
	struct remote_incoming i;

	if (remote_incoming_read(body, &i))
		return;
	is_url(i.id);
	clean(i.asset_code, sizeof(i.asset_code));
	FUZZ_CHECK(*i.asset_code && i.received <= INT64_MAX);
	FUZZ_CHECK(!i.has_amount || i.amount <= INT64_MAX);
	FUZZ_CHECK(!i.has_method || ilp_address_check(bytes_str(i.address)) == RESULT_OK);
	if (i.has_expiry) {
		char text[TIME_TEXT_SIZE];
		int64_t again;

		time_format(i.expires_ms, text);
		FUZZ_CHECK(time_parse(text, strlen(text), &again) == RESULT_OK);
		FUZZ_CHECK(again == i.expires_ms);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char auth_server[URL_MAX_CHARS + 1];
	json_t *body;
	size_t at;

	if (json_scan(bytes_of(data, size), &json_scan_default, &at))
		return 0;
	body = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	if (!body)
		return 0;
	wallet(body);
	token(body);
	incoming(body);
	if (remote_incoming_read_public(body, auth_server) == RESULT_OK)
		is_url(auth_server);
	json_decref(body);
	return 0;
}
