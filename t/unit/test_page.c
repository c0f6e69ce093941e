/* What pages are made with: cookies, paths to go on at, QR codes. */
#include "unit/harness.h"

#include <string.h>

#include "http/cookie.h"
#include "http/page.h"
#include "http/qr.h"

static const struct {
	const char *field;
	const char *want; /* of "s"; "" for none */
} cookies[] = {
        {NULL, ""},
        {"", ""},
        {"s=dark", "dark"},
        {"t=1; s=dark; u=2", "dark"},
        {"s=darker-than", ""}, /* does not fit */
        {"s=1234567", "1234567"},
        {"s=12345678", ""},
        {"ss=dark", ""},
        {"s=dark; s=dark", ""},
        {"s=", ""},
};

START_TEST(cookie)
{
	char out[8];
	bool found = cookie_read(cookies[_i].field, "s", out, sizeof(out));

	ck_assert_str_eq(out, cookies[_i].want);
	ck_assert_int_eq(found, *cookies[_i].want != '\0');
}
END_TEST

static const struct {
	const char *path;
	bool local;
} paths[] = {
        {"/", true},
        {"/alice?amount=1.00", true},
        {"/auth/interact/a/b", true},
        {"", false},
        {"alice", false},
        {"//evil.example", false},
        {"/\\evil.example", false},
        {"https://evil.example/", false},
        {"/a b", false},
        {"/a\r\nSet-Cookie: x=1", false},
        {"/\xc3\xa4", false},
};

START_TEST(local_path)
{
	ck_assert_int_eq(page_path_is_local(paths[_i].path), paths[_i].local);
}
END_TEST

/* The first finder pattern of every code: seven dark modules behind the quiet zone. */
START_TEST(qr_code)
{
	static const char first[] = "M4 4h7v1h-7z";
	json_t *view = qr_json("https://wallet.example/alice", "an address");
	const char *path = json_string_value(json_object_get(view, "path"));

	ck_assert_ptr_nonnull(path);
	ck_assert_int_eq(strncmp(path, first, strlen(first)), 0);
	ck_assert_int_eq((int)strspn(path, "Mhvz- 0123456789"), (int)strlen(path));
	/* version 3 at level M has 29 modules, which hold 42 bytes */
	ck_assert_int_eq(json_integer_value(json_object_get(view, "size")), 29 + 2 * QR_QUIET);
	json_decref(view);
}
END_TEST

START_TEST(qr_refused)
{
	char text[QR_TEXT_MAX + 2];
	json_t *view;

	memset(text, 'x', sizeof(text));
	text[QR_TEXT_MAX + 1] = '\0';
	ck_assert_ptr_null(qr_json(text, ""));
	ck_assert_ptr_null(qr_json("", ""));
	text[QR_TEXT_MAX] = '\0';
	view = qr_json(text, "");
	ck_assert_ptr_nonnull(view);
	json_decref(view);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, cookie, 0, sizeof(cookies) / sizeof(cookies[0]));
	tcase_add_loop_test(t, local_path, 0, sizeof(paths) / sizeof(paths[0]));
	tcase_add_test(t, qr_code);
	tcase_add_test(t, qr_refused);
}

TEST_MAIN("page", fill)
