/* Quotes and payments between two wallets of the node, and receivers that do not answer. */
#include <stdio.h>
#include <string.h>

#include "unit/harness.h"

#include "admin/node.h"

#define KEY(n)   "6c7bc7b6-6a4f-4a51-a1b5-4ef1ad9f0d0" n
#define USD(n)   "{'value':'" n "','assetCode':'USD','assetScale':2}"
#define EUR(n)   "{'value':'" n "','assetCode':'EUR','assetScale':2}"
#define BOB      "http://127.0.0.1:9/bob"
#define FIELD(n) "{'error':{'details':{'field':'" n "'}}}"

static const struct call setup[] = {
        {"POST", "/wallet-addresses", "{'name':'alice','assetCode':'USD'}", NULL, 201, NULL},
        {"POST", "/wallet-addresses", "{'name':'bob','assetCode':'EUR','publicName':'Bob'}", NULL,
                201, NULL},
        {"POST", "/wallet-addresses/alice/deposits", "{'amount':" USD("10000") "}", KEY("a"), 201,
                NULL},
        {"POST", "/assets/EUR/liquidity/deposits", "{'amount':" EUR("5000") "}", KEY("b"), 201,
                NULL},
};

/* The text of a member of an answer. */
static void member(const json_t *answer, const char *name, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(answer, name));

	ck_assert_msg(text != NULL, "no member %s", name);
	(void)snprintf(out, size, "%s", text);
}

START_TEST(a_pointer_of_this_node_resolves)
{
	static const struct call calls[] = {
	        {"GET", "/receivers/resolve?pointer=http%3A%2F%2F127.0.0.1%3A9%2Fbob", NULL, NULL,
	                200,
	                "{'pointer':'" BOB "','url':'" BOB "','kind':'spsp','publicName':'Bob',"
	                "'assetCode':'EUR','assetScale':2,'ilpAddress':'test.here.bob','local':"
	                "true}"},
	        {"GET", "/receivers/resolve?pointer=http%3A%2F%2F127.0.0.1%3A9%2Fcarol", NULL, NULL,
	                404, FIELD("pointer")},
	        {"GET", "/receivers/resolve?pointer=nothing", NULL, NULL, 400, FIELD("pointer")},
	        {"GET", "/receivers/resolve", NULL, NULL, 400, FIELD("pointer")},
	        /* nobody listens there */
	        {"GET", "/receivers/resolve?pointer=http%3A%2F%2F127.0.0.1%3A1%2Fx", NULL, NULL,
	                503, "{'error':{'code':'unreachable'}}"},
	};

	NODE_CALLS(setup);
	NODE_CALLS(calls);
}
END_TEST

START_TEST(quotes_that_are_refused)
{
	static const struct call calls[] = {
	        {"POST", "/quotes", "{'walletAddress':'alice'}", NULL, 400, FIELD("receiver")},
	        {"POST", "/quotes", "{'walletAddress':'alice','receiver':'" BOB "'}", NULL, 400,
	                FIELD("debitAmount")},
	        {"POST", "/quotes",
	                "{'walletAddress':'alice','receiver':'" BOB
	                "','debitAmount':" USD("1000") ",'receiveAmount':" EUR("1") "}",
	                NULL, 400, FIELD("receiveAmount")},
	        {"POST", "/quotes",
	                "{'walletAddress':'carol','receiver':'" BOB "','debitAmount':" USD("1") "}",
	                NULL, 404, FIELD("walletAddress")},
	        {"POST", "/quotes",
	                "{'walletAddress':'alice','receiver':'" BOB "','debitAmount':" EUR("1") "}",
	                NULL, 400,
	                "{'error':{'code':'bad_asset','details':{'field':'debitAmount'}}}"},
	        {"POST", "/quotes",
	                "{'walletAddress':'alice','receiver':'" BOB
	                "','receiveAmount':" USD("1") "}",
	                NULL, 400,
	                "{'error':{'code':'bad_asset','details':{'field':'receiveAmount'}}}"},
	        {"POST", "/quotes",
	                "{'walletAddress':'alice','receiver':'" BOB "','debitAmount':" USD("0") "}",
	                NULL, 400,
	                "{'error':{'code':'bad_amount','details':{'field':'debitAmount'}}}"},
	        {"POST", "/quotes",
	                "{'walletAddress':'alice','receiver':'http://127.0.0.1:9/alice',"
	                "'debitAmount':" USD("10") "}",
	                NULL, 409, FIELD("receiver")},
	        {"POST", "/quotes",
	                "{'walletAddress':'alice','receiver':'http://127.0.0.1:1/x',"
	                "'debitAmount':" USD("10") "}",
	                NULL, 503, "{'error':{'code':'unreachable'}}"},
	        {"GET", "/quotes/" KEY("1"), NULL, NULL, 404, NULL},
	        {"GET", "/quotes/x", NULL, NULL, 404, NULL},
	};

	NODE_CALLS(setup);
	NODE_CALLS(calls);
	node_audit();
}
END_TEST

/* 10.00 USD at 0.91 are 9.10 EUR. */
START_TEST(a_quote_is_paid_once)
{
	static const struct call quote = {"POST", "/quotes",
	        "{'walletAddress':'alice','receiver':'" BOB "','debitAmount':" USD("1000") "}",
	        KEY("1"), 201,
	        "{'id':'*','walletAddress':'alice','receiver':'*"
	        "','debitAmount':" USD("1000") ",'receiveAmount':" EUR("910") ",'fee':" USD(
	                "0") ",'rate':'0.91'}"};
	static const struct call after[] = {
	        {"GET", "/wallet-addresses/alice/balance", NULL, NULL, 200,
	                "{'balance':" USD("9000") ",'pending':" USD("0") "}"},
	        {"GET", "/wallet-addresses/bob/balance", NULL, NULL, 200,
	                "{'balance':" EUR("910") "}"},
	        {"GET", "/outgoing-payments?walletAddress=bob", NULL, NULL, 200, "{'items':[]}"},
	        {"GET", "/outgoing-payments?walletAddress=alice", NULL, NULL, 200,
	                "{'items':[{'state':'COMPLETED'}],'nextCursor':null}"},
	        {"GET", "/outgoing-payments?walletAddress=carol", NULL, NULL, 404, NULL},
	        {"GET", "/payments", NULL, NULL, 200,
	                "{'items':[{'direction':'outgoing','state':'COMPLETED'},"
	                "{'direction':'incoming','state':'COMPLETED'}]}"},
	};
	char quote_id[64], payment_id[64], body[256], path[128];
	struct call pay = {"POST", "/outgoing-payments", body, KEY("2"), 201,
	        "{'id':'*','state':'COMPLETED','receiver':'*"
	        "','debitAmount':" USD("1000") ",'receiveAmount':" EUR("910") ",'sentAmount':" USD(
	                "1000") ","
	                        "'deliveredAmount':" EUR(
	                                "910") ",'refundedAmount'"
	                                       ":" USD("0") ","
	                                                    "'inDoubtAmount':" USD(
	                                                            "0") ",'fee':" USD("0") ",'"
	                                                                                    "rate':"
	                                                                                    "'0.91'"
	                                                                                    ",'"
	                                                                                    "error'"
	                                                                                    ":null,"
	                                                                                    "'metad"
	                                                                                    "ata':{"
	                                                                                    "'note'"
	                                                                                    ":'"
	                                                                                    "rent'}"
	                                                                                    "}"};
	struct call show = {"GET", path, NULL, NULL, 200,
	        "{'state':'COMPLETED','deliveredAmount':" EUR("910") ",'direction':'outgoing'}"};
	json_t *first, *again;

	NODE_CALLS(setup);
	first = node_call(&quote);
	again = node_call(&quote);
	ck_assert(json_equal(first, again));
	member(first, "id", quote_id, sizeof(quote_id));
	json_decref(first);
	json_decref(again);

	(void)snprintf(body, sizeof(body), "{'quoteId':'%s','metadata':{'note':'rent'}}", quote_id);
	first = node_call(&pay);
	again = node_call(&pay);
	ck_assert(json_equal(first, again));
	member(first, "id", payment_id, sizeof(payment_id));
	json_decref(first);
	json_decref(again);

	pay.key = KEY("3");
	pay.status = 409;
	pay.want = "{'error':{'code':'conflict','details':{'field':'quoteId'}}}";
	node_calls(&pay, 1);

	(void)snprintf(path, sizeof(path), "/payments/%s", payment_id);
	first = node_call(&show);
	ck_assert_uint_gt(json_array_size(json_object_get(first, "transfers")), 1);
	json_decref(first);
	(void)snprintf(path, sizeof(path), "/outgoing-payments/%s?waitMs=10000", payment_id);
	show.want = "{'state':'COMPLETED'}";
	node_calls(&show, 1);
	NODE_CALLS(after);
	node_audit();
}
END_TEST

START_TEST(payments_that_are_refused)
{
	static const struct call calls[] = {
	        {"POST", "/outgoing-payments", "{}", KEY("1"), 400, FIELD("quoteId")},
	        {"POST", "/outgoing-payments", "{'quoteId':'" KEY("9") "'}", NULL, 400,
	                FIELD("Idempotency-Key")},
	        {"POST", "/outgoing-payments", "{'quoteId':'" KEY("9") "','metadata':7}", KEY("1"),
	                400, FIELD("metadata")},
	        {"POST", "/outgoing-payments", "{'quoteId':'" KEY("9") "'}", KEY("1"), 404,
	                FIELD("quoteId")},
	        {"GET", "/outgoing-payments/" KEY("9"), NULL, NULL, 404, NULL},
	        {"GET", "/outgoing-payments/x", NULL, NULL, 404, NULL},
	        {"GET", "/outgoing-payments/" KEY("9") "?waitMs=1h", NULL, NULL, 400,
	                FIELD("waitMs")},
	        {"GET", "/payments/" KEY("9"), NULL, NULL, 404, NULL},
	};
	static const struct call quote = {"POST", "/quotes",
	        "{'walletAddress':'alice','receiver':'" BOB "','receiveAmount':" EUR("910") "}",
	        NULL, 201, "{'debitAmount':" USD("1000") ",'receiveAmount':" EUR("910") "}"};
	static const struct call empty = {"POST", "/wallet-addresses/alice/withdrawals",
	        "{'amount':" USD("9001") "}", KEY("c"), 201, NULL};
	char quote_id[64], body[256];
	const struct call pay = {"POST", "/outgoing-payments", body, KEY("2"), 422,
	        "{'error':{'code':'insufficient'}}"};
	json_t *answer;

	NODE_CALLS(setup);
	NODE_CALLS(calls);
	answer = node_call(&quote);
	member(answer, "id", quote_id, sizeof(quote_id));
	json_decref(answer);
	node_calls(&empty, 1);
	(void)snprintf(body, sizeof(body), "{'quoteId':'%s'}", quote_id);
	node_calls(&pay, 1);
	node_audit();
}
END_TEST

START_TEST(a_peer_that_does_not_answer)
{
	static const struct call calls[] = {
	        {"POST", "/peers",
	                "{'name':'acme','assetCode':'USD','ilpAddress':'test.acme',"
	                "'url':'http://127.0.0.1:1/ilp','outgoingToken':'o','incomingToken':'i'}",
	                NULL, 201, NULL},
	        {"POST", "/peers/nobody/test", "{}", NULL, 404, NULL},
	        {"POST", "/peers/acme/test", "{}", NULL, 200,
	                "{'ok':false,'ilpAddress':'test.acme','error':'*'}"},
	        {"POST", "/peers/acme/test", NULL, NULL, 200, "{'ok':false}"},
	};

	NODE_CALLS(calls);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, node_setup, node_teardown);
	tcase_add_test(t, a_pointer_of_this_node_resolves);
	tcase_add_test(t, quotes_that_are_refused);
	tcase_add_test(t, a_quote_is_paid_once);
	tcase_add_test(t, payments_that_are_refused);
	tcase_add_test(t, a_peer_that_does_not_answer);
}

TEST_MAIN("admin payments", fill)
