/* Grant requests: who asks, for what, and whether it may be asked. */
#include "unit/harness.h"

#include <string.h>

#include "auth/grant_request.h"

#define ITEM(type, more) "{'type':'" type "','actions':['create']" more "}"
#define TOKEN(items)     "'access_token':{'access':[" items "]}"
#define INCOMING         ITEM("incoming-payment", "")
#define QUOTE            ITEM("quote", "")
#define OUTGOING         ITEM("outgoing-payment", ",'identifier':'https://w.example/alice'")
#define INTERACT         "'interact':{'start':['redirect']}"
#define FINISH(uri)                                                                                \
	"'interact':{'start':['redirect'],'finish':{'method':'redirect','uri':'" uri               \
	"','nonce':'n'}}"
#define SUBJECT(id) "'subject':{'sub_ids':[{'id':'" id "','format':'uri'}]}"
#define ALICE       "https://w.example/alice"

static json_t *load(const char *single_quoted)
{
	char text[4096];
	json_t *v;

	snprintf(text, sizeof(text), "%s", single_quoted);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	v = json_loads(text, 0, NULL);
	ck_assert_msg(v, "%s", text);
	return v;
}

static const char *code_of(const struct gnap_fault *fault)
{
	return fault->of_client ? "invalid_client" : "invalid_request";
}

#define X   "6vDAtlkQCktErVYxZWWGjEPRPJEuCnS6fYV6KzFjoEo"
#define JWK "{'kid':'k','alg':'EdDSA','use':'sig','kty':'OKP','crv':'Ed25519','x':'" X "'}"

static const struct {
	const char *json;
	const char *name; /* NULL: refused */
	const char *code;
} clients[] = {
        {"{'client':'https://C.example:443/Shop/'}", "https://c.example/Shop", NULL},
        {"{'client':{'walletAddress':'https://c.example/Shop'}}", "https://c.example/Shop", NULL},
        {"{'client':{'jwk':" JWK "}}", "jwk:", NULL},
        {"{}", NULL, "invalid_request"},
        {"{'client':''}", NULL, "invalid_request"},
        {"{'client':null}", NULL, "invalid_request"},
        {"{'client':[]}", NULL, "invalid_request"},
        {"{'client':'c.example'}", NULL, "invalid_request"},
        {"{'client':'https://c.example/?x'}", NULL, "invalid_request"},
        {"{'client':{}}", NULL, "invalid_request"},
        {"{'client':{'walletAddress':'https://c.example','jwk':" JWK "}}", NULL, "invalid_request"},
        {"{'client':{'walletAddress':'https://c.example','name':'x'}}", NULL, "invalid_request"},
        {"{'client':{'jwk':'x'}}", NULL, "invalid_request"},
        {"{'client':{'jwk':{'kty':'RSA'}}}", NULL, "invalid_client"},
        {"{'client':{'jwk':{'kty':'OKP','crv':'Ed25519','x':'" X "'}}}", NULL, "invalid_client"},
};

START_TEST(client)
{
	struct arena a;

	arena_init(&a, 1 << 16);
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		json_t *body = load(clients[i].json);
		struct gnap_fault fault = {0};
		struct grant_client c;
		enum result r = grant_client_read(body, &a, &c, &fault);

		ck_assert_msg((r == RESULT_OK) == (clients[i].name != NULL), "%s: %s",
		        clients[i].json, fault.text);
		if (r)
			ck_assert_msg(strcmp(code_of(&fault), clients[i].code) == 0, "%s: %s",
			        clients[i].json, code_of(&fault));
		else
			ck_assert_msg(
			        strncmp(c.name, clients[i].name, strlen(clients[i].name)) == 0,
			        "%s", c.name);
		json_decref(body);
	}
	arena_clear(&a);
}
END_TEST

/* What the request becomes: refused when it is read, or judged; else whether a person is asked. */
enum verdict { READ, JUDGED, AT_ONCE, ASKS };

static const struct {
	const char *json;
	enum verdict verdict;
	const char *code;
	bool by_key;
} requests[] = {
        {"{" TOKEN(INCOMING) "}", AT_ONCE, NULL, false},
        {"{" TOKEN(INCOMING "," QUOTE) "," INTERACT "}", AT_ONCE, NULL, false},
        {"{" TOKEN(INCOMING) "}", AT_ONCE, NULL, true},
        {"{" TOKEN(OUTGOING) "," INTERACT "}", ASKS, NULL, false},
        {"{" TOKEN(QUOTE "," OUTGOING) "," INTERACT "}", ASKS, NULL, false},
        {"{" SUBJECT(ALICE) "," INTERACT "}", ASKS, NULL, false},
        {"{" SUBJECT(ALICE) "," TOKEN(INCOMING) "," INTERACT "}", ASKS, NULL, false},
        {"{" TOKEN(INCOMING) ",'unknown':{}}", AT_ONCE, NULL, false},
        {"{'access_token':{'label':'x','access':[" INCOMING "]}}", AT_ONCE, NULL, false},
        {"{" TOKEN(OUTGOING) "," FINISH("https://c.example/back?a=b") "}", ASKS, NULL, false},
        {"{" TOKEN(OUTGOING) "," FINISH("http://localhost:3999") "}", ASKS, NULL, false},
        {"{" TOKEN(OUTGOING) "," FINISH("http://127.0.0.1:3999/x") "}", ASKS, NULL, false},
        {"{" TOKEN(OUTGOING) "," FINISH("http://[::1]/x") "}", ASKS, NULL, false},

        {"{}", READ, "invalid_request", false},
        {"{" INTERACT "}", READ, "invalid_request", false},
        {"{'access_token':{}}", READ, "invalid_request", false},
        {"{'access_token':[]}", READ, "invalid_request", false},
        {"{" TOKEN("") "}", READ, "invalid_request", false},
        {"{" TOKEN("1") "}", READ, "invalid_request", false},
        {"{" TOKEN(INCOMING "," INCOMING) "}", READ, "invalid_request", false},
        {"{" TOKEN(INCOMING "," QUOTE "," INCOMING "," QUOTE) "}", READ, "invalid_request", false},
        {"{" SUBJECT("alice") "," INTERACT "}", READ, "invalid_request", false},
        {"{'subject':{'sub_ids':[]}," INTERACT "}", READ, "invalid_request", false},
        {"{'subject':{}," INTERACT "}", READ, "invalid_request", false},
        {"{" TOKEN(OUTGOING) ",'interact':{}}", READ, "invalid_request", false},
        {"{" TOKEN(OUTGOING) ",'interact':{'start':['app']}}", READ, "invalid_request", false},
        {"{" TOKEN(OUTGOING) "," FINISH("http://c.example/") "}", READ, "invalid_request", false},
        {"{" TOKEN(OUTGOING) "," FINISH("ftp://c.example/") "}", READ, "invalid_request", false},
        {"{" TOKEN(OUTGOING) "," FINISH("javascript:alert(1)") "}", READ, "invalid_request", false},
        {"{" TOKEN(OUTGOING) "," FINISH("https://u@c.example/") "}", READ, "invalid_request",
                false},
        {"{" TOKEN(OUTGOING) "," FINISH("https://c.example/#f") "}", READ, "invalid_request",
                false},
        {"{" TOKEN(OUTGOING) "," FINISH("https://c.example/ x") "}", READ, "invalid_request",
                false},
        {"{" TOKEN(OUTGOING) "," FINISH("https:///x") "}", READ, "invalid_request", false},
        {"{" TOKEN(OUTGOING) "," FINISH("//c.example/") "}", READ, "invalid_request", false},

        {"{" TOKEN(OUTGOING) "}", JUDGED, "invalid_request", false},
        {"{" TOKEN(OUTGOING) "," INTERACT "}", JUDGED, "invalid_client", true},
        {"{" SUBJECT(ALICE) "}", JUDGED, "invalid_request", false},
        {"{" SUBJECT(ALICE) "," INTERACT "}", JUDGED, "invalid_client", true},
        {"{" TOKEN("{'type':'incoming-payment','actions':['list-all']}") "," INTERACT "}", JUDGED,
                "invalid_request", false},
};

START_TEST(request)
{
	struct arena a;

	arena_init(&a, 1 << 18);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		json_t *body = load(requests[i].json);
		struct grant_client c = {.by_key = requests[i].by_key};
		struct gnap_fault fault = {0};
		struct grant_request g;
		enum verdict v = READ;

		if (grant_request_read(body, false, &a, &g, &fault) == RESULT_OK)
			v = grant_request_judge(&g, &c, &fault) ? JUDGED
			    : grant_request_asks(&g)            ? ASKS
			                                        : AT_ONCE;
		ck_assert_msg(
		        v == requests[i].verdict, "%s: %d %s", requests[i].json, v, fault.text);
		if (requests[i].code)
			ck_assert_str_eq(code_of(&fault), requests[i].code);
		json_decref(body);
	}
	arena_clear(&a);
}
END_TEST

START_TEST(development)
{
	json_t *body = load("{" TOKEN(OUTGOING) "," FINISH("http://c.example/back") "}");
	struct gnap_fault fault;
	struct grant_request g;
	struct arena a;

	arena_init(&a, 1 << 16);
	ck_assert_int_eq(grant_request_read(body, true, &a, &g, &fault), RESULT_OK);
	ck_assert(g.finishes);
	ck_assert_str_eq(g.finish.uri, "http://c.example/back");
	ck_assert_str_eq(g.access[0].identifier, ALICE);
	json_decref(body);
	arena_clear(&a);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, client);
	tcase_add_test(t, request);
	tcase_add_test(t, development);
}

TEST_MAIN("grant request", fill)
