#include "ilp/payer_turns.h"

#include <assert.h>

/* Its place among those with payments at work; wallets_count where it has none. */
static size_t place(const struct payer_turns *t, account_id wallet)
{
	size_t i = 0;

	while (i < t->wallets_count && t->wallets[i].wallet != wallet)
		i++;
	return i;
}

static unsigned places_left(const struct payer_turns *t)
{
	unsigned left = LIMIT_PAYMENTS_AT_WORK;

	for (size_t i = 0; i < t->wallets_count; i++)
		left -= t->wallets[i].at_work;
	return left;
}

/* It has as many as one may have, or as are left for the others. */
static bool is_full(const struct payer_turns *t, account_id wallet)
{
	size_t i = place(t, wallet);

	return i < t->wallets_count &&
	       (t->wallets[i].at_work >= LIMIT_PAYMENTS_AT_WORK_PER_WALLET ||
	               t->wallets[i].at_work >= places_left(t));
}

/* A wallet that was full is no more. */
static bool has_more_room(const struct payer_turns *before, const struct payer_turns *now)
{
	for (size_t i = 0; i < before->wallets_count; i++) {
		account_id wallet = before->wallets[i].wallet;

		if (is_full(before, wallet) && !is_full(now, wallet))
			return true;
	}
	return false;
}

void payer_turns_count(struct payer_turns *t, account_id wallet)
{
	size_t i = place(t, wallet);

	if (i == t->wallets_count) {
		assert(i < LIMIT_PAYMENTS_AT_WORK);
		t->wallets[t->wallets_count++].wallet = wallet;
		t->wallets[i].at_work = 0;
	}
	t->wallets[i].at_work++;
}

/* The next wallet that may have one more, once around. Only those that are full are passed over,
 * which are few. */
static enum result next(struct payer_turns *t, struct batch *b, enum payment_turn turn,
        account_id *after, account_id *payment)
{
	account_id from = *after, wallet = from;
	bool around = false;
	enum result r;

	for (;;) {
		r = batch_payment_next(b, turn, wallet, &wallet, payment);
		if (r == RESULT_THEIRS_NOT_FOUND && !around) {
			around = true;
			wallet = 0;
			continue;
		}
		if (!r && around && wallet > from)
			return RESULT_THEIRS_NOT_FOUND;
		if (!r && is_full(t, wallet))
			continue;
		if (!r)
			*after = wallet;
		return r;
	}
}

enum result payer_turns_claim(struct payer_turns *t, struct batch *b, int64_t lease_ms,
        struct arena *a, struct payment_row *out)
{
	bool again = t->claims + 1 >= PAYER_AGAIN_EACH;
	account_id payment;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (again)
		r = next(t, b, PAYMENT_TURN_AGAIN, &t->after_again, &payment);
	if (r == RESULT_THEIRS_NOT_FOUND)
		r = next(t, b, PAYMENT_TURN_FIRST, &t->after_first, &payment);
	if (r == RESULT_THEIRS_NOT_FOUND && !again)
		r = next(t, b, PAYMENT_TURN_AGAIN, &t->after_again, &payment);
	if (!r)
		r = batch_payment_claim(b, payment, lease_ms, a, out);
	if (r)
		return r;
	t->claims = again ? 0 : t->claims + 1;
	payer_turns_count(t, out->quote.wallet);
	return RESULT_OK;
}

bool payer_turns_go_on(struct payer_turns *t, const struct payer_turns *copy)
{
	t->after_first = copy->after_first;
	t->after_again = copy->after_again;
	t->claims = copy->claims;
	return has_more_room(copy, t);
}

bool payer_turns_end(struct payer_turns *t, account_id wallet)
{
	const struct payer_turns before = *t;
	size_t i = place(t, wallet);

	assert(i < t->wallets_count);
	if (--t->wallets[i].at_work == 0)
		t->wallets[i] = t->wallets[--t->wallets_count];
	return has_more_room(&before, t);
}
