/* form: the body of an HTML form, application/x-www-form-urlencoded, and texts in a query.
 *
 * Strict: what a browser never sends (bytes that should have been escaped, a broken escape, a field
 * without a name, a name twice) is refused. Texts are well-formed UTF-8 without control characters;
 * a line break and a tab in the text of a field are read as a blank.
 * Spec: URL Standard 5.1, 5.2.
 */
#ifndef FLORIN_CODEC_FORM_H
#define FLORIN_CODEC_FORM_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/result.h"

#define FORM_FIELDS_MAX 48
#define FORM_BYTES_MAX  8192 /* of a body that we read */

struct form_field {
	const char *name;
	const char *text;
};

struct form {
	struct form_field fields[FORM_FIELDS_MAX];
	size_t count;
};

/* Texts of *out lie in storage, which holds in.n + 1 bytes. Errors: THEIRS_MALFORMED,
 * THEIRS_NONCANONICAL (a name twice), THEIRS_TOO_BIG (FORM_FIELDS_MAX). */
MUST_USE enum result form_decode(struct bytes in, char *storage, struct form *out);
/* The value; NULL where there is no such field. */
const char *form_get(const struct form *f, const char *name);

/* Appends text with everything escaped but letters, digits and "-._~" (RFC 3986 2.3). */
void form_escape(struct bytes text, struct buf *out);
/* One escaped text of a query or form, where '+' is a blank, into out[cap]. Errors: as form_decode,
 * THEIRS_TOO_BIG. */
MUST_USE enum result form_unescape(struct bytes in, struct buf *out);

#endif
