#include "ilp/rates.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct rates *rates_hold(struct rates *r)
{
	atomic_fetch_add(&r->holds, 1);
	return r;
}

void rates_release(struct rates *r)
{
	if (!r || atomic_fetch_sub(&r->holds, 1) != 1)
		return;
	rate_book_free(r->book);
	free(r);
}

enum result rates_new(const struct rates_options *o, struct rates **out)
{
	struct rates *r = calloc(1, sizeof(*r));
	enum result result;

	if (!r)
		return RESULT_OURS_MEMORY;
	atomic_init(&r->holds, 1);
	r->book = calloc(1, sizeof(*r->book));
	result = r->book ? rate_book_order(r->book, o->priority ? o->priority : "", o->used)
	                 : RESULT_OURS_MEMORY;
	if (result) {
		rates_release(r);
		return result;
	}
	for (size_t i = 0; i < RATE_ORIGINS; i++) {
		r->book->max_age_ms[i] = o->max_age_ms[i];
		r->jump_bps[i] = o->jump_bps[i];
	}
	*out = r;
	return RESULT_OK;
}

static enum result copy(const struct rates *before, struct rates **out)
{
	struct rates *r = calloc(1, sizeof(*r));

	if (!r)
		return RESULT_OURS_MEMORY;
	atomic_init(&r->holds, 1);
	for (size_t i = 0; i < RATE_ORIGINS; i++)
		r->jump_bps[i] = before->jump_bps[i];
	if (rate_book_dup(before->book, &r->book)) {
		rates_release(r);
		return RESULT_OURS_MEMORY;
	}
	*out = r;
	return RESULT_OK;
}

enum result rates_with(const struct rates *before, enum rate_origin origin,
        struct rate_table *table, struct rates **out)
{
	enum result result = copy(before, out);

	if (result) {
		rate_table_free(table);
		return result;
	}
	rate_table_follow(table, (*out)->book->table[origin], before->jump_bps[origin]);
	rate_table_free((*out)->book->table[origin]);
	(*out)->book->table[origin] = table;
	return RESULT_OK;
}

enum result rates_accepting(
        const struct rates *before, enum rate_origin origin, const char *code, struct rates **out)
{
	struct rate_table *t;
	struct rates *next;
	enum result result = copy(before, &next);

	if (result)
		return result;
	t = next->book->table[origin];
	if (!t || rate_table_accept(t, code) == 0) {
		rates_release(next);
		return RESULT_THEIRS_NOT_FOUND;
	}
	*out = next;
	return RESULT_OK;
}

/* ---- files ---- */

enum result rates_read_text(const char *file, char **out, size_t *out_n, int64_t *changed_ms)
{
	struct stat st;
	char *text = NULL;
	size_t n = 0;
	enum result r = RESULT_OURS_IO;
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		goto out;
	r = RESULT_THEIRS_TOO_BIG;
	if (st.st_size > RATES_FILE_BYTES_MAX)
		goto out;
	r = RESULT_OURS_MEMORY;
	text = malloc(RATES_FILE_BYTES_MAX);
	if (!text)
		goto out;
	for (;;) {
		ssize_t got = read(fd, text + n, RATES_FILE_BYTES_MAX - n);

		r = RESULT_OURS_IO;
		if (got < 0)
			goto out;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	r = RESULT_OK;
	*changed_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	*out = text;
	*out_n = n;
	text = NULL;
out:
	free(text);
	if (fd >= 0)
		close(fd);
	return r;
}

enum result rates_read_file(const char *file, struct rate_table **out, struct rate_fault *fault)
{
	int64_t as_of_ms;
	char *text;
	size_t n;
	enum result r = rates_read_text(file, &text, &n, &as_of_ms);

	if (r)
		return r;
	r = rate_table_parse(bytes_of(text, n), as_of_ms, out, fault);
	free(text);
	return r;
}
