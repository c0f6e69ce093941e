/* revenue: what the node earned, by pair and by asset, and that the ledger says the same. */
#include <string.h>

#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/calendar.h"
#include "store/revenue.h"

#define REVENUE_BYTES (512 * 1024)
#define DAYS_MAX      (9999 * 366LL)

/* "2026-11-25" as days since 1970. */
static bool day_parse(const char *text, int64_t *out)
{
	struct calendar c = {0};
	unsigned n[3] = {0};
	size_t k = 0;

	for (size_t i = 0; i < 10; i++) {
		if (text[i] == '-' && (i == 4 || i == 7)) {
			k++;
			continue;
		}
		if (text[i] < '0' || text[i] > '9' || i == 4 || i == 7)
			return false;
		n[k] = n[k] * 10 + (unsigned)(text[i] - '0');
	}
	c.year = n[0];
	c.month = n[1];
	c.day = n[2];
	if (text[10] || !calendar_exists(&c))
		return false;
	*out = calendar_join(&c) / REVENUE_DAY_MS;
	return c.year >= 1970;
}

/* A day of the query; absent: as it is. On an error the reply is set. */
static bool day_read(struct http_request *rq, const char *name, int64_t *out)
{
	const char *text = http_query(rq, name);

	if (!text || day_parse(text, out))
		return true;
	(void)admin_refuse(
	        rq, RESULT_THEIRS_MALFORMED, name, "\"%s\" must be a day, as 2026-11-25", name);
	return false;
}

static json_t *pair_json(const struct snapshot *s, const struct revenue_row *row)
{
	const struct asset_row *from = snapshot_asset(s, row->from);
	const struct asset_row *to = snapshot_asset(s, row->to);

	if (!from || !to)
		return NULL;
	return json_pack("{s:s, s:s, s:I, s:o, s:o}", "from", from->code, "to", to->code, "packets",
	        (json_int_t)row->packets, "spread", admin_amount(row->amount, to), "remainder",
	        admin_amount(row->remainder, to));
}

/* One asset: its sums, and what its accounts hold of all time. */
static json_t *asset_json(struct http_request *rq, const struct asset_row *asset,
        const struct revenue_row *rows, size_t count)
{
	const struct node_loop *l = http_app(rq);
	uint64_t sum[REVENUE_KINDS] = {0}, remainder = 0, total;
	struct account spread, fee;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].to != asset->id)
			continue;
		sum[rows[i].kind] += rows[i].amount;
		remainder += rows[i].remainder;
	}
	total = sum[REVENUE_SPREAD] + sum[REVENUE_SENDING_FEE] + sum[REVENUE_RECEIVING_FEE] +
	        remainder;
	if (store_account_get(l->reader, asset->spread, &spread) ||
	        store_account_get(l->reader, asset->fee, &fee))
		return NULL;
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "asset", asset->code, "spread",
	        admin_amount(sum[REVENUE_SPREAD], asset), "remainder",
	        admin_amount(remainder, asset), "sendingFees",
	        admin_amount(sum[REVENUE_SENDING_FEE], asset), "receivingFees",
	        admin_amount(sum[REVENUE_RECEIVING_FEE], asset), "total",
	        admin_amount(total, asset), "booked",
	        admin_amount_signed(ledger_balance(&spread) + ledger_balance(&fee), asset));
}

enum http_next admin_revenue_get(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct snapshot *s = node_snapshot(http_app(rq));
	int64_t first = 0, end = DAYS_MAX;
	struct revenue_row *rows;
	json_t *pairs, *assets;
	size_t count;
	enum result r;

	if (!day_read(rq, "from", &first) || !day_read(rq, "to", &end))
		return HTTP_DONE;
	arena_limit(&rq->arena, REVENUE_BYTES);
	r = store_revenue_list(l->reader, &rq->arena, first, end, &rows, &count);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	pairs = json_array();
	assets = json_array();
	for (size_t i = 0; i < count && !r; i++)
		if (rows[i].kind == REVENUE_SPREAD)
			r = admin_page_add(pairs, pair_json(s, &rows[i]));
	for (size_t i = 0; i < s->asset_count && !r; i++)
		r = admin_page_add(assets, asset_json(rq, &s->assets[i], rows, count));
	if (r) {
		json_decref(pairs);
		json_decref(assets);
		return admin_refuse_by(rq, r, NULL);
	}
	return http_reply_json(rq, 200,
	        json_pack("{s:o, s:o, s:o, s:o}", "from", admin_time(first * REVENUE_DAY_MS), "to",
	                end == DAYS_MAX ? json_null() : admin_time(end * REVENUE_DAY_MS), "pairs",
	                pairs, "assets", assets));
}
