#include "web/transactions.h"

#include <ctype.h>
#include <string.h>

#include "base/figure.h"
#include "base/text.h"
#include "http/reply.h"
#include "http/when.h"
#include "web/consent_view.h"
#include "web/link.h"
#include "web/show.h"

#define PATH      "/wallet/payments"
#define DAY_MS    86400000LL
#define ROW_BYTES (2 * 1024 * 1024) /* one payment with its texts */

#define KIND(k) (1u << (k))
#define MOVED   (KIND(ACTIVITY_DEPOSITED) | KIND(ACTIVITY_WITHDRAWN))

static const struct {
	const char *name, *label;
	unsigned kinds;
} types[] = {
        {"", WORDS("Money moved"), MOVED | KIND(ACTIVITY_SENT) | KIND(ACTIVITY_RECEIVED)},
        {"sent", WORDS("Sent"), KIND(ACTIVITY_SENT)},
        {"received", WORDS("Received"), KIND(ACTIVITY_RECEIVED)},
        {"moved", WORDS("Deposits and withdrawals"), MOVED},
        {"request", WORDS("Requests not paid"), KIND(ACTIVITY_REQUESTED)},
        {"all", WORDS("Everything"), KIND(ACTIVITY_KINDS) - 1},
};
#define TYPES (sizeof(types) / sizeof(types[0]))

/* The states of both directions, in lower case. */
static const struct {
	const char *name, *label;
} statuses[] = {
        {"", WORDS("Any")},
        {"sending", WORDS("On its way")},
        {"completed", WORDS("Completed")},
        {"failed", WORDS("Failed")},
        {"cancelled", WORDS("Cancelled")},
        {"pending", WORDS("Waits for a payer")},
        {"processing", WORDS("Partly paid")},
        {"expired", WORDS("Expired")},
        {"funding", WORDS("Waits for its money")},
};
#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

/* ---- the filter ---- */

static bool read_kinds(const char *type, unsigned *out)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (strcmp(types[i].name, type) == 0) {
			*out = types[i].kinds;
			return true;
		}
	}
	return false;
}

static bool is_status(const char *text)
{
	for (size_t i = 0; i < STATUSES; i++)
		if (strcmp(statuses[i].name, text) == 0)
			return true;
	return false;
}

/* A day of the reader's zone: its end, from which its beginning follows. */
static bool read_day(const struct http_request *rq, const char *text, int64_t less_ms, int64_t *out)
{
	const struct when w = when_of(rq);

	*out = 0;
	if (!*text)
		return true;
	if (consent_day_end(text, out))
		return false;
	*out = when_of_local(&w, *out - less_ms);
	return true;
}

enum result transaction_filter_read(struct http_request *rq, const struct holder *h,
        struct transaction_filter *out, const char **problem)
{
	*out = (struct transaction_filter){.status = link_query(rq, "status"),
	        .text = link_query(rq, "text"),
	        .wallet_name = link_query(rq, "wallet"),
	        .type = link_query(rq, "type"),
	        .from = link_query(rq, "from"),
	        .to = link_query(rq, "to")};
	*problem = "";
	if (*out->wallet_name) {
		out->wallet = holder_wallet_named(h, out->wallet_name);
		if (!out->wallet)
			return RESULT_THEIRS_NOT_FOUND;
	}
	if (!read_kinds(out->type, &out->kinds)) {
		*problem = words(rq, "There is no such type.");
		out->type = "";
		(void)read_kinds("", &out->kinds);
	}
	if (!is_status(out->status)) {
		*problem = words(rq, "There is no such status.");
		out->status = "";
	}
	if (!read_day(rq, out->from, DAY_MS, &out->from_ms)) {
		*problem = words(rq, "The first day must be a day, such as 2026-11-25.");
		out->from = "";
	}
	if (!read_day(rq, out->to, 0, &out->to_ms)) {
		*problem = words(rq, "The last day must be a day, such as 2026-11-25.");
		out->to = "";
	}
	if (!text_is_clean_utf8(out->text, strlen(out->text)))
		out->text = "";
	return RESULT_OK;
}

/* Letters of ASCII in any case; others as they are. */
static bool contains(const char *text, const char *part)
{
	size_t n = strlen(part);

	for (; *text; text++) {
		size_t i = 0;

		while (i < n && tolower((unsigned char)text[i]) == tolower((unsigned char)part[i]))
			i++;
		if (i == n)
			return true;
	}
	return n == 0;
}

static bool has_text(const struct activity *p, const char *text)
{
	char own[ID_TEXT_SIZE];

	id_format(activity_id(p), own);
	return contains(own, text) || contains(p->description, text) || contains(p->name, text) ||
	       contains(p->address, text) ||
	       (p->kind == ACTIVITY_SENT && contains(p->out.quote.receiver, text));
}

static bool has_status(const struct activity *p, const char *status, int64_t now_ms)
{
	const char *own = activity_state(p, now_ms);

	return strlen(own) == strlen(status) && contains(own, status);
}

bool transaction_matches(
        const struct transaction_filter *f, const struct activity *p, int64_t now_ms)
{
	return (f->kinds & KIND(p->kind)) && (!*f->status || has_status(p, f->status, now_ms)) &&
	       (!*f->text || has_text(p, f->text));
}

/* ---- the walk ---- */

void transaction_walk_init(struct transaction_walk *w, const struct holder *h,
        const struct transaction_filter *f, const struct holder_place *after)
{
	memset(w, 0, sizeof(*w));
	w->holder = h;
	w->filter = f;
	w->place = *after;
	/* What was made at or after the end lies before the list. */
	if (f->to_ms && w->place.created_ms >= f->to_ms)
		w->place = (struct holder_place){.created_ms = f->to_ms};
	if (f->wallet) {
		w->wallets[w->wallet_count++] = f->wallet->account;
		return;
	}
	for (size_t i = 0; i < h->count; i++)
		w->wallets[w->wallet_count++] = h->wallets[i].account;
}

static enum result fill(struct http_request *rq, struct transaction_walk *w)
{
	const struct node_loop *l = http_app(rq);
	enum result r = store_holder_payments(l->reader, w->wallets, w->wallet_count, &w->place,
	        LIMIT_PAGE_SIZE, w->entries, &w->count);

	w->next = 0;
	w->over = w->count == 0;
	return r;
}

enum result transaction_walk_next(struct http_request *rq, struct transaction_walk *w,
        size_t *looks, struct arena *memory, bool *found, struct activity *out)
{
	int64_t now_ms = http_wall_ms(rq);
	enum result r = RESULT_OK;

	*found = false;
	while (!r && !*found && *looks > 0) {
		const struct holder_entry *e;

		if (w->next == w->count)
			r = fill(rq, w);
		if (r || w->over)
			break;
		e = &w->entries[w->next++];
		if (e->place.created_ms < w->filter->from_ms) {
			w->over = true;
			break;
		}
		w->place = e->place;
		(*looks)--;
		arena_clear(memory);
		r = activity_of_entry(rq, w->holder, memory, e, out);
		*found = !r && transaction_matches(w->filter, out, now_ms);
	}
	return r;
}

/* ---- the page ---- */

/* "1764142000000.UUID" */
static bool read_place(const char *text, struct holder_place *out)
{
	const char *dot = strchr(text, '.');
	char number[24];
	uint64_t ms;

	*out = HOLDER_PLACE_FIRST;
	if (!*text)
		return true;
	if (!dot || (size_t)(dot - text) >= sizeof(number))
		return false;
	memcpy(number, text, (size_t)(dot - text));
	number[dot - text] = '\0';
	if (text_parse_u64(number, INT64_MAX, &ms) || id_parse(dot + 1, strlen(dot + 1), &out->id))
		return false;
	out->created_ms = (int64_t)ms;
	return true;
}

/* The same list, from there on; NULL: from the newest. */
static const char *page_link(struct http_request *rq, const struct transaction_filter *f,
        const char *path, const char *after)
{
	const struct http_pair pairs[] = {{"wallet", f->wallet_name}, {"type", f->type},
	        {"status", f->status}, {"from", f->from}, {"to", f->to}, {"text", f->text},
	        {"after", after}};

	return link_make(rq, path, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static json_t *options_json(struct http_request *rq, const char *selected, bool of_types)
{
	json_t *list = json_array();
	size_t n = of_types ? TYPES : STATUSES;

	for (size_t i = 0; i < n; i++) {
		const char *name = of_types ? types[i].name : statuses[i].name;
		const char *label = of_types ? types[i].label : statuses[i].label;

		(void)json_array_append_new(
		        list, json_pack("{s:s,s:s,s:b}", "name", name, "label", words(rq, label),
		                      "selected", (int)(strcmp(name, selected) == 0)));
	}
	return list;
}

/* Rows by day, so that a heading stands over each. */
static enum result add_row(struct http_request *rq, json_t *days, const struct activity *p)
{
	json_t *row = activity_row(rq, p), *last;
	size_t n = json_array_size(days);
	char day[WHEN_DAY_SIZE], text[WHEN_TEXT_SIZE];
	const struct when w = when_of(rq);

	if (!row)
		return RESULT_OURS_MEMORY;
	when_day(&w, activity_created_ms(p), day);
	when_day_text(&w, activity_created_ms(p), text);
	last = n ? json_array_get(days, n - 1) : NULL;
	if (!last || strcmp(json_string_value(json_object_get(last, "day")), day) != 0) {
		if (json_array_append_new(days,
		            json_pack("{s:s,s:s,s:[o]}", "day", day, "words", text, "rows", row)))
			return RESULT_OURS_MEMORY;
		return RESULT_OK;
	}
	return json_array_append_new(json_object_get(last, "rows"), row) ? RESULT_OURS_MEMORY
	                                                                 : RESULT_OK;
}

static enum result add_rows(struct http_request *rq, struct transaction_walk *w, json_t *days,
        size_t *rows, size_t *looks)
{
	struct arena memory;
	struct activity p;
	bool found = true;
	enum result r = RESULT_OK;

	arena_init(&memory, ROW_BYTES);
	while (!r && found && *rows < TRANSACTIONS_PAGE) {
		r = transaction_walk_next(rq, w, looks, &memory, &found, &p);
		if (!r && found) {
			r = add_row(rq, days, &p);
			++*rows;
		}
	}
	arena_clear(&memory);
	/* A full page may be the last. */
	if (!r && !w->over && w->next == w->count)
		r = fill(rq, w);
	return r;
}

static void add_links(struct http_request *rq, json_t *view, const struct transaction_walk *w,
        bool from_start, size_t rows)
{
	const struct transaction_filter *f = w->filter;
	char id[ID_TEXT_SIZE];
	const char *after;

	(void)json_object_set_new(view, "csv", json_string(page_link(rq, f, PATH ".csv", "")));
	(void)json_object_set_new(view, "json", json_string(page_link(rq, f, PATH ".json", "")));
	if (!from_start)
		(void)json_object_set_new(view, "newest", json_string(page_link(rq, f, PATH, "")));
	if (w->over)
		return;
	id_format(&w->place.id, id);
	after = arena_printf(&rq->arena, "%lld.%s", (long long)w->place.created_ms, id);
	(void)json_object_set_new(view, "older", json_string(page_link(rq, f, PATH, after)));
	if (rows < TRANSACTIONS_PAGE)
		(void)json_object_set_new(view, "goOn", json_true());
}

static json_t *view_of(struct http_request *rq, const struct holder *h,
        const struct transaction_filter *f, const char *problem)
{
	json_t *view = holder_view(rq, h, HOLDER_PAYMENTS, "Transactions");
	const struct when w = when_of(rq);
	bool filtered = *f->wallet_name || *f->type || *f->status || *f->from || *f->to || *f->text;
	json_t *fields = json_pack("{s:o,s:o,s:o,s:s,s:s,s:s,s:s,s:s,s:b,s:b}", "wallets",
	        holder_wallets_json(rq, h, f->wallet), "types", options_json(rq, f->type, true),
	        "statuses", options_json(rq, f->status, false), "from", f->from, "to", f->to,
	        "text", f->text, "problem", problem, "zoneName", when_zone_name(&w), "wide", 1,
	        "filtered", (int)filtered);

	if (fields && json_object_update_new(view, fields) == 0)
		return view;
	json_decref(view);
	return NULL;
}

enum http_next transactions_get(struct http_request *rq)
{
	struct transaction_walk *w = arena_alloc(&rq->arena, sizeof(*w));
	struct holder *h = arena_alloc(&rq->arena, sizeof(*h));
	const char *after = link_query(rq, "after"), *problem;
	size_t looks = TRANSACTIONS_LOOK, rows = 0;
	struct transaction_filter f;
	struct holder_place place;
	json_t *view, *days;
	enum result r;

	if (!w || !h)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_read(rq, h))
		return HTTP_DONE;
	r = transaction_filter_read(rq, h, &f, &problem);
	if (!r && !read_place(after, &place))
		r = RESULT_THEIRS_MALFORMED;
	if (r)
		return page_fail(rq, r);
	transaction_walk_init(w, h, &f, &place);
	days = json_array();
	r = add_rows(rq, w, days, &rows, &looks);
	view = r ? NULL : view_of(rq, h, &f, problem);
	if (!view) {
		json_decref(days);
		return page_fail(rq, r ? r : RESULT_OURS_MEMORY);
	}
	(void)json_object_set_new(view, "days", days);
	add_links(rq, view, w, !*after, rows);
	return page_reply(rq, *problem ? 400 : 200, "transactions", view, NULL);
}
