/* Settlements and their terms as they are read. */
#include "store/settlement.h"

#include "base/limits.h"
#include "store/seal.h"
#include "store/settlement_core.h"

const char *settlement_state_name(enum settlement_state s)
{
	static const char *const names[] = {
	        [SETTLEMENT_ORDERED] = "ORDERED",
	        [SETTLEMENT_DONE] = "DONE",
	        [SETTLEMENT_TAKEN_BACK] = "REFUSED",
	};

	return names[s];
}

/* ---- terms ---- */

static const char *const sides[] = {
        [SETTLEMENT_NOTHING] = "", [SETTLEMENT_PAY] = "PAY", [SETTLEMENT_CLAIM] = "CLAIM"};

const char *settlement_side_name(enum settlement_side side)
{
	return sides[side];
}

enum result settlement_terms_row(
        struct query *q, struct arena *a, account_id peer, struct settlement_terms_row *out)
{
	struct bytes told;

	*out = (struct settlement_terms_row){.engine = "", .leftover = {.digits = "0"}};
	query_put_int(q, peer);
	if (query_row(q)) {
		out->terms.pays = query_int(q) != 0;
		out->terms.pay_at = query_int(q);
		out->terms.pay_to = query_int(q);
		out->terms.claim_at = query_u64(q);
		told = query_bytes(q);
		for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
			if (bytes_eq_str(told, sides[i]))
				out->told = (enum settlement_side)i;
		out->engine = query_text(q, a);
		out->token = query_int(q) != 0;
		query_text_into(q, out->leftover.digits, sizeof(out->leftover.digits));
		out->leftover.scale = (unsigned)query_int(q);
		out->order_after_ms = query_int(q);
	}
	return query_end(q);
}

enum result store_settlement_terms(
        struct reader *r, struct arena *a, account_id peer, struct settlement_terms_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_SETTLEMENT_TERMS_GET);
	return settlement_terms_row(&q, a, peer, out);
}

enum result store_settlement_token(struct reader *r, account_id peer, uint8_t hash[32])
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_SETTLEMENT_TOKEN_HASH);
	query_put_int(&q, peer);
	found = query_row(&q);
	if (found)
		query_blob(&q, hash, 32);
	result = query_end(&q);
	return result ? result : found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_settlement_engine(struct reader *r, struct arena *a, const struct id *peer,
        account_id account, const char **engine, const char **token)
{
	char *text = arena_alloc(a, SETTLEMENT_TOKEN_MAX + 1);
	struct settlement_terms_row terms;
	enum result result, opened = RESULT_OK;
	struct query q;
	struct buf out;

	if (!text)
		return RESULT_OURS_MEMORY;
	result = store_settlement_terms(r, a, account, &terms);
	if (result)
		return result;
	if (!*terms.engine)
		return RESULT_THEIRS_NOT_FOUND;
	buf_init(&out, text, SETTLEMENT_TOKEN_MAX);
	query_start(&q, r->db, STMT_SETTLEMENT_TOKEN_GET);
	query_put_int(&q, account);
	if (query_row(&q))
		opened = seal_open(
		        &r->seal_key, bytes_of(peer->b, sizeof(peer->b)), query_bytes(&q), &out);
	result = query_end(&q);
	text[out.len] = '\0';
	*engine = terms.engine;
	*token = text;
	return result ? result : opened ? RESULT_OURS_STORE : RESULT_OK;
}

/* ---- settlements ---- */

static enum settlement_state query_state(struct query *q)
{
	struct bytes name = query_bytes(q);

	for (unsigned i = SETTLEMENT_ORDERED; i <= SETTLEMENT_TAKEN_BACK; i++)
		if (bytes_eq_str(name, settlement_state_name((enum settlement_state)i)))
			return (enum settlement_state)i;
	q->failed = RESULT_OURS_STORE;
	return SETTLEMENT_DONE;
}

enum result settlement_row(
        struct query *q, struct arena *a, int64_t key, struct settlement_row *out)
{
	bool found;
	enum result r;

	query_put_int(q, key);
	found = query_row(q);
	if (found) {
		query_blob(q, out->id.b, sizeof(out->id.b));
		out->received = query_int(q) != 0;
		out->by_engine = query_int(q) != 0;
		out->state = query_state(q);
		out->amount = query_u64(q);
		out->reference = query_text(q, a);
		out->engine_key = query_text(q, a);
		out->quantity = query_text(q, a);
		out->quantity_scale = (unsigned)query_int(q);
		out->leftover = query_text(q, a);
		out->leftover_scale = (unsigned)query_int(q);
		out->created_ms = query_int(q);
		out->ended_ms = query_int(q);
		out->attempts = (unsigned)query_int(q);
		out->next_ms = query_int(q);
		out->status = (int)query_int(q);
		out->error = query_text(q, a);
	}
	r = query_end(q);
	return r ? r : found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_settlement_list(struct reader *r, struct arena *a, account_id peer,
        const struct page *p, struct settlement_row **out, size_t *count, bool *more)
{
	int64_t keys[LIMIT_PAGE_SIZE];
	size_t limit = p->limit < LIMIT_PAGE_SIZE ? p->limit : LIMIT_PAGE_SIZE;
	struct query q;
	enum result result;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_SETTLEMENT_LIST);
	query_put_int(&q, peer);
	query_put_id(&q, &p->after);
	query_put_u64(&q, limit + 1);
	while (query_row(&q)) {
		if (*count == limit) {
			*more = true;
			break;
		}
		keys[(*count)++] = query_int(&q);
	}
	result = query_end(&q);
	for (size_t i = 0; !result && i < *count; i++) {
		query_start(&q, r->db, STMT_SETTLEMENT_GET);
		result = settlement_row(&q, a, keys[i], &(*out)[i]);
	}
	return result;
}
