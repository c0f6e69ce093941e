#include "web/cash.h"

#include <stdlib.h>
#include <string.h>

#include "base/figure.h"
#include "http/live.h"
#include "http/reply.h"
#include "store/cash.h"
#include "web/holder.h"
#include "web/link.h"
#include "web/show.h"

#define LIVE  "/wallet/cash/live"
#define SHOWN 20 /* requests, the newest of all wallets */

struct cash_form {
	enum cash_kind kind;
	struct id id; /* of the request that it makes */
	const char *wallet, *amount, *note;
	const char *amount_problem, *note_problem, *problem;
};

struct asked {
	struct holder_change change;
	struct holder holder;
	struct cash_form form;
	struct cash_new wanted;
	bool at_once; /* a deposit that the node approves by itself */
	struct cash_row row;
};

static const char *page_of(enum cash_kind kind)
{
	return kind == CASH_DEPOSIT ? "/wallet/deposit" : "/wallet/withdraw";
}

/* The host keeps its users' balances: there is nothing to bring in or pay out here. */
static enum result read_holder(struct http_request *rq, struct holder *h, struct page_form *form)
{
	const struct node_loop *l = http_app(rq);

	if (l->node->options.headless) {
		(void)page_fail(rq, RESULT_THEIRS_NOT_FOUND);
		return RESULT_THEIRS_NOT_FOUND;
	}
	return form ? holder_form(rq, h, form) : holder_read(rq, h);
}

/* ---- what was asked for ---- */

static int by_age(const void *a, const void *b)
{
	const struct cash_row *x = a, *y = b;

	return x->key < y->key ? 1 : x->key > y->key ? -1 : 0;
}

/* The newest of all wallets. */
static enum result read_rows(struct http_request *rq, const struct holder *h, struct arena *memory,
        struct cash_row **out, size_t *count)
{
	const struct node_loop *l = http_app(rq);
	enum result r = RESULT_OK;

	*count = 0;
	*out = arena_alloc(memory, 2 * SHOWN * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; !r && i < h->count; i++) {
		struct cash_row *own;
		size_t n;

		r = store_cash_of_wallet(l->reader, memory, h->wallets[i].account, SHOWN, &own, &n);
		if (r || n == 0)
			continue;
		memcpy(*out + *count, own, n * sizeof(*own));
		*count += n;
		qsort(*out, *count, sizeof(**out), by_age);
		if (*count > SHOWN)
			*count = SHOWN;
	}
	return r;
}

static const struct {
	const char *words, *badge;
} states[CASH_STATES] = {
        [CASH_PENDING] = {WORDS("waits for an answer"), "wait"},
        [CASH_APPROVED] = {WORDS("paid out"), "good"},
        [CASH_REFUSED] = {WORDS("was refused"), "bad"},
        [CASH_CANCELLED] = {WORDS("was taken back"), ""},
        [CASH_EXPIRED] = {WORDS("nobody answered in time"), ""},
};

static json_t *row_json(struct http_request *rq, const struct holder *h, const struct cash_row *c)
{
	const struct wallet_row *w = holder_wallet_of(h, c->account);
	const struct asset_row *asset = w ? holder_asset(rq, w) : NULL;
	enum cash_state s = cash_state_at(c->state, c->expires_ms, http_wall_ms(rq));
	bool is_deposit = c->kind == CASH_DEPOSIT;
	const char *told = s == CASH_APPROVED && is_deposit ? WORDS("put in") : states[s].words;

	if (!asset)
		return NULL;
	return json_pack("{s:o,s:s,s:b,s:o,s:s,s:s,s:s,s:s,s:o,s:o,s:b}", "id", show_id(&c->id),
	        "wallet", w->name, "isDeposit", (int)is_deposit, "amount",
	        show_amount_of(rq, c->amount, asset), "note", c->note, "answer", c->answer, "words",
	        words(rq, told), "badge", states[s].badge, "created", show_time(rq, c->created_ms),
	        "ends", show_time(rq, s == CASH_PENDING ? c->expires_ms : 0), "waits",
	        (int)(s == CASH_PENDING));
}

static json_t *rows_json(struct http_request *rq, const struct holder *h)
{
	json_t *list = json_array();
	struct cash_row *rows;
	size_t count;

	if (read_rows(rq, h, &rq->arena, &rows, &count)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(list, row_json(rq, h, &rows[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* ---- live ---- */

static enum result stamp_of(
        struct http_request *rq, const struct holder *h, struct arena *memory, uint64_t *out)
{
	struct cash_row *rows;
	size_t count;
	enum result r = read_rows(rq, h, memory, &rows, &count);

	*out = LIVE_HASH_SEED;
	for (size_t i = 0; !r && i < count; i++) {
		*out = live_hash_u64(*out, (uint64_t)rows[i].key);
		*out = live_hash_u64(*out, (uint64_t)rows[i].state);
	}
	return r;
}

/* A session that has ended sees nothing more. */
static enum result probe(struct http_request *rq, void *arg, struct arena *memory, uint64_t *out)
{
	const struct holder *h = arg;
	enum result r = holder_still(rq, h, memory);

	return r ? r : stamp_of(rq, h, memory, out);
}

enum http_next cash_live(struct http_request *rq)
{
	struct holder *h = arena_alloc(&rq->arena, sizeof(*h));

	if (!h)
		return page_fail(rq, RESULT_OURS_MEMORY);
	return read_holder(rq, h, NULL) ? HTTP_DONE : live_reply(rq, probe, h);
}

/* ---- the form ---- */

/* What a form that was answered by a redirect has done. */
static const char *done_words(const char *done)
{
	if (done && strcmp(done, "asked") == 0)
		return WORDS("Asked for. Whoever runs this wallet answers; you see it here.");
	if (done && strcmp(done, "moved") == 0)
		return WORDS("The money is in your wallet.");
	if (done && strcmp(done, "cancelled") == 0)
		return WORDS("Taken back.");
	return "";
}

/* "" where each deposit needs an answer. */
static const char *at_once_words(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	uint64_t most = l->node->options.faucet;

	return most ? arena_printf(&rq->arena, "%llu", (unsigned long long)most) : "";
}

static enum http_next show_form(
        struct http_request *rq, unsigned status, const struct holder *h, const struct cash_form *f)
{
	bool deposit = f->kind == CASH_DEPOSIT;
	json_t *view, *fields, *rows;
	uint64_t stamp;

	/* What changes between the two is shown, and looked for again. */
	rows = stamp_of(rq, h, &rq->arena, &stamp) ? NULL : rows_json(rq, h);
	if (!rows)
		return page_fail(rq, RESULT_OURS_STORE);
	view = holder_view(rq, h, HOLDER_HOME, deposit ? WORDS("Deposit") : WORDS("Withdraw"));
	fields = json_pack("{s:b,s:s,s:o,s:o,s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:o,s:o}", "deposit",
	        (int)deposit, "action", page_of(f->kind), "id", show_id(&f->id), "wallets",
	        holder_wallets_json(rq, h, holder_wallet_named(h, f->wallet)), "amount", f->amount,
	        "note", f->note, "amountProblem", f->amount_problem, "noteProblem", f->note_problem,
	        "problem", f->problem, "done", words(rq, done_words(http_query(rq, "done"))),
	        "noteMax", CASH_NOTE_MAX, "atOnce", deposit ? at_once_words(rq) : "", "requests",
	        rows, "live", live_json(LIVE, stamp));
	if (!fields || json_object_update_new(view, fields)) {
		json_decref(view);
		view = NULL;
	}
	return page_reply(rq, status, "cash", view, NULL);
}

static enum http_next get(struct http_request *rq, enum cash_kind kind)
{
	struct cash_form f = {.kind = kind,
	        .wallet = link_query(rq, "wallet"),
	        .amount = link_query(rq, "amount"),
	        .note = link_query(rq, "note"),
	        .amount_problem = "",
	        .note_problem = "",
	        .problem = ""};
	struct holder h;

	if (read_holder(rq, &h, NULL))
		return HTTP_DONE;
	id_new(http_wall_ms(rq), &f.id);
	return show_form(rq, 200, &h, &f);
}

enum http_next cash_deposit_get(struct http_request *rq)
{
	return get(rq, CASH_DEPOSIT);
}

enum http_next cash_withdraw_get(struct http_request *rq)
{
	return get(rq, CASH_WITHDRAWAL);
}

/* ---- asking ---- */

static enum result ask_apply(struct holder_change *c, struct batch *b)
{
	struct asked *a = OWNER_OF(c, struct asked, change);
	enum result r = batch_cash_add(b, &a->wanted, &a->row);

	if (!r && a->at_once && a->row.state == CASH_PENDING)
		r = batch_cash_end(b, &a->wanted.id, CASH_APPROVED, "", &a->row);
	return r;
}

static const char *refusal(enum result r)
{
	if (r == RESULT_THEIRS_STATE)
		return WORDS("This wallet is closed.");
	if (r == RESULT_THEIRS_CONFLICT)
		return WORDS("That form was used before. This is a new one: look below at what "
		             "was asked for.");
	if (r == RESULT_THEIRS_REFUSED)
		return WORDS("You have asked for as much as this wallet answers at a time. Wait "
		             "for an answer, or take a request back.");
	return NULL;
}

static enum http_next asked(struct http_request *rq)
{
	struct asked *a = OWNER_OF((struct holder_change *)rq->state, struct asked, change);
	struct cash_form *f = &a->form;
	enum result r = a->change.op.result;
	const char *why = refusal(r);

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	if (!r)
		return page_see(
		        rq, arena_printf(&rq->arena, "%s?wallet=%s&done=%s", page_of(f->kind),
		                    f->wallet, a->at_once ? "moved" : "asked"));
	if (r == RESULT_THEIRS_INSUFFICIENT)
		f->amount_problem = words(rq, "This wallet does not have so much.");
	else if (why)
		f->problem = words(rq, why);
	else
		return page_fail(rq, r);
	id_new(http_wall_ms(rq), &f->id);
	return show_form(rq, http_status_of(r), &a->holder, f);
}

static bool read_amount(struct http_request *rq, struct asked *a, const struct asset_row *asset)
{
	const char *text = a->form.amount;

	enum result r = figure_parse(language_of(rq), text, asset->scale, &a->wanted.amount);

	if (!r && a->wanted.amount > 0)
		return true;
	a->form.amount_problem = show_amount_problem(rq, r, asset->code, asset->scale);
	return false;
}

static bool read_note(struct http_request *rq, struct asked *a)
{
	enum result r = cash_note_check(a->form.note);

	a->wanted.note = a->form.note;
	if (r == RESULT_THEIRS_TOO_BIG)
		a->form.note_problem = words_count(
		        rq, "It has at most {n} byte.", "It has at most {n} bytes.", CASH_NOTE_MAX);
	else if (r)
		a->form.note_problem = words(rq, "It is one line of text.");
	else if (!*a->form.note && a->form.kind == CASH_WITHDRAWAL)
		a->form.note_problem = words(rq, "Say where the money shall go.");
	return !*a->form.note_problem;
}

/* On a developer's node deposits up to an amount need nobody's answer. */
static bool is_at_once(
        struct http_request *rq, const struct asked *a, const struct asset_row *asset)
{
	const struct node_loop *l = http_app(rq);
	uint64_t most = l->node->options.faucet;

	if (a->form.kind != CASH_DEPOSIT || most == 0)
		return false;
	for (unsigned i = 0; i < asset->scale; i++)
		most = most > AMOUNT_MAX / 10 ? AMOUNT_MAX : most * 10;
	return a->wanted.amount <= most;
}

static enum http_next post(struct http_request *rq, enum cash_kind kind)
{
	struct asked *a = arena_alloc(&rq->arena, sizeof(*a));
	const struct wallet_row *wallet;
	const struct asset_row *asset;
	struct page_form f;
	const char *id;
	bool right;

	if (!a)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (read_holder(rq, &a->holder, &f))
		return HTTP_DONE;
	a->form = (struct cash_form){.kind = kind,
	        .wallet = page_field(&f, "wallet"),
	        .amount = page_field(&f, "amount"),
	        .note = page_field(&f, "note"),
	        .amount_problem = "",
	        .note_problem = "",
	        .problem = ""};
	id = page_field(&f, "id");
	wallet = holder_wallet_named(&a->holder, a->form.wallet);
	if (!wallet)
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	if (id_parse(id, strlen(id), &a->form.id))
		return page_fail(rq, RESULT_THEIRS_MALFORMED);
	asset = holder_asset(rq, wallet);
	if (!asset)
		return page_fail(rq, RESULT_OURS_BUG);
	a->wanted.id = a->form.id;
	a->wanted.account = wallet->account;
	a->wanted.kind = kind;
	right = read_amount(rq, a, asset);
	right = read_note(rq, a) && right;
	if (!right)
		return show_form(rq, 400, &a->holder, &a->form);
	a->at_once = is_at_once(rq, a, asset);
	a->change.apply = ask_apply;
	return holder_submit(rq, &a->holder, &a->change, asked);
}

enum http_next cash_deposit_post(struct http_request *rq)
{
	return post(rq, CASH_DEPOSIT);
}

enum http_next cash_withdraw_post(struct http_request *rq)
{
	return post(rq, CASH_WITHDRAWAL);
}

/* ---- taking back ---- */

static enum result cancel_apply(struct holder_change *c, struct batch *b)
{
	struct asked *a = OWNER_OF(c, struct asked, change);
	enum result r = batch_cash_end(b, &a->row.id, CASH_CANCELLED, "", &a->row);

	/* Two presses are one. */
	return r == RESULT_THEIRS_STATE && a->row.state == CASH_CANCELLED ? RESULT_OK : r;
}

static enum http_next cancelled(struct http_request *rq)
{
	struct asked *a = OWNER_OF((struct holder_change *)rq->state, struct asked, change);
	enum result r = a->change.op.result;

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	if (r == RESULT_THEIRS_STATE || r == RESULT_THEIRS_EXPIRED)
		return page_say(rq, http_status_of(r), "Too late",
		        "This was answered, or its time has passed. Your transactions show what "
		        "moved.");
	return r ? page_fail(rq, r)
	         : page_see(
	                   rq, arena_printf(&rq->arena, "%s?done=cancelled", page_of(a->row.kind)));
}

enum http_next cash_cancel(struct http_request *rq)
{
	struct asked *a = arena_alloc(&rq->arena, sizeof(*a));
	const struct node_loop *l = http_app(rq);
	struct page_form f;
	struct id id;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (!a)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (read_holder(rq, &a->holder, &f))
		return HTTP_DONE;
	if (holder_path_id(rq, "id", &id))
		r = store_cash_get(l->reader, &rq->arena, &id, &a->row);
	if (!r && !holder_wallet_of(&a->holder, a->row.account))
		r = RESULT_THEIRS_NOT_FOUND;
	if (r)
		return page_fail(rq, r);
	a->change.apply = cancel_apply;
	return holder_submit(rq, &a->holder, &a->change, cancelled);
}
