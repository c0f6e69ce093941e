/* make_image FILE: makes a database of all schema steps as FILE, and prints it as C
 * (sqlite_image.h). Runs at build time only. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "store/sqlite.h"
#include "store/sqlite_image.h"

/* Fewer zeros than these between two pieces are written with them. */
#define ZEROS_MIN      16
#define IMAGE_SIZE_MAX (16 * 1024 * 1024)
#define PIECES_MAX     16384

/* What the library wants; this program makes it. */
const size_t sqlite_image_size = 0;
const struct sqlite_piece sqlite_image_pieces[] = {{0, 0}};
const size_t sqlite_image_pieces_count = 0;
const uint8_t sqlite_image_bytes[] = {0};

static bool make(const char *path)
{
	sqlite3 *handle = NULL;
	char why[STORE_WHY_SIZE] = "";
	bool made;

	unlink(path);
	made = sqlite3_open(path, &handle) == SQLITE_OK &&
	       sqlite_schema_create(handle, 0, why) == RESULT_OK;
	if (!made)
		fprintf(stderr, "make_image: %s: %s %s\n", path, sqlite3_errmsg(handle), why);
	return sqlite3_close(handle) == SQLITE_OK && made;
}

static size_t load(const char *path, uint8_t *image)
{
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file)
		return 0;
	size = fread(image, 1, IMAGE_SIZE_MAX, file);
	if (ferror(file))
		size = 0;
	fclose(file);
	return size;
}

/* Where the zeros end that begin at `at`, or `at` where they are too few. */
static size_t zeros_end(const uint8_t *image, size_t size, size_t at)
{
	size_t end = at;

	while (end < size && image[end] == 0)
		end++;
	return end - at >= ZEROS_MIN || end == size ? end : at;
}

static size_t find_pieces(const uint8_t *image, size_t size, struct sqlite_piece *pieces)
{
	size_t count = 0, at = zeros_end(image, size, 0);

	while (at < size && count < PIECES_MAX) {
		size_t end = at;

		while (end < size && zeros_end(image, size, end) == end)
			end++;
		pieces[count++] = (struct sqlite_piece){(uint32_t)at, (uint32_t)(end - at)};
		at = zeros_end(image, size, end);
	}
	return at < size ? 0 : count;
}

static bool print(
        const uint8_t *image, size_t size, const struct sqlite_piece *pieces, size_t count)
{
	printf("/* Made by make_image from the schema steps in sql/: do not edit. */\n"
	       "#include \"store/sqlite_image.h\"\n\n"
	       "const size_t sqlite_image_size = %zu;\n"
	       "const size_t sqlite_image_pieces_count = %zu;\n\n"
	       "const struct sqlite_piece sqlite_image_pieces[] = {\n",
	        size, count);
	for (size_t i = 0; i < count; i++)
		printf("\t{%u, %u},\n", (unsigned)pieces[i].at, (unsigned)pieces[i].size);
	printf("};\n\nconst uint8_t sqlite_image_bytes[] = {\n");
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < pieces[i].size; j++)
			printf("%u,", (unsigned)image[pieces[i].at + j]);
		putchar('\n');
	}
	printf("};\n");
	return fflush(stdout) == 0 && !ferror(stdout);
}

int main(int argc, char **argv)
{
	static uint8_t image[IMAGE_SIZE_MAX];
	static struct sqlite_piece pieces[PIECES_MAX];
	size_t size, count;

	if (argc != 2)
		return EXIT_FAILURE;
	log_set_level(LOG_LEVEL_ERROR);
	size = make(argv[1]) ? load(argv[1], image) : 0;
	unlink(argv[1]);
	count = find_pieces(image, size, pieces);
	return count > 0 && print(image, size, pieces, count) ? EXIT_SUCCESS : EXIT_FAILURE;
}
