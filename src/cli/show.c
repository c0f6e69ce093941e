#include "cli/show.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/amount.h"
#include "base/text.h"

static void show_amount(const json_t *amount, char out[SHOW_CELL_BYTES])
{
	const char *value = json_string_value(json_object_get(amount, "value"));
	const char *code = json_string_value(json_object_get(amount, "assetCode"));
	json_int_t scale = json_integer_value(json_object_get(amount, "assetScale"));
	char major[AMOUNT_TEXT_SIZE];
	bool negative = value && value[0] == '-';
	uint64_t units;

	if (!value || !code || scale < 0 || scale > ASSET_SCALE_MAX ||
	        text_parse_u64(value + negative, UINT64_MAX, &units)) {
		(void)snprintf(out, SHOW_CELL_BYTES, "?");
		return;
	}
	amount_format_major(units, (unsigned)scale, major);
	(void)snprintf(out, SHOW_CELL_BYTES, "%s%s %s", negative ? "-" : "", major, code);
}

/* What is no text stands as its JSON. */
static void append_json(
        char *out, size_t room, const char *gap, const char *name, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	(void)snprintf(out, room, "%s%s%s%s", gap, name, *name ? "=" : "", text ? text : "?");
	free(text);
}

static void append(char out[SHOW_CELL_BYTES], const char *name, const json_t *value)
{
	size_t used = strlen(out);
	const char *gap = used ? " " : "", *equals = *name ? "=" : "";

	if (json_is_string(value))
		(void)snprintf(out + used, SHOW_CELL_BYTES - used, "%s%s%s%s", gap, name, equals,
		        json_string_value(value));
	else
		append_json(out + used, SHOW_CELL_BYTES - used, gap, name, value);
}

static void show_words(const json_t *words, char out[SHOW_CELL_BYTES])
{
	for (size_t i = 0; i < json_array_size(words); i++)
		append(out, "", json_array_get(words, i));
}

static void show_ids(const json_t *array, char out[SHOW_CELL_BYTES])
{
	json_t *ids = json_array();

	for (size_t i = 0; i < json_array_size(array); i++)
		(void)json_array_append(ids, json_object_get(json_array_get(array, i), "id"));
	show_words(ids, out);
	json_decref(ids);
}

static void show_pairs(const json_t *object, char out[SHOW_CELL_BYTES])
{
	/* jansson's iterators take no const object, but read it only. */
	json_t *pairs = json_copy((json_t *)object);
	const char *name;
	json_t *value;

	json_object_foreach(pairs, name, value) append(out, name, value);
	json_decref(pairs);
}

/* "a" of the object, or "a.b" of the object's a. */
static const json_t *find_member(const json_t *object, const char *name)
{
	const char *dot = strchr(name, '.');
	char outer[64];

	if (!dot)
		return json_object_get(object, name);
	(void)snprintf(outer, sizeof(outer), "%.*s", (int)(dot - name), name);
	return json_object_get(json_object_get(object, outer), dot + 1);
}

void show_cell(const json_t *object, const struct show_column *column, char out[SHOW_CELL_BYTES])
{
	const json_t *value = find_member(object, column->member);

	out[0] = '\0';
	switch (column->kind) {
	case SHOW_TEXT:
	case SHOW_NUMBER:
		if (json_is_string(value) || json_is_integer(value))
			append(out, "", value);
		break;
	case SHOW_AMOUNT:
		if (json_is_object(value))
			show_amount(value, out);
		break;
	case SHOW_FLAG:
		if (json_is_boolean(value))
			(void)snprintf(
			        out, SHOW_CELL_BYTES, "%s", json_is_true(value) ? "yes" : "no");
		break;
	case SHOW_WORDS:
		show_words(value, out);
		break;
	case SHOW_IDS:
		show_ids(value, out);
		break;
	case SHOW_PAIRS:
		if (json_is_object(value))
			show_pairs(value, out);
		break;
	}
	if (!out[0])
		(void)snprintf(out, SHOW_CELL_BYTES, "-");
	for (char *at = out; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = ' ';
}

const char *show_amount_text(const json_t *object, const char *member, char out[SHOW_CELL_BYTES])
{
	const struct show_column column = {"", member, SHOW_AMOUNT};

	show_cell(object, &column, out);
	return out;
}

/* Characters, not bytes, so that accents do not shift a column. */
static size_t width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void print_cell(const char *text, size_t width, bool right, bool last)
{
	size_t own = width_of(text);
	int gap = own < width ? (int)(width - own) : 0;

	if (right)
		printf("%*s%s", gap, "", text);
	else
		printf("%s%*s", text, last ? 0 : gap, "");
	fputs(last ? "\n" : "  ", stdout);
}

static bool is_right(const struct show_column *column)
{
	return column->kind == SHOW_NUMBER || column->kind == SHOW_AMOUNT;
}

void show_table(const json_t *items, const struct show_column *columns)
{
	size_t width[SHOW_COLUMNS_MAX], count = 0;
	char cell[SHOW_CELL_BYTES];

	for (; count < SHOW_COLUMNS_MAX && columns[count].head; count++) {
		width[count] = width_of(columns[count].head);
		for (size_t i = 0; i < json_array_size(items); i++) {
			show_cell(json_array_get(items, i), &columns[count], cell);
			if (width_of(cell) > width[count])
				width[count] = width_of(cell);
		}
	}
	for (size_t c = 0; c < count; c++)
		print_cell(columns[c].head, width[c], is_right(&columns[c]), c + 1 == count);
	for (size_t i = 0; i < json_array_size(items); i++) {
		for (size_t c = 0; c < count; c++) {
			show_cell(json_array_get(items, i), &columns[c], cell);
			print_cell(cell, width[c], is_right(&columns[c]), c + 1 == count);
		}
	}
}

void show_object(const json_t *object, const struct show_column *columns)
{
	size_t width = 0;
	char cell[SHOW_CELL_BYTES];

	for (const struct show_column *c = columns; c->head; c++)
		if (width_of(c->head) > width)
			width = width_of(c->head);
	for (const struct show_column *c = columns; c->head; c++) {
		show_cell(object, c, cell);
		print_cell(c->head, width, false, false);
		print_cell(cell, 0, false, true);
	}
}

/* The server lets no control character into a message. */
void show_messages(const json_t *messages)
{
	for (size_t i = 0; i < json_array_size(messages); i++) {
		const json_t *m = json_array_get(messages, i);
		const char *direction = json_string_value(json_object_get(m, "direction"));
		const char *text = json_string_value(json_object_get(m, "text"));
		bool waits = json_is_null(json_object_get(m, "deliveredAt"));

		if (!direction || !text)
			continue;
		printf("%s%s: %s\n", direction,
		        waits && strcmp(direction, "sent") == 0 ? " (nothing says that it arrived)"
		                                                : "",
		        text);
	}
}
