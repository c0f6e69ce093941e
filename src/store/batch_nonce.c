#include "store/nonce.h"

#include "base/secret.h"
#include "store/batch_core.h"

#define NONCE_ID_SIZE 16

static enum result drop_old(struct batch *b)
{
	struct query q;

	batch_query(b, &q, STMT_NONCE_DROP);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, NONCES_DROPPED_MAX);
	b->changes++;
	return query_run(&q);
}

static enum result number_of(
        struct batch *b, enum statement s, const uint8_t *p, size_t n, int64_t *out)
{
	struct query q;

	batch_query(b, &q, s);
	if (n > 0)
		query_put_blob(&q, p, n);
	return query_one_int(&q, out);
}

/* Whether there is room for one more; *number is its own among those of the client. */
static enum result room(struct batch *b, const struct nonce_client *client, int64_t *number)
{
	int64_t count, newest, oldest;
	enum result r = number_of(b, STMT_NONCE_COUNT, NULL, 0, &count);

	if (!r)
		r = number_of(
		        b, STMT_NONCE_NEWEST_OF_CLIENT, client->id, NONCE_CLIENT_SIZE, &newest);
	if (!r)
		r = number_of(
		        b, STMT_NONCE_OLDEST_OF_CLIENT, client->id, NONCE_CLIENT_SIZE, &oldest);
	if (r)
		return r;
	*number = newest + 1;
	if (*number - oldest >= NONCES_PER_CLIENT_MAX)
		return RESULT_THEIRS_TOO_BIG;
	return count >= (client->ours ? NONCES_MAX : NONCES_STRANGERS_MAX) ? RESULT_RETRY_BUSY
	                                                                   : RESULT_OK;
}

static enum result insert(struct batch *b, const uint8_t *id, const struct nonce_client *client,
        int64_t number, int64_t keep_ms)
{
	struct query q;

	batch_query(b, &q, STMT_NONCE_INSERT);
	query_put_blob(&q, id, NONCE_ID_SIZE);
	query_put_blob(&q, client->id, NONCE_CLIENT_SIZE);
	query_put_int(&q, number);
	query_put_int(&q, b->now_ms + keep_ms);
	b->changes++;
	return query_run(&q);
}

enum result batch_nonce_use(struct batch *b, const struct nonce_client *client,
        const uint8_t public_key[32], struct bytes nonce, int64_t keep_ms)
{
	uint8_t id[32], nonce_hash[32];
	uint8_t both[32 + sizeof(nonce_hash)];
	int64_t known, number;
	struct buf whole;
	enum result r;

	buf_init(&whole, both, sizeof(both));
	sha256(nonce, nonce_hash);
	buf_put(&whole, public_key, 32);
	buf_put(&whole, nonce_hash, sizeof(nonce_hash));
	sha256(buf_view(&whole), id);
	r = number_of(b, STMT_NONCE_KNOWN, id, NONCE_ID_SIZE, &known);
	if (!r && known)
		r = RESULT_THEIRS_CONFLICT;
	if (!r)
		r = room(b, client, &number);
	if (!r)
		r = insert(b, id, client, number, keep_ms);
	return r ? r : drop_old(b);
}
