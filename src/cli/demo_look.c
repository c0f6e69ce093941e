#include "cli/demo_look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/amount.h"
#include "base/secret.h"
#include "base/words.h"
#include "cli/admin_call.h"
#include "cli/node_files.h"
#include "net/client.h"

#define CALL_MS 2000 /* a node that takes longer is away this time */
#define SECONDS 60   /* that the chart shows */
#define BAR_W   10
#define CHART_H 100

struct demo_look {
	const struct demo_look_node *nodes;
	struct client *clients[DEMO_LOOK_NODES];
	json_int_t packets;          /* of the connector, at the last look; -1: none yet */
	json_int_t seconds[SECONDS]; /* packets in each, the last one last */
};

enum result demo_look_new(
        const struct demo_look_node nodes[DEMO_LOOK_NODES], struct demo_look **out)
{
	struct demo_look *l = calloc(1, sizeof(*l));
	enum result r = l ? RESULT_OK : RESULT_OURS_MEMORY;

	if (!l)
		return r;
	l->nodes = nodes;
	l->packets = -1;
	for (unsigned i = 0; i < DEMO_LOOK_NODES && !r; i++) {
		char token[TOKEN_TEXT_SIZE], why[NODE_WHY_BYTES];
		struct client_options options = {
		        .base_url = nodes[i].admin_url, .bearer = token, .timeout_ms = CALL_MS};

		r = node_token_read(nodes[i].dir, token, why);
		if (!r)
			r = client_new(&options, &l->clients[i]);
		secret_wipe(token, sizeof(token));
	}
	if (r)
		demo_look_free(l);
	else
		*out = l;
	return r;
}

void demo_look_free(struct demo_look *l)
{
	if (!l)
		return;
	for (unsigned i = 0; i < DEMO_LOOK_NODES; i++)
		client_free(l->clients[i]);
	free(l);
}

/* NULL where there is no answer of the kind. */
static json_t *get(const struct demo_look *l, unsigned i, const char *pattern, const char *value)
{
	char path[ADMIN_PATH_BYTES];
	struct client_answer answer;

	admin_path(path, pattern, value);
	if (client_call(l->clients[i], &(struct client_request){.method = "GET", .path = path},
	            &answer) ||
	        answer.status != 200)
		return NULL;
	return json_loadb(answer.body, answer.body_n, 0, NULL);
}

/* For the part amount.html, without its sign; the page makes the text, in its reader's language. */
static json_t *amount(const json_t *object, const char *member)
{
	const json_t *a = json_object_get(object, member);
	const char *units = json_string_value(json_object_get(a, "value"));

	return json_pack("{s:s,s:O?,s:O?}", "units", units ? units + (*units == '-') : "", "code",
	        json_object_get(a, "assetCode"), "scale", json_object_get(a, "assetScale"));
}

/* ---- a wallet ---- */

static uint64_t units(const json_t *payment, const char *member)
{
	const char *text =
	        json_string_value(json_object_get(json_object_get(payment, member), "value"));
	uint64_t value = 0;

	if (text && amount_parse_units(text, strlen(text), &value))
		value = 0;
	return value;
}

static const char *sent_words(const char *state)
{
	static const struct {
		const char *state, *words;
	} rows[] = {{"FUNDING", WORDS("waiting for its money")}, {"SENDING", WORDS("on its way")},
	        {"COMPLETED", WORDS("paid")}, {"FAILED", WORDS("failed")},
	        {"CANCELLED", WORDS("cancelled")}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].state, state) == 0)
			return rows[i].words;
	return state;
}

/* *part: less came than was asked for. */
static const char *received_words(const json_t *payment, const char *state, bool *good, bool *part)
{
	uint64_t asked = units(payment, "incomingAmount"), got = units(payment, "receivedAmount");
	bool over = strcmp(state, "COMPLETED") == 0 || strcmp(state, "EXPIRED") == 0;

	/* Where no amount was asked for, all that came is what was to come. */
	*good = got > 0 && got >= asked;
	*part = got < asked;
	if (*good)
		return asked || over ? WORDS("paid") : WORDS("received");
	if (over)
		return got ? WORDS("over, partly paid") : WORDS("over, not paid");
	return got ? WORDS("partly paid") : WORDS("waiting for money");
}

static json_t *payment_view(const json_t *payment)
{
	const char *state = json_string_value(json_object_get(payment, "state"));
	const char *direction = json_string_value(json_object_get(payment, "direction"));
	bool out = direction && strcmp(direction, "outgoing") == 0;
	bool paid = state && strcmp(state, "COMPLETED") == 0, part = false;
	const char *told = out || !state ? sent_words(state ? state : "")
	                                 : received_words(payment, state, &paid, &part);

	return json_pack("{s:b,s:o,s:s,s:b,s:b,s:o}", "isSent", out, "amount",
	        amount(payment, out ? "sentAmount" : "receivedAmount"), "state", told, "good", paid,
	        "delivered", out && paid, "asked",
	        part ? amount(payment, "incomingAmount") : json_null());
}

/* What was delivered stands beside what was sent, in the receiver's asset. */
static void payment_add(json_t *list, const json_t *payment)
{
	json_t *view = payment_view(payment);

	if (json_is_true(json_object_get(view, "delivered")))
		(void)json_object_set_new(view, "delivered", amount(payment, "deliveredAmount"));
	(void)json_array_append_new(list, view);
}

static json_t *wallet_view(const struct demo_look *l, unsigned i)
{
	const struct demo_look_node *n = &l->nodes[i];
	json_t *balance = get(l, i, "/wallet-addresses/*/balance", n->wallet);
	json_t *payments = get(l, i, "/payments?limit=5&walletAddress=*", n->wallet);
	const char *authority = strstr(n->public_url, "://");
	const json_t *items = json_object_get(payments, "items");
	json_t *list = json_array(), *view;
	char text[256];

	for (size_t k = 0; k < json_array_size(items); k++)
		payment_add(list, json_array_get(items, k));
	(void)snprintf(text, sizeof(text), "$%s/%s", authority ? authority + 3 : "", n->wallet);
	view = json_pack("{s:s,s:b,s:o,s:{s:s,s:s},s:s,s:o}", "name", n->wallet, "up",
	        balance != NULL, "balance", amount(balance, "balance"), "pointer", "value", text,
	        "what", WORDS("the payment pointer"), "url", n->public_url, "payments", list);
	json_decref(balance);
	json_decref(payments);
	return view;
}

/* ---- the connector ---- */

/* One more second of the chart. */
static json_int_t packets_count(struct demo_look *l, const json_t *activity)
{
	json_int_t total = json_integer_value(json_object_get(activity, "packets")), now;

	now = l->packets < 0 || !activity ? 0 : total - l->packets;
	if (activity)
		l->packets = total;
	memmove(l->seconds, l->seconds + 1, sizeof(l->seconds) - sizeof(l->seconds[0]));
	l->seconds[SECONDS - 1] = now;
	return now;
}

static json_t *chart_view(const struct demo_look *l)
{
	json_int_t most = 1, sum = 0;
	json_t *bars = json_array();
	char label[160], all[24], peak[24];

	for (int i = 0; i < SECONDS; i++) {
		sum += l->seconds[i];
		if (l->seconds[i] > most)
			most = l->seconds[i];
	}
	for (int i = 0; i < SECONDS; i++) {
		json_int_t h = l->seconds[i] * CHART_H / most;

		if (h > 0)
			(void)json_array_append_new(
			        bars, json_pack("{s:i,s:I,s:i,s:I}", "x", i * BAR_W, "y",
			                      CHART_H - h, "w", BAR_W - 2, "h", h));
	}
	(void)snprintf(all, sizeof(all), "%lld", (long long)sum);
	(void)snprintf(peak, sizeof(peak), "%lld", (long long)(sum ? most : 0));
	words_fill(label, sizeof(label),
	        WORDS("Packets in the last minute: {all}; in a second at most {peak}"), "all", all,
	        "peak", peak, NULL);
	return json_pack("{s:s,s:i,s:i,s:o}", "label", label, "width", SECONDS * BAR_W, "height",
	        CHART_H, "bars", bars);
}

static json_t *peer_view(const json_t *peer)
{
	const json_t *health = json_object_get(peer, "health");
	const char *balance =
	        json_string_value(json_object_get(json_object_get(peer, "balance"), "value"));
	bool owes = balance && *balance == '-';

	return json_pack("{s:O?,s:O?,s:O?,s:b,s:b,s:o}", "name", json_object_get(peer, "name"),
	        "in", json_object_get(health, "packetsIn"), "out",
	        json_object_get(health, "packetsOut"), "itOwes", owes, "weOwe",
	        balance && !owes && strcmp(balance, "0") != 0, "balance", amount(peer, "balance"));
}

static json_t *connector_view(struct demo_look *l, unsigned i)
{
	json_t *activity = get(l, i, "/activity", NULL), *peers = get(l, i, "/peers", NULL);
	json_t *revenue = get(l, i, "/revenue", NULL), *list = json_array(), *earned = json_array();
	json_int_t now = packets_count(l, activity);
	json_t *item, *view;
	size_t k;

	json_array_foreach(json_object_get(peers, "items"), k, item)
	{
		(void)json_array_append_new(list, peer_view(item));
	}
	json_array_foreach(json_object_get(revenue, "assets"), k, item)
	{
		const char *units =
		        json_string_value(json_object_get(json_object_get(item, "total"), "value"));

		if (units && strcmp(units, "0") != 0)
			(void)json_array_append_new(earned, amount(item, "total"));
	}
	view = json_pack("{s:b,s:I,s:I,s:O?,s:o,s:o,s:o,s:s}", "up", activity != NULL, "now", now,
	        "packets", l->packets < 0 ? 0 : l->packets, "forwarded",
	        json_object_get(json_object_get(activity, "totals"), "packetsForwarded"), "peers",
	        list, "earned", earned, "chart", chart_view(l), "console", l->nodes[i].admin_url);
	json_decref(activity);
	json_decref(peers);
	json_decref(revenue);
	return view;
}

json_t *demo_look(struct demo_look *l)
{
	return json_pack("{s:o,s:o,s:o}", "payer", wallet_view(l, 0), "connector",
	        connector_view(l, 1), "payee", wallet_view(l, 2));
}
