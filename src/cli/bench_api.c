#include "cli/bench_api.h"

#include <jansson.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "codec/content_digest.h"

#define WALLET "customer"

/* ---- the two bodies ---- */

static void put_format(struct buf *out, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static void put_format(struct buf *out, const char *format, ...)
{
	char text[BENCH_REQUEST_BYTES];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(text))
		out->failed = true;
	else
		buf_put(out, text, (size_t)n);
}

static void grant_body(struct signed_load *l, struct buf *out)
{
	put_format(out,
	        "{\"access_token\":{\"access\":[{\"type\":\"incoming-payment\",\"actions\":"
	        "[\"create\",\"read\"],\"identifier\":\"%s\"}]},\"client\":\"%s\"}",
	        l->wallet, l->wallet);
}

static bool grant_answered(const struct signed_load *l, uint64_t sequence, struct bytes body)
{
	static const char member[] = "\"access_token\":{\"value\":";

	(void)l;
	(void)sequence;
	return memmem(body.p, body.n, member, sizeof(member) - 1) != NULL;
}

static void incoming_body(struct signed_load *l, struct buf *out)
{
	put_format(out, "{\"walletAddress\":\"%s\",\"metadata\":{\"n\":%llu}}", l->wallet,
	        (unsigned long long)l->sequence);
}

/* The answer is about the payment that was asked for, and can be paid. */
static bool incoming_answered(const struct signed_load *l, uint64_t sequence, struct bytes body)
{
	char metadata[64];

	(void)l;
	snprintf(metadata, sizeof(metadata), "\"metadata\":{\"n\":%llu}",
	        (unsigned long long)sequence);
	return memmem(body.p, body.n, metadata, strlen(metadata)) &&
	       memmem(body.p, body.n, "\"sharedSecret\"", strlen("\"sharedSecret\""));
}

/* ---- for struct bench_load ---- */

static void signed_build(void *arg, unsigned connection, struct buf *request)
{
	struct signed_load *l = arg;
	uint8_t storage[1024];
	char digest[CONTENT_DIGEST_SIZE], length[24];
	struct http_sig_field fields[4];
	struct http_sig_made made;
	struct http_sig_message m = {
	        .method = bytes_str("POST"), .target_uri = bytes_str(l->url), .fields = fields};
	struct buf body;

	l->sent[connection] = ++l->sequence;
	buf_init(&body, storage, sizeof(storage));
	l->body(l, &body);
	m.body = buf_view(&body);
	content_digest_make(m.body, digest);
	snprintf(length, sizeof(length), "%zu", m.body.n);
	fields[m.field_count++] =
	        (struct http_sig_field){bytes_str("Content-Digest"), bytes_str(digest)};
	fields[m.field_count++] =
	        (struct http_sig_field){bytes_str("Content-Length"), bytes_str(length)};
	fields[m.field_count++] =
	        (struct http_sig_field){bytes_str("Content-Type"), bytes_str("application/json")};
	if (l->authorization[0])
		fields[m.field_count++] = (struct http_sig_field){
		        bytes_str("Authorization"), bytes_str(l->authorization)};
	if (body.failed || http_sig_sign(&m, &l->signer, (int64_t)time(NULL), &made)) {
		request->failed = true;
		return;
	}
	put_format(request, "POST %s HTTP/1.1\r\nHost: localhost\r\n", l->path);
	for (size_t i = 0; i < m.field_count; i++)
		put_format(request, "%.*s: %.*s\r\n", (int)fields[i].name.n,
		        (const char *)fields[i].name.p, (int)fields[i].text.n,
		        (const char *)fields[i].text.p);
	put_format(request, "Signature-Input: %s\r\nSignature: %s\r\n\r\n", made.input,
	        made.signature);
	buf_bytes(request, m.body);
}

static bool signed_check(void *arg, unsigned connection, struct bytes body)
{
	const struct signed_load *l = arg;

	return l->answered(l, l->sent[connection], body);
}

/* ---- client, key and token ---- */

/* A key of the client, published by its wallet. */
static bool publish_key(struct bench *b, struct signed_load *l)
{
	static const char kid[] = "bench";
	unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
	struct jwk key = {.kid = "bench"};
	char path[CHILD_DIR_BYTES + 16];
	bool ok;
	json_t *jwk;

	crypto_sign_keypair(public_key, l->signer.private_key);
	l->signer.keyid = kid;
	memcpy(key.public_key, public_key, sizeof(key.public_key));
	jwk = jwk_json(&key);
	snprintf(path, sizeof(path), "%s/bench.jwk", b->dir);
	ok = jwk && json_dump_file(jwk, path, 0) == 0;
	json_decref(jwk);
	return ok ? BENCH_COMMAND(b, NULL, "key", "add", WALLET, "--jwk", path)
	          : bench_fail(b, path, "can't be written");
}

static bool client_new(struct bench *b, struct signed_load *l)
{
	snprintf(l->wallet, sizeof(l->wallet), "http://localhost:%u/" WALLET, b->port);
	return BENCH_COMMAND(b, NULL, "wallet", "add", WALLET, "--asset", "USD") &&
	       publish_key(b, l);
}

static void aim(struct bench *b, struct signed_load *l, const char *path)
{
	l->path = path;
	snprintf(l->url, sizeof(l->url), "http://localhost:%u%s", b->port, path);
}

/* One request; its answer is read into `out`. */
static bool once(struct bench *b, struct signed_load *l, char out[BENCH_RESPONSE_BYTES])
{
	uint8_t storage[BENCH_REQUEST_BYTES];
	struct buf request;

	buf_init(&request, storage, sizeof(storage));
	signed_build(l, 0, &request);
	return (!request.failed && !bench_exchange(b->port, buf_view(&request), 200, out)) ||
	       bench_fail(b, l->path, "the request was refused");
}

static bool take_token(struct bench *b, struct signed_load *l)
{
	char body[BENCH_RESPONSE_BYTES];
	const char *value;
	json_t *grant;
	bool ok;

	aim(b, l, "/auth");
	l->body = grant_body;
	l->authorization[0] = '\0';
	if (!once(b, l, body))
		return false;
	grant = json_loads(body, 0, NULL);
	value = json_string_value(json_object_get(json_object_get(grant, "access_token"), "value"));
	ok = value != NULL;
	if (ok)
		snprintf(l->authorization, sizeof(l->authorization), "GNAP %s", value);
	json_decref(grant);
	return ok ? true : bench_fail(b, "/auth", "no access token came back");
}

bool bench_grants(struct bench *b)
{
	struct signed_load l = {.body = grant_body, .answered = grant_answered};
	struct bench_load load = {.port = b->port,
	        .connections = b->connections,
	        .seconds = b->seconds,
	        .build = signed_build,
	        .check = signed_check,
	        .arg = &l};
	uint64_t total;
	bool ok = bench_fresh_dir(b) && bench_yardstick(b, b->connections) && bench_node_start(b) &&
	          client_new(b, &l);

	aim(b, &l, "/auth");
	ok = ok && bench_measure(b, "P7", "signed grants", &load, b->runs, &total) &&
	     BENCH_COMMAND(b, NULL, "audit");
	bench_clean_up(b);
	return ok;
}

bool signed_load_create(struct bench *b, struct signed_load *l, struct bench_load *load)
{
	*load = (struct bench_load){.port = b->port,
	        .connections = b->connections,
	        .seconds = b->seconds,
	        .status = 201,
	        .build = signed_build,
	        .check = signed_check,
	        .arg = l};
	if (!client_new(b, l) || !take_token(b, l))
		return false;
	aim(b, l, "/op/incoming-payments");
	l->body = incoming_body;
	l->answered = incoming_answered;
	return true;
}

bool bench_create(struct bench *b)
{
	struct signed_load l = {.sequence = 0};
	struct bench_load load;
	uint64_t total;
	bool ok = bench_fresh_dir(b) && bench_yardstick(b, b->connections) && bench_node_start(b) &&
	          signed_load_create(b, &l, &load) &&
	          bench_measure(b, "P8", "signed incoming payments", &load, b->runs, &total) &&
	          BENCH_COMMAND(b, NULL, "audit");

	bench_clean_up(b);
	return ok;
}
