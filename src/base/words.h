/* words: what pages say, in each language that they speak.
 *
 * A message is a text in English, and that text is its key. Its translations stand in po/TAG.po, in
 * gettext's format, and are built into the program: glibc's own gettext has one language for a
 * process, and needs installed locales (docs/decisions/0017). Values stand in a message by name:
 * "It would take {total}." What has no translation stays English.
 */
#ifndef FLORIN_BASE_WORDS_H
#define FLORIN_BASE_WORDS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_FORMS_MAX  3    /* of one message: singular and plurals */
#define WORDS_TAG_MAX    15   /* characters of a language's tag */
#define WORDS_TEXT_MAX   1024 /* of a message with its values */
#define WORDS_VALUES_MAX 4    /* of a message that is recognized */

/* Mark messages of a table, which are looked up elsewhere (scripts/words finds them). */
#define WORDS(text)             text
#define WORDS_PLURAL(one, many) one, many

/* Where texts begin in the catalog's letters: pointers would be written at each start of a program
 * that has no fixed address, and so take memory in every process. */
struct words_message {
	uint32_t text;                  /* the key: the English singular */
	uint32_t said[WORDS_FORMS_MAX]; /* 0: it has no such form */
};

/* Made at build time by scripts/embed-words, in order of the keys. */
struct words_catalog {
	const char *letters;
	const struct words_message *messages;
	size_t count;
};

struct language {
	const char *tag;                     /* RFC 5646: "es" */
	const char *name;                    /* as its speakers call it */
	const struct words_catalog *catalog; /* NULL: English */
	unsigned (*form)(uint64_t n);        /* which of a message's forms n has */
	char decimal;                        /* its decimal sign */
	const char *group;                   /* between groups of three digits ... */
	unsigned group_from;                 /* ... of numbers with as many digits */
	bool hidden;                         /* for tests; not offered */
};

/* The first one is English. */
extern const struct language languages[];
extern const size_t language_count;

/* NULL: none of ours has this tag ("es", of n characters, in any case). */
const struct language *language_tagged(const char *tag, size_t n);

/* The message's translation; NULL where there is none. text has n bytes; the form is 0 but for
 * plurals. */
const char *words_find(const struct language *l, const char *text, size_t n, unsigned form);
/* The same of a text; itself where there is none. */
const char *words_in(const struct language *l, const char *text);

/* The translation of a text that was made of a message by words_fill, whose values may be made so
 * themselves. Of several messages that fit, the one that says most itself. The text where there is
 * none. */
void words_recognize(const struct language *l, const char *text, char *out, size_t size);

/* The form of a message with {n} for that number, with its digits. */
void words_counted(const struct language *l, const char *one, const char *many, uint64_t n,
        char *out, size_t size);

/* The text with its {name}s replaced by values: names and values one after the other, up to a NULL.
 * A name without a value stays. Cut at a character where it does not fit. */
void words_fill(char *out, size_t size, const char *text, ...) __attribute__((sentinel));
void words_fill_list(char *out, size_t size, const char *text, va_list values);

#endif
