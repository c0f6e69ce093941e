/* csv: cells of a table for spreadsheets (RFC 4180).
 *
 * Every cell is quoted. A text that a spreadsheet would take for a formula gets an apostrophe
 * before it, so that what others write into a payment runs nowhere.
 */
#ifndef FLORIN_CODEC_CSV_H
#define FLORIN_CODEC_CSV_H

#include "base/bytes.h"

/* Appends one cell; `first` of its line: without a comma before it. */
void csv_cell(const char *text, bool first, struct buf *out);
/* The same of a number, which begins no formula, also below zero. */
void csv_number(const char *text, bool first, struct buf *out);
void csv_end(struct buf *out);

#endif
