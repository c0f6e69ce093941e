/* standalone_main: runs a fuzz target over files instead of libFuzzer: those given, or the corpus
 * that it was built with. Each file is copied to a block of exactly its size, so that a sanitizer
 * sees the first byte read past it. */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <string.h>

#define FILE_BYTES_MAX (1024 * 1024)
#define PATH_BYTES_MAX 4096

static bool run_file(const char *path)
{
	static uint8_t content[FILE_BYTES_MAX];
	FILE *f = fopen(path, "rb");
	uint8_t *exact;
	size_t n;

	if (!f) {
		perror(path);
		return false;
	}
	n = fread(content, 1, sizeof(content), f);
	fclose(f);
	exact = malloc(n ? n : 1);
	if (!exact) {
		perror(path);
		return false;
	}
	memcpy(exact, content, n);
	/* named before it runs: a crash must be traceable to its input */
	fprintf(stderr, "%s: %zu bytes\n", path, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return true;
}

static void run_folder(const char *folder, unsigned *passed, unsigned *failed)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	if (!d) {
		perror(folder);
		++*failed;
		return;
	}
	while ((e = readdir(d)) != NULL) {
		char path[PATH_BYTES_MAX];
		int n = snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);

		if (e->d_name[0] == '.')
			continue;
		if (n > 0 && (size_t)n < sizeof(path) && run_file(path))
			++*passed;
		else
			++*failed;
	}
	closedir(d);
}

int main(int argc, char **argv)
{
	unsigned passed = 0, failed = 0;

	for (int i = 1; i < argc; i++) {
		if (run_file(argv[i]))
			passed++;
		else
			failed++;
	}
	if (argc == 1)
		run_folder(CORPUS, &passed, &failed);
	printf("%u passed, %u failed\n", passed, failed);
	return passed > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
