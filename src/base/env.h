/* env: the only way out of the core.
 *
 * model/, ilp/, auth/ and events/ reach clock and random through this, so that one test program can
 * run whole networks from one seed. The functions never fail.
 */
#ifndef FLORIN_BASE_ENV_H
#define FLORIN_BASE_ENV_H

#include <stddef.h>
#include <stdint.h>

struct env {
	void *self;
	int64_t (*wall_ms)(void *self);
	int64_t (*mono_ns)(void *self);
	void (*random)(void *self, void *p, size_t n);
};

/* The real clock and the operating system's random source. */
extern const struct env env_real;

static inline int64_t env_wall_ms(const struct env *e)
{
	return e->wall_ms(e->self);
}

static inline int64_t env_mono_ns(const struct env *e)
{
	return e->mono_ns(e->self);
}

static inline int64_t env_mono_ms(const struct env *e)
{
	return env_mono_ns(e) / 1000000;
}

static inline void env_random(const struct env *e, void *p, size_t n)
{
	e->random(e->self, p, n);
}

#endif
