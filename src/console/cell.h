/* cell: one fact of an answer of the admin API as a person reads it, and as a spreadsheet does.
 *
 * Columns say which member of an object is shown and how. The same columns make a table's cells and
 * the fields of its CSV, so that the two can't differ.
 */
#ifndef FLORIN_CONSOLE_CELL_H
#define FLORIN_CONSOLE_CELL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "http/when.h"

enum cell_kind {
	CELL_TEXT,
	CELL_COPY,   /* a text with a button that copies it: ids, addresses, links */
	CELL_AMOUNT, /* an amount object */
	CELL_NUMBER,
	CELL_DECIMAL, /* a text of digits with a point: a rate */
	CELL_TIME,    /* RFC 3339 */
	CELL_STATE,   /* a word (word.h), as a badge */
	CELL_WORD,    /* the same as text */
	CELL_WORDS,   /* an array of them */
	CELL_SAID,    /* a sentence: in the reader's language where it is a message of ours */
	CELL_FLAG,    /* yes or no */
	CELL_MS,      /* milliseconds */
	CELL_BPS,     /* basis points */
	CELL_LIST,    /* an array of texts */
	CELL_LINE,    /* a line of the log: whole, also in a table */
	CELL_JSON,    /* anything else */
};

/* Tables of columns end with a NULL title. What matters first stands first: what stands behind
 * COLUMN_REST is too much for a table on a page, and is left to the list's files and to facts. */
struct column {
	const char *title;  /* a message; "" for none */
	const char *member; /* "health.state": a member of a member */
	enum cell_kind kind;
	const char *href; /* "/console/peers/{name}", of the object's members; NULL: no link */
};

/* clang-format off */
#define COLUMN_REST {"", NULL, CELL_TEXT, NULL}
/* clang-format on */
bool cell_is_rest(const struct column *c);

/* The member of that path; NULL where there is none, or null. */
const json_t *cell_member(const json_t *object, const char *path);
/* The view of the part "console-cell". In a table a text of more than `max` bytes is cut, so that
 * what others write makes no page too long; 0: among facts, where it is whole. Of `w` is the moment
 * that a time is before or behind. NULL: no memory. */
#define CELL_TABLE_MAX 240
json_t *cell_json(const struct when *w, struct arena *a, const struct column *c,
        const json_t *object, size_t max);
/* As plain text in that language, "" for nothing; amounts in major units with their code. NULL: no
 * memory. */
const char *cell_text(
        const struct language *l, struct arena *a, const struct column *c, const json_t *object);
/* The same of a column of figures as digits with a point, to be drawn: amounts in major units,
 * basis points as percent. "" for nothing and for other columns. NULL: no memory. */
const char *cell_value(struct arena *a, const struct column *c, const json_t *object);
bool cell_is_number(enum cell_kind kind);

/* `pattern` with each {member} replaced by the object's text of that name, escaped for a path or
 * query; {+member} by a path of ours, as it is. NULL: a member is not there, or no memory. */
const char *cell_path(struct arena *a, const char *pattern, const json_t *object);

/* CSV (codec/csv.h) of the same columns, in English: the line of names, and a line of an object. An
 * amount has a cell for its asset beside it, and is a number. */
void cell_csv_head(const struct column *columns, struct buf *out);
void cell_csv_row(
        struct arena *a, const struct column *columns, const json_t *object, struct buf *out);

#endif
