/* pages_money: assets, rates, the books. */
#include <stdlib.h>
#include <string.h>

#include "console/overview.h"
#include "console/pages.h"
#include "console/word.h"
#include "http/language.h"

#define SPREAD_COLUMNS_MAX 16

/* clang-format off */

#define LAST {NULL, NULL, CELL_TEXT, NULL}

static const struct column asset_list[] = {
	{WORDS("Code"), "code", CELL_TEXT, "/console/assets/{code}"},
	{WORDS("Scale"), "scale", CELL_NUMBER, NULL},
	{WORDS("In its pool"), "liquidity", CELL_AMOUNT, NULL},
	{WORDS("Low from"), "liquidityThreshold", CELL_AMOUNT, NULL},
	{WORDS("High from"), "liquidityThresholdHigh", CELL_AMOUNT, NULL},
	{WORDS("Fee of sending"), "feeFixed", CELL_AMOUNT, NULL},
	{WORDS("and of the amount"), "feeBps", CELL_BPS, NULL},
	{WORDS("Fee of receiving"), "receiveFeeFixed", CELL_AMOUNT, NULL},
	{WORDS("and of the amount"), "receiveFeeBps", CELL_BPS, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column fee_list[] = {
	{WORDS("Since"), "createdAt", CELL_TIME, NULL},
	{WORDS("Fee of"), "type", CELL_WORD, NULL},
	{WORDS("Fixed"), "fixed", CELL_AMOUNT, NULL},
	{WORDS("and of the amount"), "basisPoints", CELL_BPS, NULL},
	{WORDS("Version"), "version", CELL_NUMBER, NULL},
	LAST,
};
static const struct column rate_list[] = {
	{WORDS("From asset"), "from", CELL_TEXT, NULL},
	{WORDS("To asset"), "to", CELL_TEXT, NULL},
	{WORDS("Rate"), "rate", CELL_DECIMAL, "/console/rates/history?from={from}&to={to}"},
	{WORDS("Source"), "source", CELL_WORD, NULL},
	{WORDS("Age"), "ageMs", CELL_MS, NULL},
	{WORDS("Too old"), "stale", CELL_FLAG, NULL},
	LAST,
};
static const struct column price_list[] = {
	{WORDS("As of"), "at", CELL_TIME, NULL},
	{WORDS("Pair"), "pair", CELL_TEXT, NULL},
	{WORDS("Rate"), "rate", CELL_DECIMAL, NULL},
	{WORDS("Source"), "source", CELL_WORD, NULL},
	LAST,
};
static const struct console_filter price_filters[] = {
	{"from", WORDS("From asset"), NULL}, {"to", WORDS("To asset"), NULL}, {NULL, NULL, NULL},
};
static const struct column source_list[] = {
	{WORDS("Name"), "name", CELL_TEXT, NULL},
	{WORDS("Where"), "source", CELL_TEXT, NULL},
	{WORDS("Age"), "ageMs", CELL_MS, NULL},
	{WORDS("At most"), "maxAgeMs", CELL_MS, NULL},
	{WORDS("Too old"), "stale", CELL_FLAG, NULL},
	{WORDS("Last tried"), "triedAt", CELL_TIME, NULL},
	{WORDS("Why it failed"), "reason", CELL_SAID, NULL},
	LAST,
};
static const struct column held_list[] = {
	{WORDS("Pair"), "pair", CELL_TEXT, NULL},
	{WORDS("Rate in force"), "rate", CELL_DECIMAL, NULL},
	{WORDS("Its time"), "rateAt", CELL_TIME, NULL},
	{WORDS("Rate held back"), "heldRate", CELL_DECIMAL, NULL},
	{WORDS("Its time"), "heldAt", CELL_TIME, NULL},
	LAST,
};
static const struct column spread_list[] = {
	{WORDS("Since"), "createdAt", CELL_TIME, NULL},
	{WORDS("Peer"), "peer", CELL_TEXT, NULL},
	{WORDS("Direction"), "direction", CELL_WORD, NULL},
	{WORDS("From asset"), "from", CELL_TEXT, NULL},
	{WORDS("To asset"), "to", CELL_TEXT, NULL},
	{WORDS("Spread"), "basisPoints", CELL_BPS, NULL},
	{WORDS("Said by"), "by", CELL_TEXT, NULL},
	LAST,
};
static const struct column revenue_list[] = {
	{WORDS("Asset"), "asset", CELL_TEXT, NULL},
	{WORDS("Spread"), "spread", CELL_AMOUNT, NULL},
	{WORDS("Roundings"), "remainder", CELL_AMOUNT, NULL},
	{WORDS("Fees of sending"), "sendingFees", CELL_AMOUNT, NULL},
	{WORDS("Fees of receiving"), "receivingFees", CELL_AMOUNT, NULL},
	{WORDS("Together"), "total", CELL_AMOUNT, NULL},
	LAST,
};
static const struct column sheet_list[] = {
	{WORDS("Asset"), "asset", CELL_TEXT, NULL},
	{WORDS("Accounts of kind"), "kind", CELL_WORD, "/console/ledger/accounts?assetCode={asset}&kind={of}"},
	{WORDS("How many"), "accounts", CELL_NUMBER, NULL},
	{WORDS("Balance"), "balance", CELL_AMOUNT, NULL},
	LAST,
};
static const struct column account_list[] = {
	{WORDS("Account"), "account", CELL_TEXT, "/console/ledger/transfers?account={id}"},
	{WORDS("Kind"), "kind", CELL_WORD, NULL},
	{WORDS("Balance"), "balance", CELL_AMOUNT, NULL},
	{WORDS("Debits"), "debitsPosted", CELL_AMOUNT, NULL},
	{WORDS("Credits"), "creditsPosted", CELL_AMOUNT, NULL},
	{WORDS("Debits held"), "debitsPending", CELL_AMOUNT, NULL},
	COLUMN_REST,
	{WORDS("Credits held"), "creditsPending", CELL_AMOUNT, NULL},
	{WORDS("Credit limit"), "creditLimit", CELL_AMOUNT, NULL},
	LAST,
};
static const struct console_filter account_filters[] = {
	{"assetCode", WORDS("Asset"), NULL}, {"kind", WORDS("Kind"), NULL}, {NULL, NULL, NULL},
};
static const struct column transfer_list[] = {
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("Kind"), "kind", CELL_WORD, NULL},
	{WORDS("From account"), "debit", CELL_TEXT, NULL},
	{WORDS("To account"), "credit", CELL_TEXT, NULL},
	{WORDS("Amount"), "amount", CELL_AMOUNT, NULL},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Ledger line"), "id", CELL_NUMBER, NULL},
	COLUMN_REST,
	{WORDS("Group"), "groupId", CELL_NUMBER, NULL},
	LAST,
};
static const struct console_filter transfer_filters[] = {
	{"account", WORDS("Account's number"), NULL}, {NULL, NULL, NULL},
};
static const struct column doubt_list[] = {
	{WORDS("Since"), "since", CELL_TIME, NULL},
	{WORDS("Peer"), "peer", CELL_TEXT, "/console/peers/{peer}"},
	{WORDS("Payment"), "payment", CELL_COPY, "/console/payments/{payment}"},
	{WORDS("Who may owe"), "direction", CELL_WORD, NULL},
	{WORDS("Amount"), "amount", CELL_AMOUNT, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column withdrawal_list[] = {
	{WORDS("Begun"), "createdAt", CELL_TIME, NULL},
	{WORDS("From account"), "account", CELL_TEXT, NULL},
	{WORDS("Amount"), "amount", CELL_AMOUNT, NULL},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Ends"), "expiresAt", CELL_TIME, NULL},
	{WORDS("Ended"), "endedAt", CELL_TIME, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column cash_list[] = {
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("What"), "type", CELL_WORD, "/console/cash/{id}"},
	{WORDS("Wallet"), "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{WORDS("Amount"), "amount", CELL_AMOUNT, NULL},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("From where, or to where"), "note", CELL_TEXT, NULL},
	{WORDS("Ends"), "expiresAt", CELL_TIME, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column cash_facts[] = {
	{WORDS("What"), "type", CELL_WORD, NULL},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Wallet"), "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{WORDS("Amount"), "amount", CELL_AMOUNT, NULL},
	{WORDS("From where, or to where"), "note", CELL_TEXT, NULL},
	{WORDS("Answer"), "answer", CELL_TEXT, NULL},
	{WORDS("Asked for"), "createdAt", CELL_TIME, NULL},
	{WORDS("Ends"), "expiresAt", CELL_TIME, NULL},
	{WORDS("Ended"), "endedAt", CELL_TIME, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct console_filter cash_filters[] = {
	{"state", WORDS("State"), CHOICES("PENDING")}, {NULL, NULL, NULL},
};

/* clang-format on */

static void assets(struct console_view *v)
{
	static const char *const acts[] = {"asset.add", NULL};

	part_bars(v, "Liquidity", overview_liquidity(v, v->answers[0]));
	part_list(v);
	part_forms(v, "A new asset", NULL, acts);
}

static void liquidity_chart(struct console_view *v, const json_t *history)
{
	static const struct column columns[] = {
	        {WORDS("Start"), "at", CELL_TIME, NULL},
	        {WORDS("In the pool"), "liquidity", CELL_AMOUNT, NULL},
	        {NULL, NULL, CELL_TEXT, NULL},
	};
	const struct chart c = {.kind = CHART_STEPS,
	        .label = WORDS("What the pool held"),
	        .columns = columns,
	        .items = json_object_get(history, "items"),
	        .step_ms = json_integer_value(json_object_get(history, "stepMs")),
	        .empty = WORDS("The pool has held nothing yet.")};

	part_spans(v);
	part_chart(v, "Liquidity over time", &c);
}

/* The share that a payment pays, by its amount. */
static void fee_chart(struct console_view *v, const json_t *examples)
{
	static const struct column columns[] = {
	        {WORDS("Amount"), "amount", CELL_AMOUNT, NULL},
	        {WORDS("Kept of sending"), "sending.basisPoints", CELL_BPS, NULL},
	        {WORDS("Kept of receiving"), "receiving.basisPoints", CELL_BPS, NULL},
	        {WORDS("Fee of sending"), "sending.amount", CELL_AMOUNT, NULL},
	        {WORDS("Fee of receiving"), "receiving.amount", CELL_AMOUNT, NULL},
	        {NULL, NULL, CELL_TEXT, NULL},
	};
	static const char *const terms[] = {"feeFixed.value", "receiveFeeFixed.value"};
	const json_t *asset = v->answers[0];
	struct chart c = {.kind = CHART_LINES,
	        .label = WORDS("What is kept of a payment, by its amount"),
	        .columns = columns,
	        .drawn = 2,
	        .empty = WORDS("Payments cost nothing.")};
	bool any = json_integer_value(json_object_get(asset, "feeBps")) > 0 ||
	           json_integer_value(json_object_get(asset, "receiveFeeBps")) > 0;

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		const char *fixed = json_string_value(cell_member(asset, terms[i]));

		any = any || (fixed && strcmp(fixed, "0") != 0);
	}
	if (any)
		c.items = json_object_get(examples, "items");
	part_chart(v, "What payments cost", &c);
}

static void asset(struct console_view *v)
{
	static const char *const acts[] = {
	        "asset.deposit", "asset.withdraw", "asset.fee", "asset.set", NULL};

	v->heading = json_string_value(json_object_get(v->answers[0], "code"));
	part_facts(v, "The asset", asset_list, v->answers[0]);
	liquidity_chart(v, v->answers[2]);
	fee_chart(v, v->answers[3]);
	part_forms(v, "What can be done", v->answers[0], acts);
	part_table(v, "Fees that it has had", fee_list, json_object_get(v->answers[1], "items"),
	        "None so far.");
}

static void rates(struct console_view *v)
{
	static const char *const acts[] = {"spread.set", "rate.accept", NULL};
	json_t *held = json_array(), *source;
	size_t i;

	json_array_foreach(json_object_get(v->answers[1], "items"), i, source)(void)
	        json_array_extend(held, json_object_get(source, "held"));
	part_list(v);
	part_table(v, "Where prices come from", source_list,
	        json_object_get(v->answers[1], "items"), "There is no source.");
	if (json_array_size(held) > 0)
		part_table(v, "Prices that jumped, and wait for you", held_list, held, "");
	part_table(v, "Spreads in force", spread_list, json_object_get(v->answers[2], "items"),
	        "None is set.");
	part_forms(v, "What can be done", NULL, acts);
	part_table(v, "Earned so far", revenue_list, json_object_get(v->answers[3], "assets"),
	        "Nothing yet.");
	json_decref(held);
}

/* One line for each source that has had a price. */
static void course_chart(struct console_view *v, const json_t *course)
{
	struct column *columns = arena_alloc(&v->rq->arena, (2 + RATE_ORIGINS) * sizeof(*columns));
	struct chart c = {.kind = CHART_COURSE,
	        .label = WORDS("The rate over time"),
	        .columns = columns,
	        .items = json_object_get(course, "items"),
	        .step_ms = json_integer_value(json_object_get(course, "stepMs")),
	        .empty = WORDS("No source had both prices in this time.")};
	const json_t *last = json_array_get(c.items, json_array_size(c.items) - 1);
	size_t n = 1;

	if (!columns)
		return;
	columns[0] = (struct column){WORDS("Start"), "at", CELL_TIME, NULL};
	for (enum rate_origin o = RATE_ORIGIN_FILE; o < RATE_ORIGINS; o++) {
		const char *member = arena_printf(&v->rq->arena, "rates.%s", rate_origin_name(o));

		if (member && cell_member(last, member))
			columns[n++] =
			        (struct column){rate_origin_name(o), member, CELL_DECIMAL, NULL};
	}
	part_chart(v, "Rate over time", &c);
}

/* {"acme":50}: a column for each name. `said` has {peer}. */
static size_t add_columns(struct console_view *v, struct column *columns, size_t n,
        const json_t *newest, const char *member, const char *said)
{
	const char *name;
	json_t *value;

	json_object_foreach(json_object_get(newest, member), name, value)
	{
		const char *path = arena_printf(&v->rq->arena, "%s.%s", member, name);

		if (n < SPREAD_COLUMNS_MAX)
			columns[n++] = (struct column){
			        words_with(v->rq, said, "peer", name, NULL), path, CELL_BPS, NULL};
	}
	return n;
}

static void spread_chart(struct console_view *v, const json_t *course)
{
	struct column *columns =
	        arena_alloc(&v->rq->arena, (SPREAD_COLUMNS_MAX + 1) * sizeof(*columns));
	const struct chart c = {.kind = CHART_STEPS,
	        .label = WORDS("The spread over time"),
	        .columns = columns,
	        .items = json_object_get(course, "items"),
	        .step_ms = json_integer_value(json_object_get(course, "stepMs")),
	        .empty = WORDS("That is not known of this time.")};
	const json_t *last = json_array_get(c.items, json_array_size(c.items) - 1);
	size_t n = 2;

	if (!columns)
		return;
	columns[0] = (struct column){WORDS("Start"), "at", CELL_TIME, NULL};
	columns[1] = (struct column){WORDS("From any peer"), "any", CELL_BPS, NULL};
	n = add_columns(v, columns, n, last, "in", WORDS("From {peer}"));
	(void)add_columns(v, columns, n, last, "out", WORDS("To {peer}"));
	part_chart(v, "Spread over time", &c);
}

static void earned_chart(struct console_view *v, const json_t *course)
{
	static const struct column columns[] = {
	        {WORDS("Day"), "at", CELL_TIME, NULL},
	        {WORDS("Earned"), "spread", CELL_AMOUNT, NULL},
	        {NULL, NULL, CELL_TEXT, NULL},
	};
	struct chart c = {.kind = CHART_BARS,
	        .label = WORDS("What the spread earned, day by day"),
	        .columns = columns,
	        .step_ms = json_integer_value(json_object_get(course, "stepMs")),
	        .empty = WORDS("Nothing was earned in this time.")};
	json_t *day;
	size_t i;

	json_array_foreach(json_object_get(course, "items"), i, day)
	{
		const char *units = json_string_value(cell_member(day, "spread.value"));

		if (units && strcmp(units, "0") != 0)
			c.items = json_object_get(course, "items");
	}
	part_chart(v, "Earned by the spread in 30 days", &c);
}

static void rate_history(struct console_view *v)
{
	const char *from = http_query(v->rq, "from"), *to = http_query(v->rq, "to");

	if (from && to && v->answers[0])
		v->heading = words_with(v->rq, "{from} to {to}", "from", from, "to", to, NULL);
	if (v->answers[1]) {
		part_spans(v);
		course_chart(v, v->answers[1]);
		spread_chart(v, v->answers[2]);
		earned_chart(v, v->answers[3]);
	}
	part_list(v);
}

static json_t *sheet_row(const struct balance_row *row, const struct asset_row *asset)
{
	const char *kind = account_kind_name(row->kind);

	return json_pack("{s:s,s:s,s:s,s:I,s:{s:o,s:s,s:i}}", "asset", asset->code, "kind", kind,
	        "of", kind, "accounts", (json_int_t)row->accounts, "balance", "value",
	        json_sprintf("%lld", (long long)row->balance), "assetCode", asset->code,
	        "assetScale", (int)asset->scale);
}

/* Every asset's balances, by kinds of accounts, and their sum, which is zero. */
static json_t *sheet_json(struct console_view *v)
{
	struct node_loop *loop = http_app(v->rq);
	const struct snapshot *s = node_snapshot(loop);
	struct balance_row *rows;
	json_t *list = json_array();
	size_t count;

	if (store_balance_list(loop->reader, &v->rq->arena, &rows, &count)) {
		json_decref(list);
		return NULL;
	}
	http_allow_rows(v->rq, count);
	for (size_t i = 0; i < s->asset_count; i++) {
		struct balance_row sum = {.balance = 0};
		json_t *total;

		for (size_t k = 0; k < count; k++) {
			if (rows[k].asset != s->assets[i].id)
				continue;
			/* Modulo 2^64: on the way to zero it may pass what fits. */
			sum.balance = (int64_t)((uint64_t)sum.balance + (uint64_t)rows[k].balance);
			sum.accounts += rows[k].accounts;
			(void)json_array_append_new(list, sheet_row(&rows[k], &s->assets[i]));
		}
		total = sheet_row(&sum, &s->assets[i]);
		(void)json_object_set_new(total, "kind", json_string(WORDS("together")));
		(void)json_object_del(total, "of");
		if (sum.accounts)
			(void)json_array_append(list, total);
		json_decref(total);
	}
	return list;
}

static void ledger(struct console_view *v)
{
	json_t *sheet = sheet_json(v);

	part_table(v, "Balance sheet", sheet_list, sheet, "There is no account yet.");
	part_link(v, "Accounts", "Each open account with its debits and credits.", "All accounts",
	        "/console/ledger/accounts");
	part_link(v, "Transfers", "Each line of the journal, newest first.", "All transfers",
	        "/console/ledger/transfers");
	part_link(v, "Export",
	        "The whole journal as it is now. Its amounts sum to zero for each asset.",
	        "Download as CSV", "/console/ledger/export?format=csv");
	part_link(v, "", "The same, a JSON object in each line.", "Download as JSON lines",
	        "/console/ledger/export?format=jsonl");
	part_link(v, "In doubt", "What a crash left open, with peers and of payments.",
	        "Amounts in doubt", "/console/doubts");
	part_link(v, "Deposits and withdrawals",
	        "What account holders ask to have brought in or paid out.", "Answer them",
	        "/console/cash");
	part_link(v, "Withdrawals", "Those in two phases: begun, and not posted yet.",
	        "Withdrawals in two phases", "/console/withdrawals");
	json_decref(sheet);
}

static void only_list(struct console_view *v)
{
	part_list(v);
}

static void doubts(struct console_view *v)
{
	static const char *const acts[] = {"doubt.release", NULL};

	part_list(v);
	if (json_array_size(json_object_get(v->answers[0], "items")) > 0)
		part_forms(v, "What can be done", v->answers[0], acts);
}

static void withdrawals(struct console_view *v)
{
	static const char *const acts[] = {"withdrawal.post", "withdrawal.void", NULL};

	part_list(v);
	if (json_array_size(json_object_get(v->answers[0], "items")) > 0)
		part_forms(v, "What can be done", v->answers[0], acts);
}

/* One that has ended does not end any more. */
static void no_second_end(json_t *request)
{
	if (json_is_string(json_object_get(request, "endedAt")))
		(void)json_object_del(request, "expiresAt");
}

static void cash_requests(struct console_view *v)
{
	json_t *request;
	size_t i;

	json_array_foreach(json_object_get(v->answers[0], "items"), i, request)
	        no_second_end(request);
	part_list(v);
}

static bool text_is(const json_t *object, const char *member, const char *text)
{
	const char *is = json_string_value(json_object_get(object, member));

	return is && strcmp(is, text) == 0;
}

static void cash(struct console_view *v)
{
	static const char *const deposit[] = {"cash.approve", "cash.refuse", NULL};
	static const char *const withdrawal[] = {"cash.paid", "cash.refuse", NULL};
	struct column facts[sizeof(cash_facts) / sizeof(cash_facts[0])];
	bool out = text_is(v->answers[0], "type", "withdrawal");

	memcpy(facts, cash_facts, sizeof(facts));
	for (struct column *c = facts; c->title; c++) {
		if (strcmp(c->member, "note") == 0)
			c->title = out ? WORDS("To where") : WORDS("From where");
	}
	v->heading = out ? words(v->rq, "Withdrawal") : words(v->rq, "Deposit");
	no_second_end(v->answers[0]);
	part_facts(v, "What is asked for", facts, v->answers[0]);
	if (text_is(v->answers[0], "state", "PENDING"))
		part_forms(v, "Your answer", v->answers[0], out ? withdrawal : deposit);
}

const struct console_page money_pages[] = {
        {.pattern = "/console/assets",
                .title = WORDS("Assets"),
                .nav = "/console/assets",
                .reads = {{.path = "/assets", .query = "cursor limit"}},
                .build = assets,
                .list = asset_list,
                .empty = WORDS("Add the first one below.")},
        {.pattern = "/console/assets/{id}",
                .title = WORDS("Asset"),
                .nav = "/console/assets",
                .reads = {{.path = "/assets/{id}"}, {.path = "/assets/{id}/fees"},
                        {.path = "/assets/{id}/history", .query = "span"},
                        {.path = "/assets/{id}/fees/examples"}},
                .build = asset},
        {.pattern = "/console/rates",
                .title = WORDS("Rates and spreads"),
                .nav = "/console/rates",
                .reads = {{.path = "/rates", .query = "cursor limit"}, {.path = "/rates/sources"},
                        {.path = "/spreads"}, {.path = "/revenue"}},
                .build = rates,
                .list = rate_list,
                .empty = WORDS("No pair of assets has a price. Sources of prices stand in the "
                               "configuration, under [rates]."),
                .empty_label = WORDS("Settings"),
                .empty_href = "/console/node"},
        {.pattern = "/console/rates/history",
                .title = WORDS("Prices over time"),
                .nav = "/console/rates",
                .reads = {{.path = "/rates/history",
                                  .query = "from to cursor limit",
                                  .asked_for = true},
                        {.path = "/rates/course", .query = "from to span", .asked_for = true},
                        {.path = "/spreads/course", .query = "from to span", .asked_for = true},
                        {.path = "/revenue/course", .query = "from to", .asked_for = true}},
                .build = rate_history,
                .list = price_list,
                .filters = price_filters,
                .empty = WORDS("Two of the node's assets make a pair, whose prices stand here.")},
        {.pattern = "/console/ledger",
                .title = WORDS("Ledger"),
                .nav = "/console/ledger",
                .build = ledger},
        {.pattern = "/console/ledger/accounts",
                .title = WORDS("Accounts"),
                .nav = "/console/ledger",
                .reads = {{.path = "/ledger/accounts", .query = "assetCode kind cursor limit"}},
                .build = only_list,
                .list = account_list,
                .filters = account_filters,
                .empty = WORDS(
                        "There is no account yet. An asset, a wallet or a peer brings the first."),
                .empty_label = WORDS("Assets"),
                .empty_href = "/console/assets"},
        {.pattern = "/console/ledger/transfers",
                .title = WORDS("Transfers"),
                .nav = "/console/ledger",
                .reads = {{.path = "/ledger/transfers?order=desc",
                        .query = "account cursor limit"}},
                .build = only_list,
                .list = transfer_list,
                .filters = transfer_filters,
                .empty = WORDS(
                        "Nothing has moved yet. A deposit into a wallet makes the first lines."),
                .empty_label = WORDS("Wallets"),
                .empty_href = "/console/wallets"},
        {.pattern = "/console/doubts",
                .title = WORDS("In doubt"),
                .nav = "/console/ledger",
                .reads = {{.path = "/doubts", .query = "cursor limit"}},
                .build = doubts,
                .list = doubt_list,
                .empty = WORDS("Nothing is in doubt, and nothing is to be done.")},
        {.pattern = "/console/cash",
                .title = WORDS("Deposits and withdrawals"),
                .nav = "/console/ledger",
                .reads = {{.path = "/cash-requests", .query = "cursor limit state"}},
                .build = cash_requests,
                .list = cash_list,
                .filters = cash_filters,
                .empty = WORDS("No account holder has asked for one.")},
        {.pattern = "/console/cash/{id}",
                .title = WORDS("Deposit or withdrawal"),
                .nav = "/console/ledger",
                .reads = {{.path = "/cash-requests/{id}"}},
                .build = cash},
        {.pattern = "/console/withdrawals",
                .title = WORDS("Withdrawals"),
                .nav = "/console/ledger",
                .reads = {{.path = "/withdrawals", .query = "cursor limit"}},
                .build = withdrawals,
                .list = withdrawal_list,
                .empty = WORDS(
                        "None was begun in two phases. A host begins them by the admin API.")},
        {.pattern = NULL},
};
