#include "web/activity.h"

#include <string.h>

#include "base/text.h"
#include "web/show.h"

#define NEWEST_LOOK 200               /* rows that are looked at for the newest few */
#define ROW_BYTES   (2 * 1024 * 1024) /* one payment with its texts */

const char *activity_kind_name(enum activity_kind k)
{
	switch (k) {
	case ACTIVITY_SENT:
		return "sent";
	case ACTIVITY_RECEIVED:
		return "received";
	case ACTIVITY_REQUESTED:
		return "request";
	case ACTIVITY_DEPOSITED:
		return "deposit";
	case ACTIVITY_WITHDRAWN:
		return "withdrawal";
	case ACTIVITY_KINDS:
		break;
	}
	return "";
}

/* ---- finding ---- */

/* A member that is a line of text, else "". */
static const char *line_of(const json_t *object, const char *name, struct arena *a)
{
	const char *text = json_string_value(json_object_get(object, name));
	char *copy;

	if (!text || !text_is_clean_utf8(text, strlen(text)))
		return "";
	copy = arena_strdup(a, text);
	return copy ? copy : "";
}

static void read_metadata(const char *metadata, struct arena *a, struct activity *out)
{
	json_t *value = *metadata ? json_loads(metadata, 0, NULL) : NULL;
	const json_t *payee = json_object_get(value, "payee");

	out->description = line_of(value, "description", a);
	out->address = line_of(payee, "address", a);
	out->name = line_of(payee, "name", a);
	json_decref(value);
}

static enum result find_row(const struct node_loop *l, struct arena *a, const struct id *id,
        struct activity *out, account_id *wallet)
{
	enum result r = store_incoming_get(l->reader, a, id, &out->in);

	if (!r) {
		*wallet = out->in.wallet;
		out->kind = out->in.terms.received ? ACTIVITY_RECEIVED : ACTIVITY_REQUESTED;
	}
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	r = store_payment_get(l->reader, a, id, &out->out);
	if (!r) {
		*wallet = out->out.quote.wallet;
		out->kind = ACTIVITY_SENT;
	}
	return r;
}

/* A wallet of this node that is paid is known, also where nobody wrote down who it is. */
static enum result name_local(const struct node_loop *l, struct arena *a, struct activity *p)
{
	account_id receiver = p->out.quote.local_receiver;
	struct wallet_row w;
	enum result r;

	if (p->kind != ACTIVITY_SENT || !receiver || p->name[0] || p->address[0])
		return RESULT_OK;
	r = store_wallet_of_account(l->reader, a, receiver, &w);
	if (r)
		return r;
	p->name = w.public_name[0] ? w.public_name : w.name;
	p->address = arena_printf(a, "%s/%s", l->node->options.public_url, w.name);
	return p->address ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum result activity_find(struct http_request *rq, const struct holder *h, struct arena *a,
        const struct id *id, struct activity *out)
{
	account_id wallet;
	enum result r = find_row(http_app(rq), a, id, out, &wallet);

	if (r)
		return r;
	out->wallet = holder_wallet_of(h, wallet);
	if (!out->wallet)
		return RESULT_THEIRS_NOT_FOUND;
	out->asset = holder_asset(rq, out->wallet);
	if (!out->asset)
		return RESULT_OURS_BUG;
	read_metadata(out->kind == ACTIVITY_SENT ? out->out.metadata : out->in.metadata, a, out);
	return name_local(http_app(rq), a, out);
}

enum result activity_of_entry(struct http_request *rq, const struct holder *h, struct arena *a,
        const struct holder_entry *e, struct activity *out)
{
	if (e->kind == HOLDER_OUTGOING || e->kind == HOLDER_INCOMING)
		return activity_find(rq, h, a, &e->place.id, out);
	*out = (struct activity){
	        .kind = e->kind == HOLDER_DEPOSIT ? ACTIVITY_DEPOSITED : ACTIVITY_WITHDRAWN,
	        .wallet = holder_wallet_of(h, e->wallet),
	        .moved = *e,
	        .name = "",
	        .address = "",
	        .description = ""};
	if (!out->wallet)
		return RESULT_THEIRS_NOT_FOUND;
	out->asset = holder_asset(rq, out->wallet);
	return out->asset ? RESULT_OK : RESULT_OURS_BUG;
}

/* ---- what it says ---- */

static bool is_incoming(const struct activity *p)
{
	return p->kind == ACTIVITY_RECEIVED || p->kind == ACTIVITY_REQUESTED;
}

const struct id *activity_id(const struct activity *p)
{
	if (p->kind == ACTIVITY_SENT)
		return &p->out.id;
	return is_incoming(p) ? &p->in.id : &p->moved.place.id;
}

int64_t activity_created_ms(const struct activity *p)
{
	if (p->kind == ACTIVITY_SENT)
		return p->out.created_ms;
	return is_incoming(p) ? p->in.created_ms : p->moved.place.created_ms;
}

uint64_t activity_amount(const struct activity *p)
{
	switch (p->kind) {
	case ACTIVITY_SENT:
		return payment_state_is_final(p->out.state) ? p->out.sent
		                                            : p->out.quote.debit_amount;
	case ACTIVITY_RECEIVED:
		return p->in.terms.received - incoming_fee(&p->in.terms);
	case ACTIVITY_REQUESTED:
		return p->in.terms.amount;
	case ACTIVITY_DEPOSITED:
	case ACTIVITY_WITHDRAWN:
	case ACTIVITY_KINDS:
		break;
	}
	return p->moved.amount;
}

const char *activity_state(const struct activity *p, int64_t now_ms)
{
	if (p->kind == ACTIVITY_SENT)
		return payment_state_name(p->out.state);
	return is_incoming(p) ? incoming_state_name(incoming_state_at(&p->in.terms, now_ms))
	                      : payment_state_name(PAYMENT_COMPLETED);
}

bool activity_is_over(const struct activity *p, int64_t now_ms)
{
	if (p->kind == ACTIVITY_SENT)
		return payment_state_is_final(p->out.state);
	return !is_incoming(p) || incoming_state_is_final(incoming_state_at(&p->in.terms, now_ms));
}

static const char *sent_words(enum payment_state s)
{
	switch (s) {
	case PAYMENT_FUNDING:
		return WORDS("waits for its money");
	case PAYMENT_SENDING:
		return WORDS("on its way");
	case PAYMENT_COMPLETED:
		return WORDS("completed");
	case PAYMENT_FAILED:
		return WORDS("failed");
	case PAYMENT_CANCELLED:
		return WORDS("cancelled");
	}
	return "";
}

static const char *received_words(const struct incoming_row *in, enum incoming_state s)
{
	switch (s) {
	case INCOMING_PENDING:
		return in->terms.waits ? WORDS("waits for approval") : WORDS("waits for a payer");
	case INCOMING_PROCESSING:
		return in->terms.amount ? WORDS("partly paid") : WORDS("received so far");
	case INCOMING_COMPLETED:
		return in->terms.received ? WORDS("completed") : WORDS("closed");
	case INCOMING_EXPIRED:
		return in->cancelled_ms ? WORDS("cancelled") : WORDS("expired");
	case INCOMING_STATES:
		break;
	}
	return "";
}

const char *activity_words(const struct activity *p, int64_t now_ms)
{
	if (p->kind == ACTIVITY_SENT)
		return sent_words(p->out.state);
	if (is_incoming(p))
		return received_words(&p->in, incoming_state_at(&p->in.terms, now_ms));
	return p->kind == ACTIVITY_DEPOSITED ? WORDS("put in") : WORDS("paid out");
}

/* "wallet.example/op/..." is of no use to a person: its host is. */
static const char *host_of(const char *receiver, struct arena *a)
{
	const char *host = strstr(receiver, "://");
	char *text;

	host = host ? host + 3 : receiver;
	text = arena_strndup(a, host, strcspn(host, "/?#"));
	return text ? text : "";
}

const char *activity_title(struct http_request *rq, const struct activity *p, struct arena *a)
{
	if (p->kind == ACTIVITY_DEPOSITED || p->kind == ACTIVITY_WITHDRAWN)
		return p->kind == ACTIVITY_DEPOSITED ? words(rq, "Deposit")
		                                     : words(rq, "Withdrawal");
	if (p->kind != ACTIVITY_SENT) {
		if (p->description[0])
			return p->description;
		return p->kind == ACTIVITY_RECEIVED ? words(rq, "Payment received")
		                                    : words(rq, "Payment request");
	}
	if (p->out.quote.refund_of)
		return words(rq, "Refund");
	if (p->name[0])
		return p->name;
	return p->address[0] ? p->address : host_of(p->out.quote.receiver, a);
}

static const char *sign_of(const struct activity *p)
{
	switch (p->kind) {
	case ACTIVITY_SENT:
	case ACTIVITY_WITHDRAWN:
		return "\xe2\x88\x92"; /* minus sign */
	case ACTIVITY_RECEIVED:
	case ACTIVITY_DEPOSITED:
		return "+";
	case ACTIVITY_REQUESTED:
	case ACTIVITY_KINDS:
		break;
	}
	return "";
}

/* Where its page is; a deposit has none. */
static const char *href_of(const struct activity *p, struct arena *a)
{
	char text[ID_TEXT_SIZE];

	if (p->kind != ACTIVITY_SENT && !is_incoming(p))
		return "";
	id_format(activity_id(p), text);
	return arena_printf(a, "/wallet/payments/%s", text);
}

json_t *activity_row(struct http_request *rq, const struct activity *p)
{
	int64_t now_ms = http_wall_ms(rq);
	uint64_t amount = activity_amount(p);
	struct arena memory;
	const char *href;
	json_t *row = NULL;

	arena_init(&memory, ROW_BYTES);
	href = href_of(p, &memory);
	if (href)
		row = json_pack("{s:s,s:s,s:s,s:o,s:s,s:s,s:s,s:o,s:s}", "href", href, "title",
		        activity_title(rq, p, &memory), "kind", activity_kind_name(p->kind),
		        "amount",
		        amount || p->kind != ACTIVITY_REQUESTED
		                ? show_amount_of(rq, amount, p->asset)
		                : json_null(),
		        "sign", sign_of(p), "state", activity_state(p, now_ms), "words",
		        words(rq, activity_words(p, now_ms)), "created",
		        show_time(rq, activity_created_ms(p)), "wallet", p->wallet->name);
	arena_clear(&memory);
	return row;
}

/* ---- the newest ---- */

static enum result add_newest(struct http_request *rq, const struct holder *h,
        const struct holder_entry *entries, size_t n, size_t limit, json_t *list)
{
	struct activity p;
	struct arena memory;
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && i < n && json_array_size(list) < limit; i++) {
		arena_init(&memory, ROW_BYTES);
		r = activity_of_entry(rq, h, &memory, &entries[i], &p);
		if (!r && p.kind != ACTIVITY_REQUESTED &&
		        json_array_append_new(list, activity_row(rq, &p)))
			r = RESULT_OURS_MEMORY;
		arena_clear(&memory);
	}
	return r;
}

json_t *activity_newest(struct http_request *rq, const struct holder *h, size_t limit)
{
	const struct node_loop *l = http_app(rq);
	struct holder_place place = HOLDER_PLACE_FIRST;
	struct holder_entry entries[LIMIT_PAGE_SIZE];
	account_id wallets[USER_WALLETS_MAX];
	json_t *list = json_array();
	size_t count = LIMIT_PAGE_SIZE;
	enum result r = RESULT_OK;

	for (size_t i = 0; i < h->count; i++)
		wallets[i] = h->wallets[i].account;
	for (size_t seen = 0; !r && seen < NEWEST_LOOK && count == LIMIT_PAGE_SIZE; seen += count) {
		r = store_holder_payments(
		        l->reader, wallets, h->count, &place, LIMIT_PAGE_SIZE, entries, &count);
		if (!r)
			r = add_newest(rq, h, entries, count, limit, list);
		if (r || json_array_size(list) == limit)
			break;
		if (count)
			place = entries[count - 1].place;
	}
	if (r) {
		json_decref(list);
		return NULL;
	}
	return list;
}

char *activity_payee(const char *address, const char *name)
{
	json_t *value =
	        json_pack("{s:{s:s,s:s}}", "payee", "address", address, "name", name ? name : "");
	char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;

	json_decref(value);
	return text;
}
