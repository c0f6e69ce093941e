#include "ilp/trace.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trace {
	struct id payment;
	bool used, cut;
	char *text; /* TRACE_BYTES_MAX; lines, each followed by a comma */
	size_t lines;
	size_t end[TRACE_LINES_MAX + 1]; /* of the first n lines */
};

struct traces {
	pthread_mutex_t lock;
	struct trace trace[TRACES_MAX];
	size_t next; /* the oldest */
};

struct traces *traces_new(void)
{
	struct traces *t = calloc(1, sizeof(*t));

	if (t)
		pthread_mutex_init(&t->lock, NULL);
	return t;
}

void traces_free(struct traces *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < TRACES_MAX; i++)
		free(t->trace[i].text);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static struct trace *find(struct traces *t, const struct id *payment)
{
	for (size_t i = 0; i < TRACES_MAX; i++)
		if (t->trace[i].used && id_eq(&t->trace[i].payment, payment))
			return &t->trace[i];
	return NULL;
}

void traces_begin(struct traces *t, const struct id *payment)
{
	struct trace *one;

	pthread_mutex_lock(&t->lock);
	one = &t->trace[t->next];
	t->next = (t->next + 1) % TRACES_MAX;
	if (!one->text)
		one->text = malloc(TRACE_BYTES_MAX);
	one->used = one->text != NULL;
	one->payment = *payment;
	one->cut = false;
	one->lines = 0;
	one->end[0] = 0;
	pthread_mutex_unlock(&t->lock);
}

bool traces_has(struct traces *t, const struct id *payment)
{
	bool has;

	pthread_mutex_lock(&t->lock);
	has = find(t, payment) != NULL;
	pthread_mutex_unlock(&t->lock);
	return has;
}

static void append(struct trace *one, const char *line, size_t n)
{
	size_t at = one->end[one->lines];

	if (one->lines == TRACE_LINES_MAX || n + 1 > TRACE_BYTES_MAX - at) {
		one->cut = true;
		return;
	}
	memcpy(one->text + at, line, n);
	one->text[at + n] = ',';
	one->end[++one->lines] = at + n + 1;
}

void traces_add(struct traces *t, const struct id *payment, const char *format, ...)
{
	char line[TRACE_LINE_SIZE];
	struct trace *one;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	pthread_mutex_lock(&t->lock);
	one = find(t, payment);
	if (one && n > 0 && (size_t)n < sizeof(line))
		append(one, line, (size_t)n);
	pthread_mutex_unlock(&t->lock);
}

enum result traces_read(struct traces *t, struct arena *a, const struct id *payment, size_t after,
        const char **out, size_t *next, bool *cut)
{
	struct trace *one;
	enum result r = RESULT_THEIRS_NOT_FOUND;
	char *text = NULL;

	pthread_mutex_lock(&t->lock);
	one = find(t, payment);
	if (one) {
		size_t from = one->end[after < one->lines ? after : one->lines];
		size_t n = one->end[one->lines] - from;

		r = RESULT_OURS_MEMORY;
		text = arena_alloc(a, n + 3);
		if (text) {
			text[0] = '[';
			memcpy(text + 1, one->text + from, n);
			memcpy(text + 1 + (n ? n - 1 : 0), "]", 2); /* over the last comma */
			r = RESULT_OK;
		}
		*next = one->lines;
		*cut = one->cut;
	}
	pthread_mutex_unlock(&t->lock);
	*out = text;
	return r;
}
