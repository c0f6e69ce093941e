/* pages_network: peers, routes, events. */
#include <string.h>

#include "console/overview.h"
#include "console/pages.h"
#include "console/word.h"
#include "http/language.h"

/* clang-format off */

#define LAST {NULL, NULL, CELL_TEXT, NULL}

static const struct column peer_list[] = {
	{WORDS("Name"), "name", CELL_TEXT, "/console/peers/{name}"},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Health"), "health.state", CELL_STATE, NULL},
	{WORDS("We owe it"), "balance", CELL_AMOUNT, NULL},
	{WORDS("Credit limit"), "creditLimit", CELL_AMOUNT, NULL},
	{WORDS("In flight"), "health.inFlight", CELL_NUMBER, NULL},
	{WORDS("Latency"), "health.latencyMs", CELL_MS, NULL},
	{WORDS("Last packet"), "health.lastPacketAt", CELL_TIME, NULL},
	{WORDS("Address"), "ilpAddress", CELL_COPY, NULL},
	LAST,
};
static const struct column peer_facts[] = {
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Health"), "health.state", CELL_STATE, NULL},
	{WORDS("Down since"), "health.downSince", CELL_TIME, NULL},
	{WORDS("ILP address"), "ilpAddress", CELL_COPY, NULL},
	{WORDS("Endpoint"), "url", CELL_COPY, NULL},
	{WORDS("Relation"), "relation", CELL_WORD, NULL},
	{WORDS("Our address, as it says"), "assignedAddress", CELL_TEXT, NULL},
	{WORDS("We owe it"), "balance", CELL_AMOUNT, NULL},
	{WORDS("In flight from it"), "pending", CELL_AMOUNT, NULL},
	{WORDS("Credit limit"), "creditLimit", CELL_AMOUNT, NULL},
	{WORDS("Debt limit"), "debtLimit", CELL_AMOUNT, NULL},
	{WORDS("Largest packet"), "maxPacketAmount", CELL_AMOUNT, NULL},
	{WORDS("Spread"), "spreadBps", CELL_BPS, NULL},
	{WORDS("Routes"), "routes", CELL_LIST, NULL},
	{WORDS("Exchanges routes"), "ccp", CELL_FLAG, NULL},
	{WORDS("Since"), "createdAt", CELL_TIME, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column peer_traffic[] = {
	{WORDS("Last packet from it"), "health.lastPacketAt", CELL_TIME, NULL},
	{WORDS("Last answer"), "health.lastAnswerAt", CELL_TIME, NULL},
	{WORDS("Latency"), "health.latencyMs", CELL_MS, NULL},
	{WORDS("Packets in flight from it"), "health.inFlight", CELL_NUMBER, NULL},
	{WORDS("Packets in flight to it"), "health.inFlightOut", CELL_NUMBER, NULL},
	{WORDS("Packets from it"), "health.packetsIn", CELL_NUMBER, NULL},
	{WORDS("Not fulfilled"), "health.refusedIn", CELL_NUMBER, NULL},
	{WORDS("Packets to it"), "health.packetsOut", CELL_NUMBER, NULL},
	{WORDS("Fulfilled by it"), "health.fulfilledOut", CELL_NUMBER, NULL},
	{WORDS("Rejected by it"), "health.rejectedOut", CELL_NUMBER, NULL},
	{WORDS("Without an answer"), "health.failedOut", CELL_NUMBER, NULL},
	LAST,
};
static const struct column settlement_list[] = {
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("Direction"), "direction", CELL_WORD, NULL},
	{WORDS("Amount"), "amount", CELL_AMOUNT, NULL},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Reference"), "reference", CELL_TEXT, NULL},
	{WORDS("Engine"), "engine", CELL_FLAG, NULL},
	{WORDS("Error"), "error", CELL_TEXT, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column terms_facts[] = {
	{WORDS("Settle from a balance of"), "settleThreshold", CELL_AMOUNT, NULL},
	{WORDS("Down to"), "settleTo", CELL_AMOUNT, NULL},
	{WORDS("Said to owe us from"), "claimThreshold", CELL_AMOUNT, NULL},
	{WORDS("Engine"), "engineUrl", CELL_TEXT, NULL},
	{WORDS("Due"), "due", CELL_WORD, NULL},
	LAST,
};
static const struct column route_list[] = {
	{WORDS("Prefix"), "prefix", CELL_TEXT, NULL},
	{WORDS("Peer"), "peer", CELL_TEXT, "/console/peers/{peer}"},
	{WORDS("Source"), "source", CELL_WORD, NULL},
	{WORDS("Nodes on the way"), "path", CELL_LIST, NULL},
	LAST,
};
static const struct column explain_facts[] = {
	{WORDS("Address"), "destination", CELL_TEXT, NULL},
	{WORDS("Goes to"), "kind", CELL_WORD, NULL},
	{WORDS("Route"), "prefix", CELL_TEXT, NULL},
	{WORDS("Peer"), "peer", CELL_TEXT, "/console/peers/{peer}"},
	{WORDS("Wallet"), "wallet", CELL_TEXT, "/console/wallets/{wallet}"},
	{WORDS("Why"), "reason", CELL_SAID, NULL},
	LAST,
};
static const struct column candidate_list[] = {
	{WORDS("Prefix"), "prefix", CELL_TEXT, NULL},
	{WORDS("Peer"), "peer", CELL_TEXT, NULL},
	{WORDS("Source"), "source", CELL_WORD, NULL},
	{WORDS("Chosen"), "chosen", CELL_FLAG, NULL},
	{WORDS("Why"), "reason", CELL_SAID, NULL},
	LAST,
};
static const struct console_filter route_filters[] = {
	{"destination", WORDS("Where does this address go?"), NULL}, {NULL, NULL, NULL},
};
static const struct column event_list[] = {
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("Type"), "type", CELL_TEXT, "/console/events/{id}"},
	{WORDS("Delivery"), "delivery.state", CELL_STATE, NULL},
	{WORDS("Attempts"), "delivery.attempts", CELL_NUMBER, NULL},
	{WORDS("Next"), "delivery.nextAttemptAt", CELL_TIME, NULL},
	{WORDS("HTTP status"), "delivery.status", CELL_NUMBER, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column event_facts[] = {
	{WORDS("Type"), "type", CELL_TEXT, NULL},
	{WORDS("Made"), "createdAt", CELL_TIME, NULL},
	{WORDS("Number of its object"), "sequence", CELL_NUMBER, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	{WORDS("Data"), "data", CELL_JSON, NULL},
	LAST,
};
static const struct column delivery_facts[] = {
	{WORDS("State"), "delivery.state", CELL_STATE, NULL},
	{WORDS("Attempts"), "delivery.attempts", CELL_NUMBER, NULL},
	{WORDS("Next attempt"), "delivery.nextAttemptAt", CELL_TIME, NULL},
	{WORDS("Status of the answer"), "delivery.status", CELL_NUMBER, NULL},
	{WORDS("Error"), "delivery.error", CELL_TEXT, NULL},
	{WORDS("Delivered"), "delivery.deliveredAt", CELL_TIME, NULL},
	LAST,
};
static const struct console_filter event_filters[] = {
	{"type", WORDS("Type"), FILTER_EVENTS}, {"state", WORDS("Not delivered, and"), CHOICES("WAITING PENDING PARKED")}, {"resource", WORDS("Of the object"), NULL}, {NULL, NULL, NULL},
};

static const struct column webhook_list[] = {
	{WORDS("URL"), "url", CELL_TEXT, "/console/webhooks/{id}"},
	{WORDS("Told of"), "types", CELL_LIST, NULL},
	{WORDS("On"), "enabled", CELL_FLAG, NULL},
	{WORDS("Of the configuration"), "configured", CELL_FLAG, NULL},
	{WORDS("Added"), "createdAt", CELL_TIME, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, "/console/webhooks/{id}"},
	LAST,
};
static const struct column webhook_facts[] = {
	{WORDS("URL"), "url", CELL_COPY, NULL},
	{WORDS("Told of (all, where none is named)"), "types", CELL_LIST, NULL},
	{WORDS("On"), "enabled", CELL_FLAG, NULL},
	{WORDS("Of the configuration"), "configured", CELL_FLAG, NULL},
	{WORDS("Added"), "createdAt", CELL_TIME, NULL},
	{WORDS("Changed"), "updatedAt", CELL_TIME, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column delivery_list[] = {
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("Type"), "type", CELL_TEXT, "/console/webhooks/{endpoint}/deliveries/{id}"},
	{WORDS("Delivery"), "delivery.state", CELL_STATE, NULL},
	{WORDS("Attempts"), "delivery.attempts", CELL_NUMBER, NULL},
	{WORDS("Next"), "delivery.nextAttemptAt", CELL_TIME, NULL},
	{WORDS("HTTP status"), "delivery.status", CELL_NUMBER, NULL},
	{WORDS("Error"), "delivery.error", CELL_TEXT, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct console_filter delivery_filters[] = {
	{"type", WORDS("Type"), FILTER_EVENTS}, {"state", WORDS("Not delivered, and"), CHOICES("WAITING PENDING PARKED")}, {NULL, NULL, NULL},
};

/* clang-format on */

static int64_t units_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(cell_member(object, member));

	return text ? strtoll(text, NULL, 10) : 0;
}

/* How much of what the peer may send is left: the balance, down to minus the credit limit. */
static json_t *room_bar(
        struct console_view *v, const json_t *peer, const char *id, const char *label)
{
	static const struct column balance = {"", "balance", CELL_AMOUNT, NULL};
	static const struct column limit = {"", "creditLimit", CELL_AMOUNT, NULL};
	static const struct column room = {"", "room", CELL_AMOUNT, NULL};
	int64_t have = units_of(peer, "balance.value"),
	        credit = units_of(peer, "creditLimit.value");
	int64_t low = units_of(peer, "liquidityThreshold.value"), left, whole;
	const char *text;
	json_t *sum;

	/* A limit may be as large as an amount can be. */
	left = have > INT64_MAX - credit ? INT64_MAX : have + credit;
	/* What it may send when nothing is owed either way, or what it may now, if that is more. */
	whole = credit > left ? credit : left;
	sum = json_pack("{s:{s:o,s:O,s:O}}", "room", "value",
	        json_sprintf("%lld", (long long)(left > 0 ? left : 0)), "assetCode",
	        cell_member(peer, "balance.assetCode"), "assetScale",
	        cell_member(peer, "balance.assetScale"));
	text = words_with(v->rq, "{left} (we owe it {balance}, credit limit {limit})", "left",
	        console_text(v, &room, sum), "balance", console_text(v, &balance, peer), "limit",
	        console_text(v, &limit, peer), NULL);
	json_decref(sum);
	return json_pack("{s:s,s:s,s:o,s:s,s:s}", "id", id, "label", label, "percent",
	        json_integer(whole > 0 ? (left > 0 ? left / (whole / 100 + 1) : 0) : 0), "text",
	        text, "badge", low > 0 && left <= low ? words(v->rq, "low") : "");
}

/* A bar for each of the page's peers. */
static void peers(struct console_view *v)
{
	static const char *const acts[] = {
	        "peer.invite", "peer.preview", "peer.auto", "peer.add", NULL};
	json_t *bars = json_array(), *item;
	size_t i;

	json_array_foreach(json_object_get(v->answers[0], "items"), i, item)
	{
		const char *name = json_string_value(json_object_get(item, "name"));

		(void)json_array_append_new(bars, room_bar(v, item, name, name));
	}
	if (json_array_size(bars) > 0)
		part_bars(v, "What is left for each to send", bars);
	else
		json_decref(bars);
	part_list(v);
	part_forms(v, "A new peer", NULL, acts);
}

static void balance_chart(struct console_view *v, const json_t *history)
{
	static const struct column columns[] = {
	        {WORDS("Start"), "at", CELL_TIME, NULL},
	        {WORDS("We owe it"), "balance", CELL_AMOUNT, NULL},
	        {NULL, NULL, CELL_TEXT, NULL},
	};
	const struct chart c = {.kind = CHART_STEPS,
	        .label = WORDS("What we owe the peer"),
	        .columns = columns,
	        .items = json_object_get(history, "items"),
	        .step_ms = json_integer_value(json_object_get(history, "stepMs")),
	        .empty = WORDS("Nothing was owed either way yet.")};

	part_spans(v);
	part_chart(v, "Balance over time", &c);
}

static void peer(struct console_view *v)
{
	static const char *const acts[] = {"peer.test", "peer.settle", "peer.set", "peer.terms",
	        "peer.reconcile", "peer.token.add", "peer.token.revoke", "peer.token.out",
	        "peer.activate", "peer.drain", "peer.disable", "peer.remove", NULL};
	const json_t *peer_json = v->answers[0];

	v->heading = json_string_value(json_object_get(peer_json, "name"));
	part_bars(v, "Balance",
	        json_pack("[o]",
	                room_bar(v, peer_json, "room", words(v->rq, "Left for it to send"))));
	balance_chart(v, v->answers[3]);
	part_facts(v, "The peer", peer_facts, peer_json);
	part_facts(v, "Traffic since the start", peer_traffic, peer_json);
	part_forms(v, "What can be done", peer_json, acts);
	part_facts(v, "When to settle", terms_facts, v->answers[1]);
	part_table(v, "Settlements", settlement_list, json_object_get(v->answers[2], "items"),
	        "Nothing was settled yet.");
	part_link(v, "Statement", "What we owe each other, day by day.", "Download as CSV",
	        arena_printf(&v->rq->arena, "/console/peers/%s/statement", v->heading));
}

static void routes(struct console_view *v)
{
	json_t *kind = json_object_get(v->answers[1], "kind");

	if (v->answers[1]) {
		/* It goes nowhere: to nothing of any kind. */
		if (kind && strcmp(json_string_value(kind), "none") == 0)
			(void)json_object_del(v->answers[1], "kind");
		part_facts(v, "Where it goes", explain_facts, v->answers[1]);
		part_table(v, "All routes that match", candidate_list,
		        json_object_get(v->answers[1], "candidates"), "None does.");
	}
	part_list(v);
}

static void events(struct console_view *v)
{
	if (!console_has_webhook(v->rq))
		part_text(v, "",
		        "The configuration names no webhook endpoint, so nothing takes these "
		        "events: "
		        "they stay pending. Endpoints that were added have deliveries of their "
		        "own.");
	part_list(v);
	part_link(v, "Webhook endpoints",
	        "Who is told of events, of which, and what each was given.", "Webhook endpoints",
	        "/console/webhooks");
}

/* ---- webhook endpoints ---- */

static void webhooks(struct console_view *v)
{
	static const char *const acts[] = {"webhook.add", NULL};
	json_t *list = json_object_get(v->answers[0], "items");

	/* The API's first is that of the configuration, also where there is none. */
	if (!console_has_webhook(v->rq) &&
	        json_is_true(json_object_get(json_array_get(list, 0), "configured")))
		(void)json_array_remove(list, 0);
	part_list(v);
	part_forms(v, "What can be done", NULL, acts);
}

/* Deliveries do not name the endpoint that they are of. */
static const json_t *with_endpoint(struct console_view *v, const json_t *list)
{
	const json_t *items = json_object_get(list, "items");
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item)(void)
	        json_object_set_new(item, "endpoint", json_string(console_param(v->rq, "id")));
	return items;
}

static const char *deliveries_path(struct console_view *v)
{
	return arena_printf(
	        &v->rq->arena, "/console/webhooks/%s/deliveries", console_param(v->rq, "id"));
}

static void webhook(struct console_view *v)
{
	static const char *const acts[] = {"webhook.set", "webhook.secret", "webhook.remove", NULL};

	v->heading = words(v->rq, "Webhook endpoint");
	part_facts(v, "", webhook_facts, v->answers[0]);
	if (json_is_true(json_object_get(v->answers[0], "configured")))
		part_text(v, "Changing it",
		        "Its URL and secret are those of [webhooks] in the configuration.");
	else
		part_forms(v, "What can be done", v->answers[0], acts);
	part_table(v, "Newest deliveries", delivery_list, with_endpoint(v, v->answers[1]),
	        "It was told nothing yet.");
	part_link(v, "", "With a filter, and as a file.", "All deliveries", deliveries_path(v));
}

static void deliveries(struct console_view *v)
{
	(void)with_endpoint(v, v->answers[0]);
	part_list(v);
}

static void delivery(struct console_view *v)
{
	v->heading = json_string_value(json_object_get(v->answers[0], "type"));
	part_facts(v, "Delivery", delivery_facts, v->answers[0]);
	part_form(v, "delivery.redeliver", v->answers[0]);
	part_facts(v, "The event", event_facts, v->answers[0]);
	part_link(v, "", "What else the endpoint was told.", "All deliveries", deliveries_path(v));
}

static void event(struct console_view *v)
{
	v->heading = json_string_value(json_object_get(v->answers[0], "type"));
	part_facts(v, "Delivery", delivery_facts, v->answers[0]);
	part_form(v, "event.redeliver", v->answers[0]);
	part_facts(v, "The event", event_facts, v->answers[0]);
}

const struct console_page network_pages[] = {
        {.pattern = "/console/peers",
                .title = WORDS("Peers"),
                .nav = "/console/peers",
                .reads = {{.path = "/peers", .query = "cursor limit"}},
                .build = peers,
                .list = peer_list,
                .empty = WORDS("Invite another operator, or accept an invitation.")},
        {.pattern = "/console/peers/{id}",
                .title = WORDS("Peer"),
                .nav = "/console/peers",
                .reads = {{.path = "/peers/{id}"}, {.path = "/peers/{id}/settlement-terms"},
                        {.path = "/peers/{id}/settlements"},
                        {.path = "/peers/{id}/history", .query = "span"}},
                .build = peer},
        {.pattern = "/console/routes",
                .title = WORDS("Routes"),
                .nav = "/console/routes",
                .reads = {{.path = "/routes", .query = "cursor limit"},
                        {.path = "/routes/explain", .query = "destination", .asked_for = true}},
                .build = routes,
                .list = route_list,
                .filters = route_filters,
                .empty = WORDS("A peer brings routes."),
                .empty_label = WORDS("Peers"),
                .empty_href = "/console/peers"},
        {.pattern = "/console/events",
                .title = WORDS("Events"),
                .nav = "/console/events",
                .reads = {{.path = "/events?include=delivery&order=desc",
                        .query = "type state resource cursor limit"}},
                .build = events,
                .list = event_list,
                .filters = event_filters,
                .empty = WORDS("Nothing has happened yet. Each payment makes events, which webhook "
                               "endpoints are told of."),
                .empty_label = WORDS("Webhook endpoints"),
                .empty_href = "/console/webhooks"},
        {.pattern = "/console/events/{id}",
                .title = WORDS("Event"),
                .nav = "/console/events",
                .reads = {{.path = "/events/{id}"}},
                .build = event},
        {.pattern = "/console/webhooks",
                .title = WORDS("Webhook endpoints"),
                .nav = "/console/events",
                .reads = {{.path = "/webhook-endpoints", .query = "cursor limit"}},
                .build = webhooks,
                .list = webhook_list,
                .empty = WORDS("Nobody is told. The first one can be added below.")},
        {.pattern = "/console/webhooks/{id}",
                .title = WORDS("Webhook endpoint"),
                .nav = "/console/events",
                .reads = {{.path = "/webhook-endpoints/{id}"},
                        {.path = "/webhook-endpoints/{id}/deliveries?order=desc&limit=20"}},
                .build = webhook},
        {.pattern = "/console/webhooks/{id}/deliveries",
                .title = WORDS("Deliveries"),
                .nav = "/console/events",
                .reads = {{.path = "/webhook-endpoints/{id}/deliveries?order=desc",
                        .query = "type state cursor limit"}},
                .build = deliveries,
                .list = delivery_list,
                .filters = delivery_filters,
                .empty = WORDS("Nothing was told yet: it is told of what happens from now on.")},
        {.pattern = "/console/webhooks/{id}/deliveries/{event}",
                .title = WORDS("Delivery"),
                .nav = "/console/events",
                .reads = {{.path = "/webhook-endpoints/{id}/deliveries/{event}"}},
                .build = delivery},
        {.pattern = NULL},
};
