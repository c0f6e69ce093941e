#include "store/quote_data.h"

#include <string.h>

#include "store/batch_core.h"

static enum result data_get(struct query *q, struct quote_data *out)
{
	*out = (struct quote_data){0};
	if (query_row(q)) {
		out->size = query_u64(q);
		out->delivered = query_u64(q);
		out->delivered_ms = query_int(q);
	}
	return query_end(q);
}

enum result store_quote_data_get(struct reader *r, const struct id *quote, struct quote_data *out)
{
	struct query q;

	query_start(&q, r->db, STMT_QUOTE_DATA_GET);
	query_put_id(&q, quote);
	return data_get(&q, out);
}

enum result store_quote_data_read(struct reader *r, const struct id *quote, uint64_t offset,
        uint8_t *out, size_t n, size_t *got)
{
	struct query q;

	*got = 0;
	query_start(&q, r->db, STMT_QUOTE_PIECE_GET);
	query_put_id(&q, quote);
	query_put_u64(&q, offset);
	if (query_row(&q)) {
		uint64_t skip = offset - query_u64(&q);
		struct bytes piece = query_bytes(&q);

		if (skip < piece.n) {
			*got = piece.n - skip < n ? piece.n - (size_t)skip : n;
			memcpy(out, piece.p + skip, *got);
		}
	}
	return query_end(&q);
}

static enum result takes_data(struct batch *b, const struct id *quote)
{
	struct query q;
	enum result r = RESULT_THEIRS_NOT_FOUND;
	enum result end;

	batch_query(b, &q, STMT_QUOTE_TAKES_DATA);
	query_put_id(&q, quote);
	if (query_row(&q)) {
		bool unused = query_int(&q) != 0;
		bool fresh = query_int(&q) > b->now_ms;
		bool goes_out = query_int(&q) != 0;

		r = !unused     ? RESULT_THEIRS_CONFLICT
		    : !fresh    ? RESULT_THEIRS_EXPIRED
		    : !goes_out ? RESULT_THEIRS_STATE
		                : RESULT_OK;
	}
	end = query_end(&q);
	return end ? end : r;
}

enum result batch_quote_data_add(struct batch *b, const struct id *quote, uint64_t offset,
        struct bytes piece, uint64_t *size)
{
	struct quote_data now;
	struct query q;
	enum result r = takes_data(b, quote);

	if (r)
		return r;
	batch_query(b, &q, STMT_QUOTE_DATA_GET);
	query_put_id(&q, quote);
	r = data_get(&q, &now);
	if (r)
		return r;
	if (piece.n == 0 || offset != now.size)
		return RESULT_THEIRS_MALFORMED;
	if (piece.n > QUOTE_PIECE_MAX || now.size + piece.n > QUOTE_DATA_MAX)
		return RESULT_THEIRS_TOO_BIG;
	*size = now.size + piece.n;
	b->changes++;
	batch_query(b, &q, STMT_QUOTE_DATA_SIZE);
	query_put_id(&q, quote);
	query_put_u64(&q, *size);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_QUOTE_PIECE_ADD);
	query_put_id(&q, quote);
	query_put_u64(&q, offset);
	query_put_blob(&q, piece.p, piece.n);
	return query_run(&q);
}

enum result batch_quote_data_told(
        struct batch *b, const struct id *quote, uint64_t delivered, bool whole)
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_QUOTE_DATA_TOLD);
	query_put_id(&q, quote);
	query_put_u64(&q, delivered);
	if (whole)
		query_put_int(&q, b->now_ms);
	else
		query_put_null(&q);
	return query_run(&q);
}

enum result batch_quote_data_drop(struct batch *b, account_id payment)
{
	struct query q;

	batch_query(b, &q, STMT_QUOTE_PIECE_DROP);
	query_put_int(&q, payment);
	return query_run(&q);
}
