/* json_spec: reads members of a JSON object into variables, by a table.
 *
 *	struct in in = {.limit = 20};
 *	const struct json_member members[] = {
 *		{"name", JSON_TO_STRING, .target = &in.name, .required = true, .max = 63},
 *		{"scale", JSON_TO_UINT, .target = &in.scale, .required = true, .max = 18},
 *		{"amount", JSON_TO_AMOUNT, .target = &in.amount},
 *	};
 *	r = json_spec_read(body, members, COUNT(members), JSON_SPEC_STRICT, &fault);
 *
 * An absent or null member leaves its target as it was. Strings, objects and arrays are borrowed
 * from the value read.
 */
#ifndef FLORIN_CODEC_JSON_SPEC_H
#define FLORIN_CODEC_JSON_SPEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

enum json_to {
	JSON_TO_STRING, /* const char *: well-formed, no NUL or control characters, at most max
	                   bytes */
	JSON_TO_TEXT,   /* const char *: as above, but line breaks and tabs are allowed */
	JSON_TO_UINT,   /* uint64_t: integer from min to max (max 0: 2^53-1) */
	JSON_TO_AMOUNT, /* uint64_t: string of digits without leading zero, at most 2^63-1 */
	JSON_TO_BOOL,   /* bool */
	JSON_TO_OBJECT, /* json_t * */
	JSON_TO_ARRAY,  /* json_t *: at most max members where max is not 0 */
	JSON_TO_ANY,    /* json_t *: any value but null */
};

struct json_member {
	const char *name;
	enum json_to to;
	void *target;
	bool required;
	uint64_t min; /* JSON_TO_STRING, _TEXT: least length; JSON_TO_UINT: least value */
	uint64_t max; /* JSON_TO_STRING, _TEXT: 0 is JSON_SPEC_STRING_MAX */
};

#define JSON_SPEC_STRING_MAX 2048

enum {
	JSON_SPEC_STRICT = 1, /* unknown members are refused */
};

/* What is wrong, for an error body: `member` is "" where it is the whole value. */
#define JSON_FAULT_TEXT_SIZE 128
struct json_fault {
	char member[64];
	char text[JSON_FAULT_TEXT_SIZE]; /* e.g. `member "scale" must be an integer from 0 to 18` */
};

/* Errors, each with *fault filled: THEIRS_MALFORMED (not an object, missing, wrong kind, unknown
 * member), THEIRS_TOO_BIG (above max), THEIRS_BAD_AMOUNT. Targets are written only up to the first
 * error. */
MUST_USE enum result json_spec_read(const json_t *value, const struct json_member *members,
        size_t count, int flags, struct json_fault *fault);

/* An amount as JSON_TO_AMOUNT reads it. Errors: THEIRS_BAD_AMOUNT. */
MUST_USE enum result json_amount(const json_t *value, uint64_t *out);

#endif
