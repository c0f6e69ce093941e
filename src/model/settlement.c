#include "model/settlement.h"

#include <string.h>

#define APART 10 /* of a range: this part of it */
#define WORK  (SETTLEMENT_DIGITS_MAX + SETTLEMENT_SCALE_MAX + 2)

/* ---- when ---- */

bool settlement_terms_fit(const struct settlement_terms *t)
{
	if (t->claim_at > AMOUNT_MAX)
		return false;
	return !t->pays || (t->pay_to < t->pay_at && t->pay_to >= -(int64_t)AMOUNT_MAX);
}

/* Between -2^63+1 and 2^63-1 every difference fits. */
static uint64_t above(int64_t high, int64_t low)
{
	return (uint64_t)high - (uint64_t)low;
}

/* Both sides can be reached at once where we pay in advance: what we are to do goes first. */
enum settlement_side settlement_side(
        const struct settlement_terms *t, enum settlement_side told, int64_t balance)
{
	bool owes = balance < 0;
	uint64_t owed = owes ? above(0, balance) : 0;

	if (t->pays && balance >= t->pay_at)
		return SETTLEMENT_PAY;
	if (told == SETTLEMENT_PAY && t->pays &&
	        above(t->pay_at, balance) <= above(t->pay_at, t->pay_to) / APART)
		return SETTLEMENT_PAY;
	if (t->claim_at && owed >= t->claim_at)
		return SETTLEMENT_CLAIM;
	if (told == SETTLEMENT_CLAIM && t->claim_at && t->claim_at - owed <= t->claim_at / APART)
		return SETTLEMENT_CLAIM;
	return SETTLEMENT_NOTHING;
}

uint64_t settlement_amount(
        const struct settlement_terms *t, enum settlement_side side, int64_t balance)
{
	uint64_t amount = 0;

	switch (side) {
	case SETTLEMENT_NOTHING:
		break;
	case SETTLEMENT_PAY:
		amount = balance > t->pay_to ? above(balance, t->pay_to) : 0;
		break;
	case SETTLEMENT_CLAIM:
		amount = balance < 0 ? above(0, balance) : 0;
		break;
	}
	return amount < AMOUNT_MAX ? amount : AMOUNT_MAX;
}

/* ---- quantities ---- */

enum result settlement_quantity_read(
        const char *digits, uint64_t scale, struct settlement_quantity *out)
{
	size_t n = strlen(digits);

	if (scale > SETTLEMENT_SCALE_MAX)
		return RESULT_THEIRS_TOO_BIG;
	if (n == 0 || n > SETTLEMENT_DIGITS_MAX || strspn(digits, "0123456789") != n ||
	        (digits[0] == '0' && n > 1))
		return RESULT_THEIRS_BAD_AMOUNT;
	memcpy(out->digits, digits, n + 1);
	out->scale = (unsigned)scale;
	return RESULT_OK;
}

/* The quantity at a finer scale, right-aligned in WORK digits of 0 to 9. */
static void spread(const struct settlement_quantity *q, unsigned scale, uint8_t out[WORK])
{
	size_t n = strlen(q->digits), zeros = scale - q->scale;

	memset(out, 0, WORK);
	for (size_t i = 0; i < n; i++)
		out[WORK - zeros - n + i] = (uint8_t)(q->digits[i] - '0');
}

static void add(uint8_t to[WORK], const uint8_t what[WORK])
{
	unsigned carry = 0;

	for (size_t i = WORK; i-- > 0;) {
		unsigned sum = to[i] + what[i] + carry;

		to[i] = (uint8_t)(sum % 10);
		carry = sum / 10;
	}
}

/* The first `n` digits as a number, with `zeros` more behind it. */
static enum result whole(const uint8_t *digits, size_t n, unsigned zeros, uint64_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n + zeros; i++) {
		uint64_t digit = i < n ? digits[i] : 0;

		if (v > (AMOUNT_MAX - digit) / 10)
			return RESULT_THEIRS_BAD_AMOUNT;
		v = v * 10 + digit;
	}
	*out = v;
	return RESULT_OK;
}

static void part(const uint8_t *digits, size_t n, struct settlement_quantity *out)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		if (len > 0 || digits[i] > 0)
			out->digits[len++] = (char)('0' + digits[i]);
	if (len == 0)
		out->digits[len++] = '0';
	out->digits[len] = '\0';
}

enum result settlement_credit(const struct settlement_quantity *quantity,
        const struct settlement_quantity *leftover, unsigned scale, uint64_t *units,
        struct settlement_quantity *left)
{
	unsigned fine = quantity->scale > leftover->scale ? quantity->scale : leftover->scale;
	size_t rest = fine > scale ? fine - scale : 0; /* digits that are less than a unit */
	uint8_t sum[WORK], other[WORK];
	enum result r;

	spread(quantity, fine, sum);
	spread(leftover, fine, other);
	add(sum, other);
	r = whole(sum, WORK - rest, scale > fine ? scale - fine : 0, units);
	if (r)
		return r;
	part(sum + WORK - rest, rest, left);
	left->scale = fine;
	return RESULT_OK;
}

/* ---- calls ---- */

enum settlement_answer settlement_answer(int status)
{
	if (status >= 200 && status <= 299)
		return SETTLEMENT_TAKEN;
	switch (status) {
	case 404:
		return SETTLEMENT_NO_ACCOUNT;
	case 400:
	case 402:
	case 410:
	case 413:
	case 422:
		return SETTLEMENT_REFUSED;
	default:
		return SETTLEMENT_AGAIN;
	}
}

int64_t settlement_gap_ms(unsigned attempts, uint32_t random)
{
	int64_t gap = SETTLEMENT_GAP_FIRST_MS;

	for (unsigned i = 1; i < attempts && gap < SETTLEMENT_GAP_MAX_MS; i++)
		gap *= 2;
	if (gap > SETTLEMENT_GAP_MAX_MS)
		gap = SETTLEMENT_GAP_MAX_MS;
	return gap - random % (gap / 2);
}
