#include "base/log_ring.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

#define MINUTE_MS 60000

/* Where a line stands: `at` counts all bytes that were ever put, so that it only grows. */
struct slot {
	uint64_t at;
	int64_t at_ms;
	const char *event;
	uint16_t n;
	uint16_t request_n;
	enum log_level level;
};

struct counted {
	struct log_count count;
	int64_t minute; /* of the newest bucket */
	uint32_t minutes[LOG_HOUR_MINUTES];
};

static struct {
	pthread_mutex_t lock;
	/* guarded by lock, as all below */
	char bytes[LOG_RING_BYTES];
	struct slot slots[LOG_RING_LINES];
	uint64_t end;   /* where the next line goes */
	uint64_t lines; /* that were ever added: the newest one's number */
	size_t kept;    /* the newest `kept` of them are here */
	struct counted counted[LOG_EVENTS_MAX];
	size_t counted_n;
} ring = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- counting ---- */

static struct counted *counted_of(const char *event, enum log_level level)
{
	struct counted *c;

	for (size_t i = 0; i < ring.counted_n; i++) {
		c = &ring.counted[i];
		if (c->count.level == level && strcmp(c->count.event, event) == 0)
			return c;
	}
	/* The last two places are of what no other place is left for. */
	if (ring.counted_n >= LOG_EVENTS_MAX - 2 && strcmp(event, "other") != 0)
		return counted_of("other", level);
	c = &ring.counted[ring.counted_n++];
	c->count = (struct log_count){.event = event, .level = level};
	return c;
}

/* Minutes that have begun since are empty. A clock that goes back counts in the newest one. */
static void move_on(struct counted *c, int64_t minute)
{
	int64_t passed = minute - c->minute;

	if (passed <= 0)
		return;
	if (passed > LOG_HOUR_MINUTES)
		passed = LOG_HOUR_MINUTES;
	for (int64_t i = 0; i < passed; i++)
		c->minutes[(minute - i) % LOG_HOUR_MINUTES] = 0;
	c->minute = minute;
}

static void count_line(int64_t at_ms, enum log_level level, const char *event)
{
	struct counted *c = counted_of(event, level);

	move_on(c, at_ms / MINUTE_MS);
	c->minutes[c->minute % LOG_HOUR_MINUTES]++;
	c->count.total++;
}

size_t log_ring_counts(int64_t now_ms, struct log_count out[LOG_EVENTS_MAX])
{
	size_t n;

	pthread_mutex_lock(&ring.lock);
	n = ring.counted_n;
	for (size_t i = 0; i < n; i++) {
		struct counted *c = &ring.counted[i];

		move_on(c, now_ms / MINUTE_MS);
		out[i] = c->count;
		for (size_t k = 0; k < LOG_HOUR_MINUTES; k++)
			out[i].last_hour += c->minutes[k];
	}
	pthread_mutex_unlock(&ring.lock);
	return n;
}

/* ---- lines ---- */

static struct slot *slot_of(uint64_t number)
{
	return &ring.slots[number % LOG_RING_LINES];
}

void log_ring_add(int64_t at_ms, enum log_level level, const char *event, const char *line,
        size_t n, size_t request_n)
{
	size_t offset;

	pthread_mutex_lock(&ring.lock);
	/* A line is in one piece: what does not fit before the end begins at the beginning. */
	offset = ring.end % LOG_RING_BYTES;
	if (offset + n > LOG_RING_BYTES) {
		ring.end += LOG_RING_BYTES - offset;
		offset = 0;
	}
	if (ring.kept == LOG_RING_LINES)
		ring.kept--;
	while (ring.kept > 0 &&
	        slot_of(ring.lines - ring.kept + 1)->at + LOG_RING_BYTES < ring.end + n)
		ring.kept--;
	memcpy(ring.bytes + offset, line, n);
	ring.lines++;
	ring.kept++;
	*slot_of(ring.lines) = (struct slot){.at = ring.end,
	        .at_ms = at_ms,
	        .event = event,
	        .n = (uint16_t)n,
	        .request_n = (uint16_t)request_n,
	        .level = level};
	ring.end += n;
	if (level == LOG_LEVEL_ERROR || level == LOG_LEVEL_WARN)
		count_line(at_ms, level, event);
	pthread_mutex_unlock(&ring.lock);
}

static bool contains(const char *line, size_t n, const char *text)
{
	size_t m = strlen(text);

	for (size_t i = 0; i + m <= n; i++) {
		if (strncasecmp(line + i, text, m) == 0)
			return true;
	}
	return false;
}

static bool matches(const struct log_filter *f, const struct slot *s, const char *line)
{
	if (s->level > f->level)
		return false;
	if (f->request &&
	        (strlen(f->request) != s->request_n ||
	                memcmp(line + s->n - s->request_n, f->request, s->request_n) != 0))
		return false;
	return !f->text || contains(line, s->n, f->text);
}

static bool take(struct arena *a, uint64_t number, const struct slot *s, const char *line,
        struct log_kept *out)
{
	const char *text = arena_strndup(a, line, s->n);

	*out = (struct log_kept){.number = number,
	        .at_ms = s->at_ms,
	        .level = s->level,
	        .event = s->event,
	        .request = text ? text + s->n - s->request_n : NULL,
	        .text = text};
	return text;
}

enum result log_ring_read(struct arena *a, const struct log_filter *f, size_t max,
        struct log_kept **out, size_t *count, bool *more)
{
	struct log_kept *list = arena_alloc(a, (max + 1) * sizeof(*list));
	enum result r = list ? RESULT_OK : RESULT_OURS_MEMORY;
	uint64_t number;

	*out = list;
	*count = 0;
	*more = false;
	pthread_mutex_lock(&ring.lock);
	number = f->before > 0 && f->before <= ring.lines ? f->before - 1 : ring.lines;
	for (; !r && !*more && number > ring.lines - ring.kept; number--) {
		const struct slot *s = slot_of(number);
		const char *line = ring.bytes + s->at % LOG_RING_BYTES;

		if (!matches(f, s, line))
			continue;
		if (*count == max)
			*more = true;
		else if (take(a, number, s, line, &list[*count]))
			(*count)++;
		else
			r = RESULT_OURS_MEMORY;
	}
	pthread_mutex_unlock(&ring.lock);
	return r;
}

void log_ring_clear(void)
{
	pthread_mutex_lock(&ring.lock);
	ring.end = 0;
	ring.lines = 0;
	ring.kept = 0;
	ring.counted_n = 0;
	memset(ring.counted, 0, sizeof(ring.counted));
	pthread_mutex_unlock(&ring.lock);
}
