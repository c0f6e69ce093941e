/* json_text: JSON written at once as text, for what is written often: no tree is built.
 *
 * Members come in the order of the calls, without blanks. `name` is a literal that needs no
 * escapes, NULL for an item of an array and for the outermost value. Failure is sticky and shows at
 * the end: memory is out, or a string is not UTF-8. Spec: RFC 8259
 */
#ifndef FLORIN_CODEC_JSON_TEXT_H
#define FLORIN_CODEC_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_text {
	char *p; /* NUL-terminated; on the heap */
	size_t n;
	size_t cap;
	bool failed;
};

void json_text_init(struct json_text *t);
void json_text_clear(struct json_text *t);
/* What was written, now the caller's to free; NULL after a failure. The text is empty again. */
char *json_text_take(struct json_text *t, size_t *n);

/* The name of a member that is no literal: its value follows, without a name. */
void json_text_name(struct json_text *t, const char *name);
void json_text_object(struct json_text *t, const char *name);
void json_text_array(struct json_text *t, const char *name);
void json_text_end_object(struct json_text *t);
void json_text_end_array(struct json_text *t);
void json_text_string(struct json_text *t, const char *name, const char *s);
void json_text_int(struct json_text *t, const char *name, int64_t v);
/* {"value":"1000","assetCode":"USD","assetScale":2} */
void json_text_amount(
        struct json_text *t, const char *name, uint64_t units, const char *code, unsigned scale);
void json_text_bool(struct json_text *t, const char *name, bool v);
void json_text_null(struct json_text *t, const char *name);
/* A value that is JSON already. */
void json_text_raw(struct json_text *t, const char *name, const char *json);

#endif
