/* chart: figures over time, or over amounts, drawn from a table.
 *
 * The server draws the table's columns as SVG, so that there is a picture without scripts too;
 * www/static/charts.js puts one of Chart.js in its place, from the same table, which stands below
 * either of them. Drawing is the only use of what is read here.
 */
#ifndef FLORIN_CONSOLE_CHART_H
#define FLORIN_CONSOLE_CHART_H

#include "console/cell.h"

#define CHART_SERIES_MAX 4

enum chart_kind {
	CHART_BARS,   /* one upon the other, from 0 */
	CHART_LINES,  /* with 0 in sight */
	CHART_STEPS,  /* the same, of what stays as it is until it changes */
	CHART_COURSE, /* steps, in their own range: prices */
};

struct chart {
	enum chart_kind kind;
	const char *label; /* what is shown: a message */
	/* A CELL_TIME, or what else its steps are of; then figures, of which CHART_SERIES_MAX are
	 * drawn at most. */
	const struct column *columns;
	size_t drawn;        /* how many of them; 0: all */
	const json_t *items; /* oldest first */
	int64_t step_ms;     /* from one item to the next */
	const char *empty;   /* said where no item has a figure */
	bool half;           /* beside another one where there is room */
};

/* The view of part "console-chart". table: the view of its table, whose label and names of columns
 * are the chart's in the reader's language; a new reference is kept. NULL:
 * there is nothing to draw, or no memory. */
json_t *chart_json(struct arena *a, const struct chart *c, json_t *table);

#endif
