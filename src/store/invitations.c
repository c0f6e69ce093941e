#include "store/invitation.h"

#include <string.h>

#include "base/text.h"
#include "store/batch_core.h"

static void row_invitation(struct query *q, struct arena *a, struct invitation_row *out)
{
	struct bytes used;

	*out = (struct invitation_row){.peer = 0};
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->name = query_text(q, a);
	out->asset = (asset_id)query_int(q);
	out->credit_limit = query_u64(q);
	out->max_packet = query_u64(q);
	out->spread_bps = (unsigned)query_int(q);
	out->created_ms = query_int(q);
	out->expires_ms = query_int(q);
	out->peer = query_int(q);
	used = query_bytes(q);
	if (used.n == sizeof(out->used_hash))
		memcpy(out->used_hash, used.p, used.n);
}

static enum result read_row(struct query *q, struct arena *a, struct invitation_row *out)
{
	bool found = query_row(q);
	enum result r;

	if (found)
		row_invitation(q, a, out);
	r = query_end(q);
	return r ? r : found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_invitation_list(struct reader *r, struct arena *a, int64_t now_ms,
        struct invitation_row **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, INVITATIONS_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_INVITATION_LIST);
	query_put_int(&q, now_ms);
	query_put_int(&q, INVITATIONS_MAX);
	while (*count < INVITATIONS_MAX && query_row(&q))
		row_invitation(&q, a, &(*out)[(*count)++]);
	return query_end(&q);
}

enum result store_invitation_get(
        struct reader *r, struct arena *a, const uint8_t token_hash[32], struct invitation_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_INVITATION_GET);
	query_put_blob(&q, token_hash, 32);
	return read_row(&q, a, out);
}

static enum result check(struct batch *b, const struct invitation_row *row)
{
	const struct asset_row *asset;
	struct query q;
	int64_t n;
	enum result r;

	if (!text_is_name(row->name))
		return RESULT_THEIRS_MALFORMED;
	if (row->credit_limit > AMOUNT_MAX || row->max_packet > AMOUNT_MAX ||
	        row->spread_bps > BPS_ONE)
		return RESULT_THEIRS_BAD_AMOUNT;
	r = batch_asset(b, row->asset, &asset);
	if (r)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_THEIRS_BAD_ASSET : r;
	batch_query(b, &q, STMT_PEER_NAMED);
	query_put_text(&q, row->name);
	r = query_one_int(&q, &n);
	if (r || n)
		return r ? r : RESULT_THEIRS_CONFLICT;
	batch_query(b, &q, STMT_INVITATION_COUNT);
	query_put_int(&q, b->now_ms);
	r = query_one_int(&q, &n);
	if (r)
		return r;
	return n >= INVITATIONS_MAX ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}

enum result batch_invitation_add(
        struct batch *b, const uint8_t token_hash[32], struct invitation_row *row)
{
	struct query q;
	enum result r = check(b, row);

	if (r)
		return r;
	batch_query(b, &q, STMT_INVITATION_DROP);
	query_put_int(&q, b->now_ms - INVITATION_KEEP_MS);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	id_new(b->now_ms, &row->id);
	row->created_ms = b->now_ms;
	batch_query(b, &q, STMT_INVITATION_INSERT);
	query_put_blob(&q, token_hash, 32);
	query_put_id(&q, &row->id);
	query_put_text(&q, row->name);
	query_put_int(&q, row->asset);
	query_put_u64(&q, row->credit_limit);
	query_put_u64(&q, row->max_packet);
	query_put_int(&q, row->spread_bps);
	query_put_int(&q, row->created_ms);
	query_put_int(&q, row->expires_ms);
	return query_run(&q);
}

enum result batch_invitation_revoke(struct batch *b, const struct id *id)
{
	struct query q;
	struct id gone;

	batch_query(b, &q, STMT_INVITATION_REVOKE);
	query_put_id(&q, id);
	b->changes++;
	return query_one_id(&q, &gone);
}

enum result batch_invitation_use(struct batch *b, const uint8_t token_hash[32],
        const uint8_t acceptance[32], const struct peer_new *peer)
{
	struct peer_new wanted = *peer;
	struct invitation_row row;
	struct query q;
	struct id id;
	account_id account;
	enum result r;

	batch_query(b, &q, STMT_INVITATION_GET);
	query_put_blob(&q, token_hash, 32);
	r = read_row(&q, &b->arena, &row);
	if (r)
		return r;
	if (row.peer)
		return memcmp(row.used_hash, acceptance, 32) == 0 ? RESULT_OK
		                                                  : RESULT_THEIRS_CONFLICT;
	if (b->now_ms >= row.expires_ms)
		return RESULT_THEIRS_EXPIRED;
	wanted.name = row.name;
	wanted.asset = row.asset;
	wanted.credit_limit = row.credit_limit;
	wanted.max_packet = row.max_packet;
	wanted.spread_bps = row.spread_bps;
	wanted.url_is_foreign = true;
	r = batch_peer_add(b, &wanted, &id, &account);
	if (r)
		return r == RESULT_THEIRS_CONFLICT ? RESULT_THEIRS_STATE : r;
	batch_query(b, &q, STMT_INVITATION_USE);
	query_put_blob(&q, token_hash, 32);
	query_put_int(&q, account);
	query_put_blob(&q, acceptance, 32);
	return query_run(&q);
}
