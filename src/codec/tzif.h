/* tzif: what a zone's clocks are ahead of UTC, by the files of the IANA's time zone database as
 * systems keep them in /usr/share/zoneinfo.
 *
 * Of the file only the block with 64-bit times is read, and the rule behind it, which holds after
 * the last change that is listed. Leap seconds are left out, as POSIX clocks do.
 * Spec: RFC 9636 (RFC 8536) "TZif"; POSIX.1-2017 XBD 8.3, the variable TZ.
 */
#ifndef FLORIN_CODEC_TZIF_H
#define FLORIN_CODEC_TZIF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define TZIF_BYTES_MAX   65536
#define TZIF_CHANGES_MAX 2048
#define TZIF_TYPES_MAX   256
#define TZIF_OFFSET_MAX  93600 /* seconds, both ways: 26 h */

/* When summer time begins or ends each year. */
struct tzif_day {
	enum { TZIF_DAY_OF_365, TZIF_DAY_OF_366, TZIF_WEEKDAY } kind;
	unsigned day;         /* 1 to 365; 0 to 365; 0 (Sunday) to 6 */
	unsigned month, week; /* of a weekday: 1 to 12; 1 to 5, the last one */
	int32_t second;       /* after midnight, may be another day */
};

struct tzif {
	size_t changes, types;
	int64_t at_s[TZIF_CHANGES_MAX]; /* unix seconds, ascending */
	uint8_t type[TZIF_CHANGES_MAX];
	int32_t offset_s[TZIF_TYPES_MAX];
	/* What comes after. */
	bool has_rule, has_summer;
	int32_t standard_s, summer_s;
	struct tzif_day begin, end;
};

/* Errors: THEIRS_TRUNCATED, THEIRS_MALFORMED (which includes version 1), THEIRS_TOO_BIG (more
 * changes or types than the above). */
MUST_USE enum result tzif_decode(struct bytes in, struct tzif *out);
/* Seconds that the zone's clocks are ahead of UTC then. */
int32_t tzif_offset_s(const struct tzif *z, int64_t unix_ms);

#endif
