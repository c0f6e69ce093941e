#include "store/receipt_total.h"

#include "store/batch_core.h"

static enum result drop_old(struct batch *b)
{
	struct query q;

	batch_query(b, &q, STMT_RECEIPT_TOTAL_DROP);
	query_put_int(&q, b->now_ms - RECEIPT_KEEP_MS);
	query_put_int(&q, RECEIPT_DROP_MAX);
	return query_run(&q);
}

enum result batch_receipt_add(struct batch *b, const uint8_t connection[RECEIPT_CONNECTION_SIZE],
        uint64_t amount, uint64_t *total)
{
	struct query q;
	int64_t before;
	enum result r;

	batch_query(b, &q, STMT_RECEIPT_TOTAL_GET);
	query_put_blob(&q, connection, RECEIPT_CONNECTION_SIZE);
	r = query_one_int(&q, &before);
	if (r == RESULT_THEIRS_NOT_FOUND) {
		before = 0;
		r = drop_old(b);
	}
	if (r)
		return r;
	*total = amount > AMOUNT_MAX - (uint64_t)before ? AMOUNT_MAX : (uint64_t)before + amount;
	batch_query(b, &q, STMT_RECEIPT_TOTAL_SET);
	query_put_blob(&q, connection, RECEIPT_CONNECTION_SIZE);
	query_put_u64(&q, *total);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}
