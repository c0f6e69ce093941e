#include "codec/signed_headers.h"

#include <stdio.h>
#include <string.h>

#define FIELDS_MAX   4
#define LENGTH_BYTES 24

static enum result check_token(const char *token)
{
	for (const char *p = token; *p; p++)
		if (*p <= ' ' || *p > '~')
			return RESULT_THEIRS_MALFORMED;
	if (!*token)
		return RESULT_THEIRS_MALFORMED;
	return strlen(token) <= SIGNED_TOKEN_MAX ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

/* The value of a header line. */
static struct bytes value_of(const char *line)
{
	return bytes_str(strchr(line, ' ') + 1);
}

static void add_field(struct http_sig_message *m, struct http_sig_field *fields, const char *name,
        struct bytes text)
{
	fields[m->field_count++] = (struct http_sig_field){bytes_str(name), text};
}

/* What is signed besides method and address, in *out and as fields. */
static void make_fields(const struct signed_request *rq, struct http_sig_message *m,
        struct http_sig_field *fields, char length[LENGTH_BYTES], struct signed_headers *out)
{
	char digest[CONTENT_DIGEST_SIZE];

	out->authorization[0] = out->digest[0] = '\0';
	if (rq->token) {
		snprintf(out->authorization, sizeof(out->authorization), "Authorization: GNAP %s",
		        rq->token);
		add_field(m, fields, "authorization", value_of(out->authorization));
	}
	if (rq->body.n == 0)
		return;
	content_digest_make(rq->body, digest);
	snprintf(out->digest, sizeof(out->digest), "Content-Digest: %s", digest);
	snprintf(length, LENGTH_BYTES, "%zu", rq->body.n);
	add_field(m, fields, "content-digest", value_of(out->digest));
	add_field(m, fields, "content-length", bytes_str(length));
	add_field(m, fields, "content-type", bytes_str(SIGNED_JSON_TYPE));
}

static void list(struct signed_headers *h)
{
	size_t n = 0;

	h->lines[n++] = h->input;
	h->lines[n++] = h->signature;
	if (*h->authorization)
		h->lines[n++] = h->authorization;
	if (*h->digest)
		h->lines[n++] = h->digest;
	h->lines[n] = NULL;
}

enum result signed_headers_make(const struct signed_request *rq,
        const struct http_sig_signer *signer, int64_t created_s, struct signed_headers *out)
{
	struct http_sig_field fields[FIELDS_MAX];
	struct http_sig_message m = {.method = bytes_str(rq->method),
	        .target_uri = bytes_str(rq->url),
	        .fields = fields,
	        .body = rq->body};
	char length[LENGTH_BYTES];
	struct http_sig_made made;

	if (rq->token)
		TRY(check_token(rq->token));
	make_fields(rq, &m, fields, length, out);
	TRY(http_sig_sign(&m, signer, created_s, &made));
	snprintf(out->input, sizeof(out->input), "Signature-Input: %s", made.input);
	snprintf(out->signature, sizeof(out->signature), "Signature: %s", made.signature);
	list(out);
	return RESULT_OK;
}
