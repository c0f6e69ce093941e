#include "model/rate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "model/rate_text.h"

/* Those that are listed at most, and as many that were once. */
#define ENTRIES_MAX (2 * RATE_CODES_MAX)

struct rate_table {
	int64_t as_of_ms;
	char base[ASSET_CODE_MAX + 1];
	size_t count;
	struct rate_entry entries[ENTRIES_MAX]; /* by code, the base among them */
};

static int compare_entries(const void *a, const void *b)
{
	const struct rate_entry *x = a;
	const struct rate_entry *y = b;

	return strcmp(x->code, y->code);
}

/* Listed or not. */
static const struct rate_entry *find(const struct rate_table *t, const char *code)
{
	struct rate_entry key;
	size_t n = strlen(code);

	if (n > ASSET_CODE_MAX)
		return NULL;
	memcpy(key.code, code, n + 1);
	return bsearch(&key, t->entries, t->count, sizeof(key), compare_entries);
}

/* The base is listed with a price of 1, by the list itself or by us. */
static enum result add_base(struct rate_table *t, struct rate_fault *fault)
{
	struct rate_entry *e;
	struct ratio one;

	TRY(ratio_make(1, 1, &one));
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->entries[i].code, t->base) == 0) {
			if (ratio_cmp(&t->entries[i].price, &one) == 0)
				return RESULT_OK;
			*fault =
			        (struct rate_fault){0, WORDS("the base asset's own rate is not 1")};
			return RESULT_THEIRS_BAD_AMOUNT;
		}
	}
	e = &t->entries[t->count++];
	memcpy(e->code, t->base, sizeof(t->base));
	e->price = one;
	e->as_of_ms = t->as_of_ms;
	e->listed = true;
	return RESULT_OK;
}

static enum result sort_entries(struct rate_table *t, struct rate_fault *fault)
{
	qsort(t->entries, t->count, sizeof(t->entries[0]), compare_entries);
	for (size_t i = 1; i < t->count; i++) {
		if (strcmp(t->entries[i - 1].code, t->entries[i].code) == 0) {
			*fault = (struct rate_fault){0, WORDS("an asset is given twice")};
			return RESULT_THEIRS_MALFORMED;
		}
	}
	return RESULT_OK;
}

/* The entries are there, as they came. */
static enum result complete(struct rate_table *t, struct rate_fault *fault)
{
	TRY(add_base(t, fault));
	return sort_entries(t, fault);
}

enum result rate_table_parse(
        struct bytes json, int64_t as_of_ms, struct rate_table **out, struct rate_fault *fault)
{
	struct rate_fault unseen;
	struct rate_table *t = calloc(1, sizeof(*t));
	enum result r;

	if (!t)
		return RESULT_OURS_MEMORY;
	if (!fault)
		fault = &unseen;
	t->as_of_ms = as_of_ms;
	r = rate_text_parse(json, t->base, t->entries, RATE_CODES_MAX, &t->count, fault);
	for (size_t i = 0; i < t->count; i++) {
		t->entries[i].as_of_ms = as_of_ms;
		t->entries[i].listed = true;
	}
	if (!r)
		r = complete(t, fault);
	if (r) {
		rate_table_free(t);
		return r;
	}
	*out = t;
	return RESULT_OK;
}

enum result rate_table_make(const char *base, const struct rate_entry *entries, size_t count,
        int64_t as_of_ms, struct rate_table **out, struct rate_fault *fault)
{
	struct rate_fault unseen;
	struct rate_table *t;
	enum result r;

	if (!fault)
		fault = &unseen;
	*fault = (struct rate_fault){0, WORDS("too many assets")};
	if (strlen(base) > ASSET_CODE_MAX || count >= ENTRIES_MAX)
		return RESULT_THEIRS_TOO_BIG;
	t = calloc(1, sizeof(*t));
	if (!t)
		return RESULT_OURS_MEMORY;
	t->as_of_ms = as_of_ms;
	memcpy(t->base, base, strlen(base));
	memcpy(t->entries, entries, count * sizeof(*entries));
	t->count = count;
	r = complete(t, fault);
	if (r) {
		rate_table_free(t);
		return r;
	}
	*out = t;
	return RESULT_OK;
}

enum result rate_table_dup(const struct rate_table *t, struct rate_table **out)
{
	*out = malloc(sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	/* The rest is not looked at, and costs no memory while nobody touches it. */
	memcpy(*out, t, offsetof(struct rate_table, entries) + t->count * sizeof(t->entries[0]));
	return RESULT_OK;
}

void rate_table_free(struct rate_table *t)
{
	free(t);
}

/* ---- what comes after what ---- */

/* One is more than jump_bps above the other; what can't be told is a jump. */
static bool jumps(const struct ratio *a, const struct ratio *b, unsigned jump_bps)
{
	bool a_is_more = ratio_cmp(a, b) > 0;
	const struct ratio *more = a_is_more ? a : b, *less = a_is_more ? b : a;
	struct ratio factor, bound;

	if (jump_bps == 0)
		return false;
	if (ratio_make((uint64_t)BPS_ONE + jump_bps, BPS_ONE, &factor) ||
	        ratio_mul(less, &factor, &bound))
		return true;
	return ratio_cmp(more, &bound) > 0;
}

static void remember(struct rate_table *t, const struct rate_table *before)
{
	size_t named = t->count;

	for (size_t i = 0; i < before->count && t->count < ENTRIES_MAX; i++) {
		const struct rate_entry *e = &before->entries[i];
		struct rate_entry *kept;

		if (bsearch(e, t->entries, named, sizeof(*e), compare_entries))
			continue;
		kept = &t->entries[t->count++];
		*kept = *e;
		kept->listed = kept->held = false;
	}
	qsort(t->entries, t->count, sizeof(t->entries[0]), compare_entries);
}

void rate_table_follow(struct rate_table *t, const struct rate_table *before, unsigned jump_bps)
{
	if (!before || jump_bps == 0 || strcmp(t->base, before->base) != 0)
		return;
	for (size_t i = 0; i < t->count; i++) {
		struct rate_entry *e = &t->entries[i];
		const struct rate_entry *old = find(before, e->code);

		if (!old || !jumps(&old->price, &e->price, jump_bps))
			continue;
		e->held = true;
		e->next = e->price;
		e->next_ms = e->as_of_ms;
		e->price = old->price;
		e->as_of_ms = old->as_of_ms;
	}
	remember(t, before);
}

size_t rate_table_accept(struct rate_table *t, const char *code)
{
	size_t accepted = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct rate_entry *e = &t->entries[i];

		if (!e->held || (code && strcmp(code, e->code) != 0))
			continue;
		e->price = e->next;
		e->as_of_ms = e->next_ms;
		e->held = false;
		accepted++;
	}
	return accepted;
}

/* ---- reading ---- */

const char *rate_table_base(const struct rate_table *t)
{
	return t->base;
}

int64_t rate_table_as_of_ms(const struct rate_table *t)
{
	return t->as_of_ms;
}

size_t rate_table_count(const struct rate_table *t)
{
	return t->count;
}

const char *rate_table_at(const struct rate_table *t, size_t i, struct ratio *price)
{
	assert(i < t->count);
	*price = t->entries[i].price;
	return t->entries[i].code;
}

const struct rate_entry *rate_table_entry(const struct rate_table *t, size_t i)
{
	assert(i < t->count);
	return &t->entries[i];
}

const struct rate_entry *rate_table_find(const struct rate_table *t, const char *code)
{
	const struct rate_entry *e = find(t, code);

	return e && e->listed ? e : NULL;
}

enum result rate_get(const struct rate_table *t, const char *from, const char *to, int64_t now_ms,
        int64_t max_age_ms, struct ratio *out)
{
	const struct rate_entry *source, *destination;
	int64_t oldest;

	if (strcmp(from, to) == 0)
		return ratio_make(1, 1, out);
	source = t ? rate_table_find(t, from) : NULL;
	destination = t ? rate_table_find(t, to) : NULL;
	if (!source || !destination)
		return RESULT_THEIRS_NO_RATE;
	oldest =
	        source->as_of_ms < destination->as_of_ms ? source->as_of_ms : destination->as_of_ms;
	if (max_age_ms && now_ms - oldest > max_age_ms)
		return RESULT_THEIRS_NO_RATE;
	return ratio_div(&destination->price, &source->price, out) ? RESULT_THEIRS_NO_RATE
	                                                           : RESULT_OK;
}

enum result rate_pair_make(const struct ratio *major, const struct rate_asset *from,
        const struct rate_asset *to, unsigned spread_bps, struct rate_pair *out)
{
	struct rate_pair mid;

	if (ratio_scale(major, from->scale, to->scale, &mid.mid))
		return RESULT_THEIRS_NO_RATE;
	return rate_pair_less(&mid, spread_bps, out);
}

enum result rate_pair_less(const struct rate_pair *pair, unsigned spread_bps, struct rate_pair *out)
{
	if (spread_bps > BPS_ONE)
		return RESULT_THEIRS_BAD_AMOUNT;
	out->mid = pair->mid;
	out->spread_bps = spread_bps;
	return ratio_less_bps(&out->mid, spread_bps, &out->net) ? RESULT_THEIRS_NO_RATE : RESULT_OK;
}

enum result rate_convert(const struct rate_pair *pair, uint64_t amount, struct conversion *out)
{
	*out = (struct conversion){0};
	if (amount == 0)
		return RESULT_OK;
	TRY(ratio_apply_floor(&pair->mid, amount, &out->mid));
	TRY(ratio_apply_floor(&pair->net, amount, &out->delivered));
	out->spread = out->mid - out->delivered;
	out->margin = mul_div_floor(out->mid, pair->spread_bps, BPS_ONE);
	return out->delivered ? RESULT_OK : RESULT_THEIRS_BAD_AMOUNT;
}

uint64_t rate_max_source(const struct rate_pair *pair, uint64_t max)
{
	uint64_t out;

	return ratio_unapply_floor(&pair->net, max, &out) ? UINT64_MAX : out;
}
