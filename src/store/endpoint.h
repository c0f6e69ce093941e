/* endpoint: whom of the host's servers the webhooks tell of events.
 *
 * One is of the configuration (ENDPOINT_CONFIGURED), which holds its URL and its secret; others are
 * added and changed while the node runs. Each gets the events of its types, in order for each
 * resource, whatever becomes of the others (event.h). A new one gets what happens from then on; one
 * that was switched off gets later what happened meanwhile.
 */
#ifndef FLORIN_STORE_ENDPOINT_H
#define FLORIN_STORE_ENDPOINT_H

#include "store/event.h"

#define ENDPOINT_CONFIGURED   1  /* its key */
#define ENDPOINTS_MAX         16 /* at a time, the configured one included */
#define ENDPOINT_URL_MAX      2048
#define ENDPOINT_SECRET_MIN   16
#define ENDPOINT_SECRET_MAX   256 /* of one */
#define ENDPOINT_SECRETS_SIZE (2 * ENDPOINT_SECRET_MAX + 2)
#define ENDPOINT_TYPES_SIZE   1024 /* of all types, with a blank before and after each */

struct endpoint_row {
	int64_t key;
	struct id id;
	const char *url;   /* "" of the configured one */
	const char *types; /* " a.b c.d ": only these; "": all */
	bool enabled;
	int64_t given; /* key of the last event that it was given, or that is not for it */
	int64_t created_ms, changed_ms;
};

/* What an endpoint is to be; NULL: as it is (of a new one: needed, but for types and enabled). */
struct endpoint_change {
	const char *url;
	const char *secrets; /* one, or two with a blank between */
	/* The one that is there stays good beside the first of `secrets`, until the next change. */
	bool keep_secret;
	const char *types;
	const bool *enabled;
};

/* ---- in a batch (batch.h says which errors are common); texts live in `a` ---- */

/* Errors: THEIRS_TOO_BIG (ENDPOINTS_MAX). */
MUST_USE enum result batch_endpoint_add(struct batch *b, struct arena *a,
        const struct endpoint_change *wanted, struct endpoint_row *out);
/* Errors: THEIRS_NOT_FOUND, THEIRS_STATE (the configured one). */
MUST_USE enum result batch_endpoint_set(struct batch *b, struct arena *a, const struct id *id,
        const struct endpoint_change *change, struct endpoint_row *out);
/* What it was told stays in the books. Errors: as batch_endpoint_set. */
MUST_USE enum result batch_endpoint_remove(struct batch *b, const struct id *id);

/* All that there are, at most ENDPOINTS_MAX. */
MUST_USE enum result batch_endpoint_list(
        struct batch *b, struct arena *a, struct endpoint_row *rows, size_t *count);
/* Not of the configured one. Whoever asks wipes it. Errors: THEIRS_NOT_FOUND, OURS_STORE. */
MUST_USE enum result batch_endpoint_secrets(
        struct batch *b, const struct id *id, char out[ENDPOINT_SECRETS_SIZE]);

/* Also of one that was removed. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_endpoint_id(struct batch *b, int64_t key, struct id *out);

/* Gives an endpoint the next events that are for it, at most ENDPOINT_GIVEN_MAX; e->given follows.
 * *more: there are others. */
#define ENDPOINT_GIVEN_MAX 64
MUST_USE enum result batch_endpoint_give(struct batch *b, struct endpoint_row *e, bool *more);

/* ---- reading ---- */

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_endpoint_get(
        struct reader *r, struct arena *a, const struct id *id, struct endpoint_row *out);
/* As batch_endpoint_list. */
MUST_USE enum result store_endpoint_list(
        struct reader *r, struct arena *a, struct endpoint_row *rows, size_t *count);

#endif
