#include "model/access.h"

#include <string.h>

static const char *const type_names[ACCESS_TYPES] = {
        [ACCESS_INCOMING_PAYMENT] = "incoming-payment",
        [ACCESS_QUOTE] = "quote",
        [ACCESS_OUTGOING_PAYMENT] = "outgoing-payment",
};

static const char *const action_names[ACCESS_ACTIONS] = {
        [ACTION_CREATE] = "create",
        [ACTION_READ] = "read",
        [ACTION_READ_ALL] = "read-all",
        [ACTION_LIST] = "list",
        [ACTION_LIST_ALL] = "list-all",
        [ACTION_COMPLETE] = "complete",
};

static unsigned bit(enum access_action a)
{
	return 1U << a;
}

const char *access_type_name(enum access_type t)
{
	return type_names[t];
}

enum result access_type_parse(const char *s, enum access_type *out)
{
	for (unsigned i = 0; i < ACCESS_TYPES; i++) {
		if (strcmp(s, type_names[i]) == 0) {
			*out = (enum access_type)i;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

const char *access_action_name(enum access_action a)
{
	return action_names[a];
}

enum result access_action_parse(const char *s, enum access_action *out)
{
	for (unsigned i = 0; i < ACCESS_ACTIONS; i++) {
		if (strcmp(s, action_names[i]) == 0) {
			*out = (enum access_action)i;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

unsigned access_actions_of(enum access_type t)
{
	const unsigned quote = bit(ACTION_CREATE) | bit(ACTION_READ) | bit(ACTION_READ_ALL);
	const unsigned outgoing = quote | bit(ACTION_LIST) | bit(ACTION_LIST_ALL);

	switch (t) {
	case ACCESS_INCOMING_PAYMENT:
		return outgoing | bit(ACTION_COMPLETE);
	case ACCESS_QUOTE:
		return quote;
	case ACCESS_OUTGOING_PAYMENT:
		return outgoing;
	}
	return 0;
}

bool access_allows(unsigned actions, enum access_action wanted, bool *all)
{
	enum access_action wider = wanted;

	if (wanted == ACTION_READ)
		wider = ACTION_READ_ALL;
	if (wanted == ACTION_LIST)
		wider = ACTION_LIST_ALL;
	*all = (wider != wanted || wanted == ACTION_READ_ALL || wanted == ACTION_LIST_ALL) &&
	       (actions & bit(wider));
	return (actions & (bit(wanted) | bit(wider))) != 0;
}

bool access_item_allows(const struct access_item *item, enum access_type type,
        enum access_action wanted, const char *wallet_address, bool *all)
{
	*all = false;
	if (item->type != type)
		return false;
	if (item->identifier && wallet_address && strcmp(item->identifier, wallet_address) != 0)
		return false;
	return access_allows(item->actions, wanted, all);
}

bool access_is_interactive(const struct access_item *item)
{
	return item->type == ACCESS_OUTGOING_PAYMENT || (item->actions & bit(ACTION_LIST_ALL)) != 0;
}

static bool text_eq(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool access_item_eq(const struct access_item *a, const struct access_item *b)
{
	const struct access_limits *x = &a->limits, *y = &b->limits;

	if (a->type != b->type || a->actions != b->actions ||
	        !text_eq(a->identifier, b->identifier) || x->given != y->given)
		return false;
	if (!text_eq(x->receiver, y->receiver) || !text_eq(x->interval, y->interval) ||
	        x->cap != y->cap)
		return false;
	return x->cap == CAP_NONE ||
	       (x->amount == y->amount && strcmp(x->code, y->code) == 0 && x->scale == y->scale);
}
