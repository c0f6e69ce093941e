/* inspect signature: is this request signed by a key of that document. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/command_table.h"
#include "cli/inspect.h"
#include "codec/http_sig.h"
#include "codec/json_scan.h"

#define FIELDS_MAX     LIMIT_HEADER_FIELDS
#define JWKS_BYTES_MAX LIMIT_OUTBOUND_BODY_BYTES
#define MAX_AGE_S      300 /* the default of [auth] signature_max_age_s */

struct request {
	struct http_sig_message m;
	struct http_sig_field fields[FIELDS_MAX];
	uint8_t *body; /* malloc'd */
};

/* ---- the request object ---- */

static json_t *parse_line(struct bytes line)
{
	const struct json_scan_limits limits = {
	        .bytes = INSPECT_LINE_MAX, .depth = 4, .tokens = LIMIT_JSON_TOKENS};
	size_t at;

	if (json_scan(line, &limits, &at))
		return NULL;
	return json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
}

static bool take_text(const json_t *value, struct bytes *out)
{
	if (!json_is_string(value))
		return false;
	*out = bytes_of(json_string_value(value), json_string_length(value));
	return true;
}

static bool take_fields(const json_t *headers, struct request *out)
{
	const char *name;
	json_t *value;

	if (!json_is_object(headers) || json_object_size(headers) > FIELDS_MAX)
		return false;
	/* iteration needs no write, and the library has no other */
	json_object_foreach((json_t *)(uintptr_t)headers, name, value)
	{
		struct http_sig_field *f = &out->fields[out->m.field_count++];

		f->name = bytes_str(name);
		if (!take_text(value, &f->text))
			return false;
	}
	return true;
}

/* body_base64 where it is given, else body_utf8; both may be null or missing. */
static bool take_body(const json_t *object, struct request *out)
{
	const json_t *encoded = json_object_get(object, "body_base64");
	const json_t *text = json_object_get(object, "body_utf8");
	struct bytes digits;
	size_t n = 0;

	if (!encoded || json_is_null(encoded))
		return !text || json_is_null(text) || take_text(text, &out->m.body);
	if (!take_text(encoded, &digits))
		return false;
	out->body = malloc(digits.n + 1);
	if (!out->body || base64_decode((const char *)digits.p, digits.n, out->body, digits.n, &n))
		return false;
	out->m.body = bytes_of(out->body, n);
	return true;
}

static bool take_request(const json_t *object, struct request *out)
{
	*out = (struct request){.m = {.field_count = 0}};
	if (!take_text(json_object_get(object, "method"), &out->m.method) ||
	        !take_text(json_object_get(object, "target_uri"), &out->m.target_uri) ||
	        !take_fields(json_object_get(object, "headers"), out) || !take_body(object, out))
		return false;
	out->m.fields = out->fields;
	return true;
}

/* ---- checking, as http/signed does it ---- */

static enum http_sig_fault check(const struct request *rq, const struct inspect_client *client,
        struct buf *scratch, struct http_sig *sig, size_t *at)
{
	/* What the operator may set is taken as the profile suggests it: compat lets a body pass
	 * that no digest covers. */
	const struct http_sig_rules rules = {.digest = client->profile == HTTP_SIG_STRICT
	                                                       ? HTTP_SIG_DIGEST_STRICT
	                                                       : HTTP_SIG_DIGEST_OFF,
	        .now_s = client->now_s,
	        .max_age_s = MAX_AGE_S};
	enum http_sig_fault first = http_sig_parse(&rq->m, client->profile, sig);
	struct jwk key;

	if (first)
		return first;
	for (*at = 0; *at < sig->count; (*at)++) {
		const struct http_sig_input *in = &sig->inputs[*at];
		enum http_sig_fault fault = in->fault;

		if (!fault && jwks_find(client->jwks, in->keyid, &key))
			fault = HTTP_SIG_UNKNOWN_KEYID;
		if (!fault)
			fault = http_sig_verify(&rq->m, &rules, sig, in, key.public_key, scratch);
		if (!fault)
			return HTTP_SIG_GOOD;
		if (!first || first == HTTP_SIG_UNKNOWN_KEYID)
			first = fault;
	}
	return first;
}

static json_t *answer(const struct request *rq, const struct inspect_client *client)
{
	size_t size = http_sig_base_max(&rq->m), at = 0;
	uint8_t *storage = malloc(size);
	enum http_sig_fault fault;
	struct http_sig sig;
	struct buf scratch;
	json_t *o;

	if (!storage)
		abort();
	buf_init(&scratch, storage, size);
	fault = check(rq, client, &scratch, &sig, &at);
	if (fault)
		o = json_pack("{s:b,s:s}", "valid", false, "reason", http_sig_fault_name(fault));
	else
		o = json_pack("{s:b,s:s}", "valid", true, "keyid", sig.inputs[at].keyid);
	free(storage);
	return o;
}

json_t *inspect_signature(struct bytes line, const struct inspect_with *with)
{
	json_t *object = parse_line(line), *o;
	struct request rq = {.body = NULL};

	if (object && take_request(object, &rq))
		o = answer(&rq, with->client);
	else
		o = json_pack("{s:s}", "error", result_name(RESULT_THEIRS_MALFORMED));
	free(rq.body);
	json_decref(object);
	if (!o)
		abort();
	return o;
}

/* ---- command ---- */

static int read_jwks(struct cli *cli, const char *path, json_t **out)
{
	char *text = NULL;
	size_t n;

	if (file_read(path, JWKS_BYTES_MAX, &text, &n))
		return cli_fail(cli, EXIT_USAGE, NULL, "", "%s can't be read", path);
	*out = json_loadb(text, n, 0, NULL);
	free(text);
	if (json_is_array(json_object_get(*out, "keys")))
		return EXIT_DONE;
	json_decref(*out);
	return cli_fail(cli, EXIT_USAGE, NULL, "", "%s is no key document {\"keys\":[...]}", path);
}

static int signature_command(struct cli *cli)
{
	const char *profile = cli_text(cli, "profile");
	struct inspect_client client = {.profile = HTTP_SIG_COMPAT};
	uint64_t now = (uint64_t)clock_wall_ms() / 1000;
	json_t *jwks = NULL;
	int status;

	if (profile && strcmp(profile, "strict") == 0)
		client.profile = HTTP_SIG_STRICT;
	else if (profile && strcmp(profile, "compat") != 0)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "--profile is strict or compat");
	status = cli_number(cli, "now", UINT32_MAX, &now);
	if (!status)
		status = read_jwks(cli, cli_text(cli, "jwks"), &jwks);
	if (status)
		return status;
	client.now_s = (int64_t)now;
	client.jwks = jwks;
	status = inspect_run(cli, inspect_signature, &(struct inspect_with){.client = &client});
	json_decref(jwks);
	return status;
}

static const struct option options[] = {
        {"jwks", "FILE", "the client's key document", OPTION_REQUIRED},
        {"now", "UNIX", "the time of the check in seconds (default: now)", 0},
        {"profile", "strict|compat", "how strictly (default: compat)", 0},
        {0},
};

const struct command inspect_signature_commands[] = {
        {"inspect signature", "", "check signatures of HTTP requests, one JSON request per line", 0,
                0, options, signature_command},
        {0},
};
