/* The first byte says in what pieces the rest arrives. In whatever pieces, the answer is the same;
 * and what was understood, written anew in the plainest form, is understood the same. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "net/http_answer.h"

#define BODY_MAX 500

static enum result feed(struct http_answer *a, struct bytes in, size_t piece, size_t *taken)
{
	enum result r = RESULT_OK;

	*taken = 0;
	http_answer_begin(a, (struct answer_body){.max = BODY_MAX});
	while (!r && *taken < in.n && !http_answer_is_whole(a)) {
		size_t n = in.n - *taken < piece ? in.n - *taken : piece, used = 0;

		r = http_answer_take(a, bytes_of(in.p + *taken, n), &used);
		FUZZ_CHECK(r || used == n || http_answer_is_whole(a));
		FUZZ_CHECK(used <= n);
		*taken += used;
	}
	FUZZ_CHECK(a->body.n <= BODY_MAX);
	return r ? r : http_answer_end(a);
}

static bool has_body(const struct http_answer *a)
{
	return a->status != 204 && a->status != 304;
}

static void go_round(const struct http_answer *a)
{
	char out[BODY_MAX + 256];
	struct http_answer again = {.status = 0};
	size_t n, taken;

	n = (size_t)snprintf(
	        out, sizeof(out), "HTTP/1.1 %d\r\nContent-Type: %s\r\n", a->status, a->type);
	if (has_body(a))
		n += (size_t)snprintf(
		        out + n, sizeof(out) - n, "Content-Length: %zu\r\n", a->body.n);
	n += (size_t)snprintf(
	        out + n, sizeof(out) - n, "%s\r\n", a->keeps ? "" : "Connection: close\r\n");
	if (a->body.n)
		memcpy(out + n, a->body.p, a->body.n);
	FUZZ_CHECK(feed(&again, bytes_of(out, n + a->body.n), sizeof(out), &taken) == RESULT_OK);
	FUZZ_CHECK(taken == n + a->body.n);
	FUZZ_CHECK(again.status == a->status && again.keeps == a->keeps);
	FUZZ_CHECK(strcmp(again.type, a->type) == 0);
	FUZZ_CHECK(bytes_eq(bytes_of(again.body.p, again.body.n), bytes_of(a->body.p, a->body.n)));
	http_answer_clear(&again);
	free(again.body.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_answer whole = {.status = 0}, cut = {.status = 0};
	size_t whole_taken, cut_taken;
	struct bytes in;
	enum result r;

	if (size == 0)
		return 0;
	in = bytes_of(data + 1, size - 1);
	r = feed(&whole, in, in.n + 1, &whole_taken);
	FUZZ_CHECK(feed(&cut, in, data[0] % 16 + 1, &cut_taken) == r);
	if (r == RESULT_OK) {
		FUZZ_CHECK(whole_taken == cut_taken && whole.status == cut.status);
		FUZZ_CHECK(whole.keeps == cut.keeps && strcmp(whole.type, cut.type) == 0);
		FUZZ_CHECK(bytes_eq(
		        bytes_of(whole.body.p, whole.body.n), bytes_of(cut.body.p, cut.body.n)));
		FUZZ_CHECK(!has_body(&whole) ? whole.body.n == 0 : true);
		go_round(&whole);
	} else {
		FUZZ_CHECK(r == RESULT_THEIRS_PROTOCOL || r == RESULT_THEIRS_TOO_BIG ||
		           r == RESULT_RETRY_UNKNOWN);
	}
	http_answer_clear(&whole);
	http_answer_clear(&cut);
	free(whole.body.p);
	free(cut.body.p);
	return 0;
}
