#include "unit/harness.h"

#include <string.h>

#include "base/result.h"
#include "codec/form.h"

/* ---- whole forms: name=value|name=value ---- */

/* FORM_FIELDS_MAX of them */
#define MANY                                                                                       \
	"a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&r&s&t&u&v&w&x&y&z&A&B&C&D&E&F&G&H&I&J&K&L&M&N&O&P&Q&R&" \
	"S&T&U&V"

static const struct {
	const char *in;
	enum result r;
	const char *want;
} forms[] = {
        {"", RESULT_OK, ""},
        {"a=1", RESULT_OK, "a=1|"},
        {"a=1&b=2", RESULT_OK, "a=1|b=2|"},
        {"a=&b", RESULT_OK, "a=|b=|"},
        {"a=b=c", RESULT_THEIRS_MALFORMED, NULL}, /* a browser escapes it */
        {"a=b%3Dc%26", RESULT_OK, "a=b=c&|"},
        {"a+b=c+d", RESULT_OK, "a b=c d|"},
        {"a=*-._~", RESULT_OK, "a=*-._~|"},
        {"a=%C3%A9%e2%82%ac", RESULT_OK, "a=\xc3\xa9\xe2\x82\xac|"},
        {"a%3d=1", RESULT_OK, "a==1|"},
        {"&", RESULT_THEIRS_MALFORMED, NULL},
        {"a=1&", RESULT_THEIRS_MALFORMED, NULL},
        {"&a=1", RESULT_THEIRS_MALFORMED, NULL},
        {"a=1&&b=2", RESULT_THEIRS_MALFORMED, NULL},
        {"=1", RESULT_THEIRS_MALFORMED, NULL},
        {"a=%", RESULT_THEIRS_MALFORMED, NULL},
        {"a=%4", RESULT_THEIRS_MALFORMED, NULL},
        {"a=%4g", RESULT_THEIRS_MALFORMED, NULL},
        {"a=%00", RESULT_THEIRS_MALFORMED, NULL},
        {"a=%0A", RESULT_THEIRS_MALFORMED, NULL},
        {"a=%0D", RESULT_THEIRS_MALFORMED, NULL},
        {"a=b%0D%0Ac%0D%0A", RESULT_OK, "a=b c |"},
        {"a=b%09c", RESULT_OK, "a=b c|"},
        {"a=b%0D%0D%0Ac", RESULT_THEIRS_MALFORMED, NULL},
        {"a%0D%0A=1", RESULT_THEIRS_MALFORMED, NULL},
        {"a=%ff", RESULT_THEIRS_MALFORMED, NULL},
        {"a=%C3", RESULT_THEIRS_MALFORMED, NULL},
        {"a=x y", RESULT_THEIRS_MALFORMED, NULL},
        {"a=\xc3\xa9", RESULT_THEIRS_MALFORMED, NULL},
        {"a=<b>", RESULT_THEIRS_MALFORMED, NULL},
        {"a=1&a=2", RESULT_THEIRS_NONCANONICAL, NULL},
        {"a=1&%61=2", RESULT_THEIRS_NONCANONICAL, NULL},
        {MANY, RESULT_OK,
                "a=|b=|c=|d=|e=|f=|g=|h=|i=|j=|k=|l=|m=|n=|o=|p=|q=|r=|s=|t=|u=|v=|w=|x=|y=|z=|A=|"
                "B=|C=|D=|E=|F=|G=|H=|I=|J=|K=|L=|M=|N=|O=|P=|Q=|R=|S=|T=|U=|V=|"},
        {MANY "&W", RESULT_THEIRS_TOO_BIG, NULL},
};

START_TEST(decoding)
{
	char storage[256], text[256];
	struct form f;
	enum result r = form_decode(bytes_str(forms[_i].in), storage, &f);

	ck_assert_msg(r == forms[_i].r, "%s: %s", forms[_i].in, result_name(r));
	if (r)
		return;
	text[0] = '\0';
	for (size_t i = 0; i < f.count; i++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "%s=%s|", f.fields[i].name, f.fields[i].text);
	}
	ck_assert_str_eq(text, forms[_i].want);
}
END_TEST

/* It must never write past in.n + 1, whatever it refuses. */
START_TEST(storage)
{
	char room[8];
	struct form f;

	memset(room, 'x', sizeof(room));
	ck_assert_int_eq(form_decode(bytes_str("a=1&b"), room, &f), RESULT_OK);
	ck_assert_int_eq(room[6], 'x');
	ck_assert_str_eq(form_get(&f, "a"), "1");
	ck_assert_str_eq(form_get(&f, "b"), "");
	ck_assert_ptr_null(form_get(&f, "c"));
}
END_TEST

START_TEST(escaping)
{
	char text[64];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	form_escape(bytes_str("aZ9-._~ +/=&%\xc3\xa9"), &b);
	buf_u8(&b, 0);
	ck_assert(!b.failed);
	ck_assert_str_eq(text, "aZ9-._~%20%2B%2F%3D%26%25%C3%A9");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, decoding, 0, sizeof(forms) / sizeof(forms[0]));
	tcase_add_test(t, storage);
	tcase_add_test(t, escaping);
}

TEST_MAIN("form", fill)
