#include "web/send.h"

#include <stdio.h>
#include <string.h>

#include "base/figure.h"
#include "base/text.h"
#include "http/reply.h"
#include "ilp/quoter.h"
#include "ilp/resolver.h"
#include "store/note.h"
#include "web/consent_words.h"
#include "web/holder.h"
#include "web/link.h"
#include "web/show.h"

#define RESOLVE_WAIT 2 /* characters from which on the script asks */

/* How long a streamed payment lasts, as the form offers it. */
static const struct {
	const char *name, *label;
	int64_t ms;
} paces[] = {
        {"", WORDS("at once"), 0},
        {"1m", WORDS("over 1 minute"), 60000},
        {"10m", WORDS("over 10 minutes"), 600000},
        {"1h", WORDS("over 1 hour"), 3600000},
        {"24h", WORDS("over 24 hours"), 24 * 3600000},
};
#define PACES (sizeof(paces) / sizeof(paces[0]))

/* What was typed, and what is wrong with it. */
struct send_form {
	const char *wallet, *to, *amount, *side, *message, *over;
	const char *to_problem, *amount_problem, *message_problem, *problem;
};

struct send {
	struct holder holder;
	struct http_request *rq;
	struct send_form form;
	const struct wallet_row *wallet; /* that pays */
	struct asset_row asset;          /* its, which outlives the turn */
	struct resolve_call resolve;
	struct quote_call quote;
	int64_t pace_ms;
};

/* ---- the form ---- */

static json_t *paces_json(struct http_request *rq, const char *selected)
{
	json_t *list = json_array();

	for (size_t i = 0; i < PACES; i++)
		(void)json_array_append_new(
		        list, json_pack("{s:s,s:s,s:b}", "name", paces[i].name, "label",
		                      words(rq, paces[i].label), "selected",
		                      (int)(strcmp(selected, paces[i].name) == 0)));
	return list;
}

static enum http_next show_form(
        struct http_request *rq, unsigned status, const struct holder *h, const struct send_form *f)
{
	json_t *view = holder_view(rq, h, HOLDER_SEND, "Send money");
	bool deliver = strcmp(f->side, "deliver") == 0;
	json_t *fields = json_pack("{s:o,s:s,s:s,s:b,s:s,s:o,s:s,s:s,s:s,s:s}", "wallets",
	        holder_wallets_json(rq, h, holder_wallet_named(h, f->wallet)), "to", f->to,
	        "amount", f->amount, "deliver", (int)deliver, "message", f->message, "paces",
	        paces_json(rq, f->over), "toProblem", f->to_problem, "amountProblem",
	        f->amount_problem, "messageProblem", f->message_problem, "problem", f->problem);

	if (!fields || json_object_update_new(view, fields)) {
		json_decref(view);
		view = NULL;
	}
	return page_reply(rq, status, "send", view, NULL);
}

enum http_next send_get(struct http_request *rq)
{
	const struct send_form f = {.wallet = link_query(rq, "wallet"),
	        .to = link_query(rq, "to"),
	        .amount = show_typed(rq, link_query(rq, "amount")),
	        .side = link_query(rq, "side"),
	        .message = link_query(rq, "message"),
	        .over = link_query(rq, "over"),
	        .to_problem = "",
	        .amount_problem = "",
	        .message_problem = "",
	        .problem = ""};
	struct holder h;

	return holder_read(rq, &h) ? HTTP_DONE : show_form(rq, 200, &h, &f);
}

static enum http_next again(struct send *s, unsigned status)
{
	return show_form(s->rq, status, &s->holder, &s->form);
}

/* ---- the price ---- */

/* Back to the form, filled in; without the message, which is nobody's to read in a history. */
static const char *form_link(const struct send *s)
{
	const struct http_pair pairs[] = {{"wallet", s->form.wallet}, {"to", s->form.to},
	        {"amount", s->form.amount}, {"side", s->form.side}, {"over", s->form.over}};

	return link_make(s->rq, "/wallet/send", pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static const char *pace_label(const struct send *s)
{
	for (size_t i = 1; i < PACES; i++)
		if (strcmp(paces[i].name, s->form.over) == 0)
			return words(s->rq, paces[i].label);
	return "";
}

/* A payment by packets brings at least what was quoted; one inside the node exactly that. */
static json_t *quote_json(const struct send *s)
{
	const struct quote_row *q = &s->quote.quote;
	const struct resolution *to = &s->resolve.r;
	struct http_request *rq = s->rq;
	bool exact = q->local_receiver || q->kind == QUOTE_FIXED_DELIVERY;
	const char *back = form_link(s);

	if (!back)
		return NULL;
	return json_pack(
	        "{s:o,s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:b,s:b,s:o,s:s,s:s,s:s,s:s,s:s,s:b,s:s}",
	        "quote", show_id(&q->id), "wallet", s->wallet->name, "to", s->form.to, "name",
	        to->public_name, "receiverUrl", to->url, "debit",
	        show_amount_of(rq, q->debit_amount, &s->asset), "fee",
	        q->fee ? show_amount_of(rq, q->fee, &s->asset) : json_null(), "receive",
	        show_amount(rq, q->receive_amount, q->receive_code, q->receive_scale), "rate",
	        show_rate(rq, q->receive_amount, q->receive_code, q->receive_scale, q->debit_amount,
	                &s->asset),
	        "atLeast", (int)!exact, "rateIsSure", (int)(q->local_receiver != 0), "expires",
	        show_time(s->rq, q->expires_ms), "amount", s->form.amount, "side", s->form.side,
	        "message", s->form.message, "over", s->form.over, "overLabel", pace_label(s),
	        "refund", (int)(q->refund_of != 0), "backLink", back);
}

static enum http_next show_quote(struct send *s)
{
	struct http_request *rq = s->rq;
	json_t *view = holder_view(rq, &s->holder, HOLDER_SEND, "Confirm the payment");
	json_t *quote = quote_json(s);

	if (!quote || json_object_update_new(view, quote)) {
		json_decref(view);
		view = NULL;
	}
	return page_reply(rq, 200, "quote", view, NULL);
}

/* Of what a lower level says. */
static const char *sentence(struct http_request *rq, const char *why, const char *else_say)
{
	char *text;

	if (!*why)
		return else_say;
	text = arena_printf(&rq->arena, "%s.", words_again(rq, why));
	if (!text)
		return else_say;
	if (text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
	return text;
}

/* Names the field that the refusal is about. */
static enum http_next refuse_quote(struct send *s)
{
	const struct quote_call *q = &s->quote;
	struct http_request *rq = s->rq;
	unsigned status = http_status_of(q->result);
	char least[CONSENT_WORDS_SIZE];

	if (result_class(q->result) == RESULT_CLASS_OURS)
		return page_fail(rq, q->result);
	if (q->least_debit) {
		consent_amount(
		        language_of(rq), q->least_debit, s->asset.code, s->asset.scale, least);
		s->form.amount_problem =
		        words_with(rq, "Too little: nothing would arrive of less than {amount}.",
		                "amount", least, NULL);
	} else if (q->result == RESULT_THEIRS_BAD_AMOUNT || q->result == RESULT_THEIRS_BAD_ASSET) {
		s->form.amount_problem =
		        sentence(rq, q->why, words(rq, "This amount can't be sent."));
	} else if (q->result == RESULT_THEIRS_STATE && !q->no_receiver) {
		s->form.problem =
		        words(rq, "This wallet address is closed, or takes no new payments.");
	} else if (result_class(q->result) == RESULT_CLASS_THEIRS || q->no_receiver) {
		s->form.to_problem =
		        sentence(rq, q->why, words(rq, "This receiver can't be paid."));
	} else {
		s->form.problem =
		        words(rq, "The payment can't be priced just now. Please try again.");
	}
	if (!s->form.amount_problem)
		s->form.amount_problem = "";
	return again(s, status);
}

static enum http_next quoted(struct http_request *rq)
{
	struct send *s = OWNER_OF((struct quote_call *)rq->state, struct send, quote);
	char held[CONSENT_WORDS_SIZE], total[CONSENT_WORDS_SIZE];
	const struct node_loop *l = http_app(rq);
	uint64_t available;

	if (s->quote.result)
		return refuse_quote(s);
	if (holder_available(rq, s->wallet, &available))
		return page_fail(rq, RESULT_OURS_STORE);
	if (l->node->options.headless || available >= s->quote.quote.debit_amount)
		return show_quote(s);
	consent_amount(language_of(rq), available, s->asset.code, s->asset.scale, held);
	consent_amount(
	        language_of(rq), s->quote.quote.debit_amount, s->asset.code, s->asset.scale, total);
	s->form.amount_problem = words_with(rq, "It would take {total}, and the wallet has {held}.",
	        "total", total, "held", held, NULL);
	return s->form.amount_problem ? again(s, 409) : page_fail(rq, RESULT_OURS_MEMORY);
}

static void quote_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct send, quote.task)->rq);
}

static enum http_next ask_price(struct send *s)
{
	s->quote.wallet = s->wallet->account;
	s->quote.asset = s->asset.id;
	s->quote.receiver = s->form.to;
	s->quote.pace_ms = s->pace_ms;
	s->quote.client = SEND_CLIENT;
	s->quote.make = !s->quote.by_receiver;
	s->quote.task.done = quote_done;
	s->rq->state = &s->quote;
	http_park(s->rq, quoted);
	quoter_start(http_app(s->rq), &s->quote);
	return HTTP_PARKED;
}

/* ---- the receiver ---- */

/* The amount is of the side that it was given for; none is what the receiver asks for. */
static bool read_amount(struct send *s)
{
	const struct resolution *r = &s->resolve.r;
	const char *text = s->form.amount;
	bool deliver = strcmp(s->form.side, "deliver") == 0;
	bool known = r->asset_code[0] != '\0';
	struct http_request *rq = s->rq;
	const char *code = deliver ? r->asset_code : s->asset.code;
	unsigned scale = deliver ? r->asset_scale : s->asset.scale;
	enum result result;

	if (!*text && (r->has_room || r->refund_of)) {
		s->quote.by_receiver = true;
		return true;
	}
	if (!*text) {
		s->form.amount_problem = words(rq, "Enter an amount: the receiver asks for none.");
		return false;
	}
	if (deliver && !known) {
		s->form.amount_problem =
		        words(rq, "The receiver's currency is not known: say what you pay.");
		return false;
	}
	result = figure_parse(language_of(rq), text, scale, &s->quote.amount);
	if (result || s->quote.amount == 0) {
		s->form.amount_problem = show_amount_problem(rq, result, code, scale);
		return false;
	}
	s->quote.by_receive = deliver;
	if (deliver) {
		s->quote.receive_asked_code = r->asset_code;
		s->quote.receive_asked_scale = r->asset_scale;
	}
	return true;
}

static enum http_next resolved(struct http_request *rq)
{
	struct send *s = OWNER_OF((struct resolve_call *)rq->state, struct send, resolve);
	const struct resolution *r = &s->resolve.r;

	if (result_class(r->result) == RESULT_CLASS_OURS)
		return page_fail(rq, r->result);
	if (r->result) {
		s->form.to_problem = sentence(rq, r->why, words(rq, "This receiver is not known."));
		return again(s, http_status_of(r->result));
	}
	if (s->pace_ms && strcmp(s->form.side, "deliver") == 0) {
		s->form.amount_problem = words(rq, "A payment over some time is of what you pay.");
		return again(s, 400);
	}
	return read_amount(s) ? ask_price(s) : again(s, 400);
}

static void resolve_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct send, resolve.task)->rq);
}

static enum http_next ask_receiver(struct send *s)
{
	s->resolve.r.receiver = s->form.to;
	s->resolve.r.want_document = true;
	s->resolve.task.done = resolve_done;
	s->rq->state = &s->resolve;
	http_park(s->rq, resolved);
	resolver_call(http_app(s->rq), &s->resolve);
	return HTTP_PARKED;
}

/* ---- what came ---- */

static void read_form(struct http_request *rq, const struct page_form *f, struct send_form *out)
{
	*out = (struct send_form){.wallet = page_field(f, "wallet"),
	        .to = link_trimmed(rq, page_field(f, "to")),
	        .amount = link_trimmed(rq, page_field(f, "amount")),
	        .side = page_field(f, "side"),
	        .message = page_field(f, "message"),
	        .over = page_field(f, "over"),
	        .to_problem = "",
	        .amount_problem = "",
	        .message_problem = "",
	        .problem = ""};
}

static bool find_pace(const char *name, int64_t *out)
{
	for (size_t i = 0; i < PACES; i++) {
		if (strcmp(paces[i].name, name) == 0) {
			*out = paces[i].ms;
			return true;
		}
	}
	return false;
}

/* What can be seen without asking anybody. */
static bool is_plausible(struct send *s)
{
	struct http_request *rq = s->rq;
	struct send_form *f = &s->form;

	if (!*f->to)
		f->to_problem =
		        words(rq, "Enter a payment pointer or the address of a payment request.");
	else if (strlen(f->to) > URL_MAX_CHARS)
		f->to_problem = words(rq, "That is too long for an address.");
	if (strlen(f->message) > NOTE_BYTES_MAX)
		f->message_problem = words_count(rq, "A message has at most {n} byte.",
		        "A message has at most {n} bytes.", NOTE_BYTES_MAX);
	if (!find_pace(f->over, &s->pace_ms) ||
	        (*f->side && strcmp(f->side, "send") != 0 && strcmp(f->side, "deliver") != 0))
		f->problem = words(rq, "Please choose from what the form offers.");
	return !*f->to_problem && f->message_problem && !*f->message_problem && !*f->problem;
}

enum http_next send_post(struct http_request *rq)
{
	struct send *s = arena_alloc(&rq->arena, sizeof(*s));
	const struct asset_row *asset;
	struct page_form f;

	if (!s)
		return page_fail(rq, RESULT_OURS_MEMORY);
	s->rq = rq;
	if (holder_form(rq, &s->holder, &f))
		return HTTP_DONE;
	read_form(rq, &f, &s->form);
	s->wallet = holder_wallet_named(&s->holder, s->form.wallet);
	if (!s->wallet)
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	asset = holder_asset(rq, s->wallet);
	if (!asset)
		return page_fail(rq, RESULT_OURS_BUG);
	s->asset = *asset;
	return is_plausible(s) ? ask_receiver(s) : again(s, 400);
}

/* ---- while it is typed ---- */

struct lookup {
	struct holder holder;
	struct http_request *rq;
	struct resolve_call call;
};

static enum http_next looked_up(struct http_request *rq)
{
	const struct lookup *l = OWNER_OF((struct resolve_call *)rq->state, struct lookup, call);
	const struct resolution *r = &l->call.r;
	json_t *room = NULL;

	if (r->result)
		return http_reply_json(rq, 200,
		        json_pack("{s:b,s:s}", "known", 0, "why",
		                sentence(rq, r->why, words(rq, "This receiver is not known."))));
	if (r->has_room && r->asset_code[0])
		room = show_amount(rq, r->room, r->asset_code, r->asset_scale);
	return http_reply_json(rq, 200,
	        json_pack("{s:b,s:s,s:s,s:s,s:o}", "known", 1, "name", r->public_name, "url",
	                r->url, "assetCode", r->asset_code, "asks", room ? room : json_null()));
}

static void lookup_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct lookup, call.task)->rq);
}

enum http_next send_resolve(struct http_request *rq)
{
	struct lookup *l = arena_alloc(&rq->arena, sizeof(*l));
	const char *to;

	if (!l)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_read(rq, &l->holder))
		return HTTP_DONE;
	to = link_trimmed(rq, link_query(rq, "to"));
	if (strlen(to) < RESOLVE_WAIT || strlen(to) > URL_MAX_CHARS)
		return http_reply_json(rq, 200, json_pack("{s:b,s:s}", "known", 0, "why", ""));
	l->rq = rq;
	l->call.r.receiver = to;
	l->call.r.want_document = true;
	l->call.task.done = lookup_done;
	rq->state = &l->call;
	http_park(rq, looked_up);
	resolver_call(http_app(rq), &l->call);
	return HTTP_PARKED;
}
