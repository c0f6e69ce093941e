/* How an interaction ends for the client: the hash of every vector, and the URI. */
#include "unit/harness.h"

#include <string.h>

#include "unit/vectors.h"

#include "auth/finish.h"
#include "codec/form.h"

static const char *text(const json_t *c, const char *name)
{
	const char *s = json_string_value(json_object_get(c, name));

	ck_assert_msg(s != NULL, "%s", name);
	return s;
}

/* Equal, or equal as a form: a blank may be written in two ways. */
static void same_uri(const char *got, const char *want)
{
	size_t base = strcspn(want, "?");
	char ours[2048], theirs[2048];
	struct form a, b;

	ck_assert_uint_eq(strcspn(got, "?"), base);
	ck_assert_int_eq(strncmp(got, want, base), 0);
	ck_assert_int_eq(form_decode(bytes_str(got + base + 1), ours, &a), RESULT_OK);
	ck_assert_int_eq(form_decode(bytes_str(want + base + 1), theirs, &b), RESULT_OK);
	ck_assert_uint_eq(a.count, b.count);
	for (size_t i = 0; i < a.count; i++) {
		ck_assert_str_eq(a.fields[i].name, b.fields[i].name);
		ck_assert_str_eq(a.fields[i].text, b.fields[i].text);
	}
}

START_TEST(hashes)
{
	char hash[FINISH_HASH_SIZE], uri[2048];
	struct vectors v;
	json_t *c;
	struct buf b;
	size_t i;

	vectors_open(&v, "gnap-hash");
	ck_assert_uint_eq(json_array_size(json_object_get(v.root, "positive")), 9);
	json_array_foreach(json_object_get(v.root, "positive"), i, c)
	{
		finish_hash(text(c, "client_nonce"), text(c, "as_nonce"), text(c, "interact_ref"),
		        text(c, "grant_endpoint"), hash);
		ck_assert_str_eq(hash, text(c, "hash"));
		buf_init(&b, uri, sizeof(uri));
		ck_assert_int_eq(
		        finish_uri(text(c, "finish_uri"), NULL, text(c, "interact_ref"), hash, &b),
		        RESULT_OK);
		same_uri(uri, text(c, "redirect_location"));
	}
	vectors_close(&v);
}
END_TEST

/* ---- what stays of the client's URI ---- */

#define URI "https://shop.example/back"

static const struct {
	const char *uri;
	const char *want; /* with result=grant_rejected */
} uris[] = {
        {URI, URI "?result=grant_rejected"},
        {URI "?", URI "?result=grant_rejected"},
        {URI "?order=7", URI "?order=7&result=grant_rejected"},
        {URI "?order=7&x", URI "?order=7&x&result=grant_rejected"},
        {URI "?order=a%20b+c&q=%2F", URI "?order=a%20b+c&q=%2F&result=grant_rejected"},
        {URI "?result=x&order=7", URI "?order=7&result=grant_rejected"},
        {URI "?order=7&result=x", URI "?order=7&result=grant_rejected"},
        {URI "?hash=x&interact_ref=y&result", URI "?result=grant_rejected"},
        {URI "?h%61sh=x&%72esult=y&a=1", URI "?a=1&result=grant_rejected"},
        {URI "?hashes=x&my_result=y", URI "?hashes=x&my_result=y&result=grant_rejected"},
        {URI "?a=result=x", URI "?a=result=x&result=grant_rejected"},
        {URI "?&&a=1&&", URI "?a=1&result=grant_rejected"},
        {URI "?a=b?c", URI "?a=b?c&result=grant_rejected"},
        {URI "?%zz=1", URI "?%zz=1&result=grant_rejected"},
        {"http://localhost:3999", "http://localhost:3999?result=grant_rejected"},
};

START_TEST(rejected)
{
	char out[256];
	struct buf b;

	buf_init(&b, out, sizeof(out));
	ck_assert_int_eq(finish_uri(uris[_i].uri, "grant_rejected", NULL, NULL, &b), RESULT_OK);
	ck_assert_str_eq(out, uris[_i].want);
}
END_TEST

START_TEST(too_small)
{
	char out[40];
	struct buf b;

	buf_init(&b, out, sizeof(out));
	ck_assert_int_eq(finish_uri(URI, "grant_rejected", NULL, NULL, &b), RESULT_THEIRS_TOO_BIG);
}
END_TEST

START_TEST(origins)
{
	static const struct {
		const char *uri, *want;
	} cases[] = {
	        {"https://shop.example/back?x", "https://shop.example"},
	        {"https://shop.example:8443", "https://shop.example:8443"},
	        {"http://[::1]:3999?x", "http://[::1]:3999"},
	        {"https://a.example; script-src *", ""},
	        {"https://a.example,b", ""},
	        {"https://*.example/back", ""},
	        {"https://*", ""},
	        {"https://shop.example:*/back", ""},
	        {"https://shop.example:/back", ""},
	        {"https://user@shop.example/back", ""},
	        {"https://user:1@shop.example/back", ""},
	        {"https://shop.example'/back", ""},
	        {"https://shop.example\\x/back", ""},
	        {"https://sh\xc3\xb6p.example/back", ""},
	        {"https://[::1/back", ""},
	        {"https://[]/back", ""},
	        {"https://[*]/back", ""},
	        {"https:///back", ""},
	        {"javascript://shop.example/back", ""},
	        {"https://192.0.2.1:3000#x", "https://192.0.2.1:3000"},
	        {"mailto:x", ""},
	        {"", ""},
	        {"https://a-host-that-is-far-too-long-for-the-buffer.example", ""},
	};
	char out[40];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		finish_origin(cases[i].uri, out, sizeof(out));
		ck_assert_str_eq(out, cases[i].want);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, hashes);
	tcase_add_loop_test(t, rejected, 0, sizeof(uris) / sizeof(uris[0]));
	tcase_add_test(t, too_small);
	tcase_add_test(t, origins);
}

TEST_MAIN("finish", fill)
