#include "store/refund.h"

#include "store/batch_core.h"

/* The same statements for a reader and in a transaction. */
struct asker {
	struct batch *b; /* NULL: r */
	struct reader *r;
	struct arena *a;
};

static void ask(const struct asker *k, struct query *q, enum statement s, int64_t incoming)
{
	if (k->b)
		batch_query(k->b, q, s);
	else
		query_start(q, k->r->db, s);
	query_put_int(q, incoming);
}

/* Whoever brought most so far, and what all others did. */
struct sources {
	struct refund_source most;
	uint64_t others;
};

static void weigh(struct sources *s, const struct refund_source *one)
{
	uint64_t less = one->left;

	if (one->left > s->most.left) {
		less = s->most.left;
		s->most = *one;
	}
	/* What has come is below 2^63 in all, and so is the sum. */
	s->others += less;
}

static enum result read_ways(const struct asker *k, int64_t incoming, struct sources *out)
{
	struct query q;

	ask(k, &q, STMT_REFUND_WAYS, incoming);
	while (query_row(&q)) {
		struct refund_source one = {.wallet = 0};

		one.payer.address = query_text(&q, k->a);
		one.payer.asset_code = query_text(&q, k->a);
		one.payer.asset_scale = (unsigned)query_int(&q);
		one.left = query_u64(&q);
		weigh(out, &one);
	}
	return query_end(&q);
}

static enum result read_wallets(const struct asker *k, int64_t incoming, struct sources *out)
{
	struct query q;

	ask(k, &q, STMT_REFUND_WALLETS, incoming);
	while (query_row(&q)) {
		struct refund_source one = {.wallet = query_int(&q)};

		one.left = query_u64(&q);
		weigh(out, &one);
	}
	return query_end(&q);
}

static enum result find(const struct asker *k, int64_t incoming, struct refund_source *out)
{
	struct sources all = {.others = 0};
	struct query q;
	int64_t given = 0;
	enum result r;

	*out = (struct refund_source){.wallet = 0};
	r = read_wallets(k, incoming, &all);
	if (!r)
		r = read_ways(k, incoming, &all);
	if (r)
		return r;
	if (all.most.left == 0)
		return RESULT_THEIRS_NOT_FOUND;
	/* A unit of a stranger's is not to stand in the way. */
	if (all.others > all.most.left / REFUND_DUST_PART)
		return RESULT_THEIRS_CONFLICT;
	*out = all.most;
	ask(k, &q, STMT_REFUND_GIVEN, incoming);
	r = query_one_int(&q, &given);
	out->left = (uint64_t)given < out->left ? out->left - (uint64_t)given : 0;
	return r;
}

enum result store_refund_source(
        struct reader *r, struct arena *a, int64_t incoming, struct refund_source *out)
{
	const struct asker k = {.r = r, .a = a};

	return find(&k, incoming, out);
}

enum result batch_refund_source(struct batch *b, int64_t incoming, struct refund_source *out)
{
	const struct asker k = {.b = b, .a = &b->arena};
	enum result r = batch_flush_payments(b);

	return r ? r : find(&k, incoming, out);
}

enum result batch_way_back_add(
        struct batch *b, int64_t incoming, const struct way_back *payer, uint64_t amount)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_WAY_BACK_MAKE_ROOM);
	query_put_int(&q, incoming);
	query_put_text(&q, payer->address);
	query_put_u64(&q, amount);
	query_put_int(&q, WAYS_BACK_MAX);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_WAY_BACK_ADD);
	query_put_int(&q, incoming);
	query_put_text(&q, payer->address);
	query_put_text(&q, payer->asset_code);
	query_put_int(&q, payer->asset_scale);
	query_put_u64(&q, amount);
	query_put_int(&q, WAYS_BACK_MAX);
	b->changes++;
	return query_run(&q);
}
