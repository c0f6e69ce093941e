/* Access items: what is read, what is refused, what satisfies what, what needs a person. */
#include "unit/harness.h"

#include <string.h>

#include "model/access.h"

#define IN  ACCESS_INCOMING_PAYMENT
#define QU  ACCESS_QUOTE
#define OUT ACCESS_OUTGOING_PAYMENT

static const struct {
	const char *json;
	enum result result;
	const char *member; /* that the fault names */
} items[] = {
        {"{'type':'incoming-payment','actions':['create']}", RESULT_OK, ""},
        {"{'type':'incoming-payment','actions':['create','complete','read','read-all','list',"
         "'list-all']}",
                RESULT_OK, ""},
        {"{'type':'incoming-payment','actions':['read'],'identifier':'https://h/a'}", RESULT_OK,
                ""},
        {"{'type':'quote','actions':['create','read','read-all']}", RESULT_OK, ""},
        {"{'type':'quote','actions':['create'],'identifier':'https://h/a'}", RESULT_OK, ""},
        {"{'type':'outgoing-payment','actions':['create','read'],'identifier':'https://h/a'}",
                RESULT_OK, ""},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':{}}",
                RESULT_OK, ""},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'receiver':'https://h/op/incoming-payments/1','interval':'R/2026-01-01T00:00:00Z/P1M',"
         "'debitAmount':{'value':'500','assetCode':'USD','assetScale':2}}}",
                RESULT_OK, ""},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'receiveAmount':{'value':'500','assetCode':'USD','assetScale':255,'x':1}}}",
                RESULT_OK, ""},

        {"[]", RESULT_THEIRS_MALFORMED, ""},
        {"{'actions':['create']}", RESULT_THEIRS_MALFORMED, "type"},
        {"{'type':'payment','actions':['create']}", RESULT_THEIRS_MALFORMED, "type"},
        {"{'type':'quote'}", RESULT_THEIRS_MALFORMED, "actions"},
        {"{'type':'quote','actions':[]}", RESULT_THEIRS_MALFORMED, "actions"},
        {"{'type':'quote','actions':'create'}", RESULT_THEIRS_MALFORMED, "actions"},
        {"{'type':'quote','actions':['create','create']}", RESULT_THEIRS_MALFORMED, "actions"},
        {"{'type':'quote','actions':['list']}", RESULT_THEIRS_MALFORMED, "actions"},
        {"{'type':'quote','actions':[1]}", RESULT_THEIRS_MALFORMED, "actions"},
        {"{'type':'outgoing-payment','actions':['complete'],'identifier':'https://h/a'}",
                RESULT_THEIRS_MALFORMED, "actions"},
        {"{'type':'incoming-payment','actions':['Create']}", RESULT_THEIRS_MALFORMED, "actions"},
        {"{'type':'outgoing-payment','actions':['create']}", RESULT_THEIRS_MALFORMED, "identifier"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':7}", RESULT_THEIRS_MALFORMED,
                "identifier"},
        {"{'type':'quote','actions':['create'],'limits':{}}", RESULT_THEIRS_MALFORMED, "limits"},
        {"{'type':'quote','actions':['create'],'locations':[]}", RESULT_THEIRS_MALFORMED,
                "locations"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'sendAmount':{}}}",
                RESULT_THEIRS_MALFORMED, "sendAmount"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'receiver':'https://h/pay/1'}}",
                RESULT_THEIRS_MALFORMED, "receiver"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'receiver':'https://h/incoming-payments/'}}",
                RESULT_THEIRS_MALFORMED, "receiver"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'receiver':'https://bank.example@h/incoming-payments/1'}}",
                RESULT_THEIRS_MALFORMED, "receiver"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'receiver':'https://h/\xe2\x80\xae/incoming-payments/1'}}",
                RESULT_THEIRS_MALFORMED, "receiver"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'receiver':'https://h/a b/incoming-payments/1'}}",
                RESULT_THEIRS_MALFORMED, "receiver"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'interval':'monthly'}}",
                RESULT_THEIRS_MALFORMED, "interval"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'debitAmount':{'value':'1','assetCode':'USD','assetScale':2},"
         "'receiveAmount':{'value':'1','assetCode':'USD','assetScale':2}}}",
                RESULT_THEIRS_MALFORMED, "limits"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'debitAmount':{'value':1,'assetCode':'USD','assetScale':2}}}",
                RESULT_THEIRS_BAD_AMOUNT, "value"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'debitAmount':{'value':'-1','assetCode':'USD','assetScale':2}}}",
                RESULT_THEIRS_BAD_AMOUNT, "value"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'debitAmount':{'value':'1','assetCode':'USD','assetScale':256}}}",
                RESULT_THEIRS_MALFORMED, "assetScale"},
        {"{'type':'outgoing-payment','actions':['create'],'identifier':'https://h/a','limits':"
         "{'debitAmount':{'value':'1','assetScale':2}}}",
                RESULT_THEIRS_MALFORMED, "assetCode"},
};

static json_t *load(const char *single_quoted)
{
	char text[1024];
	json_t *v;

	snprintf(text, sizeof(text), "%s", single_quoted);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	v = json_loads(text, 0, NULL);
	ck_assert_msg(v, "%s", text);
	return v;
}

START_TEST(reading)
{
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		json_t *v = load(items[i].json), *shown;
		struct json_fault fault = {"", ""};
		struct access_item item, again;
		enum result r = access_item_read(v, &item, &fault);

		ck_assert_msg(r == items[i].result, "%s: %s", items[i].json, result_name(r));
		if (r) {
			ck_assert_msg(strcmp(fault.member, items[i].member) == 0, "%s: %s",
			        items[i].json, fault.member);
			ck_assert(fault.text[0]);
		} else {
			shown = access_item_json(&item);
			ck_assert_int_eq(access_item_read(shown, &again, &fault), RESULT_OK);
			ck_assert(access_item_eq(&item, &again));
			json_decref(shown);
		}
		json_decref(v);
	}
}
END_TEST

START_TEST(shown)
{
	json_t *v = load(items[7].json), *out;
	struct json_fault fault;
	struct access_item item;

	ck_assert_int_eq(access_item_read(v, &item, &fault), RESULT_OK);
	out = access_item_json(&item);
	ck_assert(json_equal(v, out));
	json_decref(out);
	json_decref(v);
}
END_TEST

#define B(a) (1U << ACTION_##a)

static const struct {
	unsigned actions;
	enum access_action wanted;
	bool allowed, all;
} satisfaction[] = {
        {B(CREATE), ACTION_CREATE, true, false},
        {B(CREATE), ACTION_READ, false, false},
        {B(CREATE), ACTION_COMPLETE, false, false},
        {B(READ), ACTION_READ, true, false},
        {B(READ), ACTION_READ_ALL, false, false},
        {B(READ), ACTION_LIST, false, false},
        {B(READ_ALL), ACTION_READ, true, true},
        {B(READ_ALL), ACTION_READ_ALL, true, true},
        {B(READ) | B(READ_ALL), ACTION_READ, true, true},
        {B(READ_ALL), ACTION_LIST, false, false},
        {B(READ_ALL), ACTION_LIST_ALL, false, false},
        {B(LIST), ACTION_LIST, true, false},
        {B(LIST), ACTION_READ, false, false},
        {B(LIST), ACTION_LIST_ALL, false, false},
        {B(LIST_ALL), ACTION_LIST, true, true},
        {B(LIST_ALL), ACTION_READ, false, false},
        {B(LIST_ALL), ACTION_READ_ALL, false, false},
        {B(COMPLETE), ACTION_COMPLETE, true, false},
        {B(COMPLETE), ACTION_CREATE, false, false},
        {B(READ_ALL) | B(LIST_ALL) | B(CREATE), ACTION_COMPLETE, false, false},
};

START_TEST(satisfying)
{
	for (size_t i = 0; i < sizeof(satisfaction) / sizeof(satisfaction[0]); i++) {
		bool all;

		ck_assert_msg(access_allows(satisfaction[i].actions, satisfaction[i].wanted,
		                      &all) == satisfaction[i].allowed,
		        "case %zu", i);
		ck_assert_msg(all == satisfaction[i].all, "case %zu", i);
	}
}
END_TEST

START_TEST(matching)
{
	struct access_item any = {.type = IN, .actions = B(CREATE)};
	struct access_item one = {.type = IN, .actions = B(CREATE), .identifier = "https://h/a"};
	bool all;

	ck_assert(access_item_allows(&any, IN, ACTION_CREATE, "https://h/b", &all));
	ck_assert(access_item_allows(&one, IN, ACTION_CREATE, "https://h/a", &all));
	ck_assert(access_item_allows(&one, IN, ACTION_CREATE, NULL, &all));
	ck_assert(!access_item_allows(&one, IN, ACTION_CREATE, "https://h/b", &all));
	ck_assert(!access_item_allows(&one, IN, ACTION_CREATE, "https://h/a/", &all));
	ck_assert(!access_item_allows(&one, QU, ACTION_CREATE, "https://h/a", &all));
	ck_assert(!access_item_allows(&one, OUT, ACTION_CREATE, "https://h/a", &all));
	ck_assert(!access_item_allows(&one, IN, ACTION_READ, "https://h/a", &all));
}
END_TEST

START_TEST(interactive)
{
	static const struct {
		enum access_type type;
		unsigned actions;
		bool interactive;
	} cases[] = {
	        {IN, B(CREATE), false},
	        {IN, B(CREATE) | B(COMPLETE) | B(READ_ALL), false},
	        {IN, B(LIST), false},
	        {IN, B(LIST_ALL), true},
	        {IN, B(READ_ALL) | B(LIST_ALL), true},
	        {QU, B(CREATE) | B(READ_ALL), false},
	        {OUT, B(READ), true},
	        {OUT, B(CREATE), true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct access_item item = {.type = cases[i].type, .actions = cases[i].actions};

		ck_assert_msg(access_is_interactive(&item) == cases[i].interactive, "case %zu", i);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, reading);
	tcase_add_test(t, shown);
	tcase_add_test(t, satisfying);
	tcase_add_test(t, matching);
	tcase_add_test(t, interactive);
}

TEST_MAIN("access", fill)
