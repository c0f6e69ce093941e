#include "base/amount.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

enum result amount_make(uint64_t value, asset_id asset, struct amount *out)
{
	if (value > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = (struct amount){value, asset};
	return RESULT_OK;
}

struct amount amount_zero(asset_id asset)
{
	return (struct amount){0, asset};
}

uint64_t amount_units(struct amount a)
{
	return a.value;
}

bool amount_is_zero(struct amount a)
{
	return a.value == 0;
}

int amount_cmp(struct amount a, struct amount b)
{
	assert(a.asset == b.asset);
	return (a.value > b.value) - (a.value < b.value);
}

enum result amount_add(struct amount a, struct amount b, struct amount *out)
{
	assert(a.asset == b.asset);
	if (b.value > AMOUNT_MAX - a.value)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = (struct amount){a.value + b.value, a.asset};
	return RESULT_OK;
}

enum result amount_sub(struct amount a, struct amount b, struct amount *out)
{
	assert(a.asset == b.asset);
	if (b.value > a.value)
		return RESULT_THEIRS_INSUFFICIENT;
	*out = (struct amount){a.value - b.value, a.asset};
	return RESULT_OK;
}

enum result amount_parse_units(const char *s, size_t n, uint64_t *out)
{
	uint64_t v = 0;

	if (n == 0 || n > 19 || (s[0] == '0' && n > 1))
		return RESULT_THEIRS_BAD_AMOUNT;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return RESULT_THEIRS_BAD_AMOUNT;
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	if (v > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = v;
	return RESULT_OK;
}

enum result amount_parse_major(const char *s, size_t n, unsigned scale, uint64_t *out)
{
	const char *point = memchr(s, '.', n);
	size_t whole = point ? (size_t)(point - s) : n;
	size_t decimals = point ? n - whole - 1 : 0;
	u128 v = 0;

	if (whole == 0 || whole > 19 || (point && decimals == 0) || decimals > scale)
		return RESULT_THEIRS_BAD_AMOUNT;
	if (s[0] == '0' && whole > 1)
		return RESULT_THEIRS_BAD_AMOUNT;
	for (size_t i = 0; i < n; i++) {
		if (i == whole)
			continue;
		if (s[i] < '0' || s[i] > '9')
			return RESULT_THEIRS_BAD_AMOUNT;
		v = v * 10 + (unsigned)(s[i] - '0');
		if (v > AMOUNT_MAX)
			return RESULT_THEIRS_BAD_AMOUNT;
	}
	for (size_t i = decimals; i < scale; i++) {
		v *= 10;
		if (v > AMOUNT_MAX)
			return RESULT_THEIRS_BAD_AMOUNT;
	}
	*out = (uint64_t)v;
	return RESULT_OK;
}

void amount_format_major(uint64_t value, unsigned scale, char out[AMOUNT_TEXT_SIZE])
{
	char digits[AMOUNT_TEXT_SIZE];
	int n;

	assert(scale <= ASSET_SCALE_MAX);
	n = snprintf(digits, sizeof(digits), "%0*llu", (int)scale + 1, (unsigned long long)value);
	if (scale == 0) {
		memcpy(out, digits, (size_t)n + 1);
		return;
	}
	snprintf(out, AMOUNT_TEXT_SIZE, "%.*s.%s", n - (int)scale, digits, digits + n - (int)scale);
}

/* ---- ratios ---- */

struct wide_ratio {
	u128 num, den;
};

static struct wide_ratio wide(const struct ratio *r)
{
	return (struct wide_ratio){
	        (u128)r->num_hi << 64 | r->num_lo, (u128)r->den_hi << 64 | r->den_lo};
}

static u128 gcd(u128 a, u128 b)
{
	while (b) {
		u128 t = a % b;

		a = b;
		b = t;
	}
	return a;
}

static void narrow(u128 num, u128 den, struct ratio *out)
{
	u128 g = gcd(num, den);

	assert(den > 0);
	num /= g;
	den /= g;
	*out = (struct ratio){
	        (uint64_t)(num >> 64), (uint64_t)num, (uint64_t)(den >> 64), (uint64_t)den};
}

static bool mul_overflows(u128 a, u128 b, u128 *out)
{
	return __builtin_mul_overflow(a, b, out);
}

enum result ratio_make(uint64_t num, uint64_t den, struct ratio *out)
{
	if (den == 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	narrow(num, den, out);
	return RESULT_OK;
}

enum result ratio_parse(const char *s, size_t n, struct ratio *out)
{
	bool point = false;
	bool digit_after = true;
	size_t significant = 0;
	uint64_t num = 0;
	u128 den = 1;

	if (n == 0 || s[0] == '.' || n > 40)
		return RESULT_THEIRS_MALFORMED;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' && !point) {
			point = true;
			digit_after = false;
			continue;
		}
		if (s[i] < '0' || s[i] > '9')
			return RESULT_THEIRS_MALFORMED;
		digit_after = true;
		if (num == 0 && s[i] == '0') {
			if (point && den < (u128)1000000000000000000ULL * 1000000000000000000ULL)
				den *= 10;
			else if (point)
				return RESULT_THEIRS_TOO_BIG;
			continue;
		}
		if (++significant > RATIO_DIGITS_MAX)
			return RESULT_THEIRS_TOO_BIG;
		num = num * 10 + (uint64_t)(s[i] - '0');
		if (point) {
			if (den >= (u128)1000000000000000000ULL * 1000000000000000000ULL)
				return RESULT_THEIRS_TOO_BIG;
			den *= 10;
		}
	}
	if (!digit_after)
		return RESULT_THEIRS_MALFORMED;
	if (num == 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	narrow(num, den, out);
	return RESULT_OK;
}

bool ratio_is_zero(const struct ratio *r)
{
	return r->num_hi == 0 && r->num_lo == 0;
}

static enum result mul_reduced(struct wide_ratio a, struct wide_ratio b, struct ratio *out)
{
	u128 g1 = gcd(a.num, b.den);
	u128 g2 = gcd(b.num, a.den);
	u128 num, den;

	if (mul_overflows(a.num / g1, b.num / g2, &num) ||
	        mul_overflows(a.den / g2, b.den / g1, &den))
		return RESULT_THEIRS_BAD_AMOUNT;
	narrow(num, den, out);
	return RESULT_OK;
}

enum result ratio_mul(const struct ratio *a, const struct ratio *b, struct ratio *out)
{
	return mul_reduced(wide(a), wide(b), out);
}

enum result ratio_div(const struct ratio *a, const struct ratio *b, struct ratio *out)
{
	struct wide_ratio w = wide(b);

	if (w.num == 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	return mul_reduced(wide(a), (struct wide_ratio){w.den, w.num}, out);
}

enum result ratio_less_bps(const struct ratio *r, unsigned bps, struct ratio *out)
{
	if (bps > BPS_ONE)
		return RESULT_THEIRS_BAD_AMOUNT;
	return mul_reduced(wide(r), (struct wide_ratio){BPS_ONE - bps, BPS_ONE}, out);
}

enum result ratio_scale(
        const struct ratio *r, unsigned from_scale, unsigned to_scale, struct ratio *out)
{
	unsigned up = to_scale > from_scale ? to_scale - from_scale : 0;
	unsigned down = from_scale > to_scale ? from_scale - to_scale : 0;
	struct wide_ratio power = {1, 1};

	if (up > 38 || down > 38)
		return RESULT_THEIRS_BAD_AMOUNT;
	while (up--)
		power.num *= 10;
	while (down--)
		power.den *= 10;
	return mul_reduced(wide(r), power, out);
}

/* A 256-bit product, high half first. */
struct u256 {
	u128 hi, lo;
};

static struct u256 mul_256(u128 a, u128 b)
{
	u128 mask = (u128)UINT64_MAX;
	u128 ll = (a & mask) * (b & mask);
	u128 lh = (a & mask) * (b >> 64);
	u128 hl = (a >> 64) * (b & mask);
	u128 hh = (a >> 64) * (b >> 64);
	u128 middle = (ll >> 64) + (lh & mask) + (hl & mask);

	return (struct u256){
	        hh + (lh >> 64) + (hl >> 64) + (middle >> 64), middle << 64 | (ll & mask)};
}

int ratio_cmp(const struct ratio *a, const struct ratio *b)
{
	struct wide_ratio x = wide(a), y = wide(b);
	struct u256 l = mul_256(x.num, y.den);
	struct u256 r = mul_256(y.num, x.den);

	if (l.hi != r.hi)
		return l.hi < r.hi ? -1 : 1;
	return (l.lo > r.lo) - (l.lo < r.lo);
}

/* n / d by long division; false where the quotient passes 64 bits. */
static bool div_256(struct u256 n, u128 d, uint64_t *quotient, bool *exact)
{
	u128 rest = 0;
	u128 q = 0;

	for (int i = 255; i >= 0; i--) {
		u128 bit = i >= 128 ? n.hi >> (i - 128) & 1 : n.lo >> i & 1;
		bool carry = rest >> 127 != 0;

		rest = rest << 1 | bit;
		if (q >> 127)
			return false;
		q <<= 1;
		if (carry || rest >= d) {
			rest -= d;
			q |= 1;
		}
	}
	if (q > UINT64_MAX)
		return false;
	*quotient = (uint64_t)q;
	*exact = rest == 0;
	return true;
}

static enum result mul_div_wide(uint64_t value, u128 num, u128 den, bool up, uint64_t *out)
{
	uint64_t q;
	bool exact;

	if (den == 0)
		return RESULT_THEIRS_TOO_BIG;
	if (num <= UINT64_MAX) {
		u128 product = num * value;
		u128 whole = product / den;

		exact = whole * den == product;
		if (whole > UINT64_MAX)
			return RESULT_THEIRS_TOO_BIG;
		q = (uint64_t)whole;
	} else if (!div_256(mul_256(num, value), den, &q, &exact)) {
		return RESULT_THEIRS_TOO_BIG;
	}
	if (up && !exact) {
		if (q == UINT64_MAX)
			return RESULT_THEIRS_TOO_BIG;
		q++;
	}
	*out = q;
	return RESULT_OK;
}

enum result ratio_apply_floor(const struct ratio *r, uint64_t value, uint64_t *out)
{
	struct wide_ratio w = wide(r);

	return mul_div_wide(value, w.num, w.den, false, out);
}

enum result ratio_apply_ceil(const struct ratio *r, uint64_t value, uint64_t *out)
{
	struct wide_ratio w = wide(r);

	return mul_div_wide(value, w.num, w.den, true, out);
}

enum result ratio_unapply_floor(const struct ratio *r, uint64_t value, uint64_t *out)
{
	struct wide_ratio w = wide(r);

	return mul_div_wide(value, w.den, w.num, false, out);
}

enum result ratio_unapply_ceil(const struct ratio *r, uint64_t value, uint64_t *out)
{
	struct wide_ratio w = wide(r);

	return mul_div_wide(value, w.den, w.num, true, out);
}

void ratio_format(const struct ratio *r, unsigned digits, char out[RATIO_TEXT_SIZE])
{
	struct wide_ratio w = wide(r);
	u128 whole = w.num / w.den;
	u128 rest = w.num % w.den;
	char integer[48];
	size_t n = 0, at = 0;
	unsigned significant = 0;

	do {
		integer[n++] = (char)('0' + (int)(whole % 10));
		whole /= 10;
	} while (whole);
	if (!(n == 1 && integer[0] == '0'))
		significant = (unsigned)n;
	while (n && at < RATIO_TEXT_SIZE - 2)
		out[at++] = integer[--n];
	if (rest && significant < digits)
		out[at++] = '.';
	/* rest * 10 may pass 128 bits only where den does 2^124, which no parsed rate reaches. */
	while (rest && significant < digits && at < RATIO_TEXT_SIZE - 1 && rest <= ~(u128)0 / 10) {
		unsigned d;

		rest *= 10;
		d = (unsigned)(rest / w.den);
		rest %= w.den;
		out[at++] = (char)('0' + d);
		if (d || significant)
			significant++;
	}
	out[at] = '\0';
}

uint64_t mul_div_floor(uint64_t a, uint64_t b, uint64_t c)
{
	u128 q;

	assert(c != 0);
	q = (u128)a * b / c;
	return q > UINT64_MAX ? UINT64_MAX : (uint64_t)q;
}

uint64_t mul_div_ceil(uint64_t a, uint64_t b, uint64_t c)
{
	u128 product = (u128)a * b;
	u128 q;

	assert(c != 0);
	q = product / c + (product % c != 0);
	return q > UINT64_MAX ? UINT64_MAX : (uint64_t)q;
}
