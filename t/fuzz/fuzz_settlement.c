/* Quantities of settlement engines: nothing is lost and nothing is made. Credited units and
 * leftover together are the quantity again, digit by digit; two quantities leave the same in either
 * order. Input: scale of the account, scales of two quantities, then their digits with a comma
 * between. */
#include "fuzz/fuzz.h"

#include <inttypes.h>
#include <string.h>

#include "model/settlement.h"

#define TEXT 1024

static const struct settlement_quantity nothing = {"0", 0};

/* The digits with so many zeros behind and none before. */
static void plain(const char *digits, size_t zeros, char out[TEXT])
{
	size_t n;

	digits += strspn(digits, "0");
	n = strlen(digits);
	FUZZ_CHECK(n + zeros < TEXT);
	memcpy(out, digits, n);
	memset(out + n, '0', n ? zeros : 0);
	out[n ? n + zeros : 0] = '\0';
}

/* units and leftover as one number at the leftover's scale. */
static void join(
        uint64_t units, const struct settlement_quantity *left, unsigned scale, char out[TEXT])
{
	size_t rest = left->scale > scale ? left->scale - scale : 0, n = strlen(left->digits);
	char text[TEXT];
	int len;

	FUZZ_CHECK(rest == 0 ? strcmp(left->digits, "0") == 0 : n <= rest);
	len = snprintf(text, sizeof(text), "%" PRIu64, units);
	FUZZ_CHECK(len > 0 && (size_t)len + rest < TEXT);
	memset(text + len, '0', rest);
	if (rest)
		memcpy(text + (size_t)len + rest - n, left->digits, n);
	text[(size_t)len + rest] = '\0';
	plain(text, 0, out);
}

static void check_one(const struct settlement_quantity *q, unsigned scale)
{
	char wanted[TEXT], got[TEXT];
	struct settlement_quantity left;
	uint64_t units;

	if (settlement_credit(q, &nothing, scale, &units, &left))
		return;
	FUZZ_CHECK(units <= AMOUNT_MAX && left.scale == q->scale);
	/* Where the account is finer its units have more digits than the quantity. */
	plain(q->digits, scale > q->scale ? scale - q->scale : 0, wanted);
	join(units, &left, scale, got);
	FUZZ_CHECK(strcmp(wanted, got) == 0);
}

static bool both(const struct settlement_quantity *a, const struct settlement_quantity *b,
        unsigned scale, uint64_t *units, struct settlement_quantity *left)
{
	uint64_t first, second;

	if (settlement_credit(a, &nothing, scale, &first, left) ||
	        settlement_credit(b, left, scale, &second, left))
		return false;
	*units = first + second;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settlement_quantity a, b, left_ab, left_ba;
	uint64_t units_ab, units_ba;
	char text[TEXT], *comma;
	unsigned scale;

	if (size < 3 || size - 3 >= TEXT)
		return 0;
	memcpy(text, data + 3, size - 3);
	text[size - 3] = '\0';
	comma = strchr(text, ',');
	if (!comma)
		return 0;
	*comma = '\0';
	scale = data[0] % (ASSET_SCALE_MAX + 1);
	if (settlement_quantity_read(text, data[1], &a) ||
	        settlement_quantity_read(comma + 1, data[2], &b))
		return 0;
	FUZZ_CHECK(strcmp(a.digits, text) == 0);
	check_one(&a, scale);
	check_one(&b, scale);
	if (!both(&a, &b, scale, &units_ab, &left_ab) || !both(&b, &a, scale, &units_ba, &left_ba))
		return 0;
	FUZZ_CHECK(units_ab == units_ba && left_ab.scale == left_ba.scale);
	FUZZ_CHECK(strcmp(left_ab.digits, left_ba.digits) == 0);
	return 0;
}
