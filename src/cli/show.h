/* show: what the admin API answered, for people: aligned tables and pairs of name and value. */
#ifndef FLORIN_CLI_SHOW_H
#define FLORIN_CLI_SHOW_H

#include <jansson.h>
#include <stddef.h>

#define SHOW_COLUMNS_MAX 40
#define SHOW_CELL_BYTES  512

enum show_kind {
	SHOW_TEXT,
	SHOW_NUMBER, /* to the right */
	SHOW_AMOUNT, /* an amount object as "10.00 USD", to the right */
	SHOW_FLAG,   /* yes or no */
	SHOW_WORDS,  /* an array of texts, blank-separated */
	SHOW_IDS,    /* an array of objects by their ids */
	SHOW_PAIRS,  /* an object as "name=value ..." */
};

struct show_column {
	const char *head;
	const char *member; /* or "a.b": the b of its a */
	enum show_kind kind;
};

/* One cell; null and missing members are "-". Control characters become blanks. */
void show_cell(const json_t *object, const struct show_column *column, char out[SHOW_CELL_BYTES]);

/* The amount that is a member of the object, as a cell shows it: "10.00 USD". Returns out. */
const char *show_amount_text(const json_t *object, const char *member, char out[SHOW_CELL_BYTES]);

/* A table with a head line; columns end with a row without head. The items are objects. */
void show_table(const json_t *items, const struct show_column *columns);
/* What was written along with a payment, whole, one line each. */
void show_messages(const json_t *messages);
/* One object, one line per column. */
void show_object(const json_t *object, const struct show_column *columns);

#endif
