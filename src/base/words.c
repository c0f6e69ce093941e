#include "base/words.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "autoconf.h"
#include "base/text.h"

#define RECOGNIZE_DEPTH_MAX   2 /* values within values */
#define RECOGNIZE_LETTERS_MIN 9 /* of a message; shorter ones would fit anything */

/* Made by scripts/embed-words; the marks of its template. */
extern const struct words_catalog words_es, words_marks;

static unsigned one_or_more(uint64_t n)
{
	return n == 1 ? 0 : 1;
}

/* A narrow space between groups is what the Academy of Spanish and ISO 80000-1 ask for: a point
 * would be read as a decimal sign in half of the countries. */
#define NARROW_SPACE "\xe2\x80\xaf" /* U+202F */

const struct language languages[] = {
        {.tag = "en",
                .name = "English",
                .form = one_or_more,
                .decimal = '.',
                .group = ",",
                .group_from = 4},
        {.tag = "es",
                .name = "Español",
                .catalog = &words_es,
                .form = one_or_more,
                .decimal = ',',
                .group = NARROW_SPACE,
                .group_from = 5},
#ifdef FLORIN_FAILPOINTS
        {.tag = "en-x-marks",
                .name = "Marks",
                .catalog = &words_marks,
                .form = one_or_more,
                .decimal = '.',
                .group = ",",
                .group_from = 4,
                .hidden = true},
#endif
};

const size_t language_count = sizeof(languages) / sizeof(languages[0]);

const struct language *language_tagged(const char *tag, size_t n)
{
	for (size_t i = 0; i < language_count; i++) {
		if (strlen(languages[i].tag) == n && strncasecmp(languages[i].tag, tag, n) == 0)
			return &languages[i];
	}
	return NULL;
}

/* ---- finding ---- */

static int compare(const char *text, size_t n, const char *key)
{
	int order = strncmp(text, key, n);

	return order ? order : key[n] ? -1 : 0;
}

const char *words_find(const struct language *l, const char *text, size_t n, unsigned form)
{
	size_t low = 0, high = l->catalog ? l->catalog->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct words_message *m = &l->catalog->messages[middle];
		int order = compare(text, n, l->catalog->letters + m->text);

		if (order == 0)
			return form < WORDS_FORMS_MAX && m->said[form]
			               ? l->catalog->letters + m->said[form]
			               : NULL;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *words_in(const struct language *l, const char *text)
{
	const char *said = words_find(l, text, strlen(text), 0);

	return said ? said : text;
}

void words_counted(const struct language *l, const char *one, const char *many, uint64_t n,
        char *out, size_t size)
{
	unsigned form = l->form(n);
	const char *said = words_find(l, one, strlen(one), form);
	char number[24];

	(void)snprintf(number, sizeof(number), "%" PRIu64, n);
	words_fill(out, size, said ? said : form ? many : one, "n", number, NULL);
}

/* ---- values ---- */

static const char *value_of(const char *name, size_t n, va_list values)
{
	const char *found = NULL, *one;
	va_list list;

	va_copy(list, values);
	while (!found && (one = va_arg(list, const char *)) != NULL) {
		const char *value = va_arg(list, const char *);

		if (strlen(one) == n && memcmp(one, name, n) == 0)
			found = value;
	}
	va_end(list);
	return found;
}

static size_t put(char *out, size_t size, size_t at, const char *s, size_t n)
{
	if (n > size - 1 - at)
		n = size - 1 - at;
	memcpy(out + at, s, n);
	return at + n;
}

void words_fill_list(char *out, size_t size, const char *text, va_list values)
{
	size_t at = 0;

	while (*text && at < size - 1) {
		size_t n = strcspn(text, "{");
		const char *end, *value = NULL;

		at = put(out, size, at, text, n);
		text += n;
		if (!*text)
			break;
		end = strchr(text, '}');
		if (end)
			value = value_of(text + 1, (size_t)(end - text - 1), values);
		if (value) {
			at = put(out, size, at, value, strlen(value));
			text = end + 1;
		} else {
			at = put(out, size, at, text++, 1);
		}
	}
	out[at] = '\0';
	text_trim_utf8(out);
}

void words_fill(char *out, size_t size, const char *text, ...)
{
	va_list values;

	va_start(values, text);
	words_fill_list(out, size, text, values);
	va_end(values);
}

/* ---- recognizing ---- */

struct value {
	const char *name, *text;
	size_t name_n, text_n;
};

static size_t letters_of(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += isalpha((unsigned char)s[i]) != 0;
	return count;
}

/* Whether the text is the message with values, which are found. said: letters of its own. */
static bool fits(
        const char *text, const char *message, struct value *values, size_t *count, size_t *said)
{
	*count = *said = 0;
	while (*message) {
		size_t n = strcspn(message, "{"), value_n;
		const char *end, *next;
		struct value *v;

		if (strncmp(text, message, n) != 0)
			return false;
		*said += letters_of(message, n);
		text += n;
		message += n;
		if (!*message)
			break;
		end = strchr(message, '}');
		if (!end || *count == WORDS_VALUES_MAX)
			return false;
		v = &values[(*count)++];
		v->name = message + 1;
		v->name_n = (size_t)(end - message - 1);
		message = end + 1;
		/* up to what the message says next; the last value takes all but its end */
		n = strcspn(message, "{");
		value_n = strlen(text);
		if (message[n] == '\0') {
			if (value_n < n)
				return false;
			value_n -= n;
		} else {
			next = n ? memmem(text, value_n, message, n) : NULL;
			if (!next)
				return false;
			value_n = (size_t)(next - text);
		}
		v->text = text;
		v->text_n = value_n;
		text += value_n;
	}
	return *text == '\0' && *count > 0;
}

static void recognize(
        const struct language *l, const char *text, unsigned depth, char *out, size_t size);

static void say_with(const struct language *l, const char *said, const struct value *values,
        size_t count, unsigned depth, char *out, size_t size)
{
	char text[WORDS_VALUES_MAX][WORDS_TEXT_MAX / 2], name[WORDS_VALUES_MAX][24];
	const char *pair[2 * WORDS_VALUES_MAX + 1] = {NULL};

	for (size_t i = 0; i < count; i++) {
		char value[WORDS_TEXT_MAX / 2];

		if (values[i].name_n >= sizeof(name[i]) || values[i].text_n >= sizeof(value))
			break;
		memcpy(name[i], values[i].name, values[i].name_n);
		name[i][values[i].name_n] = '\0';
		memcpy(value, values[i].text, values[i].text_n);
		value[values[i].text_n] = '\0';
		/* One word is a name or a code, whatever it means elsewhere. */
		if (strchr(value, ' '))
			recognize(l, value, depth + 1, text[i], sizeof(text[i]));
		else
			text_copy_cut(text[i], sizeof(text[i]), value);
		pair[2 * i] = name[i];
		pair[2 * i + 1] = text[i];
	}
	words_fill(out, size, said, pair[0], pair[1], pair[2], pair[3], pair[4], pair[5], pair[6],
	        pair[7], NULL);
}

static void recognize(
        const struct language *l, const char *text, unsigned depth, char *out, size_t size)
{
	const struct words_message *best = NULL;
	struct value values[WORDS_VALUES_MAX];
	size_t best_said = RECOGNIZE_LETTERS_MIN, count, said;

	text_copy_cut(out, size, words_in(l, text));
	if (words_in(l, text) != text || !l->catalog || depth > RECOGNIZE_DEPTH_MAX)
		return;
	for (size_t i = 0; i < l->catalog->count; i++) {
		const struct words_message *m = &l->catalog->messages[i];
		const char *form = l->catalog->letters + m->text;

		if (!strchr(form, '{') || strstr(form, "{{") ||
		        !fits(text, form, values, &count, &said) || said <= best_said)
			continue;
		best = m;
		best_said = said;
	}
	if (best && fits(text, l->catalog->letters + best->text, values, &count, &said))
		say_with(l, l->catalog->letters + best->said[0], values, count, depth, out, size);
}

void words_recognize(const struct language *l, const char *text, char *out, size_t size)
{
	recognize(l, text, 0, out, size);
}
