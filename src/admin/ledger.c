/* ledger: the books: accounts, transfers, and the whole journal as a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "store/journal.h"

/* ---- accounts ---- */

static json_t *account_json(struct http_request *rq, const struct account *a)
{
	const struct asset_row *asset = snapshot_asset(node_snapshot(http_app(rq)), a->asset);

	if (!asset)
		return NULL;
	return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)a->id,
	        "account", admin_account_name(http_app(rq), &rq->arena, a->id, a->kind, asset),
	        "kind", account_kind_name(a->kind), "balance",
	        admin_amount_signed(ledger_balance(a), asset), "debitsPosted",
	        admin_amount(a->debits_posted, asset), "creditsPosted",
	        admin_amount(a->credits_posted, asset), "debitsPending",
	        admin_amount(a->debits_pending, asset), "creditsPending",
	        admin_amount(a->credits_pending, asset), "creditLimit",
	        admin_amount(a->credit_limit, asset));
}

/* A number of the query; NULL: *out stays. False: the reply is set. */
static bool number(struct http_request *rq, const char *name, int64_t *out)
{
	const char *text = http_query(rq, name);
	uint64_t n;

	if (!text)
		return true;
	if (text_parse_u64(text, INT64_MAX, &n) || n == 0) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, name,
		        "\"%s\" must be a number of this list", name);
		return false;
	}
	*out = (int64_t)n;
	return true;
}

static bool read_filter(struct http_request *rq, struct journal_filter *f, struct account *after)
{
	const struct node_loop *l = http_app(rq);
	const char *code = http_query(rq, "assetCode");
	const struct asset_row *asset = code ? admin_asset_of_code(rq, code, "assetCode") : NULL;
	struct admin_page page;
	enum account_kind kind;
	int64_t cursor = 0;
	enum result r;

	if ((code && !asset) || admin_page_read(rq, &page) || !number(rq, "cursor", &cursor))
		return false;
	f->asset = asset ? asset->id : 0;
	f->limit = page.limit < LIMIT_PAGE_SIZE ? page.limit : LIMIT_PAGE_SIZE;
	f->kind = http_query(rq, "kind");
	if (f->kind && account_kind_parse(f->kind, &kind)) {
		(void)admin_refuse(
		        rq, RESULT_THEIRS_MALFORMED, "kind", "\"kind\" is none that accounts have");
		return false;
	}
	if (!cursor)
		return true;
	r = store_account_get(l->reader, cursor, after);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return (void)admin_page_refuse_cursor(rq), false;
	if (r)
		return (void)admin_refuse_by(rq, r, NULL), false;
	f->after = after;
	return true;
}

enum http_next admin_ledger_accounts(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct journal_filter filter = {.after = NULL};
	struct account after, *rows;
	char next[24] = "";
	size_t count;
	bool more;
	json_t *items;
	enum result r;

	if (!read_filter(rq, &filter, &after))
		return HTTP_DONE;
	r = store_journal_accounts(l->reader, &rq->arena, &filter, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, account_json(rq, &rows[i]));
	if (more)
		(void)snprintf(next, sizeof(next), "%lld", (long long)rows[count - 1].id);
	return admin_page_items(rq, r, items, next);
}

/* ---- transfers ---- */

json_t *admin_transfer_json(struct http_request *rq, const struct transfer_row *t)
{
	const struct asset_row *asset = snapshot_asset(node_snapshot(http_app(rq)), t->asset);
	uint64_t amount = t->state == TRANSFER_POSTED ? t->posted : t->amount;

	if (!asset)
		return NULL;
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:o, s:s, s:o}", "id", (json_int_t)t->id,
	        "groupId", (json_int_t)t->group, "kind", t->reason, "debit",
	        admin_account_name(http_app(rq), &rq->arena, t->debit, t->debit_kind, asset),
	        "credit",
	        admin_account_name(http_app(rq), &rq->arena, t->credit, t->credit_kind, asset),
	        "amount", admin_amount(amount, asset), "state", transfer_state_name(t->state),
	        "createdAt", admin_time(t->created_ms));
}

static bool read_range(struct http_request *rq, struct journal_range *f)
{
	struct admin_page page;

	if (admin_page_read(rq, &page) || !number(rq, "cursor", &f->from) ||
	        !number(rq, "account", &f->account) || admin_order_read(rq, &f->back))
		return false;
	f->limit = page.limit < LIMIT_PAGE_SIZE ? page.limit : LIMIT_PAGE_SIZE;
	return true;
}

enum http_next admin_ledger_transfers(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct journal_range range = {.from = 0};
	struct transfer_row *rows;
	char next[24] = "";
	size_t count;
	int64_t go_on;
	json_t *items;
	enum result r;

	if (!read_range(rq, &range))
		return HTTP_DONE;
	r = store_journal_transfers(l->reader, &rq->arena, &range, &rows, &count, &go_on);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, admin_transfer_json(rq, &rows[i]));
	if (go_on)
		(void)snprintf(next, sizeof(next), "%lld", (long long)go_on);
	return admin_page_items(rq, r, items, next);
}

/* ---- the journal as a file ---- */

#define EXPORT_BYTES  (1024 * 1024) /* of the lines of one page, made and read */
#define EXPORT_ASSETS 1024
#define EXPORT_LINES  (2 * LIMIT_PAGE_SIZE)
#define EXPORT_LINE   512 /* bytes of one line at most */
#define EXPORT_HEADING                                                                             \
	"transfer,group,createdAt,closedAt,kind,state,account,accountName,assetCode,assetScale,"   \
	"amount,pending\n"

struct export
{
	struct node_loop *loop;
	struct arena memory; /* of the page */
	struct buf lines;
	size_t given; /* bytes of the lines that have left */
	int64_t next; /* the transfer to go on with; 0: only the totals are left */
	int64_t end;  /* the last one: what comes later is not in it */
	bool csv;
	bool done;
	struct total {
		asset_id asset;
		int64_t amount;
	} totals[EXPORT_ASSETS];
	size_t totals_count;
};

static void total(struct export *e, asset_id asset, int64_t amount)
{
	size_t i = 0;

	while (i < e->totals_count && e->totals[i].asset != asset)
		i++;
	if (i == EXPORT_ASSETS)
		return;
	e->totals[i].asset = asset;
	e->totals[i].amount += amount;
	if (i == e->totals_count)
		e->totals_count++;
}

struct entry {
	const struct transfer_row *transfer; /* NULL: of a total */
	const char *kind, *account;
	account_id account_id;
	const struct asset_row *asset;
	int64_t amount, pending;
};

static void write_entry(struct export *e, const struct entry *n)
{
	static const char csv[] = "%lld,%lld,%s,%s,%s,%s,%lld,%s,%s,%u,%lld,%lld\n";
	static const char json[] =
	        "{\"transfer\":%lld,\"group\":%lld,\"createdAt\":\"%s\",\"closedAt\":\"%s\","
	        "\"kind\":\"%s\",\"state\":\"%s\",\"account\":%lld,\"accountName\":\"%s\","
	        "\"assetCode\":\"%s\",\"assetScale\":%u,\"amount\":\"%lld\",\"pending\":\"%lld\"}"
	        "\n";
	const struct transfer_row *t = n->transfer;
	char created[TIME_TEXT_SIZE] = "", closed[TIME_TEXT_SIZE] = "", line[EXPORT_LINE];
	int length;

	if (t)
		time_format(t->created_ms, created);
	if (t && t->closed_ms)
		time_format(t->closed_ms, closed);
	/* Names are of letters, digits and a few signs: neither form needs escapes. */
	length = snprintf(line, sizeof(line), e->csv ? csv : json, t ? (long long)t->id : 0LL,
	        t ? (long long)t->group : 0LL, created, closed, n->kind,
	        t ? transfer_state_name(t->state) : "", (long long)n->account_id, n->account,
	        n->asset->code, n->asset->scale, (long long)n->amount, (long long)n->pending);
	if (length > 0 && (size_t)length < sizeof(line))
		buf_put(&e->lines, line, (size_t)length);
	else
		e->lines.failed = true;
}

/* Each transfer is two lines, the one minus the other. */
static enum result write_transfer(struct export *e, const struct transfer_row *t)
{
	const struct asset_row *asset = snapshot_asset(node_snapshot(e->loop), t->asset);
	int64_t amount = t->state == TRANSFER_POSTED ? (int64_t)t->posted : 0;
	int64_t pending = t->state == TRANSFER_PENDING ? (int64_t)t->amount : 0;
	struct entry n = {.transfer = t, .kind = t->reason, .asset = asset};

	if (!asset)
		return RESULT_OURS_BUG;
	n.account_id = t->debit;
	n.account = admin_account_name(e->loop, &e->memory, t->debit, t->debit_kind, asset);
	n.amount = -amount;
	n.pending = -pending;
	write_entry(e, &n);
	n.account_id = t->credit;
	n.account = admin_account_name(e->loop, &e->memory, t->credit, t->credit_kind, asset);
	n.amount = amount;
	n.pending = pending;
	write_entry(e, &n);
	total(e, asset->id, -amount);
	total(e, asset->id, amount);
	return RESULT_OK;
}

/* The last lines: who finds them has all of the journal. */
static void write_totals(struct export *e)
{
	for (size_t i = 0; i < e->totals_count; i++) {
		const struct asset_row *asset =
		        snapshot_asset(node_snapshot(e->loop), e->totals[i].asset);
		const struct entry n = {.kind = "total",
		        .account = "",
		        .asset = asset,
		        .amount = e->totals[i].amount};

		if (asset)
			write_entry(e, &n);
	}
	e->done = true;
}

static enum result open_lines(struct export *e, size_t lines)
{
	size_t size = (lines ? lines : 1) * EXPORT_LINE;
	uint8_t *room;

	arena_clear(&e->memory);
	room = arena_alloc(&e->memory, size);
	if (!room)
		return RESULT_OURS_MEMORY;
	buf_init(&e->lines, room, size);
	e->given = 0;
	return RESULT_OK;
}

static enum result next_lines(struct export *e)
{
	struct journal_range range = {.from = e->next, .limit = LIMIT_PAGE_SIZE};
	struct transfer_row *rows;
	size_t count;
	enum result r = open_lines(e, e->next ? EXPORT_LINES : e->totals_count);

	if (r)
		return r;
	if (!e->next) {
		write_totals(e);
		return e->lines.failed ? RESULT_OURS_BUG : RESULT_OK;
	}
	r = store_journal_transfers(e->loop->reader, &e->memory, &range, &rows, &count, &e->next);
	for (size_t i = 0; !r && i < count && rows[i].id <= e->end; i++)
		r = write_transfer(e, &rows[i]);
	if (e->next > e->end)
		e->next = 0;
	return !r && e->lines.failed ? RESULT_OURS_BUG : r;
}

static size_t fill(struct http_request *rq, bool beat, char *out, size_t size)
{
	struct export *e = rq->state;
	size_t n;

	(void)beat;
	while (e->given == e->lines.len) {
		enum result r = RESULT_OK;

		if (e->done)
			return HTTP_STREAM_END;
		r = next_lines(e);
		if (r) {
			log_error("ledger_export", "result=%s", result_name(r));
			return HTTP_STREAM_CUT;
		}
	}
	n = e->lines.len - e->given < size ? e->lines.len - e->given : size;
	memcpy(out, e->lines.p + e->given, n);
	e->given += n;
	return n;
}

static void leave(void *p)
{
	struct export *e = p;

	arena_clear(&e->memory);
}

enum http_next admin_ledger_export(struct http_request *rq)
{
	const char *format = http_query(rq, "format");
	struct export *e = arena_alloc(&rq->arena, sizeof(*e));
	bool csv = !format || strcmp(format, "csv") == 0;
	enum result r;

	if (!e)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	if (!csv && strcmp(format, "jsonl") != 0)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "format",
		        "\"format\" must be \"csv\" or \"jsonl\"");
	e->loop = http_app(rq);
	e->csv = csv;
	e->next = 1;
	arena_init(&e->memory, EXPORT_BYTES);
	if (http_defer(rq, leave, e))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	r = store_journal_end(e->loop->reader, &e->end);
	if (!r)
		r = open_lines(e, 1);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	if (csv)
		buf_put(&e->lines, EXPORT_HEADING, sizeof(EXPORT_HEADING) - 1);
	rq->state = e;
	return http_reply_file(rq, csv ? "text/csv" : "application/jsonl", fill);
}
