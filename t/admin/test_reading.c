/* Lists page by page, the routing table, rates and metrics. */
#include <stdio.h>
#include <string.h>

#include "unit/harness.h"

#include "admin/node.h"

#define FIELD(n) "{'error':{'details':{'field':'" n "'}}}"
#define PEER(name, asset, rest)                                                                    \
	"{'name':'" name "','assetCode':'" asset "','ilpAddress':'test." name                      \
	"','url':'http://127.0.0.1:9/ilp','outgoingToken':'o','incomingToken':'" name "'" rest "}"

/* Walks a list with this limit; how many items there were. Each is `member`, in rising order. */
static size_t walk(const char *path, const char *member, size_t limit)
{
	char page[512], cursor[256] = "", last[256] = "";
	size_t seen = 0;

	for (;;) {
		const struct call get = {"GET", page, NULL, NULL, 200, NULL};
		json_t *answer, *items, *item;
		const char *next;
		size_t i;

		(void)snprintf(page, sizeof(page), "%s?limit=%zu%s%s", path, limit,
		        *cursor ? "&cursor=" : "", cursor);
		answer = node_call(&get);
		items = json_object_get(answer, "items");
		ck_assert_uint_le(json_array_size(items), limit);
		json_array_foreach(items, i, item)
		{
			const char *text = json_string_value(json_object_get(item, member));

			ck_assert_msg(strcmp(text, last) > 0, "%s after %s", text, last);
			(void)snprintf(last, sizeof(last), "%s", text);
			seen++;
		}
		next = json_string_value(json_object_get(answer, "nextCursor"));
		(void)snprintf(cursor, sizeof(cursor), "%s", next ? next : "");
		json_decref(answer);
		if (!*cursor)
			return seen;
	}
}

START_TEST(lists_come_in_pages)
{
	static const struct call refused[] = {
	        {"GET", "/peers?limit=0", NULL, NULL, 400, FIELD("limit")},
	        {"GET", "/peers?limit=11", NULL, NULL, 400, FIELD("limit")},
	        {"GET", "/peers?limit=many", NULL, NULL, 400, FIELD("limit")},
	        {"GET", "/peers?cursor=nobody", NULL, NULL, 400, FIELD("cursor")},
	        {"GET", "/wallet-addresses?cursor=nobody", NULL, NULL, 400, FIELD("cursor")},
	};

	for (int i = 0; i < 13; i++) {
		char wallet[128], peer[512];
		const struct call add[] = {
		        {"POST", "/wallet-addresses", wallet, NULL, 201, NULL},
		        {"POST", "/peers", peer, NULL, 201, NULL},
		};

		(void)snprintf(wallet, sizeof(wallet), "{'name':'w%02d','assetCode':'USD'}", i);
		(void)snprintf(peer, sizeof(peer),
		        "{'name':'p%02d','assetCode':'USD','ilpAddress':'test.p%02d',"
		        "'url':'http://127.0.0.1:9/ilp','outgoingToken':'o',"
		        "'incomingToken':'i%02d'}",
		        i, i, i);
		NODE_CALLS(add);
	}
	for (size_t limit = 1; limit <= 10; limit += 3) {
		ck_assert_uint_eq(walk("/wallet-addresses", "name", limit), 13);
		ck_assert_uint_eq(walk("/peers", "name", limit), 13);
	}
	NODE_CALLS(refused);
}
END_TEST

static const struct call routes[] = {
        {"POST", "/wallet-addresses", "{'name':'alice','assetCode':'USD'}", NULL, 201, NULL},
        {"POST", "/peers", PEER("acme", "USD", ",'routes':['test.far']"), NULL, 201, NULL},
        {"POST", "/peers", PEER("up", "EUR", ",'parent':true"), NULL, 201, NULL},
        {"GET", "/routes", NULL, NULL, 200,
                "{'items':[{'prefix':'test.here','peer':null,'source':'own'},"
                "{'prefix':'','peer':'up','source':'parent'},"
                "{'prefix':'test.acme','peer':'acme','source':'peer'},"
                "{'prefix':'test.far','peer':'acme','source':'static'}],'nextCursor':null}"},
        {"GET", "/routes?limit=2", NULL, NULL, 200,
                "{'items':[{'prefix':'test.here'},{'prefix':''}],'nextCursor':'.'}"},
        {"GET", "/routes?limit=2&cursor=.", NULL, NULL, 200,
                "{'items':[{'prefix':'test.acme'},{'prefix':'test.far'}],'nextCursor':null}"},
        {"GET", "/routes/explain", NULL, NULL, 400, FIELD("destination")},
        {"GET", "/routes/explain?destination=nothing", NULL, NULL, 400, FIELD("destination")},
        {"GET", "/routes/explain?destination=test.acme.bob", NULL, NULL, 200,
                "{'destination':'test.acme.bob','kind':'peer','prefix':'test.acme','peer':'acme',"
                "'wallet':null,'reason':'*'}"},
        {"GET", "/routes/explain?destination=test.acmebank", NULL, NULL, 200,
                "{'kind':'peer','prefix':'','peer':'up'}"},
        {"GET", "/routes/explain?destination=test.here", NULL, NULL, 200,
                "{'kind':'node','prefix':'test.here','peer':null}"},
        {"GET", "/routes/explain?destination=test.here.alice.x", NULL, NULL, 200,
                "{'kind':'wallet','wallet':'alice','prefix':'test.here'}"},
        {"GET", "/routes/explain?destination=test.here.carol.x", NULL, NULL, 200,
                "{'kind':'none','wallet':null}"},
        {"GET", "/routes/explain?destination=peer.config", NULL, NULL, 200, "{'kind':'node'}"},
        {"DELETE", "/peers/up", NULL, NULL, 200, "{'parent':true,'routes':[]}"},
        {"GET", "/routes/explain?destination=test.acmebank", NULL, NULL, 200,
                "{'kind':'none','prefix':null,'peer':null,'reason':'*'}"},
};

START_TEST(routes_are_told_and_explained)
{
	NODE_CALLS(routes);
}
END_TEST

/* The rate of a pair, from all pages of the list. */
static void rate_of(const char *from, const char *to, char out[64])
{
	char page[256] = "/rates", cursor[64];

	for (out[0] = '\0';;) {
		const struct call get = {"GET", page, NULL, NULL, 200, NULL};
		json_t *answer = node_call(&get), *item;
		const char *next = json_string_value(json_object_get(answer, "nextCursor"));
		size_t i;

		json_array_foreach(json_object_get(answer, "items"), i, item)
		{
			const char *a = json_string_value(json_object_get(item, "from"));
			const char *b = json_string_value(json_object_get(item, "to"));

			ck_assert(!json_is_true(json_object_get(item, "stale")));
			if (strcmp(a, from) == 0 && strcmp(b, to) == 0)
				(void)snprintf(out, 64, "%s",
				        json_string_value(json_object_get(item, "rate")));
		}
		(void)snprintf(cursor, sizeof(cursor), "%s", next ? next : "");
		json_decref(answer);
		if (!*cursor)
			return;
		(void)snprintf(page, sizeof(page), "/rates?cursor=%.3s%%2F%s", cursor, cursor + 4);
	}
}

START_TEST(rates_are_exact_and_cut)
{
	static const struct {
		const char *from, *to, *rate;
	} rows[] = {
	        {"USD", "EUR", "0.91"},
	        {"EUR", "USD", "1.0989010989"},   /* 1 / 0.91 = 1.09890109890109... */
	        {"GBP", "EUR", "1.1375"},         /* 0.91 / 0.8 */
	        {"EUR", "GBP", "0.879120879120"}, /* 0.8 / 0.91 = 0.87912087912087... */
	        {"USD", "XRP", ""},               /* no rate is no item */
	        {"USD", "USD", ""},
	};
	char rate[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rate_of(rows[i].from, rows[i].to, rate);
		ck_assert_msg(strncmp(rate, rows[i].rate, strlen(rows[i].rate)) == 0 &&
		                      (rows[i].rate[0] || !rate[0]),
		        "%s/%s is %s", rows[i].from, rows[i].to, rate);
	}
}
END_TEST

START_TEST(metrics_tell_the_books)
{
	static const struct call calls[] = {
	        {"POST", "/wallet-addresses", "{'name':'alice','assetCode':'USD'}", NULL, 201,
	                NULL},
	        {"POST", "/wallet-addresses/alice/deposits",
	                "{'amount':{'value':'1234','assetCode':'USD','assetScale':2}}",
	                "6c7bc7b6-6a4f-4a51-a1b5-4ef1ad9f0d01", 201, NULL},
	        {"POST", "/peers", PEER("acme", "USD", ""), NULL, 201, NULL},
	};
	static const char *const wanted[] = {
	        "\nflorin_wallets 1\n",
	        "\nflorin_peers 1\n",
	        "\nflorin_payments{state=\"completed\"} 0\n",
	        "\nflorin_balance{kind=\"wallet\",asset=\"USD\",scale=\"2\"} 1234\n",
	        "\nflorin_balance{kind=\"settlement\",asset=\"USD\",scale=\"2\"} -1234\n",
	        "\nflorin_peer_packets_in_total{peer=\"acme\"} 0\n",
	        "\n# TYPE florin_writer_commits_total counter\n",
	        "\nflorin_doubts_open 0\n",
	};
	static char text[32768];

	NODE_CALLS(calls);
	ck_assert_int_eq(node_status(NULL, "GET", "//metrics", text, sizeof(text)), 200);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		ck_assert_msg(strstr(text, wanted[i]) != NULL, "%s is not in %s", wanted[i], text);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, node_setup, node_teardown);
	tcase_add_test(t, lists_come_in_pages);
	tcase_add_test(t, routes_are_told_and_explained);
	tcase_add_test(t, rates_are_exact_and_cut);
	tcase_add_test(t, metrics_tell_the_books);
}

TEST_MAIN("admin reading", fill)
