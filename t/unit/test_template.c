/* Templates, and that whatever is shown stays text. */
#include "unit/harness.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "http/template.h"

static const struct {
	const char *text;
	const char *view; /* ' for " */
	const char *want; /* NULL: a mistake */
} cases[] = {
        {"", "{}", ""},
        {"plain { } {a} }}", "{}", "plain { } {a} }}"},
        {"{", "{}", "{"},
        {"a{{x}}b", "{'x':'1'}", "a1b"},
        {"{{x}}{{x}}", "{'x':'1'}", "11"},
        {"{{x}}", "{'x':42}", "42"},
        {"{{x}}", "{'x':-7}", "-7"},
        {"{{x}}", "{'x':'<b>&amp;\\u0027\\u0022</b>'}", "&lt;b&gt;&amp;amp;&#39;&quot;&lt;/b&gt;"},
        {"{{x}}", "{'x':'{{y}}','y':'1'}", "{{y}}"},
        {"{{x}}", "{}", NULL},
        {"{{x}}", "{'x':null}", NULL},
        {"{{x}}", "{'x':true}", NULL},
        {"{{x}}", "{'x':{}}", NULL},
        {"{{x", "{'x':'1'}", NULL},
        {"{{x}", "{'x':'1'}", NULL},
        {"{{}}", "{}", NULL},
        {"{{/x}}", "{}", NULL},
        {"{{#x}}", "{'x':true}", NULL},
        {"{{#x}}a{{/y}}", "{'x':true}", NULL},
        {"{{>no-such-part}}", "{}", NULL},
        {"{{#x}}a{{/x}}", "{'x':true}", "a"},
        {"{{#x}}a{{/x}}", "{'x':false}", ""},
        {"{{#x}}a{{/x}}", "{}", ""},
        {"{{#x}}a{{/x}}", "{'x':null}", ""},
        {"{{#x}}a{{/x}}", "{'x':''}", ""},
        {"{{#x}}({{x}}){{/x}}", "{'x':'t'}", "(t)"},
        {"{{#x}}a{{/x}}", "{'x':[]}", ""},
        {"{{#x}}{{.}},{{/x}}", "{'x':['1','<']}", "1,&lt;,"},
        {"{{#x}}{{a}}{{b}};{{/x}}", "{'b':'B','x':[{'a':'1'},{'a':'2','b':'C'}]}", "1B;2C;"},
        {"{{#x}}{{a}}{{/x}}", "{'x':{'a':'1'}}", "1"},
        {"{{#x}}1{{#x}}2{{/x}}3{{/x}}", "{'x':true}", "123"},
        {"{{#x}}{{#y}}a{{/y}}{{^y}}b{{/y}}{{/x}}", "{'x':[{'y':true},{}]}", "ab"},
        {"{{^x}}a{{/x}}", "{}", "a"},
        {"{{^x}}a{{/x}}", "{'x':[]}", "a"},
        {"{{^x}}a{{/x}}", "{'x':'t'}", ""},
        {"{{^x}}{{^x}}a{{/x}}{{/x}}", "{}", "a"},
        /* messages */
        {"[[none such]]", "{}", "none such"},
        {"[", "{}", "["},
        {"[a] ]]", "{}", "[a] ]]"},
        {"[[", "{}", NULL},
        {"[[a", "{}", NULL},
        {"[[a]", "{}", NULL},
        {"[[]]", "{}", ""},
        {"{{x}}", "{'x':'[[a]]'}", "[[a]]"},
        {"[[a {{x}}]]", "{'x':'<'}", "a &lt;"},
        {"[[a {{x}}]]", "{}", NULL},
        {"{{#x}}[[a]]{{/x}}", "{'x':true}", "a"},
        {"[[{{#x}}a]]{{/x}}", "{'x':true}", NULL},
};

static json_t *view_of(const char *text)
{
	char json[512];
	size_t i = 0;
	json_t *view;

	for (; text[i]; i++)
		json[i] = text[i] == '\'' ? '"' : text[i];
	json[i] = '\0';
	view = json_loads(json, 0, NULL);
	ck_assert_msg(view != NULL, "%s", text);
	return view;
}

START_TEST(texts)
{
	json_t *view = view_of(cases[_i].view);
	struct bytes out;
	enum result r = template_render_text(cases[_i].text, view, &languages[0], &out);

	json_decref(view);
	ck_assert_msg(r == (cases[_i].want ? RESULT_OK : RESULT_OURS_BUG), "%s: %s", cases[_i].text,
	        result_name(r));
	if (r)
		return;
	ck_assert_msg(bytes_eq_str(out, cases[_i].want), "%s: %.*s", cases[_i].text, (int)out.n,
	        (const char *)out.p);
	free((void *)(uintptr_t)out.p);
}
END_TEST

START_TEST(pages)
{
	json_t *view = view_of("{'title':'<T>','heading':'<H>','sentence':'<S>','theme':'auto',"
	                       "'themeAction':'/x','ownPath':'/','zone':'','now':1,'language':'en',"
	                       "'languageAction':'/y','group':',','groupFrom':4,"
	                       "'scripted':false}");
	struct bytes out;
	char *text;

	ck_assert_int_eq(template_render("message", view, &languages[0], &out), RESULT_OK);
	text = strndup((const char *)out.p, out.n);
	ck_assert_int_eq(strncmp(text, "<!DOCTYPE html>", 15), 0);
	ck_assert_ptr_nonnull(strstr(text, "<title>&lt;T&gt;"));
	ck_assert_ptr_nonnull(strstr(text, "<h1>&lt;H&gt;</h1>"));
	ck_assert_ptr_null(strstr(text, "<S>"));
	ck_assert_ptr_null(strstr(text, "<script"));
	free(text);
	free((void *)(uintptr_t)out.p);
	json_decref(view);
}
END_TEST

/* In another language: with what stands in the message, in its own order. */
START_TEST(translated)
{
	static const struct {
		const char *text, *view, *want;
	} said[] = {
	        {"<p>[[Sign out]]</p>", "{}", "<p>Cerrar sesión</p>"},
	        {"[[none such]]", "{}", "none such"},
	        {"[[{{name}}’s wallet]]", "{'name':'<b>'}", "Monedero de &lt;b&gt;"},
	        {"[[{{name}}’s wallet]]", "{'name':'[[Sign out]]'}", "Monedero de [[Sign out]]"},
	        {"[[{{#cost}}{{>amount}}{{/cost}} at most]]", "{'cost':{'units':'1','text':'1 X'}}",
	                "<data class=\"amount\" value=\"1\" title=\"1 de las unidades más "
	                "pequeñas\">1 X</data> como máximo"},
	};
	struct bytes out;

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		json_t *view = view_of(said[i].view);

		ck_assert_int_eq(
		        template_render_text(said[i].text, view, language_tagged("es", 2), &out),
		        RESULT_OK);
		ck_assert_msg(
		        bytes_eq_str(out, said[i].want), "%.*s", (int)out.n, (const char *)out.p);
		free((void *)(uintptr_t)out.p);
		json_decref(view);
	}
}
END_TEST

#define SECTIONS ((size_t)TEMPLATE_DEPTH_MAX + 2)

START_TEST(bounded)
{
	char text[4096], *huge = malloc(TEMPLATE_OUT_MAX + 1);
	struct bytes out;
	json_t *view;

	/* sections within sections */
	for (size_t i = 0; i < 2 * SECTIONS; i++)
		snprintf(text + 6 * i, sizeof(text) - 6 * i, "{{%cx}}", i < SECTIONS ? '#' : '/');
	view = view_of("{'x':true}");
	ck_assert_int_eq(template_render_text(text, view, &languages[0], &out), RESULT_OURS_BUG);
	json_decref(view);
	memset(huge, 'x', TEMPLATE_OUT_MAX);
	huge[TEMPLATE_OUT_MAX] = '\0';
	view = json_pack("{s:s}", "x", huge);
	ck_assert_int_eq(
	        template_render_text("{{x}}.", view, &languages[0], &out), RESULT_THEIRS_TOO_BIG);
	json_decref(view);
	free(huge);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, texts, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, pages);
	tcase_add_test(t, translated);
	tcase_add_test(t, bounded);
}

TEST_MAIN("template", fill)
