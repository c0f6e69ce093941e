#include "cli/pay_data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "store/quote_data.h"

int pay_data_read(struct cli *cli, char **data, size_t *n)
{
	const char *path = cli_text(cli, "data");
	enum result r;

	*data = NULL;
	*n = 0;
	if (!path)
		return EXIT_DONE;
	errno = 0;
	r = file_read(path, QUOTE_DATA_MAX, data, n);
	if (r == RESULT_THEIRS_TOO_BIG)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "\"%s\" has more than %d bytes", path,
		        QUOTE_DATA_MAX);
	if (r)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "can't read \"%s\": %s", path,
		        errno ? strerror(errno) : result_name(r));
	if (*n == 0)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "\"%s\" is empty", path);
	return EXIT_DONE;
}

static int put_piece(struct admin *a, const char *path, uint64_t offset, struct bytes piece)
{
	char text[BASE64_LEN(QUOTE_PIECE_MAX) + 1];
	json_t *answer = NULL, *body;
	int status;

	base64_encode(piece, BASE64_STD, text);
	body = json_pack("{s:I, s:s}", "offset", (json_int_t)offset, "data", text);
	status = admin_call(a, "POST", path, body, NULL, &answer);
	json_decref(answer);
	return status;
}

int pay_data_put(struct admin *a, const json_t *quote, struct bytes data)
{
	const char *id = json_string_value(json_object_get(quote, "id"));
	char path[ADMIN_PATH_BYTES];
	int status = EXIT_DONE;

	admin_path(path, "/quotes/*/data", id ? id : "");
	for (size_t at = 0; at < data.n && !status; at += QUOTE_PIECE_MAX) {
		size_t n = data.n - at < QUOTE_PIECE_MAX ? data.n - at : QUOTE_PIECE_MAX;

		status = put_piece(a, path, at, bytes_of(data.p + at, n));
	}
	return status;
}

void pay_data_show(const json_t *payment)
{
	const json_t *data = json_object_get(payment, "data");
	const char *at = json_string_value(json_object_get(data, "deliveredAt"));
	long long whole = json_integer_value(json_object_get(data, "size"));
	long long done = json_integer_value(json_object_get(data, "deliveredSize"));

	if (!whole)
		return;
	if (at)
		printf("\ndata: all %lld bytes arrived\n", whole);
	else
		printf("\ndata: %lld of %lld bytes arrived\n", done, whole);
}
