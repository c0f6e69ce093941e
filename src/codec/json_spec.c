#include "codec/json_spec.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define AMOUNT_DIGITS_MAX 19
#define EXACT_INTEGER_MAX ((UINT64_C(1) << 53) - 1) /* what every JSON implementation keeps */

static enum result fault_of(struct json_fault *fault, const struct json_member *m, enum result r,
        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* fault->text becomes `member "x" ` and the formatted rest. */
static enum result fault_of(struct json_fault *fault, const struct json_member *m, enum result r,
        const char *format, ...)
{
	va_list args;
	int n; /* what precedes: always shorter than the buffer, since the name was cut */

	snprintf(fault->member, sizeof(fault->member), "%s", m->name);
	text_trim_utf8(fault->member);
	n = snprintf(fault->text, sizeof(fault->text), "member \"%s\" ", fault->member);
	va_start(args, format);
	vsnprintf(fault->text + n, sizeof(fault->text) - (size_t)n, format, args);
	va_end(args);
	text_trim_utf8(fault->text);
	return r;
}

static bool has_control(const char *s, bool lines)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (lines && (c == '\n' || c == '\r' || c == '\t'))
			continue;
		if (c < 0x20 || c == 0x7f)
			return true;
	}
	return false;
}

static enum result read_string(
        const json_t *v, const struct json_member *m, struct json_fault *fault)
{
	uint64_t max = m->max ? m->max : JSON_SPEC_STRING_MAX;
	const char *s = json_string_value(v);
	size_t n = json_string_length(v);

	if (!s)
		return fault_of(fault, m, RESULT_THEIRS_MALFORMED, "must be a string");
	if (n > max)
		return fault_of(fault, m, RESULT_THEIRS_TOO_BIG,
		        "must have at most %" PRIu64 " bytes", max);
	if (n < m->min)
		return fault_of(fault, m, RESULT_THEIRS_MALFORMED,
		        "must have at least %" PRIu64 " bytes", m->min);
	if (strlen(s) != n || has_control(s, m->to == JSON_TO_TEXT))
		return fault_of(
		        fault, m, RESULT_THEIRS_MALFORMED, "must not hold control characters");
	*(const char **)m->target = s;
	return RESULT_OK;
}

static enum result read_uint(const json_t *v, const struct json_member *m, struct json_fault *fault)
{
	uint64_t max = m->max ? m->max : EXACT_INTEGER_MAX;
	json_int_t i = json_integer_value(v);

	if (!json_is_integer(v) || i < 0 || (uint64_t)i < m->min || (uint64_t)i > max)
		return fault_of(fault, m, RESULT_THEIRS_MALFORMED,
		        "must be an integer from %" PRIu64 " to %" PRIu64, m->min, max);
	*(uint64_t *)m->target = (uint64_t)i;
	return RESULT_OK;
}

enum result json_amount(const json_t *value, uint64_t *out)
{
	const char *s = json_string_value(value);
	size_t n = json_string_length(value);
	uint64_t v = 0;

	if (!s || n == 0 || n > AMOUNT_DIGITS_MAX || (s[0] == '0' && n > 1))
		return RESULT_THEIRS_BAD_AMOUNT;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return RESULT_THEIRS_BAD_AMOUNT;
		v = v * 10 + (uint64_t)(s[i] - '0'); /* 19 digits fit into 64 bits */
	}
	if (v > INT64_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = v;
	return RESULT_OK;
}

static enum result read_member(json_t *v, const struct json_member *m, struct json_fault *fault)
{
	switch (m->to) {
	case JSON_TO_STRING:
	case JSON_TO_TEXT:
		return read_string(v, m, fault);
	case JSON_TO_UINT:
		return read_uint(v, m, fault);
	case JSON_TO_AMOUNT:
		if (json_amount(v, m->target))
			return fault_of(fault, m, RESULT_THEIRS_BAD_AMOUNT,
			        "must be a string of digits, at most 9223372036854775807");
		return RESULT_OK;
	case JSON_TO_BOOL:
		if (!json_is_boolean(v))
			return fault_of(fault, m, RESULT_THEIRS_MALFORMED, "must be true or false");
		*(bool *)m->target = json_is_true(v);
		return RESULT_OK;
	case JSON_TO_OBJECT:
		if (!json_is_object(v))
			return fault_of(fault, m, RESULT_THEIRS_MALFORMED, "must be an object");
		break;
	case JSON_TO_ARRAY:
		if (!json_is_array(v))
			return fault_of(fault, m, RESULT_THEIRS_MALFORMED, "must be an array");
		if (m->max && json_array_size(v) > m->max)
			return fault_of(fault, m, RESULT_THEIRS_TOO_BIG,
			        "must have at most %" PRIu64 " elements", m->max);
		break;
	case JSON_TO_ANY:
		break;
	}
	*(json_t **)m->target = v;
	return RESULT_OK;
}

static bool is_known(const char *name, const struct json_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(members[i].name, name) == 0)
			return true;
	}
	return false;
}

static enum result refuse_unknown(const json_t *object, const struct json_member *members,
        size_t count, struct json_fault *fault)
{
	/* jansson's iterators take no const object, but only read it. */
	json_t *o = json_incref((json_t *)(uintptr_t)object);
	enum result r = RESULT_OK;

	for (void *it = json_object_iter(o); it && !r; it = json_object_iter_next(o, it)) {
		struct json_member unknown = {.name = json_object_iter_key(it)};

		if (!is_known(unknown.name, members, count))
			r = fault_of(fault, &unknown, RESULT_THEIRS_MALFORMED, "is not known here");
	}
	json_decref(o);
	return r;
}

enum result json_spec_read(const json_t *value, const struct json_member *members, size_t count,
        int flags, struct json_fault *fault)
{
	enum result r;

	fault->member[0] = '\0';
	if (!json_is_object(value)) {
		snprintf(fault->text, sizeof(fault->text), "must be a JSON object");
		return RESULT_THEIRS_MALFORMED;
	}
	if (flags & JSON_SPEC_STRICT) {
		r = refuse_unknown(value, members, count, fault);
		if (r)
			return r;
	}
	for (size_t i = 0; i < count; i++) {
		json_t *v = json_object_get(value, members[i].name);

		if (!v || json_is_null(v)) {
			if (members[i].required)
				return fault_of(
				        fault, &members[i], RESULT_THEIRS_MALFORMED, "is missing");
			continue;
		}
		r = read_member(v, &members[i], fault);
		if (r)
			return r;
	}
	return RESULT_OK;
}
