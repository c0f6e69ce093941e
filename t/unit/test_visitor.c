/* Which cookie counts, where a login may lead, and whom a form's token belongs to. */
#include "unit/harness.h"

#include <string.h>

#include "web/login.h"
#include "web/visitor.h"

#define A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-"
#define B "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB_"

static const struct {
	const char *field;
	const char *want; /* of the cookie "s"; "" for none */
} cookies[] = {
        {NULL, ""},
        {"", ""},
        {"s=" A, A},
        {"s=" A "; t=1", A},
        {"t=1; s=" A, A},
        {"t=1;s=" A, A},
        {"ss=" A, ""},
        {"xs=" A, ""},
        {"S=" A, ""},
        {"s =" A, ""},
        {"s=" A "x", ""},
        {"s=", ""},
        {"s", ""},
        {"s=\"" A "\"", ""},
        {"s=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+", ""},
        /* twice: somebody else may have put one there */
        {"s=" A "; s=" B, ""},
        {"s=" A "; s=" A, ""},
        {"s=x; s=" A, ""},
        {";;; ;s=" A ";", A},
};

START_TEST(cookie)
{
	char out[TOKEN_TEXT_SIZE];
	bool found = visitor_cookie(cookies[_i].field, "s", out);

	ck_assert_str_eq(out, cookies[_i].want);
	ck_assert_int_eq(found, *cookies[_i].want != '\0');
}
END_TEST

static const struct {
	const char *path;
	bool allowed;
} paths[] = {
        {"/wallet", true},
        {"/wallet/keys", true},
        {"/auth/interact/01a2-b/Nonce_x-y", true},
        {"", false},
        {"wallet", false},
        {"/", false},
        {"/alice", false},
        {"//evil.example/wallet", false},
        {"/wallet//evil.example", false},
        {"/wallet/../admin", false},
        {"/wallet?x=1", false},
        {"/wallet#x", false},
        {"/wallet\\evil", false},
        {"/wallet%2f", false},
        {"https://evil.example/wallet", false},
        {"javascript:alert(1)", false},
        {"/wallet\r\nSet-Cookie: x", false},
};

START_TEST(next)
{
	ck_assert_int_eq(login_next_allowed(paths[_i].path), paths[_i].allowed);
}
END_TEST

START_TEST(form_tokens)
{
	const struct secret32 master = {{7}}, other = {{8}};
	const struct web_options o = {
	        .public_url = "https://wallet.example", .master_key = &master};
	const struct web_options p = {.public_url = "http://[::1]:3000", .master_key = &other};
	char token[FORM_TOKEN_SIZE];
	struct web *w, *x;

	ck_assert_int_eq(web_new(&o, &w), RESULT_OK);
	ck_assert_int_eq(web_new(&p, &x), RESULT_OK);
	ck_assert_str_eq(w->session_cookie, "__Host-florin-session-443");
	ck_assert_str_eq(x->session_cookie, "florin-session-3000");
	web_form_token(w, A, "login", token);
	ck_assert_uint_eq(strlen(token), FORM_TOKEN_SIZE - 1);
	ck_assert(web_form_token_is(w, A, "login", token));
	ck_assert(!web_form_token_is(w, A, "logout", token));
	ck_assert(!web_form_token_is(w, B, "login", token));
	ck_assert(!web_form_token_is(x, A, "login", token));
	ck_assert(!web_form_token_is(w, A, "login", ""));
	/* no cookie, no token */
	web_form_token(w, "", "login", token);
	ck_assert(!web_form_token_is(w, "", "login", token));
	web_free(w);
	web_free(x);
}
END_TEST

START_TEST(ports)
{
	static const char *const cases[][2] = {
	        {"http://localhost:3000", "3000"},
	        {"https://a.example", "443"},
	        {"http://a.example", "80"},
	        {"https://[2001:db8::1]", "443"},
	        {"https://[2001:db8::1]:8443", "8443"},
	};
	char port[6];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		web_port(cases[i][0], port);
		ck_assert_str_eq(port, cases[i][1]);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, cookie, 0, sizeof(cookies) / sizeof(cookies[0]));
	tcase_add_loop_test(t, next, 0, sizeof(paths) / sizeof(paths[0]));
	tcase_add_test(t, form_tokens);
	tcase_add_test(t, ports);
}

TEST_MAIN("visitor", fill)
