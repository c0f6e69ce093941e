/* settlement_core: what the files of settlements share; private to src/store. */
#ifndef FLORIN_STORE_SETTLEMENT_CORE_H
#define FLORIN_STORE_SETTLEMENT_CORE_H

#include "store/batch_core.h"
#include "store/settlement.h"

const char *settlement_side_name(enum settlement_side side); /* "PAY"; "" for nothing */
/* The one row of settlement_terms_get, which was started; ends it. */
MUST_USE enum result settlement_terms_row(
        struct query *q, struct arena *a, account_id peer, struct settlement_terms_row *out);
/* The same of settlement_get. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result settlement_row(
        struct query *q, struct arena *a, int64_t key, struct settlement_row *out);

/* Moves a movement's money and writes its row, whose id must be new. Errors: as batch_move without
 * THEIRS_CONFLICT. */
MUST_USE enum result batch_movement_make(struct batch *b, const struct movement *m);
/* The row of a movement whose money the transfer of that group has moved. */
MUST_USE enum result batch_movement_write(struct batch *b, const struct movement *m, int64_t group);
/* Errors: THEIRS_CONFLICT (there is a movement of this id). */
MUST_USE enum result batch_movement_none(struct batch *b, const struct id *id);
/* Errors: THEIRS_CONFLICT (the settlement of this id was ordered at an engine). */
MUST_USE enum result batch_order_none(struct batch *b, const struct id *id);
/* The row of a settlement that the operator recorded. */
MUST_USE enum result batch_settlement_note(struct batch *b, const struct movement *m);
/* Tells that a settlement came. */
MUST_USE enum result batch_settlement_announce(struct batch *b, const struct movement *m);

#endif
