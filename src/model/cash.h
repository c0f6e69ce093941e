/* cash: money that an account holder asks to have brought in or paid out, outside Interledger. Who
 * runs the node answers: APPROVED moves it, REFUSED does not; the holder may take the request back
 * (CANCELLED), and one that nobody answers ends by itself (EXPIRED).
 */
#ifndef FLORIN_MODEL_CASH_H
#define FLORIN_MODEL_CASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

enum cash_kind { CASH_DEPOSIT, CASH_WITHDRAWAL, CASH_KINDS };
const char *cash_kind_name(enum cash_kind k); /* "deposit" */
/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result cash_kind_parse(const char *name, enum cash_kind *out);

enum cash_state {
	CASH_PENDING,
	CASH_APPROVED,
	CASH_REFUSED,
	CASH_CANCELLED,
	CASH_EXPIRED,
	CASH_STATES
};
const char *cash_state_name(enum cash_state s); /* "PENDING" */
/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result cash_state_parse(const char *name, enum cash_state *out);

/* As of now: one whose time has passed is EXPIRED, though nobody has written it down yet. */
enum cash_state cash_state_at(enum cash_state s, int64_t expires_ms, int64_t now_ms);

/* Ends one as `to`: EXPIRED from its time on, otherwise before. Errors: THEIRS_EXPIRED (its time
 * has passed), THEIRS_STATE (it has ended otherwise, or may not expire yet). */
MUST_USE enum result cash_end(
        enum cash_state *s, enum cash_state to, int64_t expires_ms, int64_t now_ms);

/* What a holder or an operator may write beside one: a line of at most CASH_NOTE_MAX bytes. Errors:
 * THEIRS_TOO_BIG, THEIRS_MALFORMED (control characters, no UTF-8). */
#define CASH_NOTE_MAX 200
MUST_USE enum result cash_note_check(const char *text);

#endif
