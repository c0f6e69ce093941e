/* rate_ecb: the euro reference rates as the European Central Bank publishes them.
 *
 * eurofxref-daily.xml: <Cube time='2026-11-25'> with a <Cube currency='USD' rate='1.0921'/> for
 * each currency; or the CSV file of its zip: one line of names, one of values, beginning with a
 * date ("25 November 2026", or 2026-11-25 as in the history files, of which the first line of
 * values counts; N/A is no price). A document type declaration is refused: none is needed, and
 * entities are what attacks are made of. Prices go the way of model/rate_text.
 */
#ifndef FLORIN_MODEL_RATE_ECB_H
#define FLORIN_MODEL_RATE_ECB_H

#include "model/rate.h"

#define RATE_ECB_BASE "EUR"
/* The list of a day is published by 16:00 Central European time; this is that in winter. */
#define RATE_ECB_HOUR_UTC 15

/* The list, true as of its day at RATE_ECB_HOUR_UTC, or as of now_ms where that is earlier. fault
 * may be NULL. Errors: as rate_table_parse; THEIRS_MALFORMED also for a day that is none. */
MUST_USE enum result rate_ecb_parse(
        struct bytes text, int64_t now_ms, struct rate_table **out, struct rate_fault *fault);

#endif
