/* Money that the operator moves: once for each key, whatever is asked how often. */
#include <stdio.h>
#include <string.h>

#include "unit/harness.h"

#include "admin/node.h"

#define KEY(n)   "6c7bc7b6-6a4f-4a51-a1b5-4ef1ad9f0d0" n
#define USD(n)   "{'value':'" n "','assetCode':'USD','assetScale':2}"
#define MOVE(n)  "{'amount':" USD(n) "}"
#define HOLDS(n) "{'wallet':'alice','balance':" USD(n) "}"
#define ALICE    "/wallet-addresses/alice"
#define FIELD(n) "{'error':{'details':{'field':'" n "'}}}"

static const struct call setup[] = {
        {"POST", "/wallet-addresses", "{'name':'alice','assetCode':'USD'}", NULL, 201, NULL},
        {"POST", "/wallet-addresses", "{'name':'bob','assetCode':'USD'}", NULL, 201, NULL},
        {"POST", "/peers",
                "{'name':'acme','assetCode':'USD','ilpAddress':'test.acme',"
                "'url':'http://127.0.0.1:9/ilp','outgoingToken':'o','incomingToken':'i'}",
                NULL, 201, NULL},
};

static const struct call moves[] = {
        /* refusals, in order of precedence */
        {"POST", "/wallet-addresses/carol/deposits", MOVE("5"), KEY("1"), 404, NULL},
        {"POST", ALICE "/deposits", "{}", KEY("1"), 400, FIELD("amount")},
        {"POST", ALICE "/deposits", MOVE("5"), NULL, 400, FIELD("Idempotency-Key")},
        {"POST", ALICE "/deposits", MOVE("5"), "5", 400, FIELD("Idempotency-Key")},
        {"POST", ALICE "/deposits", "{'amount':5}", KEY("1"), 400, FIELD("amount")},
        {"POST", ALICE "/deposits", "{'amount':{'value':5,'assetCode':'USD','assetScale':2}}",
                KEY("1"), 400, FIELD("amount.value")},
        {"POST", ALICE "/deposits", "{'amount':{'value':'5','assetCode':'USD'}}", KEY("1"), 400,
                FIELD("amount.assetScale")},
        {"POST", ALICE "/deposits", MOVE("05"), KEY("1"), 400, FIELD("amount.value")},
        {"POST", ALICE "/deposits", MOVE("-5"), KEY("1"), 400, FIELD("amount.value")},
        {"POST", ALICE "/deposits", MOVE("9223372036854775808"), KEY("1"), 400,
                FIELD("amount.value")},
        {"POST", ALICE "/deposits", "{'amount':{'value':'5','assetCode':'EUR','assetScale':2}}",
                KEY("1"), 400, "{'error':{'code':'bad_asset','details':{'field':'amount'}}}"},
        {"POST", ALICE "/deposits", MOVE("0"), KEY("1"), 400,
                "{'error':{'code':'bad_amount','details':{'field':'amount'}}}"},
        {"GET", ALICE "/balance", NULL, NULL, 200, HOLDS("0")},

        /* a refusal keeps no key: the same key is good for the corrected request */
        {"POST", ALICE "/deposits", MOVE("1000"), KEY("1"), 201,
                "{'id':'" KEY("1") "','wallet':'alice','amount':" USD("1000") ",'balance':" USD(
                        "1000") ",'pending':" USD("0") "}"},
        {"POST", ALICE "/withdrawals", MOVE("1001"), KEY("2"), 422,
                "{'error':{'code':'insufficient\','details':{'field':'amount'}}}"},
        {"POST", ALICE "/withdrawals", MOVE("400"), KEY("2"), 201, HOLDS("600")},

        /* the same request again: the first answer, and no money moves */
        {"POST", ALICE "/deposits", MOVE("1000"), KEY("1"), 201, HOLDS("1000")},
        {"POST", ALICE "/withdrawals", MOVE("400"), KEY("2"), 201, HOLDS("600")},
        {"GET", ALICE "/balance", NULL, NULL, 200, HOLDS("600")},

        /* the key in another spelling is the same key */
        {"POST", ALICE "/deposits", MOVE("1000"), "6C7BC7B6-6A4F-4A51-A1B5-4EF1AD9F0D01", 201,
                HOLDS("1000")},
        /* another request with the key: another amount, verb, wallet or resource */
        {"POST", ALICE "/deposits", MOVE("1001"), KEY("1"), 409, "{'error':{'code':'conflict'}}"},
        {"POST", ALICE "/withdrawals", MOVE("1000"), KEY("1"), 409,
                "{'error':{'code':'conflict'}}"},
        {"POST", "/wallet-addresses/bob/deposits", MOVE("1000"), KEY("1"), 409,
                "{'error':{'code':'conflict'}}"},
        {"POST", "/assets/USD/liquidity/deposits", MOVE("1000"), KEY("1"), 409,
                "{'error':{'code':'conflict'}}"},
        {"GET", ALICE "/balance", NULL, NULL, 200, HOLDS("600")},
        {"GET", "/wallet-addresses/bob/balance", NULL, NULL, 200, "{'balance':" USD("0") "}"},

        /* liquidity */
        {"POST", "/assets/USD/liquidity/deposits", MOVE("70"), KEY("3"), 201,
                "{'id':'" KEY("3") "','amount':" USD("70") ",'asset':{'code':'USD','liquidity'"
                                                           ":" USD("70") "}}"},
        {"POST", "/assets/USD/liquidity/deposits", MOVE("70"), KEY("3"), 201,
                "{'asset':{'liquidity':" USD("70") "}}"},
        {"GET", "/assets/USD", NULL, NULL, 200, "{'liquidity':" USD("70") "}"},

        /* settlements: what we owe the peer grows with what it paid us */
        {"POST", "/peers/acme/settlements", "{'amount':" USD("9") "}", KEY("4"), 400,
                FIELD("direction")},
        {"POST", "/peers/acme/settlements", "{'direction':'up','amount':" USD("9") "}", KEY("4"),
                400, FIELD("direction")},
        {"POST", "/peers/acme/settlements",
                "{'direction':'received','amount':" USD("9") ",'reference':'wire 7'}", KEY("4"),
                201,
                "{'id':'" KEY("4") "','direction':'received','reference':'wire 7','amount':" USD(
                        "9") ",'peer':{'name':'acme','balance':" USD("9") "}}"},
        {"POST", "/peers/acme/settlements", "{'direction':'sent','amount':" USD("10") "}", KEY("5"),
                422, "{'error':{'code':'insufficient\'}}"},
        {"POST", "/peers/acme/settlements", "{'direction':'sent','amount':" USD("2") "}", KEY("5"),
                201, "{'reference':null,'peer':{'balance':" USD("7") "}}"},
        {"GET", "/peers/acme", NULL, NULL, 200, "{'balance':" USD("7") "}"},
};

START_TEST(a_key_moves_money_once)
{
	NODE_CALLS(setup);
	NODE_CALLS(moves);
	node_audit();
}
END_TEST

START_TEST(stored_answers_outlive_a_restart)
{
	static const struct call before[] = {
	        {"POST", ALICE "/deposits", MOVE("1000"), KEY("1"), 201, HOLDS("1000")},
	        {"POST", ALICE "/deposits", MOVE("10"), KEY("2"), 201, HOLDS("1010")},
	};
	static const struct call after[] = {
	        {"POST", ALICE "/deposits", MOVE("1000"), KEY("1"), 201, HOLDS("1000")},
	        {"POST", ALICE "/deposits", MOVE("99"), KEY("2"), 409, NULL},
	        {"GET", ALICE "/balance", NULL, NULL, 200, HOLDS("1010")},
	};

	NODE_CALLS(setup);
	NODE_CALLS(before);
	node_restart();
	NODE_CALLS(after);
	node_audit();
}
END_TEST

/* 2^63-1 fits, and not a unit more: neither by the wire nor by a sum. */
START_TEST(an_account_never_passes_the_largest_amount)
{
	static const struct call calls[] = {
	        {"POST", ALICE "/deposits", MOVE("9223372036854775807"), KEY("1"), 201,
	                HOLDS("9223372036854775807")},
	        {"POST", ALICE "/deposits", MOVE("1"), KEY("2"), 400,
	                "{'error':{'code':'bad_amount'}}"},
	        {"GET", ALICE "/balance", NULL, NULL, 200, HOLDS("9223372036854775807")},
	};

	NODE_CALLS(setup);
	NODE_CALLS(calls);
	node_audit();
}
END_TEST

START_TEST(doubts_that_are_none)
{
	static const struct call calls[] = {
	        {"GET", "/doubts", NULL, NULL, 200, "{'items':[],'nextCursor':null}"},
	        {"POST", "/doubts/" KEY("9") "/release", "{'to':'peer'}", NULL, 400,
	                FIELD("Idempotency-Key")},
	        {"POST", "/doubts/" KEY("9") "/release", "{'to':'me'}", KEY("1"), 400, FIELD("to")},
	        {"POST", "/doubts/" KEY("9") "/release", "{'to':'peer'}", KEY("1"), 404,
	                "{'error':{'code':'not_found'}}"},
	        {"POST", "/doubts/x/release", "{'to':'peer'}", KEY("1"), 404, NULL},
	};

	NODE_CALLS(calls);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, node_setup, node_teardown);
	tcase_add_test(t, a_key_moves_money_once);
	tcase_add_test(t, stored_answers_outlive_a_restart);
	tcase_add_test(t, an_account_never_passes_the_largest_amount);
	tcase_add_test(t, doubts_that_are_none);
}

TEST_MAIN("admin money", fill)
