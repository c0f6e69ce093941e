#include "codec/json_spec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

#define AMOUNT_DIGITS_MAX 19
#define EXACT_INTEGER_MAX ((UINT64_C(1) << 53) - 1) /* what every JSON implementation keeps */

/* message: with the member's {name}, and maybe {low} and {high}. */
static enum result fault_between(struct json_fault *fault, const struct json_member *m,
        enum result r, const char *message, uint64_t low, uint64_t high)
{
	char least[24], most[24];

	snprintf(fault->member, sizeof(fault->member), "%s", m->name);
	text_trim_utf8(fault->member);
	snprintf(least, sizeof(least), "%" PRIu64, low);
	snprintf(most, sizeof(most), "%" PRIu64, high);
	words_fill(fault->text, sizeof(fault->text), message, "name", fault->member, "low", least,
	        "high", most, NULL);
	return r;
}

static enum result fault_of(
        struct json_fault *fault, const struct json_member *m, enum result r, const char *message)
{
	return fault_between(fault, m, r, message, 0, 0);
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
		return fault_of(fault, m, RESULT_THEIRS_MALFORMED,
		        WORDS("member \"{name}\" must be a string"));
	if (n > max)
		return fault_between(fault, m, RESULT_THEIRS_TOO_BIG,
		        WORDS("member \"{name}\" must have at most {high} bytes"), 0, max);
	if (n < m->min)
		return fault_between(fault, m, RESULT_THEIRS_MALFORMED,
		        WORDS("member \"{name}\" must have at least {low} bytes"), m->min, 0);
	if (strlen(s) != n || has_control(s, m->to == JSON_TO_TEXT))
		return fault_of(fault, m, RESULT_THEIRS_MALFORMED,
		        WORDS("member \"{name}\" must not hold control characters"));
	*(const char **)m->target = s;
	return RESULT_OK;
}

static enum result read_uint(const json_t *v, const struct json_member *m, struct json_fault *fault)
{
	uint64_t max = m->max ? m->max : EXACT_INTEGER_MAX;
	json_int_t i = json_integer_value(v);

	if (!json_is_integer(v) || i < 0 || (uint64_t)i < m->min || (uint64_t)i > max)
		return fault_between(fault, m, RESULT_THEIRS_MALFORMED,
		        WORDS("member \"{name}\" must be an integer from {low} to {high}"), m->min,
		        max);
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
			        WORDS("member \"{name}\" must be a string of digits, at most "
			              "9223372036854775807"));
		return RESULT_OK;
	case JSON_TO_BOOL:
		if (!json_is_boolean(v))
			return fault_of(fault, m, RESULT_THEIRS_MALFORMED,
			        WORDS("member \"{name}\" must be true or false"));
		*(bool *)m->target = json_is_true(v);
		return RESULT_OK;
	case JSON_TO_OBJECT:
		if (!json_is_object(v))
			return fault_of(fault, m, RESULT_THEIRS_MALFORMED,
			        WORDS("member \"{name}\" must be an object"));
		break;
	case JSON_TO_ARRAY:
		if (!json_is_array(v))
			return fault_of(fault, m, RESULT_THEIRS_MALFORMED,
			        WORDS("member \"{name}\" must be an array"));
		if (m->max && json_array_size(v) > m->max)
			return fault_between(fault, m, RESULT_THEIRS_TOO_BIG,
			        WORDS("member \"{name}\" must have at most {high} elements"), 0,
			        m->max);
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
			r = fault_of(fault, &unknown, RESULT_THEIRS_MALFORMED,
			        WORDS("member \"{name}\" is not known here"));
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
		snprintf(fault->text, sizeof(fault->text), WORDS("must be a JSON object"));
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
				return fault_of(fault, &members[i], RESULT_THEIRS_MALFORMED,
				        WORDS("member \"{name}\" is missing"));
			continue;
		}
		r = read_member(v, &members[i], fault);
		if (r)
			return r;
	}
	return RESULT_OK;
}
