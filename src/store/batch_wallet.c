/* Wallet addresses as the operator changes them. */
#include "store/wallet.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "store/batch_core.h"

struct properties {
	struct wallet_property *rows;
	size_t count;
};

static bool properties_copy(struct arena *a, const void *from, void *to)
{
	const struct properties *p = from;
	struct properties *out = to;

	out->count = p->count;
	out->rows = arena_alloc(a, p->count * sizeof(*out->rows));
	for (size_t i = 0; out->rows && i < p->count; i++) {
		out->rows[i] = (struct wallet_property){arena_strdup(a, p->rows[i].key),
		        arena_strdup(a, p->rows[i].text), p->rows[i].visible};
		if (!out->rows[i].key || !out->rows[i].text)
			return false;
	}
	return out->rows != NULL;
}

static enum result properties_read(struct reader *r, struct arena *a, account_id wallet,
        struct wallet_property **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, WALLET_PROPERTIES_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_WALLET_PROPERTY_LIST);
	query_put_int(&q, wallet);
	query_put_int(&q, WALLET_PROPERTIES_MAX);
	while (*count < WALLET_PROPERTIES_MAX && query_row(&q)) {
		struct wallet_property *p = &(*out)[(*count)++];

		p->key = query_text(&q, a);
		p->text = query_text(&q, a);
		p->visible = query_int(&q) != 0;
	}
	return query_end(&q);
}

enum result store_wallet_properties(struct reader *r, struct arena *a, account_id wallet,
        struct wallet_property **out, size_t *count)
{
	struct properties all;
	struct kept_key key;
	enum result result = RESULT_OK;

	kept_key_init(&key, KEPT_WALLET);
	kept_key_put(&key, "p", 1);
	kept_key_put(&key, &wallet, sizeof(wallet));
	if (!kept_find(r->kept, &key, properties_copy, a, &all)) {
		result = properties_read(r, a, wallet, &all.rows, &all.count);
		if (!result)
			kept_put(r->kept, &key, properties_copy, &all, sizeof(all));
	}
	*out = all.rows;
	*count = all.count;
	return result;
}

static bool is_text(const char *s, size_t max)
{
	size_t n = strlen(s);

	return n <= max && text_is_clean_utf8(s, n);
}

static enum result check(const struct wallet_change *c)
{
	if (c->public_name && !is_text(c->public_name, PUBLIC_NAME_MAX))
		return RESULT_THEIRS_MALFORMED;
	if (c->properties && c->properties_count > WALLET_PROPERTIES_MAX)
		return RESULT_THEIRS_TOO_BIG;
	for (size_t i = 0; c->properties && i < c->properties_count; i++) {
		const struct wallet_property *p = &c->properties[i];

		if (!*p->key || !is_text(p->key, WALLET_PROPERTY_KEY_MAX) ||
		        !is_text(p->text, WALLET_PROPERTY_VALUE_MAX))
			return RESULT_THEIRS_MALFORMED;
		for (size_t j = 0; j < i; j++)
			if (strcmp(c->properties[j].key, p->key) == 0)
				return RESULT_THEIRS_CONFLICT;
	}
	return RESULT_OK;
}

static enum result set_properties(
        struct batch *b, account_id wallet, const struct wallet_property *p, size_t n)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_WALLET_PROPERTY_FORGET);
	query_put_int(&q, wallet);
	r = query_run(&q);
	for (size_t i = 0; !r && i < n; i++) {
		batch_query(b, &q, STMT_WALLET_PROPERTY_INSERT);
		query_put_int(&q, wallet);
		query_put_text(&q, p[i].key);
		query_put_text(&q, p[i].text);
		query_put_int(&q, p[i].visible);
		r = query_run(&q);
	}
	return r;
}

static enum result set_inactive(struct batch *b, account_id wallet, int64_t inactive_ms)
{
	struct query q;

	batch_query(b, &q, STMT_WALLET_SET_INACTIVE);
	query_put_int(&q, wallet);
	if (inactive_ms)
		query_put_int(&q, inactive_ms);
	else
		query_put_null(&q);
	return query_run(&q);
}

enum result batch_wallet_set(struct batch *b, account_id wallet, const struct wallet_change *c)
{
	struct work_account *account;
	struct query q;
	enum result r = batch_account(b, wallet, &account);

	if (r)
		return r;
	if (account->now.kind != ACCOUNT_WALLET)
		return RESULT_THEIRS_NOT_FOUND;
	if (account->now.closed)
		return RESULT_THEIRS_STATE;
	r = check(c);
	if (r)
		return r;
	b->changes++;
	if (c->public_name) {
		batch_query(b, &q, STMT_WALLET_SET_PUBLIC_NAME);
		query_put_int(&q, wallet);
		query_put_text(&q, c->public_name);
		r = query_run(&q);
	}
	if (!r && c->inactive_ms) {
		r = set_inactive(b, wallet, *c->inactive_ms);
		account->now.inactive_ms = *c->inactive_ms;
	}
	if (!r && c->properties)
		r = set_properties(b, wallet, c->properties, c->properties_count);
	return r;
}
