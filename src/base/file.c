#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum result file_read(const char *path, size_t max, char **out, size_t *out_n)
{
	enum result r = RESULT_OURS_MEMORY;
	char *text = malloc(max + 2); /* one byte more than allowed, and the NUL */
	FILE *file = NULL;
	size_t n;

	if (!text)
		goto out;
	r = RESULT_OURS_IO;
	file = fopen(path, "re");
	if (!file)
		goto out;
	n = fread(text, 1, max + 1, file);
	if (ferror(file))
		goto out;
	r = RESULT_THEIRS_TOO_BIG;
	if (n > max)
		goto out;
	text[n] = '\0';
	*out = text;
	text = NULL;
	if (out_n)
		*out_n = n;
	r = RESULT_OK;
out:
	free(text);
	if (file) {
		int why = errno;

		(void)fclose(file);
		errno = why;
	}
	return r;
}
