#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log_ring.h"

#define REQUEST_PAIR " request="
#define REQUEST_ROOM (sizeof(REQUEST_PAIR) + LOG_REQUEST_MAX)

static _Atomic int level_max = LOG_LEVEL_INFO;
static _Atomic uint64_t dropped;

static _Thread_local const char *request;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void log_set_level(enum log_level level)
{
	atomic_store(&level_max, (int)level);
}

bool log_parse_level(const char *name, enum log_level *out)
{
	for (int i = 0; i <= LOG_LEVEL_DEBUG; i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

bool log_is_on(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&level_max, memory_order_relaxed);
}

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

const char *log_request(const char *id)
{
	const char *before = request;

	request = id;
	return before;
}

/* The line's end, where a request is served; -> bytes of the id in it. */
static size_t put_request(char *line, size_t size, size_t *n)
{
	if (!request)
		return 0;
	/* What was cut of a long line makes room. */
	if (*n + REQUEST_ROOM > size)
		*n = size - REQUEST_ROOM;
	*n += (size_t)snprintf(line + *n, size - *n, REQUEST_PAIR "%.*s", LOG_REQUEST_MAX, request);
	return strnlen(request, LOG_REQUEST_MAX);
}

void log_write(enum log_level level, const char *event, const char *format, ...)
{
	char line[LOG_LINE_BYTES_MAX];
	char when[TIME_TEXT_SIZE];
	int64_t at_ms;
	size_t n, request_n;
	va_list args;

	if (!log_is_on(level))
		return;
	at_ms = clock_wall_ms();
	time_format(at_ms, when);
	n = (size_t)snprintf(
	        line, sizeof(line), "%s level=%s event=%s", when, level_names[level], event);
	if (n < sizeof(line) && format[0] != '\0') {
		line[n++] = ' ';
		va_start(args, format);
		n += (size_t)vsnprintf(line + n, sizeof(line) - n, format, args);
		va_end(args);
	}
	if (n > sizeof(line) - 1)
		n = sizeof(line) - 1;
	request_n = put_request(line, sizeof(line) - 1, &n);
	log_ring_add(at_ms, level, event, line, n, request_n);
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) != (ssize_t)n)
		atomic_fetch_add(&dropped, 1);
}

const char *log_text(char out[LOG_TEXT_SIZE], const char *s)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;
	bool plain = *s != '\0';

	for (const char *p = s; *p && plain; p++)
		plain = *p > ' ' && *p < 0x7f && *p != '"' && *p != '\\' && *p != '=';
	if (!plain)
		out[at++] = '"';
	/* Room for one escape, the closing quote and the NUL is kept. */
	for (; *s && at < LOG_TEXT_SIZE - 7; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\') {
			out[at++] = '\\';
			out[at++] = (char)c;
		} else if (c < ' ' || c >= 0x7f) {
			out[at++] = '\\';
			out[at++] = 'x';
			out[at++] = digits[c >> 4];
			out[at++] = digits[c & 15];
		} else {
			out[at++] = (char)c;
		}
	}
	if (!plain)
		out[at++] = '"';
	out[at] = '\0';
	return out;
}

uint64_t log_dropped(void)
{
	return atomic_load(&dropped);
}
