/* Rounding attacks: whatever amounts go in whatever directions, nobody gains a unit. The rate comes
 * from price texts through all of the code; what is right is computed here from the same digits, in
 * whole numbers of 128 bits. FLORIN_TEST_SEED chooses another seed, FLORIN_TEST_CASES how many
 * packets: some 10^5 by default, 10^7 in the long mode (FLORIN_TEST_LONG). */
#include "unit/harness.h"

#include <stdlib.h>
#include <string.h>

#include "model/rate.h"

#define ASSETS      4
#define CASES       300000
#define CASES_LONG  10000000
#define CASES_WORLD 2000 /* packets at one set of prices */
#define NOW_MS      1767225600000

/* Check writes down each assertion that it passes, which here would be gigabytes. */
#define MUST(x)                                                                                    \
	do {                                                                                       \
		if (!(x))                                                                          \
			ck_abort_msg("%s", #x);                                                    \
	} while (0)

__extension__ typedef unsigned __int128 u128;

/* Price of one base unit: digits / 10^behind, as the list says; one smallest unit is worth
 * 10^behind / (digits * 10^scale) of the base. */
struct asset {
	char code[8];
	unsigned scale, behind;
	uint64_t digits;
};

static struct asset assets[ASSETS];
static struct rate_pair pairs[ASSETS][ASSETS];
static unsigned bps[ASSETS][ASSETS];
static uint64_t state;

static uint64_t roll(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static uint64_t ten(unsigned n)
{
	uint64_t v = 1;

	while (n--)
		v *= 10;
	return v;
}

/* Spreads are mostly nothing: there an attack has most to hope for. */
static void new_world(void)
{
	static const unsigned scales[] = {0, 2, 2, 6, 8, 9};
	char json[256] = "{\"base\":\"A0\",\"rates\":{";
	struct rate_table *t = NULL;
	size_t used;

	for (size_t i = 0; i < ASSETS; i++) {
		struct asset *a = &assets[i];

		snprintf(a->code, sizeof(a->code), "A%zu", i);
		a->scale = scales[roll(6)];
		a->behind = i == 0 ? 0 : (unsigned)roll(7);
		a->digits = i == 0 ? 1 : 1 + roll(ten(1 + (unsigned)roll(7)));
		if (i == 0)
			continue;
		used = strlen(json);
		snprintf(json + used, sizeof(json) - used, "%s\"%s\":%llu.%0*llu", i > 1 ? "," : "",
		        a->code, (unsigned long long)(a->digits / ten(a->behind)),
		        a->behind ? (int)a->behind : 1,
		        (unsigned long long)(a->behind ? a->digits % ten(a->behind) : 0));
	}
	used = strlen(json);
	snprintf(json + used, sizeof(json) - used, "}}");
	ck_assert_msg(rate_table_parse(bytes_str(json), NOW_MS, &t, NULL) == RESULT_OK, "%s", json);
	for (size_t i = 0; i < ASSETS; i++) {
		for (size_t k = 0; k < ASSETS; k++) {
			struct rate_asset from = {assets[i].code, assets[i].scale};
			struct rate_asset to = {assets[k].code, assets[k].scale};
			struct ratio major;

			bps[i][k] = roll(3) ? 0 : (unsigned)roll(300);
			ck_assert_int_eq(
			        rate_get(t, from.code, to.code, NOW_MS, 0, &major), RESULT_OK);
			ck_assert_int_eq(
			        rate_pair_make(&major, &from, &to, bps[i][k], &pairs[i][k]),
			        RESULT_OK);
		}
	}
	rate_table_free(t);
}

/* What `units` are worth, times a common factor: units * 10^behind * (the others' digits and
 * scales). For one pair: a of i and b of k are equal where a * left == b * right. */
static void weights(size_t i, size_t k, u128 *left, u128 *right)
{
	*left = (u128)ten(assets[i].behind) * assets[k].digits * ten(assets[k].scale);
	*right = (u128)ten(assets[k].behind) * assets[i].digits * ten(assets[i].scale);
}

/* Sizes at which rounding has most to give: small ones, and those just at a whole unit. */
static uint64_t a_size(size_t i, size_t k, uint64_t most)
{
	u128 left, right;
	uint64_t wanted, size;

	if (most == 0 || roll(4) == 0)
		return most ? 1 + roll(most) : 0;
	weights(i, k, &left, &right);
	wanted = 1 + roll(roll(2) ? 5 : 1000000);
	if (right * wanted / left > most)
		return 1 + roll(most);
	size = (uint64_t)((right * wanted + left - 1) /
	                  left); /* the least that is worth `wanted` */
	size += roll(3);
	size = size > 1 ? size - 1 : 1;
	return size < most ? size : most;
}

/* The exact result of one packet, by the digits. */
static void check_one(size_t i, size_t k, uint64_t amount, const struct conversion *c)
{
	u128 left, right, net;

	weights(i, k, &left, &right);
	MUST(c->mid == (uint64_t)((u128)amount * left / right));
	/* amount * left * (10000 - bps) may pass 128 bits: divided in two steps,
	 * which round alike */
	net = (u128)amount * left / right; /* whole part */
	net = (net * (BPS_ONE - bps[i][k]) +
	              ((u128)amount * left % right) * (BPS_ONE - bps[i][k]) / right) /
	      BPS_ONE;
	MUST(c->delivered == (uint64_t)net);
	MUST(c->spread == c->mid - c->delivered);
	MUST(c->margin <= c->spread);
	MUST(c->spread - c->margin <= 1);
	MUST(c->margin == (uint64_t)((u128)c->mid * bps[i][k] / BPS_ONE));
	/* it is worth no more than what was paid for it */
	MUST((u128)c->delivered * right <= (u128)amount * left);
}

/* One who begins with some of each asset, and may do what he likes. */
struct attacker {
	uint64_t has[ASSETS];
};

static void one_packet(struct attacker *a)
{
	size_t i = roll(ASSETS), k = roll(ASSETS);
	uint64_t amount = a_size(i, k, a->has[i] < 1000000000000 ? a->has[i] : 1000000000000);
	struct conversion c, back;
	enum result r;

	if (amount == 0)
		return;
	r = rate_convert(&pairs[i][k], amount, &c);
	if (r == RESULT_THEIRS_BAD_AMOUNT) { /* it becomes nothing: refused, and he keeps it */
		MUST(c.delivered == 0);
		return;
	}
	if (r == RESULT_THEIRS_TOO_BIG)
		return;
	MUST(r == RESULT_OK);
	check_one(i, k, amount, &c);
	/* At once back again: never more than before. */
	if (!rate_convert(&pairs[k][i], c.delivered, &back))
		MUST(back.delivered <= amount);
	if (c.delivered > INT64_MAX - a->has[k] && i != k)
		return;
	a->has[i] -= amount;
	a->has[k] += c.delivered;
}

/* A long way round through other assets brings no more than there was. */
static void cycles(void)
{
	size_t way[5], n = 2 + roll(3);
	uint64_t start, now;

	way[0] = way[n] = roll(ASSETS);
	for (size_t i = 1; i < n; i++)
		way[i] = roll(ASSETS);
	start = now = 1 + roll(roll(2) ? 1000 : 1000000000);
	for (size_t i = 0; i < n; i++) {
		uint64_t rest = now, sum = 0;

		/* in parts, as many as he likes */
		while (rest > 0) {
			uint64_t part = roll(3) ? rest : a_size(way[i], way[i + 1], rest);
			struct conversion c;

			if (rate_convert(&pairs[way[i]][way[i + 1]], part, &c))
				return;
			sum += c.delivered;
			rest -= part;
			if (sum > (uint64_t)1 << 60)
				return;
		}
		now = sum;
	}
	MUST(now <= start);
}

static unsigned long cases_wanted(void)
{
	const char *text = getenv("FLORIN_TEST_CASES");

	if (text)
		return strtoul(text, NULL, 10);
	return getenv("FLORIN_TEST_LONG") ? CASES_LONG : CASES;
}

START_TEST(nobody_gains)
{
	const char *seed = getenv("FLORIN_TEST_SEED");
	unsigned long cases = cases_wanted();
	struct attacker a = {{0}};

	state = seed ? strtoull(seed, NULL, 10) | 1 : 88172645463325252U;
	for (unsigned long i = 0; i < cases; i++) {
		if (i % CASES_WORLD == 0) {
			new_world();
			for (size_t k = 0; k < ASSETS; k++)
				a.has[k] = 1 + roll(1000000000000);
		}
		one_packet(&a);
		if (i % 8 == 0)
			cycles();
	}
}
END_TEST

/* Many small packets bring no more than the one that they make up. */
START_TEST(splitting)
{
	state = 12345;
	for (size_t world = 0; world < 200; world++) {
		new_world();
		for (size_t n = 0; n < 20; n++) {
			size_t i = roll(ASSETS), k = roll(ASSETS);
			uint64_t whole = 2 + roll(100000), rest = whole, sum = 0;
			struct conversion one, part;

			if (rate_convert(&pairs[i][k], whole, &one) == RESULT_THEIRS_TOO_BIG)
				continue;
			while (rest > 0) {
				uint64_t size = a_size(i, k, rest);

				(void)!rate_convert(&pairs[i][k], size, &part);
				sum += part.delivered;
				rest -= size;
			}
			MUST(sum <= one.delivered);
		}
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_set_timeout(t, 600);
	tcase_add_test(t, nobody_gains);
	tcase_add_test(t, splitting);
}

TEST_MAIN("rounding", fill)
