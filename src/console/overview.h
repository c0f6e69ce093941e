/* overview: the console's first page: the last hour, liquidity, peers, and what waits. */
#ifndef FLORIN_CONSOLE_OVERVIEW_H
#define FLORIN_CONSOLE_OVERVIEW_H

#include "console/view.h"

/* The builder of /console: reads /activity, /activity/history, /assets, /peers, /rates/sources. */
void overview_build(struct console_view *v);
/* The builder of /console/checklist: reads /activity, /assets, /peers, /wallet-addresses,
 * /webhook-endpoints, incoming payments that are over. */
void checklist_build(struct console_view *v);
/* Whether the configuration names a URL that is told of events. */
bool console_has_webhook(const struct http_request *rq);
/* A bar for each asset of a list: its pool against its thresholds. For part_bars. */
json_t *overview_liquidity(struct console_view *v, const json_t *assets);

/* GET /console/live: the stream that says that the overview has changed (http/live.h). */
http_handler overview_live;

#endif
