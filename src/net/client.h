/* client: one HTTP call at a time, waited for: the command line's way to the admin API, and the
 * demo's to everything that is public.
 *
 * Built on the same transfers as outbound (same protocols, limits, no proxies, no redirects, TLS
 * verified), without its thread. The address is the operator's own, so no guard applies.
 */
#ifndef FLORIN_NET_CLIENT_H
#define FLORIN_NET_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

#define CLIENT_BODY_MAX (4 * 1024 * 1024) /* bytes of an answer */

struct client;

struct client_options {
	const char *base_url; /* e.g. http://127.0.0.1:3001; no trailing slash; "": none */
	const char *bearer;   /* access token; NULL: none */
	const char *ca_file;  /* NULL: the system's */
	int64_t timeout_ms;   /* of each call; 0: 40,000, longer than the server's drain */
};

struct client_request {
	const char *method; /* "GET", "POST", "PUT", "PATCH", "DELETE" */
	/* With its query, already escaped, e.g. /admin/v1/assets?limit=10; where there is no
	 * base_url the whole URL. */
	const char *path;
	const char *json;            /* body; NULL: none */
	const char *idempotency_key; /* NULL: none */
	const char *form;            /* body of an HTML form, instead of json; NULL: none */
	const char *const *headers;  /* more lines, NULL at the end; NULL: none */
};

/* Valid until the next call or client_free. */
struct client_answer {
	int status;
	const char *body; /* NUL-terminated */
	size_t body_n;
};

/* Errors: OURS_MEMORY, THEIRS_TOO_BIG (base_url). */
MUST_USE enum result client_new(const struct client_options *options, struct client **out);
void client_free(struct client *c);
/* OK means that an answer came, whatever its status. Errors: RETRY_UNREACHABLE, RETRY_TIMEOUT,
 * RETRY_UNKNOWN (sent, no answer), THEIRS_TOO_BIG, THEIRS_PROTOCOL, THEIRS_MALFORMED (path). */
MUST_USE enum result client_call(
        struct client *c, const struct client_request *rq, struct client_answer *out);
/* The value of the nth header of that name (from 0) in the last answer; NULL: there is none. Valid
 * until the next call or client_free. */
const char *client_header(struct client *c, const char *name, size_t nth);

#endif
