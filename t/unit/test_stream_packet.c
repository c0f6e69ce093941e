#include "unit/harness.h"
#include "unit/vectors.h"

#include <string.h>

#include "codec/ilp_packet.h"
#include "codec/stream_packet.h"

static uint8_t storage[ILP_DATA_MAX];

/* A few hand-made cases of the vectors name the total of a saturated frame just "total". */
static uint64_t total_of(const json_t *c, const char *member)
{
	return vectors_u64(c, json_object_get(c, member) ? member : "total");
}

static void check_fields(struct vectors *v, const json_t *c, const struct stream_frame *f, size_t i)
{
	switch ((enum stream_frame_type)f->type) {
	case STREAM_FRAME_STREAM_CLOSE:
	case STREAM_FRAME_CONNECTION_CLOSE:
		ck_assert_uint_eq(f->close.code, (uint64_t)vectors_int(c, "error_code"));
		ck_assert(bytes_eq(f->close.message, vectors_bytes(c, "error_message")));
		return;
	case STREAM_FRAME_CONNECTION_NEW_ADDRESS:
		ck_assert(bytes_eq(f->address, vectors_bytes(c, "source_account")));
		return;
	case STREAM_FRAME_CONNECTION_MAX_DATA:
	case STREAM_FRAME_CONNECTION_DATA_BLOCKED:
	case STREAM_FRAME_STREAM_MAX_DATA:
	case STREAM_FRAME_STREAM_DATA_BLOCKED:
		ck_assert_uint_eq(f->max_offset, vectors_u64(c, "max_offset"));
		return;
	case STREAM_FRAME_CONNECTION_MAX_STREAM_ID:
	case STREAM_FRAME_CONNECTION_STREAM_ID_BLOCKED:
		ck_assert_uint_eq(f->max_stream_id, vectors_u64(c, "max_stream_id"));
		return;
	case STREAM_FRAME_CONNECTION_ASSET_DETAILS:
		ck_assert(bytes_eq(f->asset.code, vectors_bytes(c, "source_asset_code")));
		ck_assert_uint_eq(f->asset.scale, (uint64_t)vectors_int(c, "source_asset_scale"));
		return;
	case STREAM_FRAME_STREAM_MONEY:
		ck_assert_uint_eq(f->shares, vectors_u64(c, "shares"));
		return;
	case STREAM_FRAME_STREAM_MAX_MONEY:
		ck_assert_uint_eq(f->max_money.receive_max, vectors_u64(c, "receive_max"));
		ck_assert_uint_eq(f->max_money.total_received, total_of(c, "total_received"));
		return;
	case STREAM_FRAME_STREAM_MONEY_BLOCKED:
		ck_assert_uint_eq(f->money_blocked.send_max, vectors_u64(c, "send_max"));
		ck_assert_uint_eq(f->money_blocked.total_sent, total_of(c, "total_sent"));
		return;
	case STREAM_FRAME_STREAM_DATA:
		ck_assert_uint_eq(f->data.offset, vectors_u64(c, "offset"));
		vectors_expect_hex(v, c, "data", f->data.bytes, i);
		return;
	case STREAM_FRAME_STREAM_RECEIPT:
		vectors_expect_hex(v, c, "receipt", f->receipt, i);
		return;
	}
	ck_assert_uint_eq(f->body.n, (uint64_t)vectors_int(c, "contents_length"));
}

static void check_frame(struct vectors *v, const json_t *c, const struct stream_frame *f, size_t i)
{
	const json_t *extra = json_object_get(c, "extra_body_bytes");
	const char *name = stream_frame_name(f->type);

	ck_assert_uint_eq(f->type, (uint64_t)vectors_int(c, "type"));
	ck_assert_str_eq(vectors_text(c, "name"), name ? name : "(unknown, ignore)");
	if (f->type >= STREAM_FRAME_STREAM_CLOSE && name)
		ck_assert_uint_eq(f->stream_id, vectors_u64(c, "stream_id"));
	ck_assert_uint_eq(f->extra, (uint64_t)json_integer_value(extra));
	check_fields(v, c, f, i);
}

/* Whether the bytes can be made again: not what a reader ignores or saturates. */
static bool is_reproducible(const json_t *c)
{
	const char *note = vectors_text(c, "note");

	return strncmp(note, "extra bytes", 11) != 0 && strstr(note, "saturates") == NULL;
}

START_TEST(vectors_both_ways)
{
	struct vectors v;
	json_t *c;
	size_t i, reproduced = 0;

	vectors_open(&v, "stream_packets");
	json_array_foreach(vectors_cases(&v, "cases", 174), i, c)
	{
		struct bytes plain = vectors_hex(&v, c, "plaintext");
		const json_t *want = vectors_get(c, "packet");
		const json_t *frames = vectors_get(want, "frames");
		struct stream_packet p;
		struct stream_frames it;
		struct stream_frame f;
		struct buf b;
		size_t n = 0;

		ck_assert_int_eq(stream_packet_decode(plain, &p), RESULT_OK);
		ck_assert_uint_eq(p.type, (uint64_t)vectors_int(want, "ilp_packet_type"));
		ck_assert_uint_eq(p.sequence, vectors_u64(want, "sequence"));
		ck_assert_uint_eq(p.amount, vectors_u64(want, "prepare_amount"));
		ck_assert_uint_eq(p.frame_count, json_array_size(frames));
		ck_assert_uint_eq(p.trailing.n, (uint64_t)vectors_int(want, "trailing_bytes"));

		buf_init(&b, storage, sizeof(storage));
		stream_packet_encode_head(&b, &p);
		stream_frames_init(&it, &p);
		while (stream_frames_next(&it, &f)) {
			check_frame(&v, json_array_get(frames, n++), &f, i);
			stream_frame_encode(&b, &f);
		}
		ck_assert_uint_eq(n, p.frame_count);
		ck_assert(!b.failed);
		if (!is_reproducible(c))
			continue;
		ck_assert_msg(bytes_eq(buf_view(&b), bytes_of(plain.p, plain.n - p.trailing.n)),
		        "case %zu", i);
		reproduced++;
	}
	ck_assert_uint_eq(reproduced, 170);
	vectors_close(&v);
}
END_TEST

START_TEST(malformed)
{
	struct vectors v;
	json_t *c;
	size_t i, refused = 0;

	vectors_open(&v, "stream_packets_malformed");
	json_array_foreach(vectors_cases(&v, "cases", 24), i, c)
	{
		struct stream_packet p;
		enum result r = stream_packet_decode(vectors_hex(&v, c, "plaintext"), &p);

		/* an inner type that is none parses, and never equals that of the
		 * packet around it */
		if (strcmp(vectors_text(c, "expected"), "reject") != 0 && r == RESULT_OK) {
			ck_assert(p.type < ILP_PREPARE || p.type > ILP_REJECT);
			continue;
		}
		ck_assert_msg(r != RESULT_OK, "%s", vectors_text(c, "description"));
		ck_assert_int_eq(result_class(r), RESULT_CLASS_THEIRS);
		refused++;
	}
	ck_assert_uint_eq(refused, 22);
	vectors_close(&v);
}
END_TEST

/* Shortening any packet by a byte makes it unreadable, unless the byte was padding. */
START_TEST(every_truncation)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_packets");
	json_array_foreach(vectors_cases(&v, "cases", 174), i, c)
	{
		struct bytes plain = vectors_hex(&v, c, "plaintext");
		struct stream_packet p;

		ck_assert_int_eq(stream_packet_decode(plain, &p), RESULT_OK);
		for (size_t n = plain.n - p.trailing.n; plain.n < 1000 && n-- > 0;)
			ck_assert_int_eq(stream_packet_decode(bytes_of(plain.p, n), &p),
			        RESULT_THEIRS_TRUNCATED);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(long_frames_get_long_lengths)
{
	static const uint8_t zeros[ILP_DATA_MAX];
	static const size_t sizes[] = {0, 1, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 250,
	        251, 252, 253, 254, 255, 256, 257, 16000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct stream_packet head = {.type = ILP_PREPARE, .sequence = 7, .amount = 9};
		const struct stream_frame frames[] = {
		        {.type = STREAM_FRAME_STREAM_DATA,
		                .stream_id = 1,
		                .data = {.offset = 3, .bytes = bytes_of(zeros, sizes[i])}},
		        {.type = STREAM_FRAME_STREAM_MONEY, .stream_id = 1, .shares = 1},
		        {.type = 0x7f, .body = bytes_of(zeros, sizes[i])},
		};
		struct stream_packet p;
		struct stream_frames it;
		struct stream_frame f;
		struct buf b;

		buf_init(&b, storage, sizeof(storage));
		stream_packet_encode(&b, &head, frames, 3);
		ck_assert(!b.failed);
		ck_assert_int_eq(stream_packet_decode(buf_view(&b), &p), RESULT_OK);
		ck_assert_uint_eq(p.trailing.n, 0);
		stream_frames_init(&it, &p);
		ck_assert(stream_frames_next(&it, &f));
		ck_assert_uint_eq(f.data.bytes.n, sizes[i]);
		ck_assert(stream_frames_next(&it, &f));
		ck_assert_uint_eq(f.shares, 1);
		ck_assert(stream_frames_next(&it, &f));
		ck_assert_uint_eq(f.body.n, sizes[i]);
		ck_assert(!stream_frames_next(&it, &f));
	}
}
END_TEST

START_TEST(no_room_fails_and_writes_nothing_behind)
{
	static const uint8_t zeros[200];
	const struct stream_packet head = {.type = ILP_FULFILL};
	const struct stream_frame frame = {
	        .type = STREAM_FRAME_STREAM_DATA,
	        .stream_id = 1,
	        .data = {.bytes = bytes_of(zeros, sizeof(zeros))},
	};
	struct buf b;

	for (size_t cap = 0;; cap++) {
		buf_init(&b, storage, cap);
		storage[cap] = 0xa5;
		stream_packet_encode(&b, &head, &frame, 1);
		ck_assert_uint_eq(storage[cap], 0xa5);
		if (!b.failed)
			break;
	}
	/* version, type, three VarUInts; type, long length; two VarUInts, long length, data */
	ck_assert_uint_eq(b.len, 2 + 6 + 3 + 4 + 2 + sizeof(zeros));
}
END_TEST

/* Announces every share of a vector as StreamMoney frames and splits the amount by them. */
START_TEST(money_shares)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_money_shares");
	json_array_foreach(vectors_cases(&v, "cases", 38), i, c)
	{
		const json_t *want = vectors_get(c, "allocations_floor");
		const struct stream_packet head = {.type = ILP_PREPARE};
		struct stream_frame frames[16];
		uint64_t amount = vectors_u64(c, "amount");
		uint64_t total = 0, left = amount;
		struct stream_packet p;
		struct buf b;
		json_t *f;
		size_t n;

		json_array_foreach(vectors_get(c, "frames"), n, f)
		{
			ck_assert_uint_lt(n, 16);
			frames[n] = (struct stream_frame){
			        .type = STREAM_FRAME_STREAM_MONEY,
			        .stream_id = 1,
			        .shares = vectors_u64(f, "shares"),
			};
		}
		ck_assert_uint_eq(n, json_array_size(want));
		buf_init(&b, storage, sizeof(storage));
		stream_packet_encode(&b, &head, frames, n);
		ck_assert_int_eq(stream_packet_decode(buf_view(&b), &p), RESULT_OK);
		ck_assert_int_eq(stream_packet_shares(&p, &total), RESULT_OK);
		ck_assert_uint_eq(total, vectors_u64(c, "total_shares"));
		for (size_t k = 0; k < n; k++) {
			uint64_t part = stream_money_share(amount, frames[k].shares, total);

			ck_assert_uint_eq(part, vectors_u64(json_array_get(want, k), "amount"));
			left -= part;
		}
		ck_assert_uint_eq(left, vectors_u64(c, "remainder"));
	}
	vectors_close(&v);
}
END_TEST

START_TEST(shares_that_overflow)
{
	const struct stream_packet head = {.type = ILP_PREPARE};
	const struct stream_frame frames[] = {
	        {.type = STREAM_FRAME_STREAM_MONEY, .stream_id = 1, .shares = UINT64_MAX},
	        {.type = STREAM_FRAME_STREAM_MONEY, .stream_id = 3, .shares = 1},
	};
	struct stream_packet p;
	uint64_t total = 0;
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	stream_packet_encode(&b, &head, frames, 2);
	ck_assert_int_eq(stream_packet_decode(buf_view(&b), &p), RESULT_OK);
	ck_assert_int_eq(stream_packet_shares(&p, &total), RESULT_THEIRS_TOO_BIG);
	ck_assert_uint_eq(stream_money_share(10, 0, 0), 0);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, vectors_both_ways);
	tcase_add_test(t, malformed);
	tcase_add_test(t, every_truncation);
	tcase_add_test(t, long_frames_get_long_lengths);
	tcase_add_test(t, no_room_fails_and_writes_nothing_behind);
	tcase_add_test(t, money_shares);
	tcase_add_test(t, shares_that_overflow);
}

TEST_MAIN("stream_packet", fill)
