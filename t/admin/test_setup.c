/* Who may ask, and assets, wallets and peers as the operator makes and changes them. */
#include <stdio.h>
#include <string.h>

#include "unit/harness.h"

#include "admin/admin_routes.h"
#include "admin/node.h"

#define KEY "6c7bc7b6-6a4f-4a51-a1b5-4ef1ad9f0d01"

/* ---- the token ---- */

START_TEST(every_path_wants_the_token)
{
	static const char *const wrong[] = {
	        NULL, "", "x", NODE_TOKEN "x", "the-token-of-the-operato"};
	size_t guarded = 0;

	for (size_t i = 0; i < admin_route_count; i++) {
		const struct http_route *route = &admin_routes[i];
		char path[256];

		if (strncmp(route->pattern, "/admin/v1/", 10) != 0)
			continue;
		guarded++;
		(void)snprintf(path, sizeof(path), "/%s", route->pattern);
		for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
			char text[512];
			int status = node_status(wrong[k], http_method_name(route->method), path,
			        text, sizeof(text));

			ck_assert_msg(status == 401 && strstr(text, "\"unauthorized\""),
			        "%s %s: %d %s", http_method_name(route->method), route->pattern,
			        status, text);
		}
	}
	ck_assert_uint_gt(guarded, 25);
	ck_assert_int_eq(node_status(NULL, "GET", "//metrics", NULL, 0), 200);
	ck_assert_int_eq(node_status(NODE_TOKEN, "GET", "/whoami", NULL, 0), 200);
}
END_TEST

/* ---- assets ---- */

static const struct call assets[] = {
        {"GET", "/assets/USD", NULL, NULL, 200,
                "{'id':'*','code':'USD','scale':2,'feeBps':0,"
                "'feeFixed':{'value':'0','assetCode':'USD','assetScale':2},"
                "'liquidity':{'value':'0','assetCode':'USD','assetScale':2}}"},
        {"GET", "/assets/ABC", NULL, NULL, 404, "{'error':{'code':'not_found','details':{}}}"},
        /* refusals, in order of precedence */
        {"POST", "/assets", NULL, NULL, 400, "{'error':{'code':'*'}}"},
        {"POST", "/assets", "[]", NULL, 400, "{'error':{'code':'malformed'}}"},
        {"POST", "/assets", "{'scale':2}", NULL, 400, "{'error':{'details':{'field':'code'}}}"},
        {"POST", "/assets", "{'code':'CHF'}", NULL, 400, "{'error':{'details':{'field':'scale'}}}"},
        {"POST", "/assets", "{'code':'CHF','scale':'2'}", NULL, 400,
                "{'error':{'details':{'field':'scale'}}}"},
        {"POST", "/assets", "{'code':'CHF','scale':19}", NULL, 400,
                "{'error':{'details':{'field':'scale'}}}"},
        {"POST", "/assets", "{'code':'CHF','scale':2,'color':'red'}", NULL, 400,
                "{'error':{'details':{'field':'color'}}}"},
        {"POST", "/assets", "{'code':'C-F','scale':2}", NULL, 400,
                "{'error':{'code':'bad_asset','details':{'field':'code'}}}"},
        {"POST", "/assets", "{'code':'CHF','scale':2}", "no-uuid", 400,
                "{'error':{'details':{'field':'Idempotency-Key'}}}"},
        {"POST", "/assets",
                "{'code':'CHF','scale':2,"
                "'feeFixed':{'value':'5','assetCode':'USD','assetScale':2}}",
                NULL, 400, "{'error':{'code':'bad_asset','details':{'field':'feeFixed'}}}"},
        {"POST", "/assets", "{'code':'USD','scale':2}", NULL, 409,
                "{'error':{'code':'conflict','details':{'field':'code'}}}"},
        {"GET", "/assets/CHF", NULL, NULL, 404, NULL},
        /* made, once */
        {"POST", "/assets",
                "{'code':'CHF','scale':2,'feeBps':30,"
                "'feeFixed':{'value':'5','assetCode':'CHF','assetScale':2}}",
                KEY, 201, "{'code':'CHF','scale':2,'feeBps':30,'feeFixed':{'value':'5'}}"},
        {"POST", "/assets",
                "{'code':'CHF','scale':2,'feeBps':30,"
                "'feeFixed':{'value':'5','assetCode':'CHF','assetScale':2}}",
                KEY, 201, "{'code':'CHF','scale':2,'feeBps':30,'feeFixed':{'value':'5'}}"},
        {"POST", "/assets", "{'code':'SEK','scale':2}", KEY, 409, "{'error':{'code':'conflict'}}"},
        {"GET", "/assets/SEK", NULL, NULL, 404, NULL},
        /* changed: what is not named stays */
        {"PATCH", "/assets/CHF", "{'feeBps':10000}", NULL, 400,
                "{'error':{'details':{'field':'feeBps'}}}"},
        {"PATCH", "/assets/CHF", "{'scale':3}", NULL, 400,
                "{'error':{'details':{'field':'scale'}}}"},
        {"PATCH", "/assets/CHF", "{'feeBps':12}", NULL, 200,
                "{'feeBps':12,'feeFixed':{'value':'5'}}"},
        {"PATCH", "/assets/CHF", "{'feeFixed':{'value':'0','assetCode':'CHF','assetScale':2}}",
                NULL, 200, "{'feeBps':12,'feeFixed':{'value':'0'}}"},
        {"GET", "/assets/CHF", NULL, NULL, 200, "{'feeBps':12,'feeFixed':{'value':'0'}}"},
        {"PATCH", "/assets/XYZ", "{'feeBps':12}", NULL, 404, NULL},
        {"DELETE", "/assets/CHF", NULL, NULL, 405, NULL},
};

START_TEST(assets_are_made_and_changed)
{
	const struct call get = {"GET", "/assets/EUR", NULL, NULL, 200, NULL};
	struct call by_id = {"GET", NULL, NULL, NULL, 200, "{'code':'EUR'}"};
	json_t *eur;
	char path[128];

	NODE_CALLS(assets);
	eur = node_call(&get);
	(void)snprintf(
	        path, sizeof(path), "/assets/%s", json_string_value(json_object_get(eur, "id")));
	by_id.path = path;
	node_calls(&by_id, 1);
	json_decref(eur);
	node_audit();
}
END_TEST

/* ---- wallets ---- */

static const struct call wallets[] = {
        {"GET", "/wallet-addresses", NULL, NULL, 200, "{'items':[],'nextCursor':null}"},
        {"GET", "/wallet-addresses/alice", NULL, NULL, 404, "{'error':{'code':'not_found'}}"},
        {"POST", "/wallet-addresses", "{'assetCode':'USD'}", NULL, 400,
                "{'error':{'details':{'field':'name'}}}"},
        {"POST", "/wallet-addresses", "{'name':'Alice','assetCode':'USD'}", NULL, 400,
                "{'error':{'details':{'field':'name'}}}"},
        {"POST", "/wallet-addresses", "{'name':'-a','assetCode':'USD'}", NULL, 400,
                "{'error':{'details':{'field':'name'}}}"},
        {"POST", "/wallet-addresses", "{'name':'health','assetCode':'USD'}", NULL, 409,
                "{'error':{'code':'conflict','details':{'field':'name'}}}"},
        {"POST", "/wallet-addresses", "{'name':'alice','assetCode':'ABC'}", NULL, 400,
                "{'error':{'code':'bad_asset','details':{'field':'assetCode'}}}"},
        {"POST", "/wallet-addresses", "{'name':'alice','assetCode':'USD','user':'A B'}", NULL, 400,
                "{'error':{'details':{'field':'user'}}}"},
        {"POST", "/wallet-addresses", "{'name':'alice','assetCode':'USD','password':''}", NULL, 400,
                "{'error':{'details':{'field':'password'}}}"},
        {"PATCH", "/wallet-addresses/alice", "{'password':'x'}", NULL, 404, NULL},
        {"POST", "/wallet-addresses",
                "{'name':'alice','assetCode':'USD','publicName':'Alice Example'}", KEY, 201,
                "{'id':'*','name':'alice','url':'http://127.0.0.1:9/alice',"
                "'publicName':'Alice Example','assetCode':'USD','assetScale':2,'user':'alice',"
                "'status':'active','ilpAddress':'test.here.alice','createdAt':'*'}"},
        {"POST", "/wallet-addresses",
                "{'name':'alice','assetCode':'USD','publicName':'Alice Example'}", KEY, 201,
                "{'name':'alice'}"},
        {"POST", "/wallet-addresses", "{'name':'alice','assetCode':'USD'}", NULL, 409,
                "{'error':{'code':'conflict'}}"},
        {"POST", "/wallet-addresses", "{'name':'savings','assetCode':'EUR','user':'alice'}", NULL,
                201, "{'user':'alice','publicName':null}"},
        {"GET", "/wallet-addresses", NULL, NULL, 200,
                "{'items':[{'name':'alice'},{'name':'savings'}],'nextCursor':null}"},
        {"GET", "/wallet-addresses/alice/balance", NULL, NULL, 200,
                "{'wallet':'alice','balance':{'value':'0','assetCode':'USD','assetScale':2},"
                "'pending':{'value':'0'}}"},
        /* closing */
        {"PATCH", "/wallet-addresses/alice", "{}", NULL, 400,
                "{'error':{'details':{'field':'status'}}}"},
        {"PATCH", "/wallet-addresses/alice", "{'password':''}", NULL, 400,
                "{'error':{'details':{'field':'password'}}}"},
        {"PATCH", "/wallet-addresses/alice", "{'password':'x'}", NULL, 200, "{'name':'alice'}"},
        {"PATCH", "/wallet-addresses/alice", "{'status':'frozen'}", NULL, 400,
                "{'error':{'details':{'field':'status'}}}"},
        {"PATCH", "/wallet-addresses/alice", "{'status':'active'}", NULL, 200,
                "{'name':'alice','status':'active'}"},
        {"POST", "/wallet-addresses/alice/deposits",
                "{'amount':{'value':'1','assetCode':'USD','assetScale':2}}",
                "6c7bc7b6-6a4f-4a51-a1b5-4ef1ad9f0d02", 201, NULL},
        {"PATCH", "/wallet-addresses/alice", "{'status':'closed'}", NULL, 409,
                "{'error':{'code':'wrong_state'}}"},
        {"PATCH", "/wallet-addresses/savings", "{'status':'closed'}", NULL, 200,
                "{'name':'savings','status':'closed'}"},
        {"PATCH", "/wallet-addresses/savings", "{'status':'closed'}", NULL, 200,
                "{'name':'savings','status':'closed'}"},
        {"POST", "/wallet-addresses/savings/deposits",
                "{'amount':{'value':'1','assetCode':'EUR','assetScale':2}}",
                "6c7bc7b6-6a4f-4a51-a1b5-4ef1ad9f0d03", 409, "{'error':{'code':'wrong_state'}}"},
        {"POST", "/wallet-addresses", "{'name':'savings','assetCode':'EUR'}", NULL, 409, NULL},
};

START_TEST(wallets_are_made_and_closed)
{
	const struct call get = {"GET", "/wallet-addresses/alice", NULL, NULL, 200, NULL};
	struct call by_id = {"GET", NULL, NULL, NULL, 200, "{'name':'alice'}"};
	char path[128];
	json_t *alice;

	NODE_CALLS(wallets);
	alice = node_call(&get);
	(void)snprintf(path, sizeof(path), "/wallet-addresses/%s",
	        json_string_value(json_object_get(alice, "id")));
	by_id.path = path;
	node_calls(&by_id, 1);
	json_decref(alice);
	node_audit();
}
END_TEST

/* A UUID is a well-formed name, too. */
START_TEST(a_wallet_may_be_named_like_an_id)
{
	static const struct call calls[] = {
	        {"POST", "/wallet-addresses", "{'name':'" KEY "','assetCode':'USD'}", NULL, 201,
	                NULL},
	        {"GET", "/wallet-addresses/" KEY, NULL, NULL, 200, "{'name':'" KEY "'}"},
	};

	NODE_CALLS(calls);
}
END_TEST

/* ---- peers ---- */

#define PEER(rest)                                                                                 \
	"{'name':'acme','assetCode':'USD','ilpAddress':'test.acme','url':'http://127.0.0.1:9/ilp'" \
	",'outgoingToken':'out','incomingToken':'in'" rest "}"
#define USD(value)  "{'value':'" value "','assetCode':'USD','assetScale':2}"
#define FIELD(name) "{'error':{'details':{'field':'" name "'}}}"

static const struct call peers[] = {
        {"GET", "/peers", NULL, NULL, 200, "{'items':[],'nextCursor':null}"},
        {"GET", "/peers/acme", NULL, NULL, 404, "{'error':{'code':'not_found'}}"},
        {"POST", "/peers", "{'name':'acme'}", NULL, 400, FIELD("assetCode")},
        {"POST", "/peers",
                "{'name':'acme','assetCode':'USD','url':'http://127.0.0.1:9/ilp',"
                "'outgoingToken':'o','incomingToken':'i'}",
                NULL, 400, FIELD("ilpAddress")},
        {"POST", "/peers",
                "{'name':'acme','assetCode':'USD','ilpAddress':'acme','url':'http://127.0.0.1:9',"
                "'outgoingToken':'o','incomingToken':'i'}",
                NULL, 400, FIELD("ilpAddress")},
        {"POST", "/peers",
                "{'name':'acme','assetCode':'USD','ilpAddress':'test.acme','url':'ftp://a.b/c',"
                "'outgoingToken':'o','incomingToken':'i'}",
                NULL, 422, FIELD("url")},
        {"POST", "/peers",
                "{'name':'acme','assetCode':'USD','ilpAddress':'test.acme','url':'acme',"
                "'outgoingToken':'o','incomingToken':'i'}",
                NULL, 400, FIELD("url")},
        {"POST", "/peers",
                "{'name':'acme','assetCode':'USD','ilpAddress':'test.acme',"
                "'url':'http://127.0.0.1:9/ilp','outgoingToken':'a b','incomingToken':'i'}",
                NULL, 400, FIELD("outgoingToken")},
        {"POST", "/peers",
                "{'name':'acme','assetCode':'USD','ilpAddress':'test.acme',"
                "'url':'http://127.0.0.1:9/ilp','outgoingToken':'o','incomingToken':''}",
                NULL, 400, FIELD("incomingToken")},
        {"POST", "/peers", PEER(",'routes':['test.a','te st']"), NULL, 400, FIELD("routes")},
        {"POST", "/peers", PEER(",'routes':[7]"), NULL, 400, FIELD("routes")},
        {"POST", "/peers", PEER(",'routes':['']"), NULL, 400, FIELD("routes")},
        {"POST", "/peers", PEER(",'routes':['test.a','']"), NULL, 400, FIELD("routes")},
        {"POST", "/peers", PEER(",'spreadBps':10001"), NULL, 400, FIELD("spreadBps")},
        {"POST", "/peers", PEER(",'creditLimit':'5'"), NULL, 400, FIELD("creditLimit")},
        {"POST", "/peers", PEER(",'creditLimit':{'value':'5','assetCode':'USD','assetScale':3}"),
                NULL, 400, "{'error':{'code':'bad_asset','details':{'field':'creditLimit'}}}"},
        {"POST", "/peers", PEER(",'creditLimit':" USD("9223372036854775808")), NULL, 400,
                "{'error':{'code':'bad_amount','details':{'field':'creditLimit.value'}}}"},
        {"GET", "/peers", NULL, NULL, 200, "{'items':[]}"},
        /* made */
        {"POST", "/peers",
                PEER(",'creditLimit':" USD("500") ",'spreadBps':50,'routes':['test.a','test.b']"),
                KEY, 201,
                "{'id':'*','name':'acme','assetCode':'USD','assetScale':2,"
                "'ilpAddress':'test.acme','url':'http://127.0.0.1:9/ilp','creditLimit':" USD(
                        "500") ",'maxPacketAmount':null,'spreadBps':50,"
                               "'routes':['test.a','test.b'],'parent':false,'relation':'peer',"
                               "'assignedAddress':null,'balance':" USD("0") ",'pending':" USD(
                                       "0") ",'createdAt':'*'}"},
        {"POST", "/peers",
                PEER(",'creditLimit':" USD("500") ",'spreadBps':50,'routes':['test.a','test.b']"),
                KEY, 201, "{'name':'acme'}"},
        {"POST", "/peers", PEER(""), NULL, 409, "{'error':{'code':'conflict'}}"},
        {"POST", "/peers",
                "{'name':'other','assetCode':'USD','ilpAddress':'test.other',"
                "'url':'http://127.0.0.1:9/ilp','outgoingToken':'o','incomingToken':'in'}",
                NULL, 409, "{'error':{'code':'conflict'}}"},
        {"GET", "/peers/acme", NULL, NULL, 200,
                "{'name':'acme','creditLimit':" USD("500") ",'routes':['test.a','test.b']}"},
        /* changed: what is not named stays; routes are replaced */
        {"PATCH", "/peers/acme", "{'name':'x'}", NULL, 400, FIELD("name")},
        {"PATCH", "/peers/acme", "{'parent':true}", NULL, 409,
                "{'error':{'code':'wrong_state','details':{'field':'parent'}}}"},
        {"PATCH", "/peers/acme", "{'routes':['test.b','test.c'],'maxPacketAmount':" USD("7") "}",
                NULL, 200,
                "{'routes':['test.b','test.c'],'spreadBps':50,'maxPacketAmount':" USD(
                        "7") ",'creditLimit':" USD("500") "}"},
        {"PATCH", "/peers/acme", "{'routes':[],'spreadBps':0}", NULL, 200,
                "{'routes':[],'spreadBps':0,'url':'http://127.0.0.1:9/ilp'}"},
        {"PATCH", "/peers/acme", "{'url':'http://127.0.0.1:7/ilp','incomingToken':'in2'}", NULL,
                200, "{'url':'http://127.0.0.1:7/ilp'}"},
        {"PATCH", "/peers/nobody", "{'spreadBps':0}", NULL, 404, NULL},
        /* disabled while it has a balance; removed when its account is empty */
        {"POST", "/peers/acme/settlements", "{'direction':'received','amount':" USD("3") "}",
                "6c7bc7b6-6a4f-4a51-a1b5-4ef1ad9f0d04", 201, NULL},
        {"DELETE", "/peers/acme", NULL, NULL, 200, "{'name':'acme','state':'disabled'}"},
        {"GET", "/peers/acme", NULL, NULL, 200, "{'state':'disabled'}"},
        {"POST", "/peers/acme/settlements", "{'direction':'sent','amount':" USD("3") "}",
                "6c7bc7b6-6a4f-4a51-a1b5-4ef1ad9f0d05", 201, NULL},
        {"DELETE", "/peers/acme", NULL, NULL, 200, "{'name':'acme'}"},
        {"GET", "/peers/acme", NULL, NULL, 404, NULL},
        {"DELETE", "/peers/acme", NULL, NULL, 404, NULL},
};

#define RELATED(name, more)                                                                        \
	"{'name':'" name "','assetCode':'USD','url':'http://127.0.0.1:9/ilp','outgoingToken':'o'," \
	"'incomingToken':'in-" name "'" more "}"

static const struct call relations[] = {
        {"POST", "/peers", RELATED("kid", ""), NULL, 400, FIELD("ilpAddress")},
        {"POST", "/peers", RELATED("kid", ",'child':true,'parent':true"), NULL, 400,
                FIELD("child")},
        {"POST", "/peers", RELATED("kid", ",'child':1"), NULL, 400, FIELD("child")},
        {"POST", "/peers", RELATED("kid", ",'child':true,'ccp':'on'"), NULL, 400, FIELD("ccp")},
        {"POST", "/peers", RELATED("kid", ",'child':true"), NULL, 201,
                "{'ilpAddress':'test.here.kid','relation':'child','parent':false,'ccp':false}"},
        {"GET", "/peers/kid", NULL, NULL, 200, "{'ilpAddress':'test.here.kid','routes':[]}"},
        {"POST", "/peers", RELATED("far", ",'child':true,'ilpAddress':'test.far'"), NULL, 201,
                "{'ilpAddress':'test.far'}"},
        {"POST", "/peers", RELATED("deep", ",'child':true,'ilpAddress':'test.here.a.b'"), NULL, 201,
                "{'ilpAddress':'test.here.a.b'}"},
        /* below our address there is one owner of a name */
        {"POST", "/wallet-addresses", "{'name':'kid','assetCode':'USD'}", NULL, 409, NULL},
        {"POST", "/wallet-addresses", "{'name':'a','assetCode':'USD'}", NULL, 409, NULL},
        {"POST", "/wallet-addresses", "{'name':'w','assetCode':'USD'}", NULL, 201, NULL},
        {"POST", "/peers", RELATED("w", ",'child':true"), NULL, 409, NULL},
        {"GET", "/routes/explain?destination=test.here.kid.x", NULL, NULL, 200,
                "{'kind':'peer','peer':'kid','candidates':[{'prefix':'test.here.kid',"
                "'peer':'kid','source':'peer','path':[],'chosen':true,'reason':'*'}]}"},
        {"GET", "/routes/explain?destination=test.here.kidney", NULL, NULL, 200,
                "{'kind':'none','candidates':[]}"},
        {"GET", "/routes/explain?destination=test.here.w.x", NULL, NULL, 200,
                "{'kind':'wallet','wallet':'w'}"},
        {"POST", "/peers", RELATED("up", ",'parent':true,'ccp':true"), NULL, 201,
                "{'ilpAddress':null,'relation':'parent','parent':true,'assignedAddress':null,"
                "'ccp':true}"},
        {"PATCH", "/peers/up", "{'ccp':false}", NULL, 200, "{'ccp':false,'spreadBps':0}"},
        {"PATCH", "/peers/up", "{'spreadBps':1}", NULL, 200, "{'ccp':false,'spreadBps':1}"},
        {"PATCH", "/peers/up", "{'ccp':true}", NULL, 200, "{'ccp':true,'spreadBps':1}"},
        {"PATCH", "/peers/up", "{'ccp':'on'}", NULL, 400, FIELD("ccp")},
        {"PATCH", "/peers/up", "{'child':true}", NULL, 409,
                "{'error':{'code':'wrong_state','details':{'field':'child'}}}"},
        {"GET", "/routes?limit=1", NULL, NULL, 200,
                "{'items':[{'prefix':'test.here'}],'nextCursor':'test.here'}"},
        {"GET", "/routes?limit=2&cursor=test.here", NULL, NULL, 200,
                "{'items':[{'prefix':'','source':'parent'},{'prefix':'test.far'}],"
                "'nextCursor':'test.far'}"},
        {"GET", "/routes?limit=2&cursor=test.far", NULL, NULL, 200,
                "{'items':[{'prefix':'test.here.a.b'},{'prefix':'test.here.kid'}],"
                "'nextCursor':null}"},
        {"GET", "/routes?cursor=te%20st", NULL, NULL, 400, FIELD("cursor")},
};

START_TEST(parents_and_children)
{
	NODE_CALLS(relations);
}
END_TEST

START_TEST(peers_are_made_changed_and_removed)
{
	NODE_CALLS(peers);
	node_audit();
}
END_TEST

/* A token is a secret: nothing that the API answers shows one. */
START_TEST(tokens_are_never_shown)
{
	static const struct call add = {"POST", "/peers",
	        "{'name':'acme','assetCode':'USD','ilpAddress':'test.acme',"
	        "'url':'http://127.0.0.1:9/ilp','outgoingToken':'hidden-out',"
	        "'incomingToken':'hidden-in'}",
	        NULL, 201, NULL};
	char text[4096];

	node_calls(&add, 1);
	ck_assert_int_eq(node_status(NODE_TOKEN, "GET", "/peers", text, sizeof(text)), 200);
	ck_assert_ptr_nonnull(strstr(text, "acme"));
	ck_assert_ptr_null(strstr(text, "hidden"));
	ck_assert_int_eq(node_status(NODE_TOKEN, "GET", "/peers/acme", text, sizeof(text)), 200);
	ck_assert_ptr_null(strstr(text, "hidden"));
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, node_setup, node_teardown);
	tcase_add_test(t, every_path_wants_the_token);
	tcase_add_test(t, assets_are_made_and_changed);
	tcase_add_test(t, wallets_are_made_and_closed);
	tcase_add_test(t, a_wallet_may_be_named_like_an_id);
	tcase_add_test(t, peers_are_made_changed_and_removed);
	tcase_add_test(t, parents_and_children);
	tcase_add_test(t, tokens_are_never_shown);
}

TEST_MAIN("admin setup", fill)
