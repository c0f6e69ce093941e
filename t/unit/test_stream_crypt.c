#include "unit/harness.h"
#include "unit/vectors.h"

#include "codec/stream_crypt.h"

static uint8_t storage[ILP_DATA_MAX + 1];

static struct bytes view(const struct secret32 *s)
{
	return bytes_of(s->b, sizeof(s->b));
}

START_TEST(keys_of_a_shared_secret)
{
	struct vectors v;
	json_t *c;
	size_t i;
	struct stream_keys *keys = stream_keys_new(bytes_str("another"));

	ck_assert_ptr_nonnull(keys);
	vectors_open(&v, "stream_crypto");
	json_array_foreach(vectors_cases(&v, "keys", 67), i, c)
	{
		struct bytes shared = vectors_hex(&v, c, "shared_secret");
		struct bytes data = vectors_hex(&v, c, "data");
		struct secret32 key;
		uint8_t fulfillment[32], condition[32];

		stream_packet_key(shared, &key);
		vectors_expect_hex(&v, c, "encryption_key", view(&key), i);
		stream_fulfillment_key(shared, &key);
		vectors_expect_hex(&v, c, "fulfillment_key", view(&key), i);
		stream_keys_rekey(keys, shared);
		/* twice: the kept state must not remember the first */
		stream_keys_fulfillment(keys, data, fulfillment);
		stream_keys_fulfillment(keys, data, fulfillment);
		vectors_expect_hex(&v, c, "fulfillment", bytes_of(fulfillment, 32), i);
		stream_condition(fulfillment, condition);
		vectors_expect_hex(&v, c, "condition", bytes_of(condition, 32), i);
		ck_assert(stream_keys_fulfils(keys, data, condition, fulfillment));
		condition[31] ^= 1;
		ck_assert(!stream_keys_fulfils(keys, data, condition, fulfillment));
	}
	stream_keys_free(keys);
	vectors_close(&v);
}
END_TEST

START_TEST(packets_seal_and_open)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_packets");
	json_array_foreach(vectors_cases(&v, "cases", 174), i, c)
	{
		struct bytes plain = vectors_hex(&v, c, "plaintext");
		struct bytes data = vectors_hex(&v, c, "data");
		struct bytes iv = vectors_hex(&v, c, "iv");
		struct bytes condition = vectors_hex(&v, c, "condition");
		struct stream_keys *keys = stream_keys_new(vectors_hex(&v, c, "shared_secret"));
		uint8_t fulfillment[32];
		struct buf b;

		ck_assert_ptr_nonnull(keys);
		ck_assert_uint_eq(iv.n, ENVELOPE_IV_SIZE);
		buf_init(&b, storage, sizeof(storage));
		stream_keys_seal_with_iv(keys, iv.p, plain, &b);
		ck_assert(!b.failed);
		ck_assert_msg(bytes_eq(buf_view(&b), data), "case %zu", i);

		buf_init(&b, storage, sizeof(storage));
		ck_assert_int_eq(stream_keys_open(keys, data, &b), RESULT_OK);
		ck_assert(bytes_eq(buf_view(&b), plain));
		ck_assert(stream_keys_fulfils(keys, data, condition.p, fulfillment));
		vectors_expect_hex(&v, c, "fulfillment", bytes_of(fulfillment, 32), i);
		stream_keys_free(keys);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(damaged_data_is_refused)
{
	struct vectors v;
	json_t *c;
	size_t i;
	struct stream_keys *keys;

	vectors_open(&v, "stream_packets_malformed");
	keys = stream_keys_new(vectors_hex(&v, v.root, "shared_secret"));
	ck_assert_ptr_nonnull(keys);
	json_array_foreach(vectors_cases(&v, "envelope_cases", 13), i, c)
	{
		struct buf b;

		buf_init(&b, storage, sizeof(storage));
		ck_assert_int_eq(stream_keys_open(keys, vectors_hex(&v, c, "data"), &b),
		        RESULT_THEIRS_UNAUTHENTIC);
		ck_assert_uint_eq(b.len, 0);
		ck_assert(!b.failed);
	}
	stream_keys_free(keys);
	vectors_close(&v);
}
END_TEST

START_TEST(each_seal_has_its_own_iv)
{
	struct stream_keys *keys = stream_keys_new(bytes_str("secret"));
	struct buf a, b;

	ck_assert_ptr_nonnull(keys);
	buf_init(&a, storage, 100);
	buf_init(&b, storage + 100, 100);
	stream_keys_seal(keys, bytes_str("hello"), &a);
	stream_keys_seal(keys, bytes_str("hello"), &b);
	ck_assert(!a.failed && !b.failed);
	ck_assert(!bytes_eq(bytes_of(a.p, ENVELOPE_IV_SIZE), bytes_of(b.p, ENVELOPE_IV_SIZE)));
	ck_assert(!bytes_eq(buf_view(&a), buf_view(&b)));
	stream_keys_free(keys);
}
END_TEST

START_TEST(rekey_forgets_the_other_connection)
{
	struct stream_keys *keys = stream_keys_new(bytes_str("first"));
	uint8_t plain_storage[16];
	struct buf sealed, plain;

	ck_assert_ptr_nonnull(keys);
	buf_init(&sealed, storage, 100);
	buf_init(&plain, plain_storage, sizeof(plain_storage));
	stream_keys_seal(keys, bytes_str("hello"), &sealed);
	stream_keys_rekey(keys, bytes_str("second"));
	ck_assert_int_eq(
	        stream_keys_open(keys, buf_view(&sealed), &plain), RESULT_THEIRS_UNAUTHENTIC);
	stream_keys_rekey(keys, bytes_str("first"));
	ck_assert_int_eq(stream_keys_open(keys, buf_view(&sealed), &plain), RESULT_OK);
	ck_assert(bytes_eq_str(buf_view(&plain), "hello"));
	stream_keys_free(keys);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, keys_of_a_shared_secret);
	tcase_add_test(t, packets_seal_and_open);
	tcase_add_test(t, damaged_data_is_refused);
	tcase_add_test(t, each_seal_has_its_own_iv);
	tcase_add_test(t, rekey_forgets_the_other_connection);
}

TEST_MAIN("stream_crypt", fill)
