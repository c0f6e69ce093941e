/* transfer: one HTTP exchange on one libcurl handle, configured the only way we allow.
 *
 * Private to src/net: outbound runs transfers in its event loop, client runs one at a time. A
 * transfer is sent at most once: libcurl asks before it sends a request on a connection, and the
 * second time the answer is no.
 */
#ifndef FLORIN_NET_TRANSFER_H
#define FLORIN_NET_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "net/answer_body.h"
#include "net/url_guard.h"

#define TRANSFER_HEADER_BYTES_MAX 32768 /* of an answer */
/* An idle connection is not used after this: other servers close theirs after 30 s or more, and a
 * request that meets the closing ends with an unknown outcome. */
#define TRANSFER_IDLE_S 15

struct transfer_options {
	const struct url_guard *guard; /* NULL: no check of addresses */
	const char *ca_file;
	const char *user_agent;
	int64_t connect_ms;
	bool plain_http; /* allowed */
};

struct transfer {
	CURL *easy;
	void *owner;           /* whose request this is */
	struct transfer *next; /* in a list of idle ones */
	/* Where it opens a connection and sends nothing: what becomes of it. NULL: a request */
	void (*connected_to)(struct transfer *t, CURLcode code);

	/* where to */
	const struct url_guard *guard;
	enum url_policy policy;
	char host[URL_HOST_MAX + 1];
	bool strays; /* of a target, and not aimed where all of its requests go */

	/* the exchange */
	const char *method; /* as set on the handle */
	bool bare;          /* GET without a body */
	struct answer_body answer;
	size_t header_bytes;
	bool asked;   /* a connection was there and the request was let go */
	bool blocked; /* an address was refused */
	bool again;   /* a second sending was refused */
	bool too_big;
	bool no_memory;
	bool connected; /* opened a connection, as opposed to reusing one */
};

/* Process-wide, any number of times. Errors: OURS_MEMORY. */
MUST_USE enum result transfer_init(void);
/* Errors: OURS_MEMORY. */
MUST_USE enum result transfer_new(const struct transfer_options *options, struct transfer **out);
void transfer_free(struct transfer *t);
/* All of a list of idle ones. */
void transfer_free_list(struct transfer *first);

/* Names to libcurl's form, with what libcurl would add by itself taken out. The caller frees it
 * with transfer_headers_free, after the transfer's end. content_type and accept may be NULL.
 * Errors: OURS_MEMORY, THEIRS_MALFORMED (a control character in a header). */
MUST_USE enum result transfer_headers(const char *const *headers, const char *content_type,
        const char *accept, struct curl_slist **out);
/* The same and more lines, each with its CRLF; NULL: none. Errors: OURS_MEMORY. */
MUST_USE enum result transfer_more_headers(
        const struct curl_slist *list, const char *lines, struct curl_slist **out);
/* Wipes them, since some are tokens. NULL is fine. */
void transfer_headers_free(struct curl_slist *list);
/* Where to. headers are kept by reference until changed; the rest is copied. */
MUST_USE enum result transfer_aim(struct transfer *t, const char *url, const char *host,
        enum url_policy policy, struct curl_slist *headers);
/* What. method is static text; body is borrowed until the end; t->answer is the caller's to set. */
MUST_USE enum result transfer_load(
        struct transfer *t, const char *method, struct bytes body, int64_t timeout_ms);
/* How it ended, in the words of outbound.h; *status 0 without an answer. */
enum result transfer_end(struct transfer *t, CURLcode code, bool *sent, int *status);

#endif
