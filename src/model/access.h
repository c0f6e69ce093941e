/* access: what a grant allows: types, actions and limits, and the rules about them.
 *
 * Texts are borrowed. Wallet addresses in here are canonical (codec/wallet_address.h).
 * Spec: Open Payments, authorization server, `access-item`; limits
 */
#ifndef FLORIN_MODEL_ACCESS_H
#define FLORIN_MODEL_ACCESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/result.h"
#include "codec/json_spec.h"
#include "model/ledger.h"

#define ACCESS_ITEMS_MAX 3
#define ACCESS_URL_MAX   2048

enum access_type { ACCESS_INCOMING_PAYMENT, ACCESS_QUOTE, ACCESS_OUTGOING_PAYMENT };
#define ACCESS_TYPES 3

enum access_action {
	ACTION_CREATE,
	ACTION_READ,
	ACTION_READ_ALL,
	ACTION_LIST,
	ACTION_LIST_ALL,
	ACTION_COMPLETE,
};
#define ACCESS_ACTIONS 6

/* "incoming-payment", "read-all". Errors of parsing: THEIRS_MALFORMED. */
const char *access_type_name(enum access_type t);
MUST_USE enum result access_type_parse(const char *s, enum access_type *out);
const char *access_action_name(enum access_action a);
MUST_USE enum result access_action_parse(const char *s, enum access_action *out);
/* Bits 1 << action that the type knows. */
unsigned access_actions_of(enum access_type t);

/* Which amount of a payment a limit caps. */
enum access_cap { CAP_NONE, CAP_DEBIT, CAP_RECEIVE };

struct access_limits {
	bool given;           /* there was a limits object, perhaps an empty one */
	const char *receiver; /* the one incoming payment that may be paid; NULL: any */
	const char *interval; /* ISO 8601 as sent; NULL: the limit holds for ever */
	enum access_cap cap;
	uint64_t amount; /* in each window; where cap is not CAP_NONE */
	char code[ASSET_CODE_MAX + 1];
	unsigned scale;
};

struct access_item {
	enum access_type type;
	unsigned actions;       /* bits 1 << action */
	const char *identifier; /* wallet address; NULL: every one of this node */
	account_id wallet;      /* that it names; set by whoever looked it up, 0 without */
	struct access_limits limits;
};

/* One item as a client sends it. `identifier` is as sent: the caller makes it canonical. Errors,
 * with *fault filled (texts name what is wrong): THEIRS_MALFORMED (a type, action or member that is
 * not known, an action twice, both amounts, no real interval),
 * THEIRS_TOO_BIG, THEIRS_BAD_AMOUNT. */
MUST_USE enum result access_item_read(
        const json_t *value, struct access_item *out, struct json_fault *fault);
/* As the specification shows it; NULL where memory is out. */
json_t *access_item_json(const struct access_item *item);
bool access_item_eq(const struct access_item *a, const struct access_item *b);

/* Whether these actions allow `wanted`. *all: by its -all form, so for every client's resources. */
bool access_allows(unsigned actions, enum access_action wanted, bool *all);
/* Type, action and wallet address of a request against an item. wallet_address NULL: not known yet,
 * any will do. *all as above. */
bool access_item_allows(const struct access_item *item, enum access_type type,
        enum access_action wanted, const char *wallet_address, bool *all);
/* A person must agree to it. */
bool access_is_interactive(const struct access_item *item);

#endif
