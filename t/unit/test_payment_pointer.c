#include "unit/harness.h"
#include "unit/vectors.h"

#include <string.h>

#include "codec/payment_pointer.h"

/* The URL of the vectors with its host in lower case, as they recommend. */
static void lower_host(char *url)
{
	for (char *p = strstr(url, "://") + 3; *p && *p != '/'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

START_TEST(pointers)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "payment_pointers");
	json_array_foreach(vectors_cases(&v, "cases", 26), i, c)
	{
		struct bytes pointer = vectors_bytes(c, "pointer");
		bool valid = vectors_bool(c, "rfc_valid");
		char url[URL_MAX_CHARS + 1], want[URL_MAX_CHARS + 1];

		ck_assert_msg((payment_pointer_resolve(pointer, PAYMENT_POINTER_STRICT, url) ==
		                      RESULT_OK) == valid,
		        "%s", vectors_text(c, "pointer"));
		if (!valid)
			continue;
		ck_assert_int_eq(text_copy(want, sizeof(want), vectors_text(c, "rfc_endpoint_url")),
		        RESULT_OK);
		lower_host(want);
		ck_assert_str_eq(url, want);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(account_urls)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "payment_pointers");
	json_array_foreach(vectors_cases(&v, "account_urls", 12), i, c)
	{
		struct bytes url = vectors_bytes(c, "url");
		bool valid = vectors_bool(c, "valid");
		const char *pointer = vectors_text(c, "payment_pointer");
		char out[URL_MAX_CHARS + 1];

		ck_assert_msg((payment_pointer_endpoint(url, PAYMENT_POINTER_STRICT, out) ==
		                      RESULT_OK) == valid,
		        "%s", vectors_text(c, "url"));
		if (valid)
			ck_assert_str_eq(out, vectors_text(c, "endpoint_url"));
		ck_assert_msg(
		        (payment_pointer_from_url(url, out) == RESULT_OK) == (pointer != NULL),
		        "%s", vectors_text(c, "url"));
		if (pointer)
			ck_assert_str_eq(out, pointer);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(development_rules)
{
	static const struct {
		const char *pointer;
		const char *url; /* NULL: refused */
	} rows[] = {
	        {"$localhost:3000/alice", "http://localhost:3000/alice"},
	        {"$LOCALHOST/alice", "http://localhost/alice"},
	        {"$127.0.0.1:3200/bob", "http://127.0.0.1:3200/bob"},
	        {"$127.0.0.1", "http://127.0.0.1/.well-known/pay"},
	        {"$[::1]:80/x", "http://[::1]:80/x"},
	        {"$example.com:8080/x", "http://example.com:8080/x"},
	        {"$example.com/x", "https://example.com/x"},
	        {"$127.example.com/x", "https://127.example.com/x"},
	        {"$127.0.0.1.example.com/x", "https://127.0.0.1.example.com/x"},
	        {"$localhost:0/x", NULL},
	        {"$localhost:65536/x", NULL},
	        {"$localhost:/x", NULL},
	        {"$localhost:1a/x", NULL},
	        {"$me@localhost:3000/x", NULL},
	        {"$localhost:3000/x?y", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char url[URL_MAX_CHARS + 1];
		enum result r = payment_pointer_resolve(
		        bytes_str(rows[i].pointer), PAYMENT_POINTER_DEV, url);

		ck_assert_msg((r == RESULT_OK) == (rows[i].url != NULL), "%s", rows[i].pointer);
		if (rows[i].url)
			ck_assert_str_eq(url, rows[i].url);
	}
}
END_TEST

START_TEST(refused_bytes)
{
	static const char *const rows[] = {"$a.b/%", "$a.b/%2", "$a.b/%zz", "$a.b/x\\y",
	        "$a.b/\x01", "$a\xc3\xa9.b/x", "$[::1", "$[::g]/x", "$[]/x", "$[::1]x/y", "a.b/x",
	        "$/x"};
	char url[URL_MAX_CHARS + 1];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(payment_pointer_resolve(
		                      bytes_str(rows[i]), PAYMENT_POINTER_STRICT, url) != RESULT_OK,
		        "%s", rows[i]);
}
END_TEST

/* Also where a library function that takes text would stop reading. */
START_TEST(nul_bytes)
{
	static const struct bytes rows[] = {
	        {(const uint8_t *)"$a.b/\0", 6},
	        {(const uint8_t *)"$a\0.b/x", 7},
	        {(const uint8_t *)"$[::1\0\0]/x", 10},
	        {(const uint8_t *)"$127.0.0.1\0/x", 13},
	};
	char url[URL_MAX_CHARS + 1];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(payment_pointer_resolve(rows[i], PAYMENT_POINTER_DEV, url) ==
		                      RESULT_THEIRS_MALFORMED,
		        "row %zu", i);
}
END_TEST

START_TEST(length_limit)
{
	char pointer[URL_MAX_CHARS], url[URL_MAX_CHARS + 1];
	size_t longest = URL_MAX_CHARS - strlen("https://") + 1;

	memset(pointer, 'a', sizeof(pointer));
	memcpy(pointer, "$a.b/", 5);
	ck_assert_int_eq(
	        payment_pointer_resolve(bytes_of(pointer, longest), PAYMENT_POINTER_STRICT, url),
	        RESULT_OK);
	ck_assert_uint_eq(strlen(url), URL_MAX_CHARS);
	ck_assert_int_eq(payment_pointer_resolve(
	                         bytes_of(pointer, longest + 1), PAYMENT_POINTER_STRICT, url),
	        RESULT_THEIRS_TOO_BIG);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, pointers);
	tcase_add_test(t, account_urls);
	tcase_add_test(t, development_rules);
	tcase_add_test(t, refused_bytes);
	tcase_add_test(t, nul_bytes);
	tcase_add_test(t, length_limit);
}

TEST_MAIN("payment_pointer", fill)
