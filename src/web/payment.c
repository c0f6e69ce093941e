#include "web/payment.h"

#include <string.h>

#include "http/live.h"
#include "http/qr.h"
#include "http/reply.h"
#include "model/payment_error.h"
#include "store/note.h"
#include "store/outgoing.h"
#include "store/refund.h"
#include "web/activity.h"
#include "web/holder.h"
#include "web/link.h"
#include "web/show.h"

#define PER_MILLE 1000

/* ---- finding ---- */

/* Of the path. On an error the reply is set. */
static enum result find(struct http_request *rq, const struct holder *h, struct activity *out)
{
	struct id id;
	enum result r = holder_path_id(rq, "id", &id) ? activity_find(rq, h, &rq->arena, &id, out)
	                                              : RESULT_THEIRS_NOT_FOUND;

	if (r)
		(void)page_fail(rq, r);
	return r;
}

/* All that moves. */
static uint64_t stamp_of(const struct activity *p, int64_t now_ms)
{
	const struct payment_row *o = &p->out;
	const char *state = activity_state(p, now_ms);
	uint64_t h = live_hash(LIVE_HASH_SEED, state, strlen(state));

	if (p->kind != ACTIVITY_SENT)
		return live_hash_u64(h, p->in.terms.received);
	h = live_hash_u64(live_hash_u64(h, o->sent), o->delivered);
	h = live_hash_u64(live_hash_u64(h, o->attempts), o->refunded);
	return live_hash_u64(live_hash_u64(h, o->in_doubt), o->returned);
}

struct payment_live {
	struct holder holder;
	struct id id;
};

static enum result probe(struct http_request *rq, void *arg, struct arena *memory, uint64_t *out)
{
	const struct payment_live *live = arg;
	struct activity p;
	enum result r = holder_still(rq, &live->holder, memory);

	if (!r)
		r = activity_find(rq, &live->holder, memory, &live->id, &p);
	if (!r)
		*out = stamp_of(&p, http_wall_ms(rq));
	return r;
}

enum http_next payment_live(struct http_request *rq)
{
	struct payment_live *live = arena_alloc(&rq->arena, sizeof(*live));
	struct activity p;

	if (!live)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_read(rq, &live->holder) || find(rq, &live->holder, &p))
		return HTTP_DONE;
	live->id = p.kind == ACTIVITY_SENT ? p.out.id : p.in.id;
	return live_reply(rq, probe, live);
}

/* ---- pieces ---- */

static json_t *note_json(const struct http_request *rq, const struct note_row *n)
{
	return json_pack("{s:s,s:b,s:o,s:b}", "text", n->text, "received", (int)n->received, "at",
	        show_time(rq, n->created_ms), "delivered",
	        (int)(n->received || n->delivered_ms != 0));
}

static json_t *notes_json(struct http_request *rq, const struct activity *p)
{
	const struct node_loop *l = http_app(rq);
	json_t *list = json_array();
	struct note_row *rows;
	size_t count;
	enum result r = p->kind == ACTIVITY_SENT ? store_note_list_outgoing(l->reader, &rq->arena,
	                                                   p->out.account, &rows, &count)
	                                         : store_note_list_incoming(l->reader, &rq->arena,
	                                                   p->in.key, &rows, &count);

	if (r) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, note_json(rq, &rows[i]));
	return list;
}

static void set(json_t *view, const char *name, json_t *value)
{
	(void)json_object_set_new(view, name, value);
}

static void set_amount(struct http_request *rq, json_t *view, const char *name, uint64_t units,
        const char *code, unsigned scale)
{
	if (units)
		set(view, name, show_amount(rq, units, code, scale));
}

/* "340 ms", "3.4 s", "2 min 5 s": symbols of units, the same in every language. */
static json_t *duration_json(struct http_request *rq, int64_t ms)
{
	if (ms < 1000)
		return json_sprintf("%lld ms", (long long)ms);
	if (ms < 60000)
		return json_sprintf("%lld%c%lld s", (long long)ms / 1000, language_of(rq)->decimal,
		        (long long)ms % 1000 / 100);
	return json_sprintf("%lld min %lld s", (long long)ms / 60000, (long long)ms % 60000 / 1000);
}

/* The same payment once more, to be confirmed with a new price. */
static const char *repeat_link(struct http_request *rq, const struct activity *p)
{
	const struct quote_row *q = &p->out.quote;
	bool deliver = q->kind == QUOTE_FIXED_DELIVERY;
	char amount[AMOUNT_TEXT_SIZE];
	const struct http_pair pairs[] = {{"wallet", p->wallet->name}, {"to", p->address},
	        {"amount", amount}, {"side", deliver ? "deliver" : "send"}};

	if (deliver)
		amount_format_major(q->receive_amount, q->receive_scale, amount);
	else
		amount_format_major(q->debit_amount, p->asset->scale, amount);
	return link_make(rq, "/wallet/send", pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* ---- sent ---- */

/* Why it failed, in plain words; for support, what the network calls it, in its own language. */
static void add_error(struct http_request *rq, json_t *view, const struct activity *p)
{
	char last[PAYMENT_REJECT_TEXT];
	struct payment_error error;
	const char *plain;

	if (!*p->out.error)
		return;
	payment_error_parse(p->out.error, &error);
	plain = payment_error_plain(error.why, &error.reject);
	payment_reject_text(&error.reject, last);
	set(view, "error", json_string(words_again(rq, plain)));
	if (strcmp(plain, error.why) != 0 || *last)
		set(view, "reason",
		        json_sprintf("%s: %s%s", error.why,
		                payment_error_sentence(error.why, &error.reject), last));
}

static void add_sent(struct http_request *rq, json_t *view, const struct activity *p)
{
	const struct payment_row *o = &p->out;
	const struct quote_row *q = &o->quote;
	int64_t end_ms = o->finished_ms ? o->finished_ms : http_wall_ms(rq);
	bool over = payment_state_is_final(o->state);

	set(view, "sentPart",
	        json_pack("{s:s,s:s,s:s,s:s}", "name", p->name, "address", p->address, "receiver",
	                q->receiver, "client", o->client));
	set(view, "total", show_amount_of(rq, activity_amount(p), p->asset));
	set_amount(rq, view, "sent", o->sent, p->asset->code, p->asset->scale);
	set_amount(rq, view, "delivered", o->delivered, q->receive_code, q->receive_scale);
	set_amount(rq, view, "promised", o->delivered ? 0 : q->receive_amount, q->receive_code,
	        q->receive_scale);
	set_amount(rq, view, "fee", o->fee, p->asset->code, p->asset->scale);
	set_amount(rq, view, "refunded", o->refunded, p->asset->code, p->asset->scale);
	set_amount(rq, view, "inDoubt", o->in_doubt, p->asset->code, p->asset->scale);
	set_amount(rq, view, "returned", o->returned, p->asset->code, p->asset->scale);
	set(view, "rate",
	        show_rate(rq, o->delivered, q->receive_code, q->receive_scale, o->sent, p->asset));
	set(view, "receipt", json_boolean(o->sent > 0));
	set(view, "took", duration_json(rq, end_ms - o->created_ms));
	set(view, "packets", json_sprintf("%llu", (unsigned long long)o->packets));
	set(view, "attempts", json_sprintf("%u", o->attempts));
	set(view, "created", show_time(rq, o->created_ms));
	set(view, "finished", show_time(rq, o->finished_ms));
	set(view, "isRefund", json_boolean(q->refund_of != 0));
	set(view, "streams", json_boolean(q->pace_ms != 0));
	/* In parts of a thousand: amounts may be too large for a bar. */
	set(view, "done",
	        json_integer((json_int_t)mul_div_floor(o->sent, PER_MILLE, q->debit_amount)));
	add_error(rq, view, p);
	if (!over)
		set(view, "stop", json_true());
	else if (p->address[0] && !q->refund_of)
		set(view, "repeat", json_string(repeat_link(rq, p)));
}

/* ---- received ---- */

/* Giving back what came, where it is known to whom. */
static void add_refund(
        struct http_request *rq, json_t *view, const struct activity *p, const char *url)
{
	const struct node_loop *l = http_app(rq);
	struct refund_source source;
	const char *payer = arena_printf(&rq->arena, "%s/payer", url);
	char amount[AMOUNT_TEXT_SIZE];
	const struct http_pair pairs[] = {
	        {"wallet", p->wallet->name}, {"to", payer}, {"amount", amount}, {"side", "send"}};

	if (!p->in.terms.received || !payer ||
	        store_refund_source(l->reader, &rq->arena, p->in.key, &source) || !source.left)
		return;
	amount_format_major(source.left, p->asset->scale, amount);
	set(view, "refund",
	        json_string(
	                link_make(rq, "/wallet/send", pairs, sizeof(pairs) / sizeof(pairs[0]))));
}

static void add_received(
        struct http_request *rq, json_t *view, const struct activity *p, const char *url)
{
	const struct incoming_row *in = &p->in;
	const struct incoming_terms *t = &in->terms;
	bool over = activity_is_over(p, http_wall_ms(rq));

	set(view, "receivedPart",
	        json_pack("{s:s,s:s}", "description", p->description, "client", in->client));
	set(view, "received", show_amount_of(rq, t->received, p->asset));
	set_amount(rq, view, "asked", t->amount, p->asset->code, p->asset->scale);
	set_amount(rq, view, "fee", incoming_fee(t), p->asset->code, p->asset->scale);
	/* Of what nobody has paid yet: what is asked for. */
	set_amount(rq, view, "net", t->received ? t->received - incoming_fee(t) : t->amount,
	        p->asset->code, p->asset->scale);
	set(view, "receipt", json_boolean(t->received > 0));
	set(view, "created", show_time(rq, in->created_ms));
	set(view, "finished", show_time(rq, in->finished_ms));
	if (t->amount)
		set(view, "done",
		        json_integer((json_int_t)mul_div_floor(
		                t->received < t->amount ? t->received : t->amount, PER_MILLE,
		                t->amount)));
	if (!over) {
		set(view, "open", json_true());
		set(view, "expires", show_time(rq, t->expires_ms));
		set(view, "passOn", show_copied(url, words(rq, "the address of the request")));
		set(view, "qr", qr_json(url, words(rq, "QR code of this payment request")));
	}
	add_refund(rq, view, p, url);
}

/* ---- the page ---- */

static const char *badge_of(const struct activity *p, int64_t now_ms)
{
	const char *state = activity_state(p, now_ms);

	if (strcmp(state, "COMPLETED") == 0)
		return "good";
	if (!activity_is_over(p, now_ms))
		return "wait";
	return p->kind == ACTIVITY_SENT ? "bad" : "";
}

/* What support asks for, to be copied. */
static json_t *copies_json(
        const struct http_request *rq, const struct activity *p, const char *id, const char *url)
{
	json_t *copies = json_pack("{s:o,s:o}", "id", show_copied(id, words(rq, "the id")), "url",
	        show_copied(url, words(rq, "the address of the payment")));
	char quote[ID_TEXT_SIZE];

	if (p->kind != ACTIVITY_SENT)
		return copies;
	id_format(&p->out.quote_id, quote);
	set(copies, "quote", show_copied(quote, words(rq, "the quote's id")));
	set(copies, "receiver",
	        show_copied(p->out.quote.receiver, words(rq, "the receiver's address")));
	return copies;
}

static const char *sent_title(enum payment_state s)
{
	switch (s) {
	case PAYMENT_COMPLETED:
		return WORDS("Payment sent");
	case PAYMENT_FUNDING:
	case PAYMENT_SENDING:
		return WORDS("Payment on its way");
	case PAYMENT_FAILED:
		return WORDS("Failed payment");
	case PAYMENT_CANCELLED:
		return WORDS("Stopped payment");
	}
	return "";
}

static json_t *view_of(struct http_request *rq, const struct holder *h, const struct activity *p)
{
	const struct id *id = p->kind == ACTIVITY_SENT ? &p->out.id : &p->in.id;
	int64_t now_ms = http_wall_ms(rq);
	char text[ID_TEXT_SIZE];
	const char *url, *self, *live;
	json_t *view;

	id_format(id, text);
	url = arena_printf(&rq->arena, "%s/op/%s-payments/%s", web_of(rq)->public_url,
	        p->kind == ACTIVITY_SENT ? "outgoing" : "incoming", text);
	self = arena_printf(&rq->arena, "/wallet/payments/%s", text);
	live = arena_printf(&rq->arena, "/wallet/payments/%s/live", text);
	if (!url || !self || !live)
		return NULL;
	view = holder_view(rq, h, HOLDER_PAYMENTS,
	        p->kind == ACTIVITY_SENT       ? sent_title(p->out.state)
	        : p->kind == ACTIVITY_RECEIVED ? WORDS("Payment received")
	                                       : WORDS("Payment request"));
	set(view, "id", json_string(text));
	set(view, "url", json_string(url));
	set(view, "self", json_string(self));
	set(view, "heading", json_string(activity_title(rq, p, &rq->arena)));
	set(view, "state", json_string(activity_state(p, now_ms)));
	set(view, "words", json_string(words(rq, activity_words(p, now_ms))));
	set(view, "badge", json_string(badge_of(p, now_ms)));
	set(view, "wallet", json_string(p->wallet->name));
	set(view, "notes", notes_json(rq, p));
	set(view, "copies", copies_json(rq, p, text, url));
	if (p->kind == ACTIVITY_SENT)
		add_sent(rq, view, p);
	else
		add_received(rq, view, p, url);
	if (!activity_is_over(p, now_ms)) {
		set(view, "live", live_json(live, stamp_of(p, now_ms)));
		set(view, "refresh", json_integer(LIVE_REFRESH_S));
	}
	return view;
}

enum http_next payment_get(struct http_request *rq)
{
	struct holder h;
	struct activity p;

	if (holder_read(rq, &h) || find(rq, &h, &p))
		return HTTP_DONE;
	return page_reply(rq, 200, "payment", view_of(rq, &h, &p), NULL);
}

/* ---- no more of it ---- */

struct complete {
	struct holder_change change;
	struct holder holder;
	struct id id;
	struct arena memory; /* the writer's, while the change is there */
};

static enum result complete_apply(struct holder_change *change, struct batch *b)
{
	struct complete *c = OWNER_OF(change, struct complete, change);
	struct incoming_row row;
	enum result r;

	arena_init(&c->memory, LIMIT_ROW_BYTES);
	r = batch_incoming_complete(b, &c->id, &c->memory, &row);
	arena_clear(&c->memory);
	return r;
}

static enum http_next completed(struct http_request *rq)
{
	struct complete *c = OWNER_OF((struct holder_change *)rq->state, struct complete, change);
	enum result r = c->change.op.result;
	char text[ID_TEXT_SIZE];

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	/* One that is over already shows how. */
	if (r && r != RESULT_THEIRS_STATE)
		return page_fail(rq, r);
	id_format(&c->id, text);
	return page_see(rq, arena_printf(&rq->arena, "/wallet/payments/%s", text));
}

enum http_next payment_complete(struct http_request *rq)
{
	struct complete *c = arena_alloc(&rq->arena, sizeof(*c));
	struct page_form form;
	struct activity p;

	if (!c)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &c->holder, &form) || find(rq, &c->holder, &p))
		return HTTP_DONE;
	if (p.kind == ACTIVITY_SENT)
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	c->id = p.in.id;
	c->change.apply = complete_apply;
	return holder_submit(rq, &c->holder, &c->change, completed);
}
