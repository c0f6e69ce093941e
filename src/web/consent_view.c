#include "web/consent_view.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/figure.h"
#include "base/log.h"
#include "base/text.h"
#include "http/language.h"
#include "http/when.h"
#include "web/consent_words.h"
#include "web/show.h"

#define DAY_MS    ((int64_t)24 * 3600 * 1000)
#define SECOND_MS 1000
/* Interactions live for a day at most: 86400 seconds. */
#define COUNTDOWN_DIGITS 5

enum result consent_day_end(const char *day, int64_t *out)
{
	static const char form[] = "dddd-dd-dd";
	struct calendar c = {0};
	unsigned part[3] = {0};
	size_t k = 0;

	for (size_t i = 0; i < sizeof(form); i++) {
		if (form[i] == 'd' && day[i] >= '0' && day[i] <= '9')
			part[k] = part[k] * 10 + (unsigned)(day[i] - '0');
		else if (form[i] == '-' && day[i] == '-')
			k++;
		else if (day[i] != form[i] || day[i] != '\0')
			return RESULT_THEIRS_MALFORMED;
	}
	c.year = part[0];
	c.month = part[1];
	c.day = part[2];
	if (!calendar_exists(&c))
		return RESULT_THEIRS_MALFORMED;
	*out = calendar_join(&c) + DAY_MS;
	return RESULT_OK;
}

static bool pays(const struct access_item *a)
{
	return a->type == ACCESS_OUTGOING_PAYMENT && (a->actions & 1u << ACTION_CREATE);
}

bool consent_is_unlimited(const struct grant_row *g)
{
	for (size_t i = 0; i < g->access_count; i++) {
		if (pays(&g->access[i]) && g->access[i].limits.cap == CAP_NONE)
			return true;
	}
	return false;
}

/* ---- how much at most ---- */

/* Windows that begin within CONSENT_SPAN_MS of one another, rounded up; a month is as long. */
static uint64_t windows_within(const struct access_limits *l)
{
	struct interval i;
	uint64_t count;

	if (!l->interval)
		return 1;
	if (interval_parse(l->interval, strlen(l->interval), &i))
		return UINT64_MAX; /* it was checked when the grant was asked for */
	count = i.months > 0 || i.ms >= CONSENT_SPAN_MS
	                ? 1
	                : (uint64_t)((CONSENT_SPAN_MS + i.ms - 1) / i.ms);
	if (!i.endless && (uint64_t)i.repetitions < count)
		count = (uint64_t)i.repetitions + 1;
	return count;
}

/* Rounded up, and 2^64-1 for whatever is more. */
static uint64_t major_units(uint64_t units, unsigned scale, uint64_t times)
{
	uint64_t one = 1;

	for (; scale > 0 && one <= AMOUNT_MAX / 10; scale--)
		one *= 10;
	units = mul_div_ceil(units, times, one);
	/* What is left of a scale with more digits than 64 bits have. */
	for (unsigned k = 0; k < scale && units > 1; k++)
		units = units / 10 + (units % 10 != 0);
	return units;
}

bool consent_needs_password(const struct grant_row *g, const uint64_t lower[ACCESS_ITEMS_MAX],
        const struct consent_threshold *t)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < g->access_count; i++) {
		const struct access_limits *l = &g->access[i].limits;
		uint64_t most;

		if (!pays(&g->access[i]))
			continue;
		/* What arrives in another asset does not say what leaves the wallet. */
		if (l->cap == CAP_NONE ||
		        (l->cap == CAP_RECEIVE && strcmp(l->code, t->code[i]) != 0))
			return true;
		most = major_units(lower[i] ? lower[i] : l->amount, l->scale, windows_within(l));
		if (most > t->above || sum > t->above - most)
			return true;
		sum += most;
	}
	return false;
}

void consent_threshold_read(
        struct http_request *rq, const struct grant_row *g, struct consent_threshold *out)
{
	struct node_loop *loop = http_app(rq);
	struct wallet_row w;

	memset(out, 0, sizeof(*out));
	out->above = web_of(rq)->password_above;
	for (size_t i = 0; i < g->access_count; i++) {
		const struct asset_row *asset = NULL;

		if (g->access[i].wallet &&
		        !store_wallet_of_account(loop->reader, &rq->arena, g->access[i].wallet, &w))
			asset = snapshot_asset(node_snapshot(loop), w.asset);
		if (asset)
			text_copy_cut(out->code[i], sizeof(out->code[i]), asset->code);
	}
}

/* ---- what is typed ---- */

enum result consent_limit_read(const struct language *language, const struct access_limits *l,
        const char *text, uint64_t *out)
{
	*out = 0;
	if (!*text)
		return RESULT_OK;
	if (figure_parse(language, text, l->scale, out) || *out == 0 || *out > l->amount)
		return RESULT_THEIRS_BAD_AMOUNT;
	return RESULT_OK;
}

static bool owns(const struct wallet_row *wallets, size_t count, account_id wallet)
{
	for (size_t i = 0; i < count; i++) {
		if (wallets[i].account == wallet)
			return true;
	}
	return false;
}

bool consent_is_owner(const struct grant_row *g, const struct wallet_row *wallets, size_t count)
{
	if (count == 0 || (g->subject_wallet && !owns(wallets, count, g->subject_wallet)))
		return false;
	for (size_t i = 0; i < g->access_count; i++) {
		if (g->access[i].wallet && !owns(wallets, count, g->access[i].wallet))
			return false;
	}
	return true;
}

/* ---- whose it is ---- */

static bool names(const struct grant_row *g, account_id wallet)
{
	for (size_t i = 0; i < g->access_count; i++) {
		if (g->access[i].wallet == wallet)
			return true;
	}
	return g->subject_wallet == wallet;
}

json_t *consent_wallet(struct http_request *rq, const struct grant_row *g)
{
	const struct node_loop *l = http_app(rq);
	account_id wallet = g->subject_wallet;
	struct wallet_row w;

	for (size_t i = 0; !wallet && i < g->access_count; i++)
		wallet = g->access[i].wallet;
	if (!wallet || store_wallet_of_account(l->reader, &rq->arena, wallet, &w))
		return json_string("");
	return json_string(w.name);
}

json_t *consent_others(struct http_request *rq, const struct grant_row *g,
        const struct wallet_row *wallets, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		if (!names(g, wallets[i].account))
			(void)json_array_append_new(
			        list, json_pack("{s:s,s:o}", "name", wallets[i].name, "address",
			                      json_sprintf("%s/%s", web_of(rq)->public_url,
			                              wallets[i].name)));
	}
	return list;
}

/* ---- pieces ---- */

static void set(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

/* "shop.example:8443" of "https://shop.example:8443/alice" */
json_t *consent_host(const char *url)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return json_stringn(host, strcspn(host, "/?#"));
}

static json_t *actions_json(struct http_request *rq, const struct access_item *a)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < ACCESS_ACTIONS; k++) {
		const char *text = consent_action(a->type, (enum access_action)k);

		if ((a->actions & 1u << k) && text)
			(void)json_array_append_new(list, json_string(words(rq, text)));
	}
	return list;
}

/* ---- limits ---- */

static json_t *windows_json(const struct http_request *rq, const struct interval *i)
{
	struct interval_window w[CONSENT_WINDOWS_SHOWN];
	size_t count = interval_next(i, http_wall_ms(rq), w, CONSENT_WINDOWS_SHOWN);
	json_t *list = json_array();

	for (size_t k = 0; k < count; k++)
		(void)json_array_append_new(
		        list, json_pack("{s:o,s:o}", "from", show_time(rq, w[k].start_ms), "to",
		                      show_time(rq, w[k].end_ms)));
	return list;
}

static void add_interval(const struct http_request *rq, json_t *item, const struct access_limits *l)
{
	char period[CONSENT_WORDS_SIZE];
	struct interval i;
	int64_t end_ms;

	/* It was checked when the grant was asked for. */
	if (!l->interval || interval_parse(l->interval, strlen(l->interval), &i))
		return;
	consent_period(language_of(rq), &i, period);
	set(item, "period", json_string(period));
	set(item, "windows", windows_json(rq, &i));
	if (interval_end(&i, &end_ms))
		set(item, "lastEnd", show_time(rq, end_ms));
	else
		set(item, "endless", json_true());
}

static void add_limits(const struct http_request *rq, json_t *item, const struct access_item *a)
{
	const struct access_limits *l = &a->limits;

	set(item, "pays", json_true());
	if (l->cap == CAP_NONE) {
		set(item, "unlimited", json_true());
	} else {
		set(item, "amount", show_amount(rq, l->amount, l->code, l->scale));
		set(item, l->cap == CAP_DEBIT ? "capsDebit" : "capsReceive", json_true());
	}
	add_interval(rq, item, l);
	if (!l->interval)
		set(item, "once", json_true());
	if (l->receiver) {
		set(item, "receiver", json_string(l->receiver));
		set(item, "receiverHost", consent_host(l->receiver));
	} else {
		set(item, "anyReceiver", json_true());
	}
}

/* ---- the wallet that it is about ---- */

/* More than the wallet holds, where that can be told without a rate: what receivers get in its own
 * asset costs no less than that. */
static bool is_short(const struct access_limits *l, const struct asset_row *asset, uint64_t balance)
{
	return l->cap != CAP_NONE && l->amount > balance && l->scale == asset->scale &&
	       strcmp(l->code, asset->code) == 0;
}

static bool wallet_json(
        struct http_request *rq, account_id account, const struct access_limits *l, json_t *item)
{
	struct node_loop *loop = http_app(rq);
	const struct asset_row *asset;
	struct wallet_row w;
	struct account a;
	uint64_t balance;

	if (store_wallet_of_account(loop->reader, &rq->arena, account, &w) ||
	        store_account_get(loop->reader, account, &a))
		return false;
	asset = snapshot_asset(node_snapshot(loop), w.asset);
	if (!asset)
		return false;
	balance = (uint64_t)ledger_free(&a); /* a wallet never goes below zero */
	set(item, "walletName", json_string(w.public_name[0] ? w.public_name : w.name));
	set(item, "balance", show_amount_of(rq, balance, asset));
	if (asset->fee_fixed || asset->fee_bps)
		set(item, "hasFee", json_true());
	if (!l)
		return true;
	if (balance == 0)
		set(item, "empty", json_true());
	else if (is_short(l, asset, balance))
		set(item, "short", json_true());
	return true;
}

static json_t *item_json(struct http_request *rq, const struct access_item *a)
{
	json_t *item = json_pack("{s:o,s:s}", "actions", actions_json(rq, a), "address",
	        a->identifier ? a->identifier : "");
	bool outgoing = a->type == ACCESS_OUTGOING_PAYMENT;

	if (!item)
		return NULL;
	if (a->wallet && !wallet_json(rq, a->wallet, outgoing ? &a->limits : NULL, item)) {
		json_decref(item);
		return NULL;
	}
	if (!a->wallet && a->type != ACCESS_QUOTE)
		set(item, "anyWallet", json_true());
	if (outgoing && pays(a))
		add_limits(rq, item, a);
	return item;
}

json_t *consent_items(struct http_request *rq, const struct grant_row *g)
{
	json_t *items = json_array();

	for (size_t i = 0; i < g->access_count; i++) {
		if (json_array_append_new(items, item_json(rq, &g->access[i]))) {
			json_decref(items);
			return NULL;
		}
	}
	return items;
}

/* The fields in which a limit may be lowered. A scale beyond an amount's is left alone. */
static json_t *limits_json(struct http_request *rq, const struct grant_row *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->access_count; i++) {
		const struct access_limits *l = &g->access[i].limits;
		char value[AMOUNT_TEXT_SIZE];

		if (!pays(&g->access[i]) || l->cap == CAP_NONE || l->scale > ASSET_SCALE_MAX)
			continue;
		figure_amount(language_of(rq), l->amount, l->scale, value);
		(void)json_array_append_new(list, json_pack("{s:o,s:s,s:s}", "name",
		                                          json_sprintf(CONSENT_LIMIT_NAME "%zu", i),
		                                          "asked", value, "code", l->code));
	}
	return list;
}

static bool any_pays(const struct grant_row *g)
{
	for (size_t i = 0; i < g->access_count; i++) {
		if (pays(&g->access[i]))
			return true;
	}
	return false;
}

/* The client is one of the holder's own wallets: so an extension in the browser asks. */
static bool is_own_key(const struct grant_row *g)
{
	for (size_t i = 0; i < g->access_count; i++) {
		if (g->access[i].identifier && strcmp(g->access[i].identifier, g->client) == 0)
			return true;
	}
	return false;
}

/* Seconds, as classes of their digits: the style sheet counts down from there (florin.css). */
static json_t *countdown_json(int64_t left_ms)
{
	int64_t left_s = left_ms > 0 ? (left_ms + SECOND_MS - 1) / SECOND_MS : 0;
	char classes[8 * COUNTDOWN_DIGITS] = "";

	for (unsigned i = 0; i < COUNTDOWN_DIGITS; i++, left_s /= 10) {
		size_t n = strlen(classes);

		(void)snprintf(classes + n, sizeof(classes) - n, "%sd%u-%u", i ? " " : "", i,
		        (unsigned)(left_s % 10));
	}
	return json_string(classes);
}

json_t *consent_view(struct http_request *rq, const struct interaction_row *i)
{
	static const uint64_t as_asked[ACCESS_ITEMS_MAX];
	const struct when w = when_of(rq);
	const struct grant_row *g = &i->grant;
	json_t *items = consent_items(rq, g);
	struct consent_threshold threshold;

	consent_threshold_read(rq, g, &threshold);
	if (!items) {
		log_error("consent_view", "result=failed");
		return NULL;
	}
	return json_pack("{s:s,s:o,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:s,s:b,s:b,s:b,s:b,s:b,s:o}",
	        "title", words(rq, "A request to your wallet"), "host", consent_host(g->client),
	        "client", g->client, "clientName", g->client_name, "subject", g->subject, "items",
	        items, "asked", show_time(rq, i->created_ms), "expires",
	        show_time(rq, i->expires_ms), "countdown", countdown_json(i->expires_ms - w.now_ms),
	        "zoneName", when_zone_name(&w), "zoneChosen", w.clock != NULL, "anyPays",
	        any_pays(g), "askPassword", consent_needs_password(g, as_asked, &threshold),
	        "noLimit", consent_is_unlimited(g), "ownKey", is_own_key(g), "limits",
	        limits_json(rq, g));
}
