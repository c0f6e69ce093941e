#include "console/overview.h"

#include <stdlib.h>
#include <string.h>

#include "console/login.h"
#include "http/language.h"
#include "http/live.h"
#include "http/reply.h"
#include "store/activity.h"
#include "store/history.h"

#define LIVE_URL    "/console/live"
#define STAMP_ROWS  50 /* payments whose course the page follows */
#define MINUTES     60 /* of which the API tells */
#define VOLUMES_MAX 6  /* charts of assets */

/* clang-format off */

#define LAST {NULL, NULL, CELL_TEXT, NULL}

static const struct column peer_list[] = {
	{WORDS("Peer"), "name", CELL_TEXT, "/console/peers/{name}"},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Health"), "health.state", CELL_STATE, NULL},
	{WORDS("We owe it"), "balance", CELL_AMOUNT, NULL},
	{WORDS("In flight"), "health.inFlight", CELL_NUMBER, NULL},
	{WORDS("Latency"), "health.latencyMs", CELL_MS, NULL},
	{WORDS("Last packet"), "health.lastPacketAt", CELL_TIME, NULL},
	LAST,
};
static const struct column volume_list[] = {
	{WORDS("Asset"), "asset", CELL_TEXT, "/console/assets/{asset}"},
	{WORDS("Sent"), "sent", CELL_AMOUNT, NULL},
	{WORDS("Received"), "received", CELL_AMOUNT, NULL},
	LAST,
};
static const struct column error_list[] = {
	{WORDS("What"), "what", CELL_WORD, "{+href}"},
	{WORDS("Kind"), "kind", CELL_STATE, NULL},
	{WORDS("How often"), "count", CELL_NUMBER, NULL},
	LAST,
};
static const struct column source_list[] = {
	{WORDS("Source"), "name", CELL_WORD, NULL},
	{WORDS("Age"), "ageMs", CELL_MS, NULL},
	{WORDS("At most"), "maxAgeMs", CELL_MS, NULL},
	{WORDS("Too old"), "stale", CELL_FLAG, NULL},
	{WORDS("Why it failed"), "reason", CELL_SAID, NULL},
	LAST,
};

/* clang-format on */

static json_int_t number(const json_t *object, const char *member)
{
	return json_integer_value(cell_member(object, member));
}

/* ---- bars ---- */

static int64_t units(const json_t *object, const char *member)
{
	const char *text = json_string_value(cell_member(object, member));

	return text ? strtoll(text, NULL, 10) : 0;
}

static json_t *liquidity_bar(struct console_view *v, const json_t *asset)
{
	static const struct column pool = {"", "liquidity", CELL_AMOUNT, NULL};
	static const struct column low = {"", "liquidityThreshold", CELL_AMOUNT, NULL};
	static const struct column high = {"", "liquidityThresholdHigh", CELL_AMOUNT, NULL};
	int64_t have = units(asset, "liquidity.value");
	int64_t from = units(asset, "liquidityThreshold.value");
	int64_t to = units(asset, "liquidityThresholdHigh.value"), whole;
	const char *text = words_with(
	        v->rq, "{amount} in the pool", "amount", console_text(v, &pool, asset), NULL);
	const char *low_text = console_text(v, &low, asset),
	           *high_text = console_text(v, &high, asset);

	if (*low_text)
		text = words_with(
		        v->rq, "{text}, low from {amount}", "text", text, "amount", low_text, NULL);
	if (*high_text)
		text = words_with(v->rq, "{text}, high from {amount}", "text", text, "amount",
		        high_text, NULL);
	/* Whole is the high threshold, else twice the low one, else what is there. */
	whole = to > 0 ? to : from > 0 && from < INT64_MAX / 2 ? from * 2 : have;
	if (have > whole)
		whole = have;
	return json_pack("{s:s,s:s,s:I,s:s,s:s}", "id",
	        json_string_value(json_object_get(asset, "code")), "label",
	        json_string_value(json_object_get(asset, "code")), "percent",
	        (json_int_t)(whole > 0 ? have / (whole / 100 + 1) : 0), "text", text, "badge",
	        from > 0 && have <= from ? words(v->rq, "low")
	        : to > 0 && have >= to   ? words(v->rq, "high")
	                                 : "");
}

json_t *overview_liquidity(struct console_view *v, const json_t *assets)
{
	json_t *list = json_array(), *asset;
	size_t i;

	json_array_foreach(json_object_get(assets, "items"), i, asset)(void)
	        json_array_append_new(list, liquidity_bar(v, asset));
	return list;
}

/* ---- figures ---- */

bool console_has_webhook(const struct http_request *rq)
{
	const struct console *c = console_of(rq);
	struct console_setting s;

	for (size_t i = 0; i < c->setting_count; i++) {
		c->setting(c->arg, i, &s);
		if (strcmp(s.section, "webhooks") == 0 && strcmp(s.key, "url") == 0)
			return s.value && *s.value;
	}
	return false;
}

/* label: a message; value and hint as they are shown. href: where the hint leads; "": nowhere. */
static void add_linked_tile(struct console_view *v, json_t *list, const char *label,
        const char *value, const char *hint, const char *href)
{
	(void)json_array_append_new(
	        list, json_pack("{s:s,s:s,s:s,s:s}", "label", words(v->rq, label), "value",
	                      value ? value : "", "hint", hint ? hint : "", "href", href));
}

static void add_tile(struct console_view *v, json_t *list, const char *label, const char *value,
        const char *hint)
{
	add_linked_tile(v, list, label, value, hint, "");
}

static const char *digits(struct console_view *v, json_int_t n)
{
	return arena_printf(&v->rq->arena, "%lld", (long long)n);
}

/* Packets a second in the two newest steps of which they are known; NULL: in none. */
static const char *packet_rate(struct console_view *v, const json_t *course)
{
	const json_t *items = json_object_get(course, "items");
	json_int_t packets = 0, ms = 0, tenths;
	size_t known = 0;

	for (size_t i = json_array_size(items); i > 0 && known < 2; i--) {
		const json_t *point = json_array_get(items, i - 1);

		if (!cell_member(point, "packets"))
			continue;
		packets += number(point, "packets");
		ms += number(point, "ms");
		known++;
	}
	if (ms <= 0)
		return NULL;
	tenths = packets * 10000 / ms;
	return arena_printf(&v->rq->arena, "%lld%c%lld", (long long)(tenths / 10),
	        language_of(v->rq)->decimal, (long long)(tenths % 10));
}

static const char *ms_text(struct console_view *v, const json_t *activity, const char *member)
{
	const struct column c = {"", member, CELL_MS, NULL};
	const char *text = console_text(v, &c, activity);

	return text && *text ? text : "–";
}

static json_int_t count_logged(const json_t *activity, const char *level)
{
	json_int_t n = 0;
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(activity, "logged"), i, item)
	{
		if (strcmp(json_string_value(json_object_get(item, "level")), level) == 0)
			n += number(item, "count");
	}
	return n;
}

static const char *payment_rate(struct console_view *v, json_int_t in_hour)
{
	const char point = language_of(v->rq)->decimal;

	if (in_hour > 0 && in_hour < 36)
		return arena_printf(&v->rq->arena, "< 0%c01", point);
	return arena_printf(&v->rq->arena, "%lld%c%02lld", (long long)(in_hour / 3600), point,
	        (long long)(in_hour % 3600 * 100 / 3600));
}

/* What the host has not taken; without a URL in the configuration nothing ever takes them. */
static void add_events_tile(struct console_view *v, json_t *list, const json_t *events)
{
	if (!console_has_webhook(v->rq))
		add_linked_tile(v, list, WORDS("Events that wait"), "–",
		        words(v->rq, "for nobody: the configuration names no webhook endpoint"),
		        "/console/webhooks");
	else
		add_tile(v, list, WORDS("Events that wait"),
		        digits(v, number(events, "waiting") + number(events, "pending")),
		        words_with(v->rq, "{n} given up", "n", digits(v, number(events, "parked")),
		                NULL));
}

/* Deposits and withdrawals that wait for an operator's answer: of many the first page's. */
static void add_cash_tile(struct console_view *v, json_t *list, const json_t *open)
{
	const char *more = cell_member(open, "nextCursor") ? "+" : "";
	json_int_t n = (json_int_t)json_array_size(json_object_get(open, "items"));

	add_linked_tile(v, list, WORDS("To be answered"),
	        arena_printf(&v->rq->arena, "%lld%s", (long long)n, more),
	        words(v->rq, "deposits and withdrawals that are asked for"),
	        "/console/cash?state=PENDING");
}

static json_t *tiles_json(
        struct console_view *v, const json_t *a, const json_t *course, const json_t *cash)
{
	struct http_request *rq = v->rq;
	json_t *list = json_array();
	json_int_t ended = number(a, "completed") + number(a, "failed");
	json_int_t payments = number(a, "outgoing") + number(a, "incoming");
	json_int_t errors = count_logged(a, "error"), warnings = count_logged(a, "warn");
	const json_t *minutes = json_object_get(a, "paymentsByMinute");
	json_int_t minute = json_integer_value(json_array_get(minutes, MINUTES - 1));
	const char *rate = packet_rate(v, course);

	add_tile(v, list, WORDS("Payments a second"), payment_rate(v, payments),
	        words_with(rq, "{n} in the last minute, {all} in the last hour", "n",
	                digits(v, minute), "all", digits(v, payments), NULL));
	add_tile(v, list, WORDS("Packets a second"), rate ? rate : "–",
	        words_with(rq, "{n} since the start", "n", digits(v, number(a, "packets")), NULL));
	add_tile(v, list, WORDS("Success"),
	        ended ? arena_printf(&rq->arena, "%lld %%",
	                        (long long)(number(a, "completed") * 100 / ended))
	              : "–",
	        words_with(rq, "{n} of {all} payments that ended", "n",
	                digits(v, number(a, "completed")), "all", digits(v, ended), NULL));
	add_tile(v, list, WORDS("Half of payments within"), ms_text(v, a, "p50Ms"),
	        words(rq, "p50 of the last hour"));
	add_tile(v, list, WORDS("99 of 100 within"), ms_text(v, a, "p99Ms"),
	        words(rq, "p99 of the last hour"));
	add_tile(v, list, WORDS("On their way"), digits(v, number(a, "totals.paymentsSending")),
	        words(rq, "payments that are being sent"));
	add_cash_tile(v, list, cash);
	add_events_tile(v, list, json_object_get(a, "events"));
	add_tile(v, list, WORDS("Errors"), digits(v, number(a, "failed") + errors),
	        words_with(rq, "{n} of payments, {lines} of the log; warnings: {warnings}", "n",
	                digits(v, number(a, "failed")), "lines", digits(v, errors), "warnings",
	                digits(v, warnings), NULL));
	add_tile(v, list, WORDS("In doubt"), digits(v, number(a, "totals.doubtsOpen")),
	        words(rq, "amounts that a crash left open"));
	return list;
}

/* ---- errors ---- */

/* Payments that failed, by how they ended, and what the log holds; each leads to its list. */
static json_t *errors_json(struct console_view *v, const json_t *activity)
{
	struct arena *a = &v->rq->arena;
	json_t *list = json_array(), *item;
	size_t i;

	json_array_foreach(json_object_get(activity, "errors"), i, item)
	{
		const char *code = json_string_value(json_object_get(item, "code"));

		(void)json_array_append_new(
		        list, json_pack("{s:s*,s:s,s:s,s:O}", "what",
		                      words_with(v->rq, "Payments: {code}", "code", code, NULL),
		                      "kind", "FAILED", "href", "/console/payments?state=FAILED",
		                      "count", json_object_get(item, "count")));
	}
	json_array_foreach(json_object_get(activity, "logged"), i, item)
	{
		const char *event = json_string_value(json_object_get(item, "event"));
		const char *level = json_string_value(json_object_get(item, "level"));
		const char *href = arena_printf(a,
		        "/console/logs?level=%s&text=level%%3D%s%%20event%%3D%s%%20", level, level,
		        event);

		(void)json_array_append_new(list,
		        json_pack("{s:s*,s:s,s:s*,s:O}", "what",
		                words_with(v->rq, "Log: {event}", "event", event, NULL), "kind",
		                level, "href", href, "count", json_object_get(item, "count")));
	}
	return list;
}

/* ---- charts ---- */

static const char no_points[] =
        WORDS("Nothing yet. A point is kept of each minute in which something moves.");

static const struct column payments_course[] = {
        {WORDS("When"), "at", CELL_TIME, NULL},
        {WORDS("Completed"), "completed", CELL_NUMBER, NULL},
        {WORDS("Failed"), "failed", CELL_NUMBER, NULL},
        {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column rates_course[] = {
        {WORDS("When"), "at", CELL_TIME, NULL},
        {WORDS("Payments a second"), "paymentsPerSecond", CELL_DECIMAL, NULL},
        {WORDS("Packets a second"), "packetsPerSecond", CELL_DECIMAL, NULL},
        {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column success_course[] = {
        {WORDS("When"), "at", CELL_TIME, NULL},
        {WORDS("Success"), "successBps", CELL_BPS, NULL},
        {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column time_course[] = {
        {WORDS("When"), "at", CELL_TIME, NULL},
        {WORDS("Half within"), "p50Ms", CELL_NUMBER, NULL},
        {WORDS("99 of 100 within"), "p99Ms", CELL_NUMBER, NULL},
        {NULL, NULL, CELL_TEXT, NULL},
};

/* "1.25": so many in so many milliseconds, as a number for each second. */
static json_t *per_second(json_int_t n, json_int_t ms)
{
	json_int_t hundredths = ms > 0 ? n * 100000 / ms : 0;

	return json_sprintf(
	        "%lld.%02lld", (long long)(hundredths / 100), (long long)(hundredths % 100));
}

static void add_per_second(json_t *point)
{
	const json_t *completed = cell_member(point, "completed"),
	             *packets = cell_member(point, "packets");
	json_int_t ms = number(point, "ms");

	if (completed)
		(void)json_object_set_new(point, "paymentsPerSecond",
		        per_second(json_integer_value(completed) + number(point, "failed"), ms));
	if (packets)
		(void)json_object_set_new(
		        point, "packetsPerSecond", per_second(json_integer_value(packets), ms));
}

/* Assets that moved stand in each point. */
static void volume_charts(struct console_view *v, const struct chart *like)
{
	const json_t *volume = json_object_get(json_array_get(like->items, 0), "volume");
	struct arena *a = &v->rq->arena;
	const size_t count = json_object_size(volume);
	size_t shown = 0;
	const char *code;
	json_t *moved;

	json_object_foreach((json_t *)(uintptr_t)volume, code, moved)
	{
		struct column *columns = arena_alloc(a, 4 * sizeof(*columns));
		const char *sent = arena_printf(a, "volume.%s.sent", code);
		const char *received = arena_printf(a, "volume.%s.received", code);
		struct chart c = *like;

		if (shown++ == VOLUMES_MAX || !columns || !sent || !received)
			return;
		columns[0] = payments_course[0];
		columns[1] = (struct column){WORDS("Sent"), sent, CELL_AMOUNT, NULL};
		columns[2] = (struct column){WORDS("Received"), received, CELL_AMOUNT, NULL};
		/* The last one of an odd number has a line for itself. */
		c.half = count % 2 == 0 || shown < count;
		c.kind = CHART_BARS;
		c.columns = columns;
		c.label = words_with(
		        v->rq, "{asset} that were sent and received", "asset", code, NULL);
		part_chart(v, words_with(v->rq, "Volume of {asset}", "asset", code, NULL), &c);
	}
}

static void charts(struct console_view *v, const json_t *course)
{
	struct chart c = {.items = json_object_get(course, "items"),
	        .step_ms = number(course, "stepMs"),
	        .empty = no_points,
	        .half = true};
	json_t *point;
	size_t i;

	json_array_foreach(c.items, i, point) add_per_second(point);
	part_spans(v);
	c.kind = CHART_BARS;
	c.columns = payments_course;
	c.label = WORDS("Payments that ended");
	part_chart(v, "Payments", &c);
	c.kind = CHART_LINES;
	c.columns = rates_course;
	c.label = WORDS("Payments and packets a second");
	part_chart(v, "Payments and packets a second", &c);
	c.columns = success_course;
	c.label = WORDS("Completed payments in percent of those that ended");
	part_chart(v, "Success in percent", &c);
	c.columns = time_course;
	c.label = WORDS("Milliseconds that payments took");
	part_chart(v, "Milliseconds that payments took", &c);
	volume_charts(v, &c);
}

/* ---- live ---- */

static enum result stamp_of(
        const struct node_loop *loop, struct arena *memory, int64_t now_ms, uint64_t *out)
{
	static const enum history_series followed[] = {HISTORY_COMPLETED, HISTORY_FAILED,
	        HISTORY_CREDITED, HISTORY_FORWARDED, HISTORY_P99};
	struct activity_row *rows;
	struct event_backlog backlog;
	struct store_totals totals;
	size_t count;
	bool cut;
	uint64_t h = LIVE_HASH_SEED;
	enum result r = store_totals(loop->reader, &totals);

	if (!r)
		r = store_event_backlog(loop->reader, &backlog);
	if (!r)
		r = store_activity(
		        loop->reader, memory, now_ms - 60000, STAMP_ROWS, &rows, &count, &cut);
	if (r)
		return r;
	h = live_hash(h, &totals, sizeof(totals));
	h = live_hash(h, &backlog, sizeof(backlog));
	/* What the charts have got since. */
	for (size_t i = 0; !r && i < sizeof(followed) / sizeof(followed[0]); i++) {
		struct history_value newest;

		r = store_history(loop->reader, followed[i], 0, HISTORY_MINUTE_MS,
		        now_ms - now_ms % HISTORY_MINUTE_MS, 1, &newest);
		h = live_hash_u64(h, (uint64_t)newest.figure);
	}
	if (r)
		return r;
	for (size_t i = 0; i < count; i++) {
		h = live_hash_u64(h, rows[i].amount);
		h = live_hash_u64(h, (uint64_t)rows[i].created_ms);
		h = live_hash_u64(h, rows[i].state);
	}
	*out = h;
	return RESULT_OK;
}

/* Whoever follows is still signed in. */
static enum result probe(struct http_request *rq, void *arg, struct arena *memory, uint64_t *out)
{
	const struct node_loop *loop = http_app(rq);
	const struct operator_visitor *v = arg;
	struct operator_session_row session;
	enum result r = store_operator_session_get(
	        loop->reader, memory, v->hash, http_wall_ms(rq), &session);

	return r ? r : stamp_of(loop, memory, http_wall_ms(rq), out);
}

enum http_next overview_live(struct http_request *rq)
{
	struct operator_visitor *v = arena_alloc(&rq->arena, sizeof(*v));

	if (!v)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (operator_visitor_read(rq, v))
		return HTTP_DONE;
	if (!v->known)
		return http_reply_error(rq, 401, "unauthorized", "sign in at /console/login");
	return live_reply(rq, probe, v);
}

/* ---- the pages ---- */

void overview_build(struct console_view *v)
{
	const json_t *activity = v->answers[0];
	json_t *errors = errors_json(v, activity);
	struct arena memory;

	v->live_url = LIVE_URL;
	arena_init(&memory, LIMIT_REQUEST_ARENA * 8);
	if (stamp_of(http_app(v->rq), &memory, http_wall_ms(v->rq), &v->live_stamp))
		v->live_url = NULL;
	arena_clear(&memory);
	part_tiles(v, "", tiles_json(v, activity, v->answers[1], v->answers[5]));
	charts(v, v->answers[1]);
	part_bars(v, "Liquidity", overview_liquidity(v, v->answers[2]));
	part_table(v, "Peers", peer_list, json_object_get(v->answers[3], "items"),
	        "There is no peer yet.");
	part_table(v, "Moved in the last hour", volume_list, json_object_get(activity, "volume"),
	        "Nothing has moved.");
	part_table(v, "Errors of the last hour", error_list, errors, "There was none.");
	json_decref(errors);
	part_table(v, "Prices", source_list, json_object_get(v->answers[4], "items"),
	        "There is no source of prices.");
	part_link(v, "", "What a new node needs, and what is done of it.", "Checklist",
	        "/console/checklist");
}

/* label: a message. */
static void add_step(
        struct console_view *v, json_t *list, bool done, const char *label, const char *href)
{
	(void)json_array_append_new(
	        list, json_pack("{s:s,s:s,s:s,s:s}", "label", words(v->rq, label), "class",
	                      done ? "done" : "now", "href", href, "cell", ""));
}

static size_t items(const json_t *list)
{
	return json_array_size(json_object_get(list, "items"));
}

static bool any_liquidity(const json_t *assets)
{
	json_t *asset;
	size_t i;

	json_array_foreach(json_object_get(assets, "items"), i, asset)
	{
		if (units(asset, "liquidity.value") > 0)
			return true;
	}
	return false;
}

static bool any_enabled(const json_t *endpoints)
{
	json_t *endpoint;
	size_t i;

	json_array_foreach(json_object_get(endpoints, "items"), i, endpoint)
	{
		if (json_is_true(json_object_get(endpoint, "enabled")))
			return true;
	}
	return false;
}

void checklist_build(struct console_view *v)
{
	const struct console *c = console_of(v->rq);
	const json_t *activity = v->answers[0];
	json_t *list = json_array();

	add_step(v, list, true, WORDS("An operator can sign in here"), "/console/operators");
	add_step(v, list, items(v->answers[1]) > 0, WORDS("There is an asset"), "/console/assets");
	add_step(v, list, items(v->answers[3]) > 0, WORDS("A wallet is open"), "/console/wallets");
	add_step(v, list, items(v->answers[2]) > 0, WORDS("There is a peer"), "/console/peers");
	add_step(v, list, any_liquidity(v->answers[1]), WORDS("A pool holds money for exchanges"),
	        "/console/assets");
	add_step(v, list, any_enabled(v->answers[4]), WORDS("The host is told of events"),
	        "/console/webhooks");
	/* From a peer, or from another wallet of this node. */
	add_step(v, list,
	        number(activity, "totals.packetsCredited") > 0 || items(v->answers[5]) > 0,
	        WORDS("A first payment has arrived"), "/console/payments?direction=incoming");
	add_step(v, list, console_backup_count(c) > 0, WORDS("A backup was made"),
	        "/console/backups");
	part_text(v, "", "It ticks itself; nothing here is required for the node to run.");
	part_steps(v, "What a new node needs", list);
}
