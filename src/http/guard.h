/* guard: the request gate. Decides on the header alone whether a request may go further.
 *
 * A pure function; the first thing that runs for a request. What it refuses is answered at once and
 * the connection closed, so that nothing that follows on it is ever read as a request. It exists
 * because the library below accepts much that another parser on the way reads differently.
 * Spec: RFC 9112 3.2, 5, 6.1, 6.3, 11.2; RFC 9110 5.1, 5.5, 8.6.
 */
#ifndef FLORIN_HTTP_GUARD_H
#define FLORIN_HTTP_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/request.h"

struct guard_input {
	const char *method;
	const char *target;  /* raw */
	const char *version; /* "HTTP/1.1" */
	const struct http_header *headers;
	size_t header_count;
	size_t header_bytes; /* of the whole header as received; 0 where not known */
	size_t header_bytes_max;
	size_t fields_max;
};

struct guard_verdict {
	unsigned status;    /* 0: passes */
	const char *field;  /* what was wrong: "target", a header's canonical name, ... */
	const char *reason; /* one sentence without the client's bytes */
	/* where it passes: */
	enum http_method method;
	uint64_t content_length; /* 0 where there is none */
};

struct guard_verdict guard_check(const struct guard_input *in);

#endif
