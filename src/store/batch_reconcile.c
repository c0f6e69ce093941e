/* The doubts with a peer, ended by what its books say. */
#include "store/batch_core.h"
#include "store/statement.h"

#include <string.h>

#define DOUBTS_MAX 4096 /* of one peer; more are left for the next time */

struct open_doubt {
	struct doubt_new row;
	int64_t key;
	struct id id;
	bool sending; /* its payment is not over */
};

static enum result doubts_get(
        struct batch *b, account_id peer, struct open_doubt **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(&b->arena, DOUBTS_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	batch_query(b, &q, STMT_RECONCILE_DOUBTS);
	query_put_int(&q, peer);
	query_put_int(&q, DOUBTS_MAX);
	while (*count < DOUBTS_MAX && query_row(&q)) {
		struct open_doubt *d = &(*out)[(*count)++];

		d->key = query_int(&q);
		query_blob(&q, d->id.b, sizeof(d->id.b));
		d->row.peer = peer;
		d->row.direction = query_doubt_direction(&q);
		d->row.payment = query_int(&q);
		d->row.source = query_text(&q, &b->arena);
		d->row.source_id = query_int(&q);
		d->row.asset = (asset_id)query_int(&q);
		d->row.amount = query_u64(&q);
		d->row.peer_amount = query_u64(&q);
		d->sending = query_int(&q) != 0;
	}
	return query_end(&q);
}

/* Packets of all time that our books have, by direction. */
struct packets {
	uint64_t out, in;
};

static enum result packets_get(struct batch *b, account_id peer, struct packets *out)
{
	struct work_account *account;
	uint64_t came = 0, went = 0, given_up = 0;
	struct query q;
	enum result r = batch_account(b, peer, &account);

	if (r)
		return r;
	if (account->now.kind != ACCOUNT_PEER)
		return RESULT_THEIRS_NOT_FOUND;
	batch_query(b, &q, STMT_RECONCILE_OTHERS);
	query_put_int(&q, peer);
	if (query_row(&q)) {
		came = query_u64(&q);
		went = query_u64(&q);
		given_up = query_u64(&q);
	}
	out->out = account->now.credits_posted - came - given_up;
	out->in = account->now.debits_posted - went - given_up;
	return query_end(&q);
}

static enum result check(const struct reconcile *in, const struct packets *ours,
        const struct open_doubt *list, size_t count)
{
	uint64_t may = 0;

	if (in->received < ours->out || (in->sent && *in->sent > ours->in))
		return RESULT_THEIRS_EXPIRED;
	for (size_t i = 0; i < count; i++) {
		if (list[i].row.direction == DOUBT_WE_MAY_OWE)
			may += list[i].row.peer_amount;
		if (list[i].sending)
			return RESULT_THEIRS_STATE;
	}
	return in->received - ours->out > may ? RESULT_THEIRS_BAD_AMOUNT : RESULT_OK;
}

/* Leaves `part` of it in the doubt and lists the rest as one of its own, which ends
 * for the payer. */
static enum result divide(struct batch *b, struct open_doubt *d, uint64_t part)
{
	struct doubt_new rest = d->row;
	uint64_t amount = mul_div_ceil(d->row.amount, part, d->row.peer_amount);
	struct query q;
	struct id id;
	int64_t key;
	enum result r;

	batch_query(b, &q, STMT_DOUBT_DIVIDE);
	query_put_int(&q, d->key);
	query_put_u64(&q, amount);
	query_put_u64(&q, part);
	r = query_run(&q);
	rest.amount -= amount;
	rest.peer_amount -= part;
	d->row.amount = amount;
	d->row.peer_amount = part;
	if (r || rest.amount == 0) /* of the payer's money nothing is left */
		return r;
	r = batch_doubt_add(b, &rest, &key);
	if (r)
		return r;
	batch_query(b, &q, STMT_DOUBT_ID);
	query_put_int(&q, key);
	r = query_one_id(&q, &id);
	return r ? r : batch_doubt_release(b, &id, DOUBT_TO_PAYER);
}

static enum result admit(
        struct batch *b, struct open_doubt *d, uint64_t *left, struct reconciled *out)
{
	uint64_t whole = d->row.peer_amount, part = *left < whole ? *left : whole;
	enum result r = RESULT_OK;

	*left -= part;
	out->admitted += part;
	out->denied += whole - part;
	if (part > 0 && part < whole)
		r = divide(b, d, part);
	return r ? r : batch_doubt_release(b, &d->id, part > 0 ? DOUBT_TO_PEER : DOUBT_TO_PAYER);
}

enum result batch_reconcile(struct batch *b, const struct reconcile *in, struct reconciled *out)
{
	struct packets ours = {0, 0};
	struct open_doubt *list;
	uint64_t left;
	size_t count;
	bool agreed;
	enum result r = packets_get(b, in->peer, &ours);

	*out = (struct reconciled){0};
	if (!r)
		r = doubts_get(b, in->peer, &list, &count);
	if (!r)
		r = check(in, &ours, list, count);
	if (r)
		return r;
	left = in->received - ours.out;
	agreed = in->sent && *in->sent == ours.in;
	for (size_t i = 0; !r && i < count; i++) {
		if (list[i].row.direction == DOUBT_WE_MAY_OWE) {
			r = admit(b, &list[i], &left, out);
		} else if (agreed) {
			out->kept += list[i].row.peer_amount;
			r = batch_doubt_release(b, &list[i].id, DOUBT_TO_PAYER);
		} else {
			out->open += list[i].row.peer_amount;
		}
	}
	return r;
}
