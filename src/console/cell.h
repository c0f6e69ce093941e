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
#include <stdio.h>

#include "base/arena.h"
#include "base/bytes.h"

enum cell_kind {
	CELL_TEXT,
	CELL_COPY,   /* a text with a button that copies it: ids, addresses, links */
	CELL_AMOUNT, /* an amount object */
	CELL_NUMBER,
	CELL_TIME,  /* RFC 3339 */
	CELL_STATE, /* a word, as a badge */
	CELL_FLAG,  /* yes or no */
	CELL_MS,    /* milliseconds */
	CELL_BPS,   /* basis points */
	CELL_LIST,  /* an array of texts */
	CELL_JSON,  /* anything else */
};

/* Tables of columns end with a NULL title. */
struct column {
	const char *title;
	const char *member; /* "health.state": a member of a member */
	enum cell_kind kind;
	const char *href; /* "/console/peers/{name}", of the object's members; NULL: no link */
};

/* The member of that path; NULL where there is none, or null. */
const json_t *cell_member(const json_t *object, const char *path);
/* The view of the part "console-cell". NULL: no memory. */
json_t *cell_json(struct arena *a, const struct column *c, const json_t *object);
/* As plain text, "" for nothing; amounts in major units with their code. NULL: no memory. */
const char *cell_text(struct arena *a, const struct column *c, const json_t *object);
/* "badge good", "badge bad", "badge wait" or "badge": how good a word is. */
const char *cell_badge(const char *word);

/* `pattern` with each {member} replaced by the object's text of that name, escaped for a path or
 * query. NULL: a member is not there, or no memory. */
const char *cell_path(struct arena *a, const char *pattern, const json_t *object);

/* CSV (RFC 4180) of the same columns: the line of names, and a line of an object. An amount has a
 * field for its asset beside it, and is a number; a text that a spreadsheet would take for a
 * formula begins with an apostrophe. */
void csv_head(FILE *out, const struct column *columns);
void csv_row(FILE *out, struct arena *a, const struct column *columns, const json_t *object);

#endif
