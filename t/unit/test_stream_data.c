/* Bytes of a stream: pieces in any order, twice, overlapping; windows; and a property with chance
 * from a seed. */
#include "unit/harness.h"

#include <string.h>

#include "ilp/path.h"
#include "ilp/stream_data.h"

static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset * 31 + offset / 251);
}

static struct bytes piece_of(uint64_t from, size_t n)
{
	static uint8_t storage[2 * STREAM_WINDOW_BYTES];

	for (size_t i = 0; i < n; i++)
		storage[i] = byte_at(from + i);
	return bytes_of(storage, n);
}

/* Takes all that is ready and checks every byte. */
static void drain(struct stream_inbox *b)
{
	for (;;) {
		struct bytes p = stream_inbox_peek(b);

		if (p.n == 0)
			break;
		for (size_t i = 0; i < p.n; i++)
			if (p.p[i] != byte_at(b->read + i))
				ck_abort_msg("another byte than was put");
		stream_inbox_take(b, p.n);
	}
	ck_assert_uint_eq(b->read, b->ready);
}

static const struct {
	const char *note;
	struct {
		uint64_t at;
		size_t n;
		enum result result;
	} put[4];
	uint64_t ready, top;
	unsigned islands;
} cases[] = {
        {"in order", {{0, 5, RESULT_OK}, {5, 3, RESULT_OK}}, 8, 8, 0},
        {"in the wrong order", {{5, 3, RESULT_OK}, {0, 5, RESULT_OK}}, 8, 8, 0},
        {"a hole", {{5, 3, RESULT_OK}}, 0, 8, 1},
        {"twice", {{0, 5, RESULT_OK}, {0, 5, RESULT_OK}}, 5, 5, 0},
        {"longer the second time", {{0, 5, RESULT_OK}, {0, 9, RESULT_OK}}, 9, 9, 0},
        {"overlapping islands", {{4, 4, RESULT_OK}, {6, 6, RESULT_OK}}, 0, 12, 1},
        {"islands that touch", {{4, 4, RESULT_OK}, {8, 4, RESULT_OK}}, 0, 12, 1},
        {"islands apart", {{4, 2, RESULT_OK}, {8, 2, RESULT_OK}}, 0, 10, 2},
        {"one piece over several", {{4, 2, RESULT_OK}, {8, 2, RESULT_OK}, {1, 12, RESULT_OK}}, 0,
                13, 1},
        {"and all of it", {{4, 2, RESULT_OK}, {8, 2, RESULT_OK}, {0, 9, RESULT_OK}}, 10, 10, 0},
        {"an empty piece", {{3, 0, RESULT_OK}}, 0, 3, 0},
        {"the whole window", {{0, STREAM_WINDOW_BYTES, RESULT_OK}}, STREAM_WINDOW_BYTES,
                STREAM_WINDOW_BYTES, 0},
        {"one byte too many", {{0, STREAM_WINDOW_BYTES + 1, RESULT_THEIRS_TOO_BIG}}, 0, 0, 0},
        {"beyond the window", {{STREAM_WINDOW_BYTES, 1, RESULT_THEIRS_TOO_BIG}}, 0, 0, 0},
        {"the end wraps", {{UINT64_MAX, 2, RESULT_THEIRS_TOO_BIG}}, 0, 0, 0},
};

START_TEST(pieces)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream_inbox b = {0};

		for (size_t k = 0; k < 4 && (cases[i].put[k].n || k == 0); k++) {
			enum result r = stream_inbox_put(&b, cases[i].put[k].at,
			        piece_of(cases[i].put[k].at, cases[i].put[k].n));

			ck_assert_msg(r == cases[i].put[k].result, "%s: %s", cases[i].note,
			        result_name(r));
		}
		ck_assert_msg(b.ready == cases[i].ready && b.top == cases[i].top &&
		                      b.islands_n == cases[i].islands,
		        "%s: %llu %llu %u", cases[i].note, (unsigned long long)b.ready,
		        (unsigned long long)b.top, b.islands_n);
		drain(&b);
		ck_assert_msg(
		        !b.ring || b.islands_n, "%s: nothing is kept for nothing", cases[i].note);
		stream_inbox_clear(&b);
	}
}
END_TEST

START_TEST(too_many_holes_change_nothing)
{
	struct stream_inbox b = {0};

	for (uint64_t i = 0; i < STREAM_HOLES_MAX; i++)
		ck_assert_int_eq(
		        stream_inbox_put(&b, 10 + 10 * i, piece_of(10 + 10 * i, 2)), RESULT_OK);
	ck_assert_int_eq(stream_inbox_put(&b, 500, piece_of(500, 2)), RESULT_RETRY_BUSY);
	ck_assert_uint_eq(b.islands_n, STREAM_HOLES_MAX);
	ck_assert_int_eq(stream_inbox_put(&b, 0, piece_of(0, 12)), RESULT_OK);
	ck_assert_uint_eq(b.ready, 12);
	ck_assert_int_eq(stream_inbox_put(&b, 500, piece_of(500, 2)), RESULT_OK);
	stream_inbox_clear(&b);
}
END_TEST

START_TEST(any_order_gives_the_same_bytes)
{
	uint64_t seed = 7;
	struct stream_inbox b = {0};
	const uint64_t all = 40 * STREAM_WINDOW_BYTES;

	while (b.ready < all) {
		uint64_t at = b.read + path_random(&seed) % STREAM_WINDOW_BYTES;
		uint64_t room = stream_inbox_max(&b) - at;
		size_t n = (size_t)(1 + path_random(&seed) % 3000);

		if (path_random(&seed) % 3 == 0)
			at = b.ready, room = stream_inbox_max(&b) - at;
		if (n > room)
			n = (size_t)room;
		ck_assert_int_ne(stream_inbox_put(&b, at, piece_of(at, n)), RESULT_THEIRS_TOO_BIG);
		if (path_random(&seed) % 2)
			drain(&b);
	}
	drain(&b);
	stream_inbox_clear(&b);
}
END_TEST

START_TEST(what_leaves_is_sent_again_as_it_was)
{
	uint8_t out[STREAM_WINDOW_BYTES];
	struct stream_outbox b = {0};
	uint64_t written = 0, seed = 3;

	while (b.acked < 10 * STREAM_WINDOW_BYTES) {
		size_t n, want = (size_t)(path_random(&seed) % STREAM_WINDOW_BYTES);

		written += stream_outbox_write(&b, piece_of(written, want));
		ck_assert_uint_le(b.end - b.acked, STREAM_WINDOW_BYTES);
		n = stream_outbox_piece(
		        &b, UINT64_MAX, out, 1 + (size_t)(path_random(&seed) % sizeof(out)));
		for (size_t i = 0; i < n; i++)
			if (out[i] != byte_at(b.acked + i))
				ck_abort_msg("another byte than was written");
		if (n == 0)
			continue;
		stream_outbox_sent(&b, n);
		ck_assert_uint_eq(stream_outbox_piece(&b, UINT64_MAX, out, sizeof(out)), 0);
		if (path_random(&seed) % 3)
			stream_outbox_arrived(&b);
		else
			stream_outbox_lost(&b);
	}
	stream_outbox_clear(&b);
}
END_TEST

START_TEST(not_beyond_their_limit)
{
	uint8_t out[64];
	struct stream_outbox b = {0};

	ck_assert_uint_eq(stream_outbox_write(&b, piece_of(0, 40)), 40);
	ck_assert_uint_eq(stream_outbox_piece(&b, 0, out, sizeof(out)), 0);
	ck_assert_uint_eq(stream_outbox_piece(&b, 10, out, sizeof(out)), 10);
	ck_assert_uint_eq(stream_outbox_piece(&b, 100, out, sizeof(out)), 40);
	ck_assert_uint_eq(stream_outbox_write(&b, piece_of(40, STREAM_WINDOW_BYTES)),
	        STREAM_WINDOW_BYTES - 40);
	stream_outbox_clear(&b);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, pieces);
	tcase_add_test(t, too_many_holes_change_nothing);
	tcase_add_test(t, any_order_gives_the_same_bytes);
	tcase_add_test(t, what_leaves_is_sent_again_as_it_was);
	tcase_add_test(t, not_beyond_their_limit);
}

TEST_MAIN("stream_data", fill)
