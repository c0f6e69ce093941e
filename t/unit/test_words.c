/* Messages, the choice of a language, and what translations may not do. */
#include "unit/harness.h"

#include <string.h>

#include "base/words.h"
#include "http/language.h"

#define ES language_tagged("es", 2)
#define EN language_tagged("en", 2)

/* ---- which language ---- */

static const struct {
	const char *cookie, *accept, *want;
} choices[] = {
        {NULL, NULL, "en"},
        {NULL, "", "en"},
        {NULL, "es", "es"},
        {NULL, "ES-mx", "es"},
        {NULL, "es-419-x-a", "es"},
        {NULL, "en-US,en;q=0.9", "en"},
        {NULL, "es;q=0.8, en;q=0.9", "en"},
        {NULL, "en;q=0.8,es;q=0.9", "es"},
        {NULL, "en;q=0.5 , es ;  q=0.9", "es"},
        {NULL, "fr, es;q=0.3", "es"},
        {NULL, "fr, de", "en"},
        {NULL, "*, es;q=0.5", "en"},
        {NULL, "fr, es;q=0.5, *;q=0.1", "es"},
        {NULL, "es;q=0", "en"},
        {NULL, "es;q=0, en;q=0.1", "en"},
        {NULL, "es;q=2, en;q=0.1", "en"},
        {NULL, "es;level=1", "en"},
        {NULL, "esp", "en"},
        {NULL, "-es", "en"},
        {NULL, ",,;,es", "es"},
        {NULL, "en-x-marks", "en"},
        {"es", "en", "es"},
        {"en", "es", "en"},
        {"xx", "es", "es"},
        {"", "es", "es"},
};

START_TEST(choice)
{
	const struct language *l = language_choose(choices[_i].cookie, choices[_i].accept);

	ck_assert_msg(strcmp(l->tag, choices[_i].want) == 0, "%s: %s", choices[_i].accept, l->tag);
}
END_TEST

/* ---- messages ---- */

START_TEST(finding)
{
	ck_assert_str_eq(words_in(ES, "Sign out"), "Cerrar sesión");
	ck_assert_str_eq(words_in(EN, "Sign out"), "Sign out");
	ck_assert_str_eq(words_in(ES, "Nobody says so"), "Nobody says so");
	ck_assert_str_eq(words_in(ES, ""), "");
	ck_assert_ptr_nonnull(words_find(ES, "Sign out of", 8, 0));
	ck_assert_ptr_null(words_find(ES, "Sign out", 7, 0));
	ck_assert_ptr_null(words_find(ES, "Sign out", 8, 1));
	ck_assert_ptr_null(words_find(ES, "Sign out", 8, WORDS_FORMS_MAX));
}
END_TEST

START_TEST(counting)
{
	char out[64];

	words_counted(EN, "each week", "every {n} weeks", 1, out, sizeof(out));
	ck_assert_str_eq(out, "each week");
	words_counted(EN, "each week", "every {n} weeks", 0, out, sizeof(out));
	ck_assert_str_eq(out, "every 0 weeks");
	words_counted(ES, "each week", "every {n} weeks", 1, out, sizeof(out));
	ck_assert_str_eq(out, "cada semana");
	words_counted(ES, "each week", "every {n} weeks", 3, out, sizeof(out));
	ck_assert_str_eq(out, "cada 3 semanas");
	words_counted(ES, "one thing", "{n} things", 3, out, sizeof(out));
	ck_assert_str_eq(out, "3 things");
}
END_TEST

static const struct {
	const char *text, *want; /* of a = "1", b = "{a}" */
} fills[] = {
        {"", ""}, {"none", "none"}, {"{a}", "1"}, {"x{a}y{a}", "x1y1"}, {"{b}", "{a}"},
        {"{c} {a", "{c} {a"}, {"{} {{a}} }", "{} {1} }"}, {"12345678{a}", "123456781"},
        {"1234567890{a}", "1234567890"}, {"123456789ñ", "123456789"}, /* no half of a character */
};

START_TEST(filling)
{
	char out[11];

	words_fill(out, sizeof(out), fills[_i].text, "a", "1", "b", "{a}", NULL);
	ck_assert_str_eq(out, fills[_i].want);
}
END_TEST

static const struct {
	const char *text, *want;
} made[] = {
        {"Sign out", "Cerrar sesión"},
        {"It would take 3 USD, and the wallet has 2 USD.",
                "Harían falta 3 USD y el monedero tiene 2 USD."},
        {"Your wallet did not make the payment: this wallet is closed.",
                "Su monedero no hizo el pago: este monedero está cerrado."},
        {"Your wallet did not make the payment: who knows.",
                "Su monedero no hizo el pago: who knows."},
        {"Your wallet did not make the payment: .", "Su monedero no hizo el pago: ."},
        {"Your wallet did not make the payment:", "Your wallet did not make the payment:"},
        {"who knows", "who knows"},
        {"one two three", "one two three"},
        /* a name is none of the words that there are */
        {"member \"read\" must be an integer from 0 to 9",
                "el campo \"read\" debe ser un número entero de 0 a 9"},
        {"this node has no wallet \"peer\"", "este nodo no tiene ningún monedero \"peer\""},
        {"", ""},
};

START_TEST(recognizing)
{
	char out[WORDS_TEXT_MAX];

	words_recognize(ES, made[_i].text, out, sizeof(out));
	ck_assert_str_eq(out, made[_i].want);
	words_recognize(EN, made[_i].text, out, sizeof(out));
	ck_assert_str_eq(out, made[_i].text);
}
END_TEST

/* Texts of strangers pass through it: none is too long. */
START_TEST(recognizing_long)
{
	char text[4 * WORDS_TEXT_MAX], out[WORDS_TEXT_MAX];

	memset(text, 'x', sizeof(text));
	memcpy(text, "Your wallet did not make the payment: ", 38);
	text[sizeof(text) - 2] = '.';
	text[sizeof(text) - 1] = '\0';
	words_recognize(ES, text, out, sizeof(out));
	ck_assert_uint_lt(strlen(out), sizeof(out));
}
END_TEST

/* ---- every translation ---- */

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		n++;
	return n;
}

START_TEST(catalogs)
{
	static const char *const signs[] = {"<", ">", "\"", "{{", "}}", "[[", "]]"};
	size_t count = 0;

	for (size_t k = 0; k < language_count; k++) {
		const struct words_catalog *c = languages[k].catalog;

		ck_assert_uint_le(strlen(languages[k].tag), WORDS_TAG_MAX);
		if (!c)
			continue;
		for (size_t i = 0; i < c->count; i++) {
			const struct words_message *m = &c->messages[i];
			const char *text = c->letters + m->text, *said = c->letters + m->said[0];

			ck_assert_msg(i == 0 || strcmp(c->letters + m[-1].text, text) < 0,
			        "%s: out of order", text);
			ck_assert_ptr_eq(words_find(&languages[k], text, strlen(text), 0), said);
			for (size_t s = 0; s < sizeof(signs) / sizeof(signs[0]); s++)
				ck_assert_msg(count_of(text, signs[s]) == count_of(said, signs[s]),
				        "%s: %s", text, said);
		}
		ck_assert_msg(
		        count == 0 || count == c->count, "%s lacks messages", languages[k].tag);
		count = c->count;
	}
	ck_assert_uint_gt(count, 0);
}
END_TEST

static void fill(TCase *c)
{
	tcase_add_loop_test(c, choice, 0, sizeof(choices) / sizeof(choices[0]));
	tcase_add_test(c, finding);
	tcase_add_test(c, counting);
	tcase_add_loop_test(c, filling, 0, sizeof(fills) / sizeof(fills[0]));
	tcase_add_loop_test(c, recognizing, 0, sizeof(made) / sizeof(made[0]));
	tcase_add_test(c, recognizing_long);
	tcase_add_test(c, catalogs);
}

TEST_MAIN("words", fill)
