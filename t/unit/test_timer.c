#include "unit/harness.h"

#include <stdlib.h>

#include "net/timer.h"

#define N 500

struct owner {
	struct timer timer; /* first */
	int fired;
	int64_t again_ms;
	struct owner *cancels;
};

static struct timers all;
static int64_t last_ms;

static void fire(struct timer *t)
{
	struct owner *o = (struct owner *)t;

	ck_assert(!t->set);
	ck_assert_int_ge(t->at_ms, last_ms);
	last_ms = t->at_ms;
	o->fired++;
	if (o->again_ms)
		timer_set(&all, t, o->again_ms);
	if (o->cancels)
		timer_cancel(&all, &o->cancels->timer);
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 8;
}

/* Random sets, moves and cancels against a plain array. */
START_TEST(like_an_array)
{
	static struct owner owners[N];
	unsigned seed = 7;
	int64_t now = 0;

	for (int step = 0; step < 20000; step++) {
		struct owner *o = &owners[next_random(&seed) % N];
		int64_t least = INT64_MAX;

		o->timer.fire = fire;
		if (next_random(&seed) % 3)
			timer_set(&all, &o->timer, now + (int64_t)(next_random(&seed) % 200));
		else
			timer_cancel(&all, &o->timer);
		if (step % 50 == 0) {
			now += (int64_t)(next_random(&seed) % 60);
			last_ms = 0;
			timer_fire_due(&all, now);
		}
		for (int i = 0; i < N; i++) {
			if (owners[i].timer.set && owners[i].timer.at_ms < least)
				least = owners[i].timer.at_ms;
		}
		ck_assert_int_eq(timer_next_ms(&all), least);
		ck_assert(step % 50 != 0 || least > now);
	}
}
END_TEST

START_TEST(set_and_cancelled_while_firing)
{
	struct owner a = {.timer.fire = fire, .again_ms = 5};
	struct owner c = {.timer.fire = fire};
	struct owner b = {.timer.fire = fire, .cancels = &c};

	last_ms = 0;
	timer_set(&all, &a.timer, 1);
	timer_set(&all, &b.timer, 2);
	timer_set(&all, &c.timer, 3);
	timer_fire_due(&all, 10);
	ck_assert_int_eq(a.fired, 1);
	ck_assert_int_eq(b.fired, 1);
	ck_assert_int_eq(c.fired, 0);
	ck_assert_int_eq(timer_next_ms(&all), 5);
	a.again_ms = 0;
	timer_fire_due(&all, 10);
	ck_assert_int_eq(a.fired, 2);
	ck_assert_int_eq(timer_next_ms(&all), INT64_MAX);
}
END_TEST

/* Owners that are gone must not be reached through those that stay. */
START_TEST(cleared)
{
	struct owner *gone = calloc(20, sizeof(*gone));
	struct owner stays = {.timer.fire = fire};

	timer_set(&all, &stays.timer, 5);
	for (int i = 0; i < 20; i++)
		timer_set(&all, &gone[i].timer, i);
	timers_clear(&all);
	ck_assert_int_eq(timer_next_ms(&all), INT64_MAX);
	for (int i = 0; i < 20; i++)
		ck_assert(!gone[i].timer.set);
	free(gone);
	timer_cancel(&all, &stays.timer);
	timer_set(&all, &stays.timer, 7);
	ck_assert_int_eq(timer_next_ms(&all), 7);
	timers_clear(&all);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, like_an_array);
	tcase_add_test(t, set_and_cancelled_while_firing);
	tcase_add_test(t, cleared);
}

TEST_MAIN("timer", fill)
