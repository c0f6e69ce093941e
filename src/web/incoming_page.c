#include "web/incoming_page.h"

#include <string.h>

#include "http/live.h"
#include "http/op_json.h"
#include "http/qr.h"
#include "http/reply.h"
#include "store/incoming.h"
#include "web/landing.h"
#include "web/show.h"
#include "web/web.h"

#define DESCRIPTION_MAX 1024 /* bytes that are shown */

struct about {
	struct incoming_row row;
	struct wallet_row wallet;
	const struct asset_row *asset;
	enum incoming_state state;
	char id[ID_TEXT_SIZE];
	const char *url;
};

/* Errors: THEIRS_NOT_FOUND, and those of reads. */
static enum result find(struct http_request *rq, struct about *a)
{
	struct node_loop *l = http_app(rq);
	enum result r = RESULT_THEIRS_NOT_FOUND;
	struct id id;

	if (op_id_of_path(rq, &id))
		r = store_incoming_get(l->reader, &rq->arena, &id, &a->row);
	if (!r)
		r = store_wallet_of_account(l->reader, &rq->arena, a->row.wallet, &a->wallet);
	if (r)
		return r;
	a->asset = snapshot_asset(node_snapshot(l), a->wallet.asset);
	a->state = incoming_state_at(&a->row.terms, http_wall_ms(rq));
	id_format(&id, a->id);
	a->url = arena_printf(
	        &rq->arena, "%s/op/incoming-payments/%s", web_of(rq)->public_url, a->id);
	return a->asset && a->url ? RESULT_OK : RESULT_OURS_MEMORY;
}

static uint64_t stamp_of(const struct incoming_terms *t, int64_t now_ms)
{
	uint64_t h = live_hash_u64(LIVE_HASH_SEED, t->received);

	return live_hash_u64(h, (uint64_t)incoming_state_at(t, now_ms));
}

/* ---- the page ---- */

static void set(json_t *view, const char *name, json_t *value)
{
	(void)json_object_set_new(view, name, value);
}

static bool is_paid(const struct incoming_terms *t)
{
	return t->received > 0 && t->received >= t->amount;
}

static void add_state(const struct about *a, json_t *view)
{
	switch (a->state) {
	case INCOMING_PENDING:
		set(view, "open", json_true());
		set(view, "pending", json_true());
		return;
	case INCOMING_PROCESSING:
		set(view, "open", json_true());
		set(view, "partly", json_true());
		return;
	case INCOMING_COMPLETED: /* or closed by the one who asked */
		set(view, is_paid(&a->row.terms) ? "paid" : "closed", json_true());
		return;
	case INCOMING_EXPIRED:
		set(view, a->row.cancelled_ms ? "cancelled" : "expired", json_true());
		return;
	case INCOMING_STATES:
		return;
	}
}

/* What the one who asks has written. */
static void add_description(const struct about *a, json_t *view)
{
	json_t *metadata = *a->row.metadata ? json_loads(a->row.metadata, 0, NULL) : NULL;
	const json_t *text = json_object_get(metadata, "description");

	if (json_is_string(text) && json_string_length(text) <= DESCRIPTION_MAX)
		set(view, "description", json_string(json_string_value(text)));
	json_decref(metadata);
}

static void add_request(struct http_request *rq, const struct about *a, json_t *view)
{
	const struct incoming_terms *t = &a->row.terms;
	const char *address = op_wallet_id(rq, &a->wallet);
	const char *name = a->wallet.public_name[0] ? a->wallet.public_name : a->wallet.name;

	set(view, "asked", json_true());
	set(view, "publicName", json_string(name));
	set(view, "walletAddress", json_string(address));
	set(view, "made", show_time(rq, a->row.created_ms));
	set(view, "expires", show_time(rq, t->expires_ms));
	set(view, "ended", show_time(rq, a->row.finished_ms));
	if (t->amount)
		set(view, "amount", show_amount_of(rq, t->amount, a->asset));
	add_description(a, view);
}

enum http_next incoming_page(struct http_request *rq)
{
	struct about *a = arena_alloc(&rq->arena, sizeof(*a));
	enum result r = a ? find(rq, a) : RESULT_OURS_MEMORY;
	bool asked;
	json_t *view;

	if (r == RESULT_THEIRS_NOT_FOUND)
		return page_say(rq, 404, "No such payment",
		        "The address is wrong, or the payment is long over.");
	if (r)
		return page_fail(rq, r);
	asked = !*a->row.client;
	view = json_pack("{s:s,s:[s],s:{s:s,s:s},s:o,s:o}", "title",
	        asked ? words(rq, "A request for payment") : words(rq, "A payment"), "scripts",
	        "florin.js", "address", "value", a->url, "what",
	        words(rq, "the address of the payment"), "received",
	        show_amount_of(rq, a->row.terms.received, a->asset), "live",
	        live_json(arena_printf(&rq->arena, "/op/incoming-payments/%s/events", a->id),
	                stamp_of(&a->row.terms, http_wall_ms(rq))));
	if (!view)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (!asked)
		return page_reply(rq, 200, "incoming", view, NULL);
	add_state(a, view);
	add_request(rq, a, view);
	if (!incoming_state_is_final(a->state)) {
		set(view, "refresh", json_integer(LIVE_REFRESH_S));
		set(view, "qr", qr_json(a->url, words(rq, "QR code of the payment's address")));
		if (a->row.terms.amount)
			landing_add_form(rq, &a->wallet, a->asset,
			        &(struct landing_form){.problem = "",
			                .payer = "",
			                .amount = "",
			                .request = &a->row},
			        view);
	}
	return page_reply(rq, 200, "incoming", view, NULL);
}

/* ---- live ---- */

static enum result probe(struct http_request *rq, void *arg, struct arena *memory, uint64_t *out)
{
	const struct node_loop *l = http_app(rq);
	const struct id *id = arg;
	struct incoming_row row;
	enum result r = store_incoming_get(l->reader, memory, id, &row);

	if (!r)
		*out = stamp_of(&row.terms, http_wall_ms(rq));
	return r;
}

enum http_next incoming_page_events(struct http_request *rq)
{
	struct id *id = arena_alloc(&rq->arena, sizeof(*id));

	if (!id || !op_id_of_path(rq, id))
		return http_reply_error(rq, 404, "not_found", "no such payment");
	return live_reply(rq, probe, id);
}
