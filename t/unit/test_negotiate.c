#include "unit/harness.h"

#include <string.h>

#include "http/negotiate.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* In the order of preference of GET /NAME. */
static const char *const offers[] = {
        "application/json", "application/spsp4+json", "application/spsp+json", "text/html"};

enum { JSON = 0, SPSP4 = 1, SPSP = 2, HTML = 3, NONE = -1 };

static const struct {
	const char *accept;
	int expected;
} cases[] = {
        /* no wish */
        {NULL, JSON},
        {"", JSON},
        {"*/*", JSON},
        /* one wish */
        {"application/spsp4+json", SPSP4},
        {"APPLICATION/SPSP4+JSON", SPSP4},
        {"text/html", HTML},
        {"text/*", HTML},
        {"application/*", JSON},
        {"image/png", NONE},
        {"image/*", NONE},
        {"application/xml, image/png", NONE},
        /* quality beats all else */
        {"application/json;q=0.5, application/spsp4+json;q=0.9", SPSP4},
        {"text/html;q=0.1, */*;q=0.2", JSON},
        {"application/json;q=0.001, text/html;q=0.002", HTML},
        {"application/json;Q=0.2, text/html;q=0.3", HTML},
        /* the most exact range decides an offer's quality */
        {"*/*, application/json;q=0", SPSP4},
        {"application/*, application/json;q=0, application/spsp4+json;q=0", SPSP},
        {"*/*;q=0", NONE},
        {"*/*;q=0, text/html", HTML},
        {"application/json;q=0", NONE},
        {"application/json;q=0.000", NONE},
        /* equal quality: the more exact range, then the client's order */
        {"*/*, text/html", HTML},
        {"application/*, text/html", HTML},
        {"application/spsp4+json, application/json", SPSP4},
        {"application/json, application/spsp4+json", JSON},
        {"application/spsp+json, application/spsp4+json", SPSP},
        /* what browsers and fetch send */
        {"text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", HTML},
        {"application/json, text/plain, */*", JSON},
        /* parameters, extensions, blanks, quotes */
        {"application/spsp4+json; charset=utf-8", SPSP4},
        {" text/html ; q=1.0 ", HTML},
        {"text/html;level=\"1,2;q=0\";q=0.5, application/json;q=0.4", HTML},
        {"text/html;q=0.3;ext=1, application/json;q=0.2", HTML},
        {"application/json;q=1.000, text/html;q=0.999", JSON},
        /* what does not parse is skipped, and if nothing parses there is no wish */
        {"text/html;q=2, application/spsp4+json;q=0.1", SPSP4},
        {"text/html;q=1.001, application/spsp4+json;q=0.1", SPSP4},
        {"text/html;q=0.1234, application/spsp4+json;q=0.1", SPSP4},
        {"text/html;q=-1, application/spsp4+json;q=0.1", SPSP4},
        {"text/html;q=, application/spsp4+json;q=0.1", SPSP4},
        {"text/html;q=.5, application/spsp4+json;q=0.1", SPSP4},
        {", , text/html", HTML},
        {"text, html/, /json, */html, text/html", HTML},
        {"text", JSON},
        {";q=1", JSON},
        {",", JSON},
        {"\"", JSON},
};

START_TEST(table)
{
	for (size_t i = 0; i < COUNT(cases); i++)
		ck_assert_msg(
		        negotiate(cases[i].accept, offers, COUNT(offers)) == cases[i].expected,
		        "case %zu: %s", i, cases[i].accept ? cases[i].accept : "(none)");
}
END_TEST

START_TEST(no_offers)
{
	ck_assert_int_eq(negotiate("*/*", offers, 0), -1);
	ck_assert_int_eq(negotiate(NULL, offers, 0), -1);
}
END_TEST

START_TEST(members_are_bounded)
{
	static char many[NEGOTIATE_RANGES_MAX * 16 + 64];
	size_t used = 0;

	for (int i = 0; i < NEGOTIATE_RANGES_MAX; i++)
		used += (size_t)snprintf(many + used, sizeof(many) - used, "image/x%d,", i);
	snprintf(many + used, sizeof(many) - used, "text/html");
	ck_assert_int_eq(negotiate(many, offers, COUNT(offers)), NONE);
	ck_assert_int_eq(negotiate(strchr(many, ',') + 1, offers, COUNT(offers)), HTML);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, table);
	tcase_add_test(t, no_offers);
	tcase_add_test(t, members_are_bounded);
}

TEST_MAIN("negotiate", fill)
