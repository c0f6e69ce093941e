/* payment_error: what a Reject said survives the store, whatever it was. */
#include "unit/harness.h"

#include <string.h>

#include "model/payment_error.h"

START_TEST(round_trip)
{
	static char longest[3000];
	static const struct {
		const char *why;
		const char *code;
		const char *triggered_by;
		const char *message;
		const char *shown; /* NULL: only that it is whole */
	} rows[] = {
	        {"IdleTimeout", "T04", "test.connector", "insufficient liquidity",
	                "; the last Reject was T04 from test.connector: insufficient liquidity"},
	        {"ConnectorError", "F02", "", "", "; the last Reject was F02"},
	        {"ConnectorError", "F02", "test.x", "", "; the last Reject was F02 from test.x"},
	        {"a sentence, with blanks", "F00", "", "no", "; the last Reject was F00: no"},
	        {"IdleTimeout", "\t\n\xff", "test.x", "a\tb\nc\x1b[31m\xc3\xa9",
	                "; the last Reject was ??? from test.x: a?b?c?[31m??"},
	        {longest, "T00", longest, longest, NULL},
	};

	memset(longest, 'x', sizeof(longest) - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct payment_reject reject;
		struct payment_error error;
		char text[PAYMENT_ERROR_SIZE], shown[PAYMENT_REJECT_TEXT];

		payment_reject_set(&reject, rows[i].code, bytes_str(rows[i].triggered_by),
		        bytes_str(rows[i].message));
		payment_error_format(rows[i].why, &reject, text);
		payment_error_parse(text, &error);
		ck_assert_str_eq(error.reject.code, reject.code);
		ck_assert_str_eq(error.reject.triggered_by, reject.triggered_by);
		ck_assert_str_eq(error.reject.message, reject.message);
		ck_assert_ptr_eq(strpbrk(error.why, "\t"), NULL);
		payment_reject_text(&reject, shown);
		if (rows[i].shown) {
			ck_assert_str_eq(shown, rows[i].shown);
			ck_assert_str_eq(error.why, rows[i].why);
		}
	}
}
END_TEST

START_TEST(no_reject)
{
	struct payment_reject none = {"", "", ""};
	struct payment_error error;
	char text[PAYMENT_ERROR_SIZE], shown[PAYMENT_REJECT_TEXT];

	payment_error_format("IdleTimeout", &none, text);
	ck_assert_str_eq(text, "IdleTimeout");
	payment_error_format("what was sent is in doubt", NULL, text);
	ck_assert_str_eq(text, "what was sent is in doubt");
	payment_error_parse(text, &error);
	ck_assert_str_eq(error.why, text);
	ck_assert_str_eq(error.reject.code, "");
	payment_reject_text(&error.reject, shown);
	ck_assert_str_eq(shown, "");
	payment_error_parse("", &error);
	ck_assert_str_eq(error.why, "");
}
END_TEST

/* What is said of an end: the Reject's reason where it knows one, and the name's meaning else. */
START_TEST(sentences)
{
	static const struct {
		const char *why, *code, *part;
	} rows[] = {
	        {"InsufficientExchangeRate", "T04", "not enough liquidity"},
	        {"IdleTimeout", "T04", "not enough liquidity"},
	        {"RateProbeFailed", "T04", "not enough liquidity"},
	        {"EstablishmentFailed", "T01", "can't be reached"},
	        {"IdleTimeout", "T05", "takes no more packets for now"},
	        {"IdleTimeout", "R00", "took too long"},
	        {"InsufficientExchangeRate", "F99", "the rate fell"},
	        {"InsufficientExchangeRate", "R01", "the rate fell"},
	        {"InsufficientExchangeRate", "", "the rate fell"},
	        {"IdleTimeout", "F08", "no packet got through"},
	        {"ConnectorError", "T04", "refuses the packets"},
	        {"ClosedByReceiver", "T04", "the receiver ended"},
	        {"what was sent is in doubt", "T04", "what was sent is in doubt"},
	        {"SomethingNew", "T04", "SomethingNew"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct payment_reject reject = {"", "", ""};
		const char *said;

		if (*rows[i].code)
			payment_reject_set(
			        &reject, rows[i].code, bytes_str("test.x"), bytes_str("no"));
		said = payment_error_sentence(rows[i].why, &reject);
		ck_assert_msg(strstr(said, rows[i].part) != NULL, "%s, %s: %s", rows[i].why,
		        rows[i].code, said);
		/* A holder's words are a sentence, and name nothing of the network. */
		said = payment_error_plain(rows[i].why, &reject);
		ck_assert_msg(
		        said == rows[i].why ||
		                (said[strlen(said) - 1] == '.' && !strstr(said, "connector") &&
		                        !strstr(said, "packet") && !strstr(said, "peer")),
		        "%s, %s: %s", rows[i].why, rows[i].code, said);
		said = payment_error_sentence(rows[i].why, &reject);
		ck_assert_msg(
		        !strstr(said, "rate") || strcmp(rows[i].code, "T04") != 0, "%s", said);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, sentences);
	tcase_add_test(t, round_trip);
	tcase_add_test(t, no_reject);
}

TEST_MAIN("payment_error", fill)
