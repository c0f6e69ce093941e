#include "unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_answer.h"

#define BODY_MAX 1000
#define OK       "HTTP/1.1 200 OK\r\n"

static const struct {
	const char *in;
	enum result expected; /* after all of `in` and the end of the connection */
	int status;
	bool keeps;
	const char *body;
	const char *rest; /* what came after the answer */
} cases[] = {
        /* bodies of a known length */
        {OK "Content-Length: 5\r\n\r\nhello", RESULT_OK, 200, true, "hello", ""},
        {OK "content-length:5\r\n\r\nhello", RESULT_OK, 200, true, "hello", ""},
        {OK "Content-Length: \t 5 \t\r\n\r\nhello", RESULT_OK, 200, true, "hello", ""},
        {OK "Content-Length: 0\r\n\r\n", RESULT_OK, 200, true, "", ""},
        {OK "Content-Length: 005\r\n\r\nhello", RESULT_OK, 200, true, "hello", ""},
        {OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", RESULT_OK, 200, true, "hello",
                ""},
        {OK "Content-Length: 5\r\n\r\nhello, world", RESULT_OK, 200, true, "hello", ", world"},
        {"HTTP/1.1 500 \r\nContent-Length: 1\r\n\r\nx", RESULT_OK, 500, true, "x", ""},
        {"HTTP/1.1 599\r\nContent-Length: 1\r\n\r\nx", RESULT_OK, 599, true, "x", ""},
        /* no body whatever the fields say */
        {"HTTP/1.1 204 No Content\r\n\r\n", RESULT_OK, 204, true, "", ""},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc", RESULT_OK, 204, true, "",
                "abc"},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", RESULT_OK, 304, true, "", ""},
        /* a body that the connection ends */
        {OK "\r\nhello", RESULT_OK, 200, false, "hello", ""},
        {OK "\r\n", RESULT_OK, 200, false, "", ""},
        /* chunks */
        {OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", RESULT_OK, 200, true,
                "hello", ""},
        {OK "transfer-encoding: Chunked\r\n\r\n1;x=y\r\nh\r\n000a\r\n0123456789\r\n0\r\nA: b\r\n"
            "\r\nrest",
                RESULT_OK, 200, true, "h0123456789", "rest"},
        {OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", RESULT_OK, 200, true, "", ""},
        /* informational answers are skipped, with what they say */
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nContent-Length: 9\r\n"
         "Connection: close\r\n\r\n" OK "Content-Length: 1\r\n\r\nx",
                RESULT_OK, 200, true, "x", ""},
        /* connections that end */
        {OK "Connection: close\r\nContent-Length: 1\r\n\r\nx", RESULT_OK, 200, false, "x", ""},
        {OK "Connection: keep-alive, Close\r\nContent-Length: 1\r\n\r\nx", RESULT_OK, 200, false,
                "x", ""},
        {OK "Connection: closed\r\nContent-Length: 1\r\n\r\nx", RESULT_OK, 200, true, "x", ""},
        {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", RESULT_OK, 200, false, "x", ""},
        {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", RESULT_OK, 200,
                false, "x", ""},
        /* not whole */
        {"", RESULT_RETRY_UNKNOWN, 0, true, "", ""},
        {"HTTP/1.1 20", RESULT_RETRY_UNKNOWN, 0, true, "", ""},
        {OK, RESULT_RETRY_UNKNOWN, 0, true, "", ""},
        {OK "Content-Length: 5\r\n\r\nhell", RESULT_RETRY_UNKNOWN, 0, true, "", ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", RESULT_RETRY_UNKNOWN, 0, true, "",
                ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", RESULT_RETRY_UNKNOWN, 0, true,
                "", ""},
        {"HTTP/1.1 100 Continue\r\n\r\n", RESULT_RETRY_UNKNOWN, 0, true, "", ""},
        /* not HTTP/1 */
        {"220 mail.example ready\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"SSH-2.0-x", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"\r\n" OK "\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/2 200 OK\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/1.2 200 OK\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"http/1.1 200 OK\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/1.1  200 OK\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/1.1 20 OK\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/1.1 2000 OK\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/1.1 600 OK\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/1.1 099 OK\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/1.1 101 Switching\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        /* lines that readers take for different things */
        {"HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Content-Length: 1\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Content-Length: 1\r\n\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "A: b\rContent-Length: 2\r\n\r\nxx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "A: b\x01\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "A: b\r\n c\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Content-Length : 1\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK ": 1\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "no colon\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        /* lengths that readers take for different things */
        {OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", RESULT_THEIRS_PROTOCOL, 0, true, "",
                ""},
        {OK "Content-Length: 1, 1\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Content-Length: -1\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Content-Length: +1\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Content-Length: 0x1\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Content-Length:\r\n\r\nx", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true,
                "", ""},
        {OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", RESULT_THEIRS_PROTOCOL,
                0, true, "", ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0,
                true, "", ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n-1\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "", ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n", RESULT_THEIRS_PROTOCOL, 0, true, "",
                ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n", RESULT_THEIRS_PROTOCOL, 0,
                true, "", ""},
        /* too much */
        {OK "Content-Length: 1001\r\n\r\n", RESULT_THEIRS_TOO_BIG, 0, true, "", ""},
        {OK "Content-Length: 18446744073709551617\r\n\r\n", RESULT_THEIRS_TOO_BIG, 0, true, "", ""},
        {OK "Content-Length: 99999999999999999999999999\r\n\r\n", RESULT_THEIRS_TOO_BIG, 0, true,
                "", ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", RESULT_THEIRS_TOO_BIG, 0, true, "", ""},
        {OK "Transfer-Encoding: chunked\r\n\r\n10000000000000001\r\n", RESULT_THEIRS_TOO_BIG, 0,
                true, "", ""},
};

/* Gives `in` in pieces; as a connection would, it ends after it. */
static enum result feed(struct http_answer *a, struct bytes in, size_t piece, size_t *rest)
{
	enum result r = RESULT_OK;
	size_t at = 0;

	while (!r && at < in.n && !http_answer_is_whole(a)) {
		size_t n = in.n - at < piece ? in.n - at : piece, used = 0;
		/* Of exactly its size, so that a sanitizer sees a step outside. */
		uint8_t *copy = malloc(n);

		memcpy(copy, in.p + at, n);
		r = http_answer_take(a, bytes_of(copy, n), &used);
		free(copy);
		ck_assert(r || used == n || http_answer_is_whole(a));
		at += used;
	}
	*rest = in.n - at;
	return r ? r : http_answer_end(a);
}

START_TEST(table)
{
	struct http_answer a = {.status = 0};
	struct answer_body body = {.max = BODY_MAX};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes in = bytes_str(cases[i].in);

		for (size_t piece = 1; piece <= in.n + 1; piece++) {
			enum result r;
			size_t rest;

			/* The struct and its memory serve for all. */
			http_answer_begin(&a, body);
			r = feed(&a, in, piece, &rest);
			body = a.body;
			ck_assert_msg(r == cases[i].expected, "case %zu in pieces of %zu: %s", i,
			        piece, result_name(r));
			if (r)
				continue;
			ck_assert_int_eq(a.status, cases[i].status);
			ck_assert_msg(a.keeps == cases[i].keeps, "case %zu", i);
			ck_assert_uint_eq(a.body.n, strlen(cases[i].body));
			if (a.body.n)
				ck_assert_str_eq((char *)a.body.p, cases[i].body);
			ck_assert_uint_eq(rest, strlen(cases[i].rest));
		}
	}
	http_answer_clear(&a);
	free(body.p);
}
END_TEST

static const struct {
	const char *field;
	const char *expected;
} types[] = {
        {"Content-Type: text/plain\r\n", "text/plain"},
        {"Content-Type: Application/JSON; charset=utf-8\r\n", "application/json"},
        {"content-type:  a/b \r\n", "a/b"},
        {"", ""},
};

START_TEST(media_type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct http_answer a = {.status = 0};
		char in[256];
		size_t rest;

		snprintf(in, sizeof(in), OK "%sContent-Length: 0\r\n\r\n", types[i].field);
		http_answer_begin(&a, (struct answer_body){.max = 1});
		ck_assert_int_eq(feed(&a, bytes_str(in), sizeof(in), &rest), RESULT_OK);
		ck_assert_str_eq(a.type, types[i].expected);
		free(a.body.p);
	}
}
END_TEST

/* Each bound as it is passed by one: heads without end, one endless line, endless answers before
 * the answer, an endless extension. */
START_TEST(bounds)
{
	static const struct {
		const char *begin, *again;
		enum result expected;
	} endless[] = {
	        {OK, "A: b\r\n", RESULT_THEIRS_TOO_BIG},
	        {OK "A: ", "bbbbbbb", RESULT_THEIRS_TOO_BIG},
	        {"", "HTTP/1.1 100 Continue\r\n\r\n", RESULT_THEIRS_TOO_BIG},
	        {OK "Transfer-Encoding: chunked\r\n\r\n1;", "aaaa", RESULT_THEIRS_TOO_BIG},
	        {OK "Transfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n", RESULT_THEIRS_TOO_BIG},
	        {OK "\r\n", "more", RESULT_THEIRS_TOO_BIG},
	        {OK "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", RESULT_THEIRS_TOO_BIG},
	};

	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
		struct http_answer a = {.status = 0};
		enum result r;
		size_t used, given = 0;

		http_answer_begin(&a, (struct answer_body){.max = BODY_MAX});
		r = http_answer_take(&a, bytes_str(endless[i].begin), &used);
		while (!r && given <= HTTP_ANSWER_HEAD_MAX) {
			r = http_answer_take(&a, bytes_str(endless[i].again), &used);
			given += strlen(endless[i].again);
		}
		ck_assert_msg(r == endless[i].expected, "case %zu: %s", i, result_name(r));
		ck_assert_uint_le(a.body.n, BODY_MAX);
		ck_assert_uint_le(a.line_cap, 2 * HTTP_ANSWER_HEAD_MAX);
		http_answer_clear(&a);
		free(a.body.p);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, table);
	tcase_add_test(t, media_type);
	tcase_add_test(t, bounds);
}

TEST_MAIN("http_answer", fill)
