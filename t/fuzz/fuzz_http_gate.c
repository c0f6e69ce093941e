/* A request header as lines: method, target, version, then "name:value" each. What the gate lets
 * through has one meaning: no control bytes, one length, one host; its target splits, and escaping
 * every byte of the pieces again gives a target that passes and splits into the same pieces.
 * Negotiation and the client's address are computed from the same fields. */
#include "fuzz/fuzz.h"

#include <string.h>
#include <strings.h>

#include "http/address.h"
#include "http/guard.h"
#include "http/negotiate.h"
#include "http/target.h"

#define TEXT_MAX 65536
#define COPY_MAX (4 * TEXT_MAX)

static char text[TEXT_MAX + 1];

/* Cuts the line off at its end; *rest is what follows, or NULL. */
static char *line(char **rest)
{
	char *start = *rest, *end;

	if (!start)
		return NULL;
	end = strchr(start, '\n');
	*rest = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return start;
}

static size_t fields(char *rest, struct http_header *headers)
{
	size_t n = 0;
	char *at;

	while (n < LIMIT_HEADER_FIELDS && (at = line(&rest))) {
		char *colon = strchr(at, ':');

		if (colon)
			*colon = '\0';
		headers[n].name = at;
		headers[n].name_n = strlen(at);
		headers[n].value = colon ? colon + 1 : "";
		headers[n].value_n = strlen(headers[n].value);
		n++;
	}
	return n;
}

static unsigned count(const struct http_request *rq, const char *name)
{
	unsigned n = 0;

	for (size_t i = 0; i < rq->header_count; i++)
		n += strcasecmp(rq->headers[i].name, name) == 0;
	return n;
}

static void check_passed(const struct http_request *rq, const struct guard_verdict *v)
{
	FUZZ_CHECK(rq->target[0] == '/');
	for (const char *p = rq->target; *p; p++)
		FUZZ_CHECK(*p > ' ' && *p < 0x7f);
	for (size_t i = 0; i < rq->header_count; i++) {
		FUZZ_CHECK(rq->headers[i].name_n > 0);
		for (const char *p = rq->headers[i].value; *p; p++)
			FUZZ_CHECK((unsigned char)*p >= ' ' || *p == '\t');
	}
	FUZZ_CHECK(count(rq, "Transfer-Encoding") == 0);
	FUZZ_CHECK(count(rq, "Content-Length") <= 1);
	FUZZ_CHECK(count(rq, "Authorization") <= 1);
	FUZZ_CHECK(count(rq, "Host") <= 1);
	FUZZ_CHECK(v->content_length == 0 || count(rq, "Content-Length") == 1);
}

static size_t escape(char *out, const char *s)
{
	size_t used = 0;

	for (; *s; s++)
		used += (size_t)snprintf(out + used, 4, "%%%02X", (unsigned char)*s);
	return used;
}

static void check_split(const struct http_request *rq)
{
	static struct http_request again;
	static char target[COPY_MAX];
	struct guard_input in = {.method = "GET",
	        .target = target,
	        .version = "HTTP/1.0",
	        .fields_max = LIMIT_HEADER_FIELDS};
	size_t used = 0;

	for (size_t i = 0; i < rq->segment_count; i++) {
		target[used++] = '/';
		/* an escaped slash does not pass, and none is in a segment */
		FUZZ_CHECK(!strchr(rq->segments[i], '/'));
		used += escape(target + used, rq->segments[i]);
	}
	if (used == 0)
		target[used++] = '/';
	for (size_t i = 0; i < rq->query_count; i++) {
		target[used++] = i == 0 ? '?' : '&';
		used += escape(target + used, rq->query[i].name);
		target[used++] = '=';
		used += escape(target + used, rq->query[i].value);
	}
	target[used] = '\0';
	FUZZ_CHECK(guard_check(&in).status == 0);
	again.target = target;
	arena_init(&again.arena, 2 * COPY_MAX);
	FUZZ_CHECK(target_split(&again) == RESULT_OK);
	FUZZ_CHECK(again.segment_count == rq->segment_count);
	FUZZ_CHECK(again.query_count == rq->query_count);
	for (size_t i = 0; i < rq->segment_count; i++)
		FUZZ_CHECK(strcmp(again.segments[i], rq->segments[i]) == 0);
	for (size_t i = 0; i < rq->query_count; i++) {
		FUZZ_CHECK(strcmp(again.query[i].name, rq->query[i].name) == 0);
		FUZZ_CHECK(strcmp(again.query[i].value, rq->query[i].value) == 0);
	}
	arena_clear(&again.arena);
}

static void check_fields(const struct http_request *rq)
{
	static const char *const offers[] = {"application/json", "text/html"};
	static struct networks trusted;
	struct http_address peer = {{0}}, client;

	FUZZ_CHECK(networks_parse("::/8 10.0.0.0/8", &trusted) == RESULT_OK);
	for (size_t i = 0; i < rq->header_count; i++) {
		int chosen = negotiate(rq->headers[i].value, offers, 2);

		FUZZ_CHECK(chosen >= -1 && chosen < 2);
		http_client_of(&peer, rq->headers[i].value, &trusted, &client);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_request rq;
	struct guard_input in = {.header_bytes_max = TEXT_MAX, .fields_max = LIMIT_HEADER_FIELDS};
	struct guard_verdict v;
	char *rest = text;

	if (size > TEXT_MAX)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	in.method = line(&rest);
	in.target = line(&rest);
	in.version = line(&rest);
	if (!in.version)
		return 0;
	rq.header_count = fields(rest, rq.headers);
	in.headers = rq.headers;
	in.header_count = rq.header_count;
	check_fields(&rq);
	v = guard_check(&in);
	if (v.status) {
		FUZZ_CHECK(v.status >= 400 && v.status <= 505 && v.field && v.reason);
		return 0;
	}
	rq.target = in.target;
	check_passed(&rq, &v);
	arena_init(&rq.arena, 2 * TEXT_MAX);
	if (target_split(&rq) == RESULT_OK)
		check_split(&rq);
	arena_clear(&rq.arena);
	return 0;
}
