/* What other wallets' servers answer: what is taken, and what is no answer. */
#include "unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/remote_answer.h"

/* Single quotes stand for double ones. */
static json_t *load(const char *text)
{
	char *copy = strdup(text);
	json_t *v;

	ck_assert_ptr_nonnull(copy);
	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	v = json_loads(copy, JSON_ALLOW_NUL, NULL);
	ck_assert_msg(v, "%s", copy);
	free(copy);
	return v;
}

#define ID       "'id':'https://w.example/a'"
#define AUTH     "'authServer':'https://w.example/auth'"
#define RESOURCE "'resourceServer':'https://w.example/op'"
#define ASSET    "'assetCode':'USD','assetScale':2"
#define AMOUNT   "'assetCode':'EUR','assetScale':2"

static const struct {
	const char *json;
	const char *name; /* publicName as it may be shown; NULL: no wallet address */
} wallets[] = {
        {"{" ID "," AUTH "," RESOURCE "," ASSET "}", ""},
        {"{" ID "," AUTH "," RESOURCE "," ASSET ",'publicName':'Alice','more':[1]}", "Alice"},
        {"{" ID "," AUTH ",'resourceServer':'https://w.example/op/'," ASSET "}", ""},
        {"{'id':'http://w.example/a'," AUTH "," RESOURCE ",'assetCode':'X','assetScale':0}", ""},
        {"{" ID "," AUTH "," RESOURCE "," ASSET ",'publicName':5}", ""},
        {"{" ID "," AUTH "," RESOURCE "," ASSET ",'publicName':'a\\u0007b'}", ""},
        {"{" ID "," AUTH "," RESOURCE "," ASSET ",'publicName':'a\\u0000b'}", ""},
        {"{}", NULL},
        {"[]", NULL},
        {"{" AUTH "," RESOURCE "," ASSET "}", NULL},
        {"{" ID "," RESOURCE "," ASSET "}", NULL},
        {"{" ID "," AUTH "," ASSET "}", NULL},
        {"{" ID "," AUTH "," RESOURCE "}", NULL},
        {"{'id':'ftp://w.example/a'," AUTH "," RESOURCE "," ASSET "}", NULL},
        {"{'id':'$w.example/a'," AUTH "," RESOURCE "," ASSET "}", NULL},
        {"{'id':'https://w.example/ a'," AUTH "," RESOURCE "," ASSET "}", NULL},
        {"{'id':'https://w.example/\\u00e9'," AUTH "," RESOURCE "," ASSET "}", NULL},
        {"{'id':'https://w.example/a\\u0000'," AUTH "," RESOURCE "," ASSET "}", NULL},
        {"{" ID ",'authServer':null," RESOURCE "," ASSET "}", NULL},
        {"{" ID "," AUTH "," RESOURCE ",'assetCode':'','assetScale':2}", NULL},
        {"{" ID "," AUTH "," RESOURCE ",'assetCode':'USD','assetScale':'2'}", NULL},
        {"{" ID "," AUTH "," RESOURCE ",'assetCode':'USD','assetScale':2.0}", NULL},
        {"{" ID "," AUTH "," RESOURCE ",'assetCode':'USD','assetScale':-1}", NULL},
        {"{" ID "," AUTH "," RESOURCE ",'assetCode':'USD','assetScale':256}", NULL},
};

START_TEST(wallet_addresses)
{
	for (size_t i = 0; i < sizeof(wallets) / sizeof(wallets[0]); i++) {
		json_t *body = load(wallets[i].json);
		struct remote_wallet w;
		enum result r = remote_wallet_read(body, &w);

		if (wallets[i].name) {
			ck_assert_msg(r == RESULT_OK, "%s", wallets[i].json);
			ck_assert_str_eq(w.public_name, wallets[i].name);
			ck_assert_str_eq(w.auth_server, "https://w.example/auth");
			ck_assert_str_eq(w.resource_server, "https://w.example/op");
		} else {
			ck_assert_msg(r == RESULT_THEIRS_PROTOCOL, "%s", wallets[i].json);
		}
		json_decref(body);
	}
}
END_TEST

#define VALUE  "'value':'T0K'"
#define MANAGE "'manage':'https://w.example/auth/token/1'"

static const struct {
	const char *json;
	enum result result;
	int64_t expires_in_s;
} tokens[] = {
        {"{'access_token':{" VALUE "," MANAGE ",'expires_in':600},'continue':{}}", RESULT_OK, 600},
        {"{'access_token':{" VALUE "," MANAGE "}}", RESULT_OK, 0},
        /* a lifetime that is none is as good as not told */
        {"{'access_token':{" VALUE "," MANAGE ",'expires_in':0}}", RESULT_OK, 0},
        {"{'access_token':{" VALUE "," MANAGE ",'expires_in':-5}}", RESULT_OK, 0},
        {"{'access_token':{" VALUE "," MANAGE ",'expires_in':'600'}}", RESULT_OK, 0},
        {"{'access_token':{" VALUE "," MANAGE ",'expires_in':9000000000}}", RESULT_OK, 0},
        {"{'interact':{'redirect':'https://w.example/i'},'continue':{}}", RESULT_THEIRS_REFUSED, 0},
        {"{}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':'T0K'}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':{" MANAGE "}}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':{" VALUE "}}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':{'value':''," MANAGE "}}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':{'value':'a b'," MANAGE "}}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':{'value':'a\\r\\nX: y'," MANAGE "}}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':{'value':'\\u00e9'," MANAGE "}}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':{'value':5," MANAGE "}}", RESULT_THEIRS_PROTOCOL, 0},
        {"{'access_token':{" VALUE ",'manage':'/token/1'}}", RESULT_THEIRS_PROTOCOL, 0},
};

START_TEST(access_tokens)
{
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		json_t *body = load(tokens[i].json);
		struct remote_token t;

		ck_assert_msg(
		        remote_token_read(body, &t) == tokens[i].result, "%s", tokens[i].json);
		if (!tokens[i].result) {
			ck_assert_str_eq(t.text, "T0K");
			ck_assert_int_eq(t.expires_in_s, tokens[i].expires_in_s);
		}
		json_decref(body);
	}
}
END_TEST

/* The longest that is taken, and one character more. */
START_TEST(lengths)
{
	char token[REMOTE_TOKEN_MAX + 2];
	struct remote_token t;

	for (size_t n = REMOTE_TOKEN_MAX; n <= REMOTE_TOKEN_MAX + 1; n++) {
		json_t *body;

		memset(token, 'x', n);
		token[n] = '\0';
		body = json_pack("{s:{s:s,s:s}}", "access_token", "value", token, "manage",
		        "https://w.example/1");
		ck_assert_int_eq(remote_token_read(body, &t),
		        n > REMOTE_TOKEN_MAX ? RESULT_THEIRS_PROTOCOL : RESULT_OK);
		json_decref(body);
	}
}
END_TEST

#define SECRET   "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define RECEIVED "'receivedAmount':{'value':'7'," AMOUNT "}"
#define OPEN     ID ",'completed':false," RECEIVED
#define ILP      "{'type':'ilp','ilpAddress':'test.w.a~x','sharedSecret':'" SECRET "'}"

enum { AMOUNT_TOO = 1, EXPIRES = 2, METHOD = 4, COMPLETED = 8, REFUSED = 16 };

static const struct {
	const char *json;
	int has;
} incoming[] = {
        {"{" OPEN "}", 0},
        {"{" OPEN ",'methods':[" ILP "]}", METHOD},
        {"{" OPEN ",'methods':[]}", 0},
        {"{" OPEN ",'methods':[{'type':'card'}," ILP "]}", METHOD},
        {"{" OPEN ",'methods':[{'type':'card'}]}", 0},
        {"{" OPEN ",'incomingAmount':{'value':'2500'," AMOUNT "}}", AMOUNT_TOO},
        {"{" OPEN ",'expiresAt':'2026-01-02T00:00:00Z'}", EXPIRES},
        {"{" ID ",'completed':true," RECEIVED "}", COMPLETED},
        {"{" RECEIVED ",'completed':false}", REFUSED},
        {"{" ID "," RECEIVED "}", REFUSED},
        {"{" ID ",'completed':'no'," RECEIVED "}", REFUSED},
        {"{" ID ",'completed':false}", REFUSED},
        {"{" ID ",'completed':false,'receivedAmount':{'value':7," AMOUNT "}}", REFUSED},
        {"{" ID ",'completed':false,'receivedAmount':{'value':'-7'," AMOUNT "}}", REFUSED},
        {"{" ID ",'completed':false,'receivedAmount':{'value':'9223372036854775808'," AMOUNT "}}",
                REFUSED},
        {"{" ID ",'completed':false,'receivedAmount':{'value':'7\\u0000'," AMOUNT "}}", REFUSED},
        /* both amounts are of one asset */
        {"{" OPEN ",'incomingAmount':{'value':'1','assetCode':'USD','assetScale':2}}", REFUSED},
        {"{" OPEN ",'incomingAmount':{'value':'1','assetCode':'EUR','assetScale':3}}", REFUSED},
        {"{" OPEN ",'incomingAmount':null}", REFUSED},
        {"{" OPEN ",'expiresAt':'tomorrow'}", REFUSED},
        {"{" OPEN ",'expiresAt':null}", REFUSED},
        {"{" OPEN ",'methods':[{'type':'ilp','ilpAddress':'test..x','sharedSecret':'" SECRET "'}]}",
                REFUSED},
        {"{" OPEN ",'methods':[{'type':'ilp','ilpAddress':'test.x'}]}", REFUSED},
        {"{" OPEN ",'methods':[{'type':'ilp','ilpAddress':'test.x','sharedSecret':'AAEC'}]}",
                REFUSED},
        {"{" OPEN ",'methods':[{'type':'ilp','ilpAddress':'test.x','sharedSecret':'" SECRET
         "AAAA'}]}",
                REFUSED},
};

START_TEST(incoming_payments)
{
	for (size_t i = 0; i < sizeof(incoming) / sizeof(incoming[0]); i++) {
		json_t *body = load(incoming[i].json);
		struct remote_incoming in;
		enum result r = remote_incoming_read(body, &in);
		int has = incoming[i].has;

		if (has == REFUSED) {
			ck_assert_msg(r == RESULT_THEIRS_PROTOCOL, "%s", incoming[i].json);
		} else {
			ck_assert_msg(r == RESULT_OK, "%s", incoming[i].json);
			ck_assert_uint_eq(in.received, 7);
			ck_assert_str_eq(in.asset_code, "EUR");
			ck_assert_int_eq(in.has_amount, (has & AMOUNT_TOO) != 0);
			ck_assert_uint_eq(in.amount, has & AMOUNT_TOO ? 2500 : 0);
			ck_assert_int_eq(in.has_expiry, (has & EXPIRES) != 0);
			ck_assert_int_eq(in.expires_ms, has & EXPIRES ? 1767312000000 : 0);
			ck_assert_int_eq(in.completed, (has & COMPLETED) != 0);
			ck_assert_int_eq(in.has_method, (has & METHOD) != 0);
			ck_assert_str_eq(in.address, has & METHOD ? "test.w.a~x" : "");
			ck_assert_uint_eq(in.shared_secret.b[31], has & METHOD ? 31 : 0);
		}
		json_decref(body);
	}
}
END_TEST

/* What is only shown is left out where it is wrong. */
START_TEST(told_by_courtesy)
{
	static const struct {
		const char *members, *wallet;
		int64_t created_ms;
	} rows[] = {
	        {"", "", 0},
	        {",'walletAddress':'https://w.example/b','createdAt':'2026-01-02T00:00:00Z'",
	                "https://w.example/b", 1767312000000},
	        {",'walletAddress':'$w.example/b','createdAt':'today'", "", 0},
	        {",'walletAddress':7,'createdAt':null", "", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		struct remote_incoming in;
		json_t *body;

		snprintf(text, sizeof(text), "{" OPEN "%s}", rows[i].members);
		body = load(text);
		ck_assert_int_eq(remote_incoming_read(body, &in), RESULT_OK);
		ck_assert_str_eq(in.wallet, rows[i].wallet);
		ck_assert_int_eq(in.created_ms, rows[i].created_ms);
		json_decref(body);
	}
}
END_TEST

START_TEST(public_form)
{
	char auth_server[URL_MAX_CHARS + 1];
	json_t *good = load("{" AUTH "," RECEIVED "}"), *bad = load("{" RECEIVED "}");

	ck_assert_int_eq(remote_incoming_read_public(good, auth_server), RESULT_OK);
	ck_assert_str_eq(auth_server, "https://w.example/auth");
	ck_assert_int_eq(remote_incoming_read_public(bad, auth_server), RESULT_THEIRS_PROTOCOL);
	json_decref(good);
	json_decref(bad);
}
END_TEST

#define QUOTE    "'id':'https://w.example/q','debitAmount':{'value':'7'," AMOUNT "}"
#define INTERACT "'interact':{'redirect':'https://w.example/i','finish':'N'}"
#define CONTINUE "'continue':{'uri':'https://w.example/c','access_token':{'value':'T0K'}}"
#define OUTGOING "'id':'https://w.example/o','debitAmount':{'value':'7'," AMOUNT "}"

static const struct {
	const char *json;
	bool quote, consent, outgoing; /* which of them it is */
} answers[] = {
        {"{" QUOTE "}", true, false, false},
        {"{" QUOTE ",'expiresAt':'2026-01-02T00:00:00Z'}", true, false, false},
        {"{" QUOTE ",'expiresAt':'soon'}", false, false, false},
        {"{" QUOTE ",'expiresAt':7}", false, false, false},
        {"{'id':'javascript:1','debitAmount':{'value':'7'," AMOUNT "}}", false, false, false},
        {"{'id':'https://w.example/q','debitAmount':{'value':'0'," AMOUNT "}}", false, false,
                false},
        {"{'id':'https://w.example/q','debitAmount':{'value':7," AMOUNT "}}", false, false, false},
        {"{" INTERACT "," CONTINUE "}", false, true, false},
        {"{" INTERACT "}", false, false, false},
        {"{" CONTINUE "}", false, false, false},
        {"{'interact':{'redirect':'javascript:alert(1)','finish':'N'}," CONTINUE "}", false, false,
                false},
        {"{'interact':{'redirect':'https://w.example/ i','finish':'N'}," CONTINUE "}", false, false,
                false},
        {"{'interact':{'redirect':'https://w.example/i','finish':''}," CONTINUE "}", false, false,
                false},
        {"{" INTERACT ",'continue':{'uri':'https://w.example/c','access_token':{'value':'a b'}}}",
                false, false, false},
        {"{" OUTGOING ",'sentAmount':{'value':'0'," AMOUNT "}}", true, false, true},
        {"{" OUTGOING ",'sentAmount':{'value':'7'," AMOUNT "},'failed':true}", true, false, true},
        {"{" OUTGOING ",'sentAmount':{'value':'x'," AMOUNT "}}", true, false, false},
        {"{}", false, false, false},
        {"[]", false, false, false},
};

START_TEST(paying)
{
	static struct remote_quote q;
	static struct remote_consent c;
	static struct remote_outgoing o;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		json_t *body = load(answers[i].json);

		ck_assert_msg((remote_quote_read(body, &q) == RESULT_OK) == answers[i].quote, "%s",
		        answers[i].json);
		ck_assert_msg((remote_consent_read(body, &c) == RESULT_OK) == answers[i].consent,
		        "%s", answers[i].json);
		ck_assert_msg((remote_outgoing_read(body, &o) == RESULT_OK) == answers[i].outgoing,
		        "%s", answers[i].json);
		if (answers[i].quote)
			ck_assert_uint_eq(q.debit, 7);
		if (answers[i].outgoing) {
			ck_assert_int_eq(o.over, strstr(answers[i].json, "failed") != NULL);
			ck_assert_int_eq(o.failed, o.over);
		}
		json_decref(body);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, paying);
	tcase_add_test(t, wallet_addresses);
	tcase_add_test(t, access_tokens);
	tcase_add_test(t, lengths);
	tcase_add_test(t, incoming_payments);
	tcase_add_test(t, told_by_courtesy);
	tcase_add_test(t, public_form);
}

TEST_MAIN("remote_answer", fill)
