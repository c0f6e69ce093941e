#include "model/rate_book.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[RATE_ORIGINS] = {
        [RATE_ORIGIN_FILE] = "file", [RATE_ORIGIN_URL] = "url", [RATE_ORIGIN_ECB] = "ecb"};

const char *rate_origin_name(enum rate_origin o)
{
	return names[o];
}

enum result rate_origin_parse(struct bytes name, enum rate_origin *out)
{
	for (unsigned i = 0; i < RATE_ORIGINS; i++) {
		if (bytes_eq_str(name, names[i])) {
			*out = (enum rate_origin)i;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

void rate_book_free(struct rate_book *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < RATE_ORIGINS; i++)
		rate_table_free(b->table[i]);
	free(b);
}

enum result rate_book_dup(const struct rate_book *b, struct rate_book **out)
{
	struct rate_book *copy = malloc(sizeof(*copy));

	if (!copy)
		return RESULT_OURS_MEMORY;
	*copy = *b;
	memset(copy->table, 0, sizeof(copy->table));
	for (size_t i = 0; i < RATE_ORIGINS; i++) {
		if (b->table[i] && rate_table_dup(b->table[i], &copy->table[i])) {
			rate_book_free(copy);
			return RESULT_OURS_MEMORY;
		}
	}
	*out = copy;
	return RESULT_OK;
}

/* ---- order ---- */

static bool take_word(const char **p, struct bytes *out)
{
	*p += strspn(*p, " \t");
	*out = bytes_of(*p, strcspn(*p, " \t"));
	*p += out->n;
	return out->n > 0;
}

enum result rate_book_order(
        struct rate_book *b, const char *priority, const bool used[RATE_ORIGINS])
{
	bool named[RATE_ORIGINS] = {false};
	struct bytes word;

	b->count = 0;
	while (take_word(&priority, &word)) {
		enum rate_origin o;

		TRY(rate_origin_parse(word, &o));
		if (named[o])
			return RESULT_THEIRS_MALFORMED;
		named[o] = true;
		if (used[o])
			b->order[b->count++] = o;
	}
	for (unsigned o = 0; o < RATE_ORIGINS; o++)
		if (used[o] && !named[o])
			b->order[b->count++] = (enum rate_origin)o;
	return RESULT_OK;
}

/* ---- looking up ---- */

/* One source's price, and until when it is one. */
struct price {
	const struct rate_entry *entry;
	int64_t until_ms;
};

static bool price_of(const struct rate_book *b, enum rate_origin o, const char *code,
        int64_t now_ms, enum rate_age age, struct price *out)
{
	int64_t max = b->max_age_ms[o];

	out->entry = b->table[o] ? rate_table_find(b->table[o], code) : NULL;
	if (!out->entry)
		return false;
	out->until_ms = max == 0                                 ? INT64_MAX
	                : out->entry->as_of_ms > INT64_MAX - max ? INT64_MAX
	                                                         : out->entry->as_of_ms + max;
	return age == RATE_ANY_AGE || now_ms <= out->until_ms;
}

static void note_age(struct rate_found *f, const struct price *p)
{
	if (p->entry->as_of_ms < f->as_of_ms)
		f->as_of_ms = p->entry->as_of_ms;
	if (p->until_ms < f->until_ms)
		f->until_ms = p->until_ms;
}

/* from and to at one source. */
static enum result within(const struct rate_book *b, enum rate_origin o, const char *from,
        const char *to, int64_t now_ms, enum rate_age age, struct rate_found *out)
{
	struct price source, destination;

	if (!price_of(b, o, from, now_ms, age, &source) ||
	        !price_of(b, o, to, now_ms, age, &destination))
		return RESULT_THEIRS_NO_RATE;
	*out = (struct rate_found){
	        .as_of_ms = INT64_MAX, .until_ms = INT64_MAX, .origin = o, .second = o};
	note_age(out, &source);
	note_age(out, &destination);
	return ratio_div(&destination.entry->price, &source.entry->price, &out->rate)
	               ? RESULT_THEIRS_NO_RATE
	               : RESULT_OK;
}

/* from at one source and to at another, by way of `pivot`, which both have. */
static enum result across(const struct rate_book *b, enum rate_origin first,
        enum rate_origin second, const char *from, const char *pivot, const char *to,
        int64_t now_ms, enum rate_age age, struct rate_found *out)
{
	struct rate_found a, z;

	TRY(within(b, first, from, pivot, now_ms, age, &a));
	TRY(within(b, second, pivot, to, now_ms, age, &z));
	*out = (struct rate_found){
	        .as_of_ms = a.as_of_ms < z.as_of_ms ? a.as_of_ms : z.as_of_ms,
	        .until_ms = a.until_ms < z.until_ms ? a.until_ms : z.until_ms,
	        .origin = first,
	        .second = second,
	};
	return ratio_mul(&a.rate, &z.rate, &out->rate) ? RESULT_THEIRS_NO_RATE : RESULT_OK;
}

enum result rate_book_get(const struct rate_book *b, const char *from, const char *to,
        int64_t now_ms, enum rate_age age, struct rate_found *out)
{
	if (strcmp(from, to) == 0) {
		*out = (struct rate_found){.as_of_ms = now_ms, .until_ms = INT64_MAX};
		return ratio_make(1, 1, &out->rate);
	}
	for (size_t i = 0; i < b->count; i++)
		if (!within(b, b->order[i], from, to, now_ms, age, out))
			return RESULT_OK;
	for (size_t i = 0; i < b->count; i++) {
		for (size_t k = 0; k < b->count; k++) {
			enum rate_origin x = b->order[i], y = b->order[k];

			if (i == k || !b->table[x] || !b->table[y])
				continue;
			if (!across(b, x, y, from, rate_table_base(b->table[y]), to, now_ms, age,
			            out) ||
			        !across(b, x, y, from, rate_table_base(b->table[x]), to, now_ms,
			                age, out))
				return RESULT_OK;
		}
	}
	return RESULT_THEIRS_NO_RATE;
}

bool rate_book_is_stale(const struct rate_book *b, enum rate_origin o, int64_t now_ms)
{
	int64_t max = b->max_age_ms[o];

	return !b->table[o] || (max && now_ms - rate_table_as_of_ms(b->table[o]) > max);
}
