#include "base/env.h"

#include "base/clock.h"
#include "base/secret.h"

static int64_t real_wall_ms(void *self)
{
	(void)self;
	return clock_wall_ms();
}

static int64_t real_mono_ns(void *self)
{
	(void)self;
	return clock_mono_ns();
}

static void real_random(void *self, void *p, size_t n)
{
	(void)self;
	random_fill(p, n);
}

const struct env env_real = {NULL, real_wall_ms, real_mono_ns, real_random};
