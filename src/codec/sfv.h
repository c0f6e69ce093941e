/* sfv: structured fields, read in place: dictionaries, inner lists, items and their parameters.
 *
 * A reader walks over borrowed text and allocates nothing. sfv_member_next reads one member of a
 * dictionary completely before it hands it out, so that walking over the member's own items and
 * parameters afterwards cannot fail.
 *
 *	sfv_init(&s, value);
 *	while (sfv_member_next(&s, &member))
 *		... sfv_init_inner(&items, &member); while (sfv_item_next(&items, &item)) ...
 *	if (s.failed) ...
 *
 * A key that occurs twice is handed out twice: RFC 9651 3.2 lets the last one win, and callers that
 * decide about trust refuse it.
 *
 * Failures: THEIRS_MALFORMED (does not follow the grammar), THEIRS_TRUNCATED (ends within a value),
 * THEIRS_NONCANONICAL (base64 with spare bits set).
 * Spec: RFC 9651, with its dates and display strings.
 */
#ifndef FLORIN_CODEC_SFV_H
#define FLORIN_CODEC_SFV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

enum sfv_type {
	SFV_BOOLEAN, /* number: 0 or 1 */
	SFV_INTEGER, /* number: at most 15 digits */
	SFV_DECIMAL, /* number: thousandths */
	SFV_DATE,    /* number: seconds since 1970 */
	SFV_STRING,  /* text: between the quotes, escapes as they stand */
	SFV_TOKEN,   /* text: the whole */
	SFV_BYTES,   /* text: the base64 between the colons */
	SFV_DISPLAY, /* text: between the quotes, escapes as they stand */
};

struct sfv {
	const uint8_t *p;
	const uint8_t *end;
	bool began;
	/* deviation: names in an inner list may stand without quotes (lower case, digits, - _ @),
	 * as a deployed SDK writes them; each is given as a SFV_STRING. */
	bool bare_names;
	enum result failed; /* RESULT_OK while good */
};

struct sfv_item {
	enum sfv_type type;
	int64_t number;
	struct bytes text;
	struct bytes parameters; /* as they stand, from the first semicolon; may be empty */
};

struct sfv_member {
	struct bytes key;
	bool inner_list;
	struct sfv_item item; /* the value; of an inner list only its parameters */
	struct bytes inner;   /* of an inner list: what stands between the parentheses */
	struct bytes raw;     /* value and parameters as they stand; "" for a key alone */
};

struct sfv_parameter {
	struct bytes key;
	struct sfv_item item; /* without parameters of its own */
};

/* A whole field value: as a dictionary, an inner list's members, or parameters, by what is called
 * next. */
void sfv_init(struct sfv *s, struct bytes value);
/* The items of a member that is an inner list. */
void sfv_init_inner(struct sfv *s, const struct sfv_member *m);

/* Each reads one more. False at the end and after a failure. */
bool sfv_member_next(struct sfv *s, struct sfv_member *out);
bool sfv_item_next(struct sfv *s, struct sfv_item *out);
bool sfv_parameter_next(struct sfv *s, struct sfv_parameter *out);

/* The text of a SFV_STRING without its escapes, NUL-terminated. Errors: THEIRS_TOO_BIG,
 * THEIRS_BAD_TYPE. */
MUST_USE enum result sfv_string(const struct sfv_item *item, char *out, size_t size);
/* The bytes of a SFV_BYTES, exactly n of them. Errors: THEIRS_BAD_TYPE, THEIRS_MALFORMED (another
 * length). */
MUST_USE enum result sfv_bytes(const struct sfv_item *item, uint8_t *out, size_t n);
/* Base64 of the standard alphabet alone, padded or not. Errors: as base64_decode, and
 * THEIRS_MALFORMED for the other alphabet. */
MUST_USE enum result sfv_base64(struct bytes text, uint8_t *out, size_t cap, size_t *n);

#endif
