#include "unit/harness.h"

#include "ilp/stream_parcel.h"

#define KIB 1024

/* One step of a table: what happens, and what is to be so after it. */
enum step {
	TAKE,  /* asked for a packet: `n` is its piece; NOTHING: none yet */
	TAKEN, /* it was fulfilled */
	BACK,  /* it was not, and may go again */
	NO,    /* it was not, and may not */
	HEAR,  /* they take `n` of the stream and `all` of all */
	STOP,
	END
};
#define NOTHING UINT64_MAX

struct row {
	enum step step;
	int64_t now_ms;
	uint64_t n, all;
	uint64_t taken;
	enum stream_parcel_state state;
};

#define TO_SEND   STREAM_PARCEL_TO_SEND
#define UNDER_WAY STREAM_PARCEL_UNDER_WAY
#define ARRIVED   STREAM_PARCEL_ARRIVED
#define GIVEN_UP  STREAM_PARCEL_GIVEN_UP

static const struct {
	const char *what;
	uint64_t size;
	struct row rows[24];
} cases[] = {
        {"none", 0, {{TAKE, 0, NOTHING, 0, 0, STREAM_PARCEL_NONE}, {END, 0, 0, 0, 0, 0}}},
        {"one piece", 5,
                {{TAKE, 0, 5, 0, 0, UNDER_WAY}, {TAKEN, 9, 0, 0, 5, ARRIVED},
                        {END, 0, 0, 0, 0, 0}}},
        {"only one is under way", 5,
                {{TAKE, 0, 5, 0, 0, UNDER_WAY}, {TAKE, 0, NOTHING, 0, 0, UNDER_WAY},
                        {END, 0, 0, 0, 0, 0}}},
        {"no more than they take at first, and what they say then", 40 * KIB,
                {{TAKE, 0, 16 * KIB, 0, 0, UNDER_WAY}, {TAKEN, 1, 0, 0, 16 * KIB, TO_SEND},
                        {TAKE, 1, 0, 0, 16 * KIB, UNDER_WAY}, /* only asks */
                        {HEAR, 1, 20 * KIB, 0, 16 * KIB, UNDER_WAY},
                        {TAKEN, 1, 0, 0, 16 * KIB, TO_SEND},
                        {TAKE, 1, 4 * KIB, 0, 16 * KIB, UNDER_WAY},
                        {HEAR, 1, 90 * KIB, 0, 16 * KIB, UNDER_WAY},
                        {TAKEN, 2, 0, 0, 20 * KIB, TO_SEND},
                        {TAKE, 2, 20 * KIB, 0, 20 * KIB, UNDER_WAY},
                        {TAKEN, 3, 0, 0, 40 * KIB, ARRIVED}, {END, 0, 0, 0, 0, 0}}},
        {"a piece has an end", 100 * KIB,
                {{HEAR, 0, 1000 * KIB, 1000 * KIB, 0, TO_SEND},
                        {TAKE, 0, STREAM_PIECE_MAX, 0, 0, UNDER_WAY}, {END, 0, 0, 0, 0, 0}}},
        {"the limit of all streams, less what others use", 100 * KIB,
                {{HEAR, 0, 1000 * KIB, 0, 0, TO_SEND}, {TAKE, 0, STREAM_PIECE_MAX, 0, 0, UNDER_WAY},
                        {TAKEN, 0, 0, 0, STREAM_PIECE_MAX, TO_SEND},
                        {TAKE, 0, STREAM_PIECE_MAX, 0, STREAM_PIECE_MAX, UNDER_WAY},
                        {TAKEN, 0, 0, 0, 2 * STREAM_PIECE_MAX, TO_SEND},
                        {TAKE, 0, STREAM_PARCEL_FIRST_ALL - 100 - 2 * STREAM_PIECE_MAX, 0,
                                2 * STREAM_PIECE_MAX, UNDER_WAY},
                        {END, 0, 0, 0, 0, 0}}},
        {"limits only grow", 40 * KIB,
                {{HEAR, 0, 30 * KIB, 0, 0, TO_SEND}, {HEAR, 0, 1, 1, 0, TO_SEND},
                        {TAKE, 0, STREAM_PIECE_MAX, 0, 0, UNDER_WAY}, {END, 0, 0, 0, 0, 0}}},
        {"what got nowhere goes again, after a pause that grows", 5,
                {{TAKE, 0, 5, 0, 0, UNDER_WAY}, {BACK, 10, 0, 0, 0, TO_SEND},
                        {TAKE, 109, NOTHING, 0, 0, TO_SEND}, {TAKE, 110, 5, 0, 0, UNDER_WAY},
                        {BACK, 200, 0, 0, 0, TO_SEND}, {TAKE, 399, NOTHING, 0, 0, TO_SEND},
                        {TAKE, 400, 5, 0, 0, UNDER_WAY}, {TAKEN, 500, 0, 0, 5, ARRIVED},
                        {END, 0, 0, 0, 0, 0}}},
        {"so does the wish for more room", 20 * KIB,
                {{TAKE, 0, 16 * KIB, 0, 0, UNDER_WAY}, {TAKEN, 0, 0, 0, 16 * KIB, TO_SEND},
                        {TAKE, 0, 0, 0, 16 * KIB, UNDER_WAY}, {TAKEN, 0, 0, 0, 16 * KIB, TO_SEND},
                        {TAKE, 99, NOTHING, 0, 16 * KIB, TO_SEND},
                        {TAKE, 100, 0, 0, 16 * KIB, UNDER_WAY}, {END, 0, 0, 0, 0, 0}}},
        {"refused", 5,
                {{TAKE, 0, 5, 0, 0, UNDER_WAY}, {NO, 1, 0, 0, 0, GIVEN_UP}, {END, 0, 0, 0, 0, 0}}},
        {"no room for long", 20 * KIB,
                {{TAKE, 0, 16 * KIB, 0, 0, UNDER_WAY}, {TAKEN, 0, 0, 0, 16 * KIB, TO_SEND},
                        {TAKE, STREAM_PARCEL_IDLE_MS - 1, 0, 0, 16 * KIB, UNDER_WAY},
                        {TAKEN, STREAM_PARCEL_IDLE_MS - 1, 0, 0, 16 * KIB, TO_SEND},
                        {TAKE, STREAM_PARCEL_IDLE_MS, NOTHING, 0, 16 * KIB, GIVEN_UP},
                        {END, 0, 0, 0, 0, 0}}},
        {"stopped, under way or not", 5,
                {{TAKE, 0, 5, 0, 0, UNDER_WAY}, {STOP, 0, 0, 0, 0, GIVEN_UP},
                        {TAKEN, 1, 0, 0, 0, GIVEN_UP}, {TAKE, 1, NOTHING, 0, 0, GIVEN_UP},
                        {END, 0, 0, 0, 0, 0}}},
        {"what has arrived is not given up", 5,
                {{TAKE, 0, 5, 0, 0, UNDER_WAY}, {TAKEN, 0, 0, 0, 5, ARRIVED},
                        {STOP, 0, 0, 0, 5, ARRIVED}, {END, 0, 0, 0, 0, 0}}},
};

START_TEST(steps)
{
	struct stream_parcel p;
	int64_t wait_ms = 0;

	stream_parcel_init(&p, cases[_i].size, 100);
	for (const struct row *r = cases[_i].rows; r->step != END; r++) {
		int at = (int)(r - cases[_i].rows);

		switch (r->step) {
		case TAKE: {
			bool sends = stream_parcel_take(&p, r->now_ms, &wait_ms);

			ck_assert_msg(sends == (r->n != NOTHING), "%s %d", cases[_i].what, at);
			ck_assert_msg(!sends || p.piece == r->n, "%s %d: %zu", cases[_i].what, at,
			        p.piece);
			ck_assert_msg(!sends || stream_parcel_closes(&p) ==
			                                (r->n && p.taken + r->n == p.size),
			        "%s %d", cases[_i].what, at);
			break;
		}
		case TAKEN:
			stream_parcel_taken(&p, r->now_ms);
			break;
		case BACK:
		case NO:
			stream_parcel_back(&p, r->now_ms, r->step == BACK);
			break;
		case HEAR:
			stream_parcel_heard(&p, r->n, r->all);
			break;
		case STOP:
			stream_parcel_give_up(&p);
			break;
		case END:
			break;
		}
		ck_assert_msg(p.state == r->state, "%s %d: state %d", cases[_i].what, at, p.state);
		ck_assert_msg(p.taken == r->taken, "%s %d: %llu", cases[_i].what, at,
		        (unsigned long long)p.taken);
	}
}
END_TEST

/* However slowly they take it, it ends. */
START_TEST(time_is_bounded)
{
	struct stream_parcel p;
	int64_t now_ms = 0, wait_ms = 0;
	unsigned packets = 0;

	stream_parcel_init(&p, 1048576, 0);
	while (stream_parcel_is_open(&p)) {
		ck_assert_uint_lt(++packets, 10000);
		if (stream_parcel_take(&p, now_ms, &wait_ms)) {
			now_ms += 5000;
			stream_parcel_heard(&p, p.taken + 1000, 1048576);
			stream_parcel_taken(&p, now_ms);
		} else if (stream_parcel_is_open(&p)) {
			ck_assert_int_gt(wait_ms, now_ms);
			now_ms = wait_ms;
		}
	}
	ck_assert_int_eq(p.state, STREAM_PARCEL_GIVEN_UP);
	ck_assert_int_le(now_ms, STREAM_PARCEL_MS_MAX + 5000);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, steps, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, time_is_bounded);
}

TEST_MAIN("stream_parcel", fill)
