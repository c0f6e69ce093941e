/* consent_choice: what a holder agrees to: a grant as it was shown, and of that perhaps less than
 * was asked for, or only for some time.
 */
#ifndef FLORIN_WEB_CONSENT_CHOICE_H
#define FLORIN_WEB_CONSENT_CHOICE_H

#include <jansson.h>

#include "store/grant.h"
#include "web/web.h"

#define CONSENT_CHOICE_NAME_SIZE 56

struct consent_choice {
	uint8_t shown[32]; /* interaction_digest of what was shown */
	const char *until; /* the last day, as typed */
	const char *limits[ACCESS_ITEMS_MAX];
	int64_t ends_ms;                  /* 0: no end */
	uint64_t lower[ACCESS_ITEMS_MAX]; /* limits; 0: as asked */
};

/* Nothing is chosen yet. */
void consent_choice_init(struct consent_choice *c);
/* Out of the form of the page "consent"; texts are in the request's arena. Errors: THEIRS_CONFLICT
 * (another grant than this one was shown), THEIRS_MALFORMED (*problem says what, to the holder),
 * OURS_MEMORY. */
MUST_USE enum result consent_choice_read(struct http_request *rq, const struct interaction_row *i,
        const struct page_form *f, struct consent_choice *out, const char **problem);
/* The grant as it would be then. *out borrows from *i. */
void consent_choice_apply(const struct consent_choice *c, const struct interaction_row *i,
        struct interaction_row *out);
/* What was typed, as fields of another form: [{"name","value"}]. */
json_t *consent_choice_fields(const struct consent_choice *c);
/* What was typed, into the fields of a consent_view. */
void consent_choice_fill(const struct consent_choice *c, json_t *view);
/* A name for exactly this choice of this interaction: no other one has it. */
void consent_choice_name(const struct consent_choice *c, const struct interaction_row *i,
        char out[CONSENT_CHOICE_NAME_SIZE]);

#endif
