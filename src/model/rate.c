#include "model/rate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/rate_text.h"

struct rate_table {
	int64_t as_of_ms;
	char base[ASSET_CODE_MAX + 1];
	size_t count;
	struct rate_text_entry entries[RATE_CODES_MAX + 1]; /* by code, the base among them */
};

static int compare_entries(const void *a, const void *b)
{
	const struct rate_text_entry *x = a;
	const struct rate_text_entry *y = b;

	return strcmp(x->code, y->code);
}

static const struct rate_text_entry *find(const struct rate_table *t, const char *code)
{
	struct rate_text_entry key;
	size_t n = strlen(code);

	if (n > ASSET_CODE_MAX)
		return NULL;
	memcpy(key.code, code, n + 1);
	return bsearch(&key, t->entries, t->count, sizeof(key), compare_entries);
}

/* The base is listed with a price of 1, by the list itself or by us. */
static enum result add_base(struct rate_table *t, struct rate_fault *fault)
{
	struct ratio one;

	TRY(ratio_make(1, 1, &one));
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->entries[i].code, t->base) == 0) {
			if (ratio_cmp(&t->entries[i].price, &one) == 0)
				return RESULT_OK;
			*fault = (struct rate_fault){0, "the base asset's own rate is not 1"};
			return RESULT_THEIRS_BAD_AMOUNT;
		}
	}
	memcpy(t->entries[t->count].code, t->base, sizeof(t->base));
	t->entries[t->count].price = one;
	t->count++;
	return RESULT_OK;
}

static enum result sort_entries(struct rate_table *t, struct rate_fault *fault)
{
	qsort(t->entries, t->count, sizeof(t->entries[0]), compare_entries);
	for (size_t i = 1; i < t->count; i++) {
		if (strcmp(t->entries[i - 1].code, t->entries[i].code) == 0) {
			*fault = (struct rate_fault){0, "an asset is given twice"};
			return RESULT_THEIRS_MALFORMED;
		}
	}
	return RESULT_OK;
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
	if (!r)
		r = add_base(t, fault);
	if (!r)
		r = sort_entries(t, fault);
	if (r) {
		rate_table_free(t);
		return r;
	}
	*out = t;
	return RESULT_OK;
}

void rate_table_free(struct rate_table *t)
{
	free(t);
}

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

enum result rate_get(const struct rate_table *t, const char *from, const char *to, int64_t now_ms,
        int64_t max_age_ms, struct ratio *out)
{
	const struct rate_text_entry *source, *destination;

	if (strcmp(from, to) == 0)
		return ratio_make(1, 1, out);
	if (!t || (max_age_ms && now_ms - t->as_of_ms > max_age_ms))
		return RESULT_THEIRS_NO_RATE;
	source = find(t, from);
	destination = find(t, to);
	if (!source || !destination)
		return RESULT_THEIRS_NO_RATE;
	return ratio_div(&destination->price, &source->price, out) ? RESULT_THEIRS_NO_RATE
	                                                           : RESULT_OK;
}

enum result rate_pair_make(const struct rate_table *t, const struct rate_asset *from,
        const struct rate_asset *to, unsigned spread_bps, int64_t now_ms, int64_t max_age_ms,
        struct rate_pair *out)
{
	struct ratio major;

	if (spread_bps > BPS_ONE)
		return RESULT_THEIRS_BAD_AMOUNT;
	TRY(rate_get(t, from->code, to->code, now_ms, max_age_ms, &major));
	if (ratio_scale(&major, from->scale, to->scale, &out->mid) ||
	        ratio_less_bps(&out->mid, spread_bps, &out->net))
		return RESULT_THEIRS_NO_RATE;
	return RESULT_OK;
}

enum result rate_convert(const struct rate_pair *pair, uint64_t amount, struct conversion *out)
{
	*out = (struct conversion){0};
	if (amount == 0)
		return RESULT_OK;
	TRY(ratio_apply_floor(&pair->mid, amount, &out->mid));
	TRY(ratio_apply_floor(&pair->net, amount, &out->delivered));
	out->spread = out->mid - out->delivered;
	return out->delivered ? RESULT_OK : RESULT_THEIRS_BAD_AMOUNT;
}

uint64_t rate_max_source(const struct rate_pair *pair, uint64_t max)
{
	uint64_t out;

	return ratio_unapply_floor(&pair->net, max, &out) ? UINT64_MAX : out;
}
