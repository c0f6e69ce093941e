#include "ilp/node_sign.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "store/key.h"

#define JSON_TYPE  "application/json"
#define FIELDS_MAX 4

static const char *method_name(enum outbound_method m)
{
	switch (m) {
	case OUTBOUND_GET:
		return "GET";
	case OUTBOUND_POST:
		return "POST";
	case OUTBOUND_PUT:
		return "PUT";
	case OUTBOUND_DELETE:
		return "DELETE";
	}
	return "";
}

static enum result check_token(const char *token)
{
	for (const char *p = token; *p; p++)
		if (*p <= ' ' || *p > '~')
			return RESULT_THEIRS_MALFORMED;
	if (!*token)
		return RESULT_THEIRS_MALFORMED;
	return strlen(token) <= NODE_SIGN_TOKEN_MAX ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

static enum result signer_open(
        const struct node *n, struct reader *r, char kid[ID_TEXT_SIZE], struct http_sig_signer *out)
{
	uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
	struct secret32 seed;
	struct id id;
	enum result result = store_node_key_signing(r, env_wall_ms(n->env), &id, &seed);

	if (result)
		return result == RESULT_THEIRS_NOT_FOUND ? RESULT_OURS_STORE : result;
	id_format(&id, kid);
	out->keyid = kid;
	crypto_sign_seed_keypair(public_key, out->private_key, seed.b);
	secret_clear(&seed);
	return RESULT_OK;
}

/* The value of a header line. */
static struct bytes value_of(const char *line)
{
	const char *at = strchr(line, ' ') + 1;

	return bytes_str(at);
}

static void add_field(struct http_sig_message *m, struct http_sig_field *fields, const char *name,
        struct bytes text)
{
	fields[m->field_count++] = (struct http_sig_field){bytes_str(name), text};
}

/* The headers that are signed, in *out and as fields. */
static void make_headers(const char *token, const struct outbound_request *rq,
        struct http_sig_message *m, struct http_sig_field *fields, char length[24],
        struct node_signed *out)
{
	char digest[CONTENT_DIGEST_SIZE];

	if (token) {
		snprintf(out->authorization, sizeof(out->authorization), "Authorization: GNAP %s",
		        token);
		add_field(m, fields, "authorization", value_of(out->authorization));
	}
	if (rq->body.n == 0)
		return;
	content_digest_make(rq->body, digest);
	snprintf(out->digest, sizeof(out->digest), "Content-Digest: %s", digest);
	snprintf(length, 24, "%zu", rq->body.n);
	add_field(m, fields, "content-digest", value_of(out->digest));
	add_field(m, fields, "content-length", bytes_str(length));
	add_field(m, fields, "content-type", bytes_str(JSON_TYPE));
}

static void attach(struct outbound_request *rq, struct node_signed *out)
{
	size_t n = 0;

	out->headers[n++] = out->input;
	out->headers[n++] = out->signature;
	if (*out->authorization)
		out->headers[n++] = out->authorization;
	if (*out->digest)
		out->headers[n++] = out->digest;
	out->headers[n] = NULL;
	rq->url = out->url;
	rq->headers = out->headers;
	rq->content_type = rq->body.n ? JSON_TYPE : NULL;
	rq->accept = JSON_TYPE;
}

enum result node_sign(const struct node *n, struct reader *r, const char *token,
        struct outbound_request *rq, struct node_signed *out)
{
	struct http_sig_field fields[FIELDS_MAX];
	struct http_sig_message m = {
	        .method = bytes_str(method_name(rq->method)), .fields = fields, .body = rq->body};
	char kid[ID_TEXT_SIZE], length[24];
	struct http_sig_signer signer;
	struct http_sig_made made;
	struct url_parts parts;
	enum result result = token ? check_token(token) : RESULT_OK;

	if (!result)
		result = url_guard_url(n->guard, rq->policy, rq->url, &parts);
	if (!result)
		result = signer_open(n, r, kid, &signer);
	if (result)
		return result;
	memcpy(out->url, parts.url, sizeof(out->url));
	out->authorization[0] = out->digest[0] = '\0';
	m.target_uri = bytes_str(out->url);
	make_headers(token, rq, &m, fields, length, out);
	result = http_sig_sign(&m, &signer, env_wall_ms(n->env) / 1000, &made);
	secret_wipe(&signer, sizeof(signer));
	if (result)
		return result;
	snprintf(out->input, sizeof(out->input), "Signature-Input: %s", made.input);
	snprintf(out->signature, sizeof(out->signature), "Signature: %s", made.signature);
	attach(rq, out);
	return RESULT_OK;
}
