#include "http/qr.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define PIECE_MAX 40 /* characters of one run of modules */

/* Dark modules of a row that stand side by side are one rectangle. */
static void write_row(const QRcode *code, int y, struct buf *out)
{
	const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
	int x = 0;

	while (x < code->width) {
		char piece[PIECE_MAX];
		int from = x;

		while (x < code->width && (row[x] & 1))
			x++;
		if (x == from) {
			x++;
			continue;
		}
		(void)snprintf(piece, sizeof(piece), "M%d %dh%dv1h-%dz", from + QR_QUIET,
		        y + QR_QUIET, x - from, x - from);
		buf_bytes(out, bytes_str(piece));
	}
}

json_t *qr_json(const char *text, const char *label)
{
	size_t n = strlen(text);
	json_t *view = NULL;
	QRcode *code;
	struct buf path;
	size_t cap, width;
	char *storage;

	if (n == 0 || n > QR_TEXT_MAX)
		return NULL;
	code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (!code)
		return NULL;
	width = (size_t)code->width;
	cap = width * ((width + 1) / 2) * PIECE_MAX;
	storage = malloc(cap);
	if (storage) {
		buf_init(&path, storage, cap);
		for (int y = 0; y < code->width; y++)
			write_row(code, y, &path);
		if (!path.failed)
			view = json_pack("{s:i,s:s#,s:s}", "size", code->width + 2 * QR_QUIET,
			        "path", storage, (int)path.len, "label", label);
	}
	free(storage);
	QRcode_free(code);
	return view;
}
