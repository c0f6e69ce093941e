#include "unit/harness.h"

#include <string.h>

#include "net/websocket_head.h"

/* RFC 6455 1.3 */
#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define GOOD                                                                                       \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"        \
	"Sec-WebSocket-Accept: " ACCEPT "\r\n"

START_TEST(accept_of_the_rfc)
{
	char accept[WEBSOCKET_ACCEPT_SIZE];

	ck_assert_int_eq(websocket_accept(KEY, accept), RESULT_OK);
	ck_assert_str_eq(accept, ACCEPT);
	ck_assert(websocket_key_is_good(KEY));
	ck_assert(!websocket_key_is_good(""));
	ck_assert(!websocket_key_is_good("dGhlIHNhbXBsZSBub25jZQ"));
	ck_assert(!websocket_key_is_good("dGhlIHNhbXBsZSBub25jZQ==="));
	ck_assert(!websocket_key_is_good("!GhlIHNhbXBsZSBub25jZQ=="));
}
END_TEST

static const struct {
	const char *answer;
	enum result expected;
	bool whole;
} answers[] = {
        {GOOD "\r\n", RESULT_OK, true},
        {GOOD "X-Other: 1\r\n\r\nframes", RESULT_OK, true},
        {"HTTP/1.1 101\r\nupgrade:WebSocket\r\nconnection: keep-alive, upgrade \r\n"
         "sec-websocket-accept: \t" ACCEPT " \r\n\r\n",
                RESULT_OK, true},
        {"", RESULT_OK, false},
        {GOOD, RESULT_OK, false},
        {GOOD "\r", RESULT_OK, false},
        {"HTTP/1.1 200 OK\r\n\r\n", RESULT_THEIRS_REFUSED, false},
        {"HTTP/1.1 401 No\r\nUpgrade: websocket\r\n\r\n", RESULT_THEIRS_REFUSED, false},
        {"HTTP/1.1 1010 Odd\r\n\r\n", RESULT_THEIRS_REFUSED, false},
        {"HTTP/1.0 101 Old\r\n\r\n", RESULT_THEIRS_PROTOCOL, false},
        {"SSH-2.0-x\r\n\r\n", RESULT_THEIRS_PROTOCOL, false},
        {"\r\n\r\n", RESULT_THEIRS_PROTOCOL, false},
        {"HTTP/1.1 101 x\r\n\r\n", RESULT_THEIRS_PROTOCOL, false},
        {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=\r\n\r\n",
                RESULT_THEIRS_PROTOCOL, false},
        {"HTTP/1.1 101 x\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
                RESULT_THEIRS_PROTOCOL, false},
        {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
                RESULT_THEIRS_PROTOCOL, false},
        {GOOD "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", RESULT_THEIRS_PROTOCOL,
                false},
        {GOOD "Sec-WebSocket-Protocol: btp\r\n\r\n", RESULT_THEIRS_PROTOCOL, false},
        {GOOD "no colon\r\n\r\n", RESULT_THEIRS_PROTOCOL, false},
        {GOOD ": no name\r\n\r\n", RESULT_THEIRS_PROTOCOL, false},
};

START_TEST(answers_of_servers)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct bytes in = bytes_str(answers[i].answer);
		size_t used = 0;
		enum result r = websocket_head_answer(in, ACCEPT, &used);

		ck_assert_msg(r == answers[i].expected, "%zu: %s", i, result_name(r));
		ck_assert_msg((used > 0) == answers[i].whole, "%zu: %zu", i, used);
		if (used)
			ck_assert_int_eq(memcmp(in.p + used - 4, "\r\n\r\n", 4), 0);
	}
}
END_TEST

START_TEST(a_head_has_an_end)
{
	static char long_one[WEBSOCKET_HEAD_MAX + 64] = GOOD;
	size_t used, n = strlen(long_one);

	memset(long_one + n, 'a', sizeof(long_one) - n);
	ck_assert_int_eq(
	        websocket_head_answer(bytes_of(long_one, WEBSOCKET_HEAD_MAX - 1), ACCEPT, &used),
	        RESULT_OK);
	ck_assert_uint_eq(used, 0);
	ck_assert_int_eq(
	        websocket_head_answer(bytes_of(long_one, WEBSOCKET_HEAD_MAX), ACCEPT, &used),
	        RESULT_THEIRS_TOO_BIG);
	/* A NUL is no text of a head. */
	memcpy(long_one + n, "X: \0b\r\n\r\n", 9);
	ck_assert_int_eq(websocket_head_answer(bytes_of(long_one, n + 9), ACCEPT, &used),
	        RESULT_THEIRS_PROTOCOL);
}
END_TEST

static const struct {
	const char *url;
	const char *begins;
} requests[] = {
        {"http://127.0.0.1:3000/ilp/btp", "GET /ilp/btp HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n"},
        {"https://a.example", "GET / HTTP/1.1\r\nHost: a.example\r\n"},
        {"https://a.example?b=c", "GET /?b=c HTTP/1.1\r\nHost: a.example\r\n"},
        {"http://[::1]:80/x?y", "GET /x?y HTTP/1.1\r\nHost: [::1]:80\r\n"},
};

START_TEST(requests_of_clients)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		char out[1024];
		struct buf b;

		buf_init(&b, out, sizeof(out) - 1);
		websocket_head_request(&b, requests[i].url, KEY);
		ck_assert(!b.failed);
		out[b.len] = '\0';
		ck_assert_msg(strncmp(out, requests[i].begins, strlen(requests[i].begins)) == 0,
		        "%s", out);
		ck_assert_ptr_nonnull(strstr(out, "\r\nSec-WebSocket-Key: " KEY "\r\n\r\n"));
	}
}
END_TEST

START_TEST(words_of_lists)
{
	ck_assert(websocket_list_has("keep-alive, Upgrade", "upgrade"));
	ck_assert(websocket_list_has("upgrade", "upgrade"));
	ck_assert(!websocket_list_has("upgraded", "upgrade"));
	ck_assert(!websocket_list_has("", "upgrade"));
	ck_assert(!websocket_list_has(NULL, "upgrade"));
	ck_assert(!websocket_list_has("up,grade", "upgrade"));
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, accept_of_the_rfc);
	tcase_add_test(t, answers_of_servers);
	tcase_add_test(t, a_head_has_an_end);
	tcase_add_test(t, requests_of_clients);
	tcase_add_test(t, words_of_lists);
}

TEST_MAIN("websocket_head", fill)
